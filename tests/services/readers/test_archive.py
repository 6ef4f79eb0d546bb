"""A zip of documents: one reading for each, whatever the others are."""

import stat
import zipfile
from collections.abc import Iterable

from knowledge_base.readers import Read, ReaderLimits, ReaderProcess, ReadError, Unchanged
from tests.support.office_files import docx_of, zip_of
from tests.support.pdf_files import Text, page_of, pdf_of
from tests.support.reading import refusal, texts


def told(readings: Iterable[Read | Unchanged | ReadError]) -> dict[str, str]:
    """Return each reading's name with its words, its fault, or that it is known."""
    found = {}
    for one in readings:
        if isinstance(one, Read):
            found[one.name] = " ".join(texts(one.document))
        else:
            found[one.name] = one.reason if isinstance(one, ReadError) else "known"
    return found


def test_each_document_is_read_under_its_own_name(reader: ReaderProcess) -> None:
    data = zip_of(
        {
            "en/b.md": b"Bee",
            "a.docx": docx_of(lambda document: document.add_paragraph("Word") and None),
            "c.pdf": pdf_of(page_of(Text(72, 700, "Page"))),
            "photo.jpg": b"\xff\xd8",
            "__MACOSX/._a.docx": b"x",
            ".git/notes.md": b"no",
            "empty.txt": b"",
        }
    )
    assert told(reader.read_each("kit.zip", data)) == {
        "kit.zip/a.docx": "Word",
        "kit.zip/c.pdf": "Page",
        "kit.zip/empty.txt": "the file is empty",
        "kit.zip/en/b.md": "Bee",
    }


def test_what_leads_out_of_the_archive_or_hides_another_is_refused_by_name(reader: ReaderProcess) -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = zip_of(
        {
            "../../etc/evil.md": b"out",
            "/etc/evil.md": b"out",
            "C:\\evil.md": b"out",
            link: b"/etc/passwd",
            "inner.zip": zip_of({"a.md": b"a"}),
            "bomb.txt": b"a" * 90_000_000,
            "good.md": b"Good",
        }
    )
    faults = told(reader.read_each("kit.zip", data))
    assert faults.pop("kit.zip/good.md") == "Good"
    assert sorted(faults.values()) == [
        "an archive inside an archive is not opened; add its files by themselves",
        "it is a link to another file: not followed",
        "it unpacks to far more than a document holds",
        *["its name leads out of the archive: not read"] * 3,
    ]


def test_a_member_that_kills_the_process_is_one_fault_and_the_next_are_read() -> None:
    data = zip_of({"a.md": b"A", "b.md": b"* a\n" * 3_000_000, "c.md": b"C"})
    with ReaderProcess(ReaderLimits(memory_bytes=260_000_000)) as reader:
        assert told(reader.read_each("kit.zip", data)) == {
            "kit.zip/a.md": "A",
            "kit.zip/b.md": "reading it takes more memory than a document may",
            "kit.zip/c.md": "C",
        }


def test_archives_that_hold_nothing_or_are_cut_are_one_fault(reader: ReaderProcess) -> None:
    assert next(iter(told(reader.read_each("a.zip", zip_of({"x.jpg": b"x"}))).values())).startswith(
        "there is no document"
    )
    assert told(reader.read_each("a.zip", zip_of({"x.md": b"x" * 999})[:60])) == {
        "a.zip": "the file is damaged or cut short"
    }
    assert "archive of several files" in refusal(reader, "a.zip", zip_of({"a.md": b"a", "b.md": b"b"}))


def test_a_batch_that_nobody_finishes_leaves_the_reader_usable(reader: ReaderProcess) -> None:
    readings = reader.read_each("kit.zip", zip_of({"a.md": b"A", "b.md": b"B"}))
    next(iter(readings))
    readings.close()  # type: ignore[attr-defined]
    assert texts(reader.read("c.md", b"C")) == ["C"]


def test_what_is_known_of_an_archive_is_not_read_again(reader: ReaderProcess) -> None:
    data = zip_of({"a.md": b"A", "b.md": b"B"})
    (first, _) = reader.read_each("kit.zip", data)
    assert isinstance(first, Read)
    assert told(reader.read_each("kit.zip", data, known=[first.source_hash])) == {
        "kit.zip/a.md": "known",
        "kit.zip/b.md": "B",
    }
