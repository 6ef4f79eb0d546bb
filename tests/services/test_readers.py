"""Files to structured documents, in the reading process as the desk runs it."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from knowledge_base.documents import BlockKind, DocumentKind, Source, StructuredDocument
from knowledge_base.passages import cut
from knowledge_base.readers import ReaderLimits, ReaderProcess, ReadError
from tests.support.pdf_files import Text, bomb, page_of, pdf_of

# From the Debian package libtasn1-doc: front pages T-1, T-2 and i, then page 1 is the fourth.
MANUAL = Path("/usr/share/doc/libtasn1-doc/libtasn1.pdf")


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


def _texts(document: StructuredDocument) -> list[str]:
    return [text for block in document.blocks for text in (block.text, *block.items) if text]


def _refusal(reader: ReaderProcess, name: str, data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        reader.read(name, data)
    assert caught.value.name == name
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Markdown


def test_front_matter_is_read_with_every_key(reader: ReaderProcess) -> None:
    document = reader.read(
        "a.md",
        b"---\nid: flags-fr\ntitle: Les drapeaux\nkind: policy_brief\nlanguage: fr\ntopics: [divisive-resolutions]\n"
        b"jurisdiction: [CA, US]\nvisibility: member\nowner: Equipe\nreviewed: 2026-01-02\nreview_date: 2027-01-02\n"
        b"sources:\n  - name: Un guide\n    address: guide.example.org\n    read_by: 2026-11-01\n"
        b"synonyms:\n  - hisser un drapeau, encore\n---\n\n# Les drapeaux\n\nTexte.\n",
    )
    attributes = document.attributes
    assert (document.title, document.language) == ("Les drapeaux", "fr")
    assert (attributes.slug, attributes.kind) == ("flags", DocumentKind.POLICY_BRIEF)
    assert (attributes.topics, attributes.jurisdiction) == (("divisive-resolutions",), ("CA", "US"))
    assert (attributes.visibility, attributes.owner, attributes.reviewed) == (("member",), "Equipe", True)
    assert str(attributes.review_date) == "2027-01-02"
    assert attributes.sources == (Source("Un guide", "guide.example.org", "2026-11-01"),)
    assert attributes.synonyms == ("hisser un drapeau, encore",)
    assert _texts(document) == ["Texte."]


def test_lists_tables_and_code_keep_their_form(reader: ReaderProcess) -> None:
    document = reader.read(
        "b.md",
        b"# T\n\n## Steps\n\n3. **Call** [the desk](https://desk.example.org).\n4. Then:\n   - one\n   - two\n\n"
        b"- a\n- b\n\n| Who | Phone |\n|---|---|\n| Police | 555-0100 |\n\n```\ncode\n```\n\n> quoted\n",
    )
    blocks = {block.kind: block for block in document.blocks}
    assert blocks[BlockKind.STEPS].start == 3
    assert blocks[BlockKind.STEPS].items == (
        "Call the desk (https://desk.example.org).",
        "Then:\n- one\n- two",
    )
    assert blocks[BlockKind.BULLETS].items == ("a", "b")
    assert blocks[BlockKind.TABLE].items == ("Who: Police; Phone: 555-0100",)
    assert blocks[BlockKind.CODE].text == "code"
    assert blocks[BlockKind.PARAGRAPH].text == "quoted"


def test_a_link_keeps_its_address_unless_it_only_names_a_file_of_the_library(reader: ReaderProcess) -> None:
    document = reader.read("a.md", b"[Swatting](swatting.md), [the desk](https://example.org/a.md)")
    assert _texts(document) == ["Swatting, the desk (https://example.org/a.md)"]


def test_a_file_without_front_matter_gets_title_and_language_from_its_text(reader: ReaderProcess) -> None:
    document = reader.read(
        "c.md", "# Après un incident\r\n\r\nAppelez la police, puis la mairie.\r\n".encode("cp1252")
    )
    assert (document.title, document.language) == ("Après un incident", "fr")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.md", b"", "the file is empty"),
        ("a.md", b"\x00\x01\x02", "not a text file"),
        ("a.md", b"---\na: [1\n---\ntext", "not valid YAML"),
        ("a.md", b"---\n- a\n---\ntext", "must be a list of 'key: value' lines"),
        ("a.md", b"---\nkind: leaflet\n---\ntext", "kind is 'leaflet'"),
        ("a.md", b"---\nreview_date: soon\n---\ntext", "must be a date such as"),
        ("a.md", b"---\na: 1\n---\n", "no text in the file"),
        ("a.xyz", b"text", "these can: .markdown, .md, .pdf"),
    ],
)
def test_unusable_text_files_are_refused_in_one_sentence(
    reader: ReaderProcess, name: str, data: bytes, reason: str
) -> None:
    assert reason in _refusal(reader, name, data)


@pytest.mark.parametrize("text", ["> " * 3000, "- " * 3000, "[" * 30_000, "* a\n" * 20_000, "&lol;" * 1000])
def test_hostile_markdown_never_stops_the_reader(reader: ReaderProcess, text: str) -> None:
    try:
        reader.read("deep.md", text.encode() + b"x")
    except ReadError as error:
        assert "\n" not in str(error)
    assert _texts(reader.read("after.md", b"still here")) == ["still here"]


# PDF


def test_a_real_manual_is_cited_by_its_printed_pages(reader: ReaderProcess) -> None:
    if not MANUAL.exists():
        pytest.skip("the Debian package libtasn1-doc is not installed")
    data = MANUAL.read_bytes()
    seen: list[tuple[int, int]] = []
    document = reader.read("libtasn1.pdf", data, lambda page, pages: seen.append((page, pages)))
    pages = PdfReader(io.BytesIO(data)).pages
    assert seen == [(index, len(pages)) for index in range(len(pages))]
    assert (document.language, document.pages, document.warnings) == ("en", 36, ())
    passages = cut(document)
    labels = {passage.page_index: passage.page_label for passage in passages}
    assert (labels[0], labels[3], labels[4]) == ("T-1", "1", "2")
    naming = next(passage for passage in passages if "NUL-terminated string" in passage.text)
    assert (naming.heading, naming.page_label) == (("2 ASN.1 structure handling", "Naming"), "3")
    # Every passage stands on the page that it names: compared without blanks and hyphens.
    for passage in passages:
        assert passage.page_index is not None
        here = pages[passage.page_index].extract_text() + (
            pages[passage.page_index + 1].extract_text() if passage.page_index + 1 < len(pages) else ""
        )
        start = _bare(passage.text.split("\n")[0])[:40]
        assert start in _bare(here), (passage.page_label, passage.text[:80])
    assert not any("Chapter 2: ASN.1 structure handling" in passage.text for passage in passages)
    assert not any(". . . ." in passage.text for passage in passages)


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_two_columns_are_read_one_after_the_other_and_hyphens_joined(reader: ReaderProcess) -> None:
    left = [Text(72, 700 - 14 * n, f"Left line {n} goes on") for n in range(5)] + [
        Text(72, 630, "with intimi-")
    ]
    right = [
        Text(320, 700, "dation of officials"),
        *(Text(320, 686 - 14 * n, f"Right line {n} goes on") for n in range(5)),
    ]
    (text,) = _texts(reader.read("columns.pdf", pdf_of(page_of(*left, *right))))
    assert "Left line 4 goes on with intimidation of officials Right line 0" in text


def test_running_headers_and_page_numbers_are_left_out(reader: ReaderProcess) -> None:
    pages = [
        page_of(
            Text(72, 760, f"City guide - part {number}"),
            Text(72, 700, f"Body of page {number} is different {'again ' * number}."),
            Text(300, 30, f"Page {number} of 5"),
        )
        for number in range(1, 6)
    ]
    texts = _texts(reader.read("guide.pdf", pdf_of(*pages)))
    assert len(texts) == 5
    assert all(text.startswith("Body of page") for text in texts)


def test_headings_are_told_by_size_where_there_is_no_outline(reader: ReaderProcess) -> None:
    body = [Text(72, 640 - 14 * n, f"Plain words in line {n} of the body text here") for n in range(8)]
    document = reader.read(
        "sizes.pdf",
        pdf_of(
            page_of(Text(72, 720, "Safety at home", 20), Text(72, 680, "First hour", 14, bold=True), *body)
        ),
    )
    assert [(b.text, b.level) for b in document.blocks if b.kind is BlockKind.HEADING] == [
        ("Safety at home", 1),
        ("First hour", 2),
    ]
    assert document.title == "Safety at home"


def test_numbered_lines_are_steps_and_bullets_are_items(reader: ReaderProcess) -> None:
    lines = [
        Text(72, 700, "1. Call the police when someone is"),
        Text(86, 686, "at your door."),
        Text(72, 672, "2. Save the message."),
        Text(72, 640, "\u2022 Do not reply."),
        Text(72, 626, "\u2022 Do not delete."),
    ]
    blocks = reader.read("steps.pdf", pdf_of(page_of(*lines))).blocks
    assert (blocks[0].kind, blocks[0].items) == (
        BlockKind.STEPS,
        ("Call the police when someone is at your door.", "Save the message."),
    )
    assert (blocks[1].kind, blocks[1].items) == (BlockKind.BULLETS, ("Do not reply.", "Do not delete."))


def test_pages_that_hold_nothing_to_quote_are_named(reader: ReaderProcess) -> None:
    document = reader.read(
        "mixed.pdf",
        pdf_of(
            page_of(Text(72, 700, "Readable text.")),
            b"/I Do",
            bomb(600),
            packed=frozenset({2}),
            pictures=frozenset({1}),
        ),
    )
    assert document.warnings == (
        "Page 2 is scanned without text: nothing there can be found or quoted.",
        "Page 3 is unreadable: nothing there can be found or quoted.",
    )
    assert _texts(document) == ["Readable text."]


def _written(password: str | None, pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(300, 300)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04", "not a PDF"),
        (_written("secret", 1), "locked with a password"),
        (_written(None, 0), "has no pages"),
        (_written(None, 2), "pages are blank"),
        (pdf_of(page_of(Text(72, 700, "x")))[:300], "damaged or cut short"),
        (pdf_of(b"/I Do", pictures=frozenset({0})), "scanned pictures without text"),
        (pdf_of(bomb(600), packed=frozenset({0})), "unpacks to far more"),
    ],
    ids=["empty", "other", "locked", "no pages", "blank", "cut", "scanned", "bomb"],
)
def test_pdf_files_without_usable_text_say_why(reader: ReaderProcess, data: bytes, reason: str) -> None:
    assert reason in _refusal(reader, "file.pdf", data)


# The process


def test_a_file_over_the_size_limit_is_not_even_sent() -> None:
    with ReaderProcess(ReaderLimits(file_bytes=1_000_000)) as reader:
        assert "the limit is 1 MB" in _refusal(reader, "big.md", b"x" * 2_000_000)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    slow = pdf_of(*[page_of(*[Text(72, 700, "word " * 50)] * 400)] * 3)
    for limits in (ReaderLimits(page_seconds=0.01), ReaderLimits(file_seconds=0.0)):
        with ReaderProcess(limits) as reader, pytest.raises(ReadError, match="takes longer"):
            reader.read("slow.pdf", slow)


def test_a_file_that_takes_too_much_memory_is_given_up_and_the_next_one_is_read() -> None:
    with ReaderProcess(ReaderLimits(memory_bytes=200_000_000)) as reader:
        assert "memory" in _refusal(reader, "wide.md", b"* a\n" * 3_000_000)
        assert _texts(reader.read("after.md", b"still here")) == ["still here"]


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
