"""The reading process: its limits, and what it can't reach."""

import os
from pathlib import Path

import pytest

from knowledge_base.readers import ReaderLimits, ReaderProcess, ReadError
from tests.support.pdf_files import Text, page_of, pdf_of
from tests.support.reading import refusal, texts


def test_a_file_over_the_size_limit_is_not_even_sent() -> None:
    with ReaderProcess(ReaderLimits(file_bytes=1_000_000)) as reader:
        assert "the limit is 1 MB" in refusal(reader, "big.md", b"x" * 2_000_000)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    slow = pdf_of(*[page_of(*[Text(72, 700, "word " * 50)] * 400)] * 3)
    for limits in (ReaderLimits(page_seconds=0.01), ReaderLimits(file_seconds=0.0)):
        with ReaderProcess(limits) as reader, pytest.raises(ReadError, match="takes longer"):
            reader.read("slow.pdf", slow)


def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_one_is_read() -> None:
    with ReaderProcess(ReaderLimits(memory_bytes=200_000_000)) as reader:
        assert "memory" in refusal(reader, "wide.md", b"* a\n" * 3_000_000)
        assert texts(reader.read("after.md", b"still here")) == ["still here"]


def test_one_process_serves_the_whole_batch_and_ends_with_it() -> None:
    before = _children()
    with ReaderProcess() as reader:
        reader.read("a.md", b"one")
        (child,) = _children() - before
        reader.read("b.md", b"two")
        assert _children() - before == {child}
    assert child not in _children()


def _children() -> set[str]:
    mine = Path(f"/proc/self/task/{os.getpid()}/children")
    if not mine.exists():
        pytest.skip("this system does not list child processes")
    return set(mine.read_text().split())


def test_the_reading_process_has_no_environment_and_no_descriptors_of_ours(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("wb") as secret, ReaderProcess() as reader:
        os.set_inheritable(secret.fileno(), True)
        before = _children()
        reader.read("a.md", b"one")
        (child,) = _children() - before
        assert Path(f"/proc/{child}/environ").read_bytes() == b""
        held = [str(entry.readlink()) for entry in Path(f"/proc/{child}/fd").iterdir()]
        assert not any("secret" in name or "socket" in name for name in held)
