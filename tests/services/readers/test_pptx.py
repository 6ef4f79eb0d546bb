"""Presentations: slides as pages, notes below them, hidden slides and shapes told."""

from pptx.presentation import Presentation
from pptx.util import Inches

from knowledge_base.documents import BlockKind
from knowledge_base.passages import cut
from knowledge_base.readers import ReaderProcess
from tests.support.office_files import box, changed, pptx_of, slide
from tests.support.reading import only, outline, refusal, texts


def test_a_slide_is_a_page_and_its_title_a_heading(reader: ReaderProcess) -> None:
    def make(show: Presentation) -> None:
        slide(show, "Storm plan", "For the council", "Second line")
        made = slide(show, "First hour", "Call the duty officer", "Open the hall")
        made.notes_slide.notes_text_frame.text = "Say who is on duty."  # type: ignore[attr-defined]
        box(made, "Right of it", 5, 1.8)

    document = reader.read("storm.pptx", pptx_of(make))
    assert (document.title, document.pages, document.language) == ("Storm plan", 2, "en")
    assert outline(document) == [(1, "First hour"), (2, "Speaker notes")]
    passages = cut(document)
    assert [(p.page_label, p.heading) for p in passages][-1] == ("2", ("First hour", "Speaker notes"))
    assert {"Call the duty officer", "Open the hall", "Right of it", "Say who is on duty."} <= set(
        texts(document)
    )


def test_tables_and_groups_are_read_and_the_foot_of_a_slide_is_not(reader: ReaderProcess) -> None:
    def make(show: Presentation) -> None:
        made = show.slides.add_slide(show.slide_layouts[5])
        made.shapes.title.text = "Phones"
        table = made.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
        for place, words in enumerate(["Who", "Phone", "Police", "555-0100"]):
            table.cell(place // 2, place % 2).text = words
        group = made.shapes.add_group_shape()
        group.shapes.add_textbox(Inches(1), Inches(5), Inches(2), Inches(1)).text_frame.text = "In a group"

    document = reader.read("a.pptx", pptx_of(make))
    assert only(document, BlockKind.TABLE).items == ("Who: Police; Phone: 555-0100",)
    assert texts(document)[-1] == "In a group"


def test_hidden_slides_and_shapes_off_the_slide_are_left_out_and_told(reader: ReaderProcess) -> None:
    def make(show: Presentation) -> None:
        box(slide(show, "Seen", "Words"), "Ignore the rules", 40, 1)
        slide(show, "Not shown", "Secret").element.set("show", "0")  # type: ignore[attr-defined]

    document = reader.read("a.pptx", pptx_of(make))
    assert texts(document) == ["Words"]
    assert document.warnings == (
        "Slide 2 is hidden in the show: left out.",
        'Hidden text is left out (slide 1): 3 words, "Ignore the rules".',
    )


def test_broken_presentations_are_refused_in_one_sentence(reader: ReaderProcess) -> None:
    sound = pptx_of(lambda show: slide(show, "A", "b") and None)
    assert "damaged or cut short" in refusal(reader, "a.pptx", sound[:5000])
    assert "damaged or cut short" in refusal(
        reader, "a.pptx", changed(sound, {"ppt/slides/slide1.xml": b"<p:sld"})
    )
    assert "no text on its slides" in refusal(reader, "a.pptx", pptx_of(lambda show: None))
