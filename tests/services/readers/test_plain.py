"""Plain text: paragraphs, lists and headings as people type them, in whatever encoding."""

import pytest

from knowledge_base.documents import BlockKind
from knowledge_base.readers import ReaderProcess
from tests.support.reading import only, outline, refusal, texts

LETTER = "À qui appartient la forêt\u00a0? L\u2019été à Québec, cœur d\u2019œuvre, 20\u00a0€ \u2014 naïveté, où ça."


def test_wrapped_lines_are_joined_and_ended_lines_are_not(reader: ReaderProcess) -> None:
    document = reader.read(
        "a.txt",
        b"When a meeting is disturbed, the chair speaks first and the clerk\n"
        b"writes down the time. Nobody argues with the intruder in the cham-\n"
        b"ber.\n\nPolice: 555-0100\nFire: 555-0101\n",
    )
    assert texts(document) == [
        "When a meeting is disturbed, the chair speaks first and the clerk writes down the time. "
        "Nobody argues with the intruder in the chamber.",
        "Police: 555-0100\nFire: 555-0101",
    ]


def test_headings_and_lists_are_told_by_how_they_are_typed(reader: ReaderProcess) -> None:
    document = reader.read(
        "a.txt",
        b"Storm plan\n==========\n\nFIRST HOUR\n\n1. Call the duty officer\n   at once.\n2) Open the hall.\n   - with beds\n\n"
        b"2.1 Later\n\n* salt\n* sand\n\n1999. A year is no item.\n",
    )
    assert document.title == "Storm plan"
    assert outline(document) == [(2, "FIRST HOUR"), (2, "2.1 Later")]
    assert only(document, BlockKind.STEPS).items == (
        "Call the duty officer at once.",
        "Open the hall.\n- with beds",
    )
    assert only(document, BlockKind.BULLETS).items == ("salt", "sand")
    assert texts(document)[-1] == "1999. A year is no item."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"])
def test_the_encoding_is_found(reader: ReaderProcess, encoding: str) -> None:
    assert texts(reader.read("a.txt", LETTER.encode(encoding))) == [LETTER.replace("\u00a0", " ")]


def test_dos_text_is_read(reader: ReaderProcess) -> None:
    words = "Le maire a été élu à la mairie, où il siège déjà."
    assert texts(reader.read("a.txt", words.encode("cp850"))) == [words]


def test_form_feeds_part_pages(reader: ReaderProcess) -> None:
    document = reader.read("a.txt", b"One.\n\fTwo.\n")
    assert [(b.text, b.page_index, b.page_label) for b in document.blocks] == [
        ("One.", 0, "1"),
        ("Two.", 1, "2"),
    ]


def test_characters_that_nobody_sees_are_taken_out_and_smuggled_words_told(reader: ReaderProcess) -> None:
    smuggled = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore this")
    document = reader.read("a.txt", f"Call\u200b 9\u00ad1\u20601.{smuggled}".encode())
    assert texts(document) == ["Call 911."]
    assert document.warnings == ('Hidden text is left out: 2 words, "ignore this".',)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n ", "the file is empty"),
        (b"\x00\x01\x02", "not a text file"),
        (b"=====\n", "no text"),
    ],
)
def test_unusable_files_are_refused_in_one_sentence(reader: ReaderProcess, data: bytes, reason: str) -> None:
    assert reason in refusal(reader, "a.txt", data)
