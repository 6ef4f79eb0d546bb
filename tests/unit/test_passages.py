from knowledge_base.documents import Attributes, Block, BlockKind, PassageKind, StructuredDocument
from knowledge_base.passages import LONGEST, cut


def _document(*blocks: Block, jurisdiction: tuple[str, ...] = ()) -> StructuredDocument:
    return StructuredDocument("A title", "en", Attributes(jurisdiction=jurisdiction), blocks)


def _heading(text: str, level: int = 2) -> Block:
    return Block(BlockKind.HEADING, text, level=level)


def _text(words: int, word: str = "word", **more: object) -> Block:
    return Block(BlockKind.PARAGRAPH, " ".join([word] * (words - 1) + [f"{word}."]), **more)  # type: ignore[arg-type]


def test_each_step_is_a_passage_of_its_own_with_its_number() -> None:
    steps = Block(BlockKind.STEPS, items=("Call.", "Save it.", "Tell them."), start=4)
    passages = cut(_document(_heading("First hour"), steps))
    assert [(p.kind, p.step, p.text) for p in passages] == [
        (PassageKind.STEP, 4, "Call."),
        (PassageKind.STEP, 5, "Save it."),
        (PassageKind.STEP, 6, "Tell them."),
    ]
    assert {p.heading for p in passages} == {("First hour",)}


def test_a_long_step_is_never_cut() -> None:
    step = " ".join(["word"] * 400)
    assert [p.text for p in cut(_document(Block(BlockKind.STEPS, items=(step,))))] == [step]


def test_short_paragraphs_are_gathered_and_long_ones_cut_between_sentences() -> None:
    gathered = cut(_document(_text(40), _text(40), _text(40)))
    assert [len(p.text.split()) for p in gathered] == [120]
    sentences = " ".join("This sentence has exactly six words." for _ in range(100))
    parts = cut(_document(Block(BlockKind.PARAGRAPH, sentences)))
    assert all(60 <= len(p.text.split()) <= LONGEST and p.text.endswith(".") for p in parts)


def test_headings_carry_their_path_and_part_the_passages() -> None:
    passages = cut(_document(_heading("Law"), _text(10, "a"), _heading("Canada", 3), _text(10, "b")))
    assert [p.heading for p in passages] == [("Law",), ("Law", "Canada")]


def test_a_heading_with_nothing_under_it_is_not_lost() -> None:
    passages = cut(_document(_heading("Lonely"), _heading("Next"), _text(5)))
    assert passages[0].text == "Lonely"


def test_contacts_are_passages_of_their_own() -> None:
    contacts = Block(BlockKind.BULLETS, items=("911, in danger.", "Police, 555-0100."))
    for heading in ("Who to call", "Qui appeler"):
        passages = cut(_document(_heading(heading), contacts))
        assert [p.kind for p in passages] == [PassageKind.CONTACT, PassageKind.CONTACT]


def test_numbered_recommendations_keep_their_number() -> None:
    passages = cut(_document(Block(BlockKind.PARAGRAPH, "Recommendation 47. Cities should plan."), _text(5)))
    assert (passages[0].kind, passages[0].recommendation) == (PassageKind.RECOMMENDATION, "47")
    assert passages[1].recommendation is None
    french = cut(_document(_heading("Recommandation 3"), _text(8)))
    assert french[0].recommendation == "3"
    lettered = cut(_document(*(Block(BlockKind.PARAGRAPH, f"Recommendation S-{n}. Plan.") for n in (1, 12))))
    assert [passage.recommendation for passage in lettered] == ["S-1", "S-12"]


def test_a_place_named_by_heading_or_opening_confines_the_passage() -> None:
    document = _document(
        _heading("Law in brief"),
        Block(BlockKind.PARAGRAPH, "Background."),
        Block(BlockKind.PARAGRAPH, "In the United States the rules differ."),
        Block(BlockKind.PARAGRAPH, "In Quebec, a court can order it."),
        jurisdiction=("US", "CA"),
    )
    assert [p.jurisdiction for p in cut(document)] == [("US", "CA"), ("US",), ("CA-QC",)]


def test_a_passage_keeps_to_one_page() -> None:
    passages = cut(
        _document(_text(20, page_index=3, page_label="iv"), _text(20, page_index=4, page_label="1"))
    )
    assert [(p.page_index, p.page_label) for p in passages] == [(3, "iv"), (4, "1")]


def test_sources_are_marked_so_that_they_are_not_quoted_as_advice() -> None:
    passages = cut(_document(_heading("Sources"), Block(BlockKind.BULLETS, items=("A book.", "A page."))))
    assert [p.kind for p in passages] == [PassageKind.SOURCE]


def test_text_to_copy_is_a_passage_of_its_own_with_its_lines() -> None:
    text = "\n".join(f"Line {n} of the script, to be read aloud." for n in range(40))
    passages = cut(_document(_heading("Opening"), _text(9), Block(BlockKind.CODE, text), _text(9)))
    assert [p.text for p in passages][1] == text


def test_where_to_read_more_is_not_quoted_as_advice() -> None:
    for heading in ("See also", "À lire aussi"):
        passages = cut(_document(_heading(heading), Block(BlockKind.BULLETS, items=("Swatting", "Doxing"))))
        assert [p.kind for p in passages] == [PassageKind.SOURCE]


def test_a_chapter_called_reference_is_no_list_of_sources() -> None:
    assert cut(_document(_heading("Reference", 1), _heading("Phones"), _text(9)))[0].kind is PassageKind.TEXT
    assert cut(_document(_heading("References", 1), _heading("Phones"), _text(9)))[0].kind is PassageKind.TEXT


def test_what_stands_under_a_recommendation_carries_its_number() -> None:
    document = _document(
        _heading("Recommendation 47: plan ahead"),
        _text(20),
        Block(BlockKind.BULLETS, items=("Print the plan.", "Keep it by the phone.")),
        Block(BlockKind.STEPS, items=("Name a lead.",)),
        _heading("Why", 3),
        _text(20),
        _heading("Recommandation n\u00ba 12"),
        _text(20),
    )
    kinds = PassageKind
    assert [(p.kind, p.recommendation) for p in cut(document)] == [
        (kinds.RECOMMENDATION, "47"),
        (kinds.STEP, "47"),
        (kinds.TEXT, "47"),
        (kinds.RECOMMENDATION, "12"),
    ]


def test_the_numbered_items_under_recommendations_are_recommendations() -> None:
    for heading in (
        "Recommendations",
        "Summary of recommendations",
        "Nos recommandations",
        "4. Recommendations",
    ):
        steps = Block(BlockKind.STEPS, items=("Plan.", "Train."), start=7)
        one = Block(BlockKind.PARAGRAPH, "12. Review each year.")
        assert [p.recommendation for p in cut(_document(_heading(heading), steps, one))] == ["7", "8", "12"]
    assert (
        cut(_document(_heading("Steps"), Block(BlockKind.PARAGRAPH, "12. Review.")))[0].recommendation is None
    )


def test_lines_that_say_how_somebody_is_reached_are_contacts_wherever_they_stand() -> None:
    rows = Block(
        BlockKind.TABLE, items=("Who: Police; Phone: 555-0100", "Who: Clerk; Email: clerk@example.org")
    )
    lines = Block(BlockKind.PARAGRAPH, "Police: 613-555-0100\nFire: (613) 555-0101")
    passages = cut(_document(_heading("After hours"), rows, lines, _text(20)))
    assert [p.kind for p in passages] == [PassageKind.CONTACT] * 4 + [PassageKind.TEXT]
    assert passages[2].text == "Police: 613-555-0100"
    mentions = Block(BlockKind.BULLETS, items=("Call 613-555-0100.", "Save the post.", "Do not reply."))
    assert [p.kind for p in cut(_document(mentions))] == [PassageKind.TEXT]


def test_each_definition_is_a_passage_of_its_own() -> None:
    terms = Block(BlockKind.BULLETS, items=("Doxing: publishing an address.", "Swatting: a false call."))
    for heading in ("Glossary", "Definitions", "Lexique", "Termes clés"):
        assert len(cut(_document(_heading(heading), terms))) == 2
    means = Block(BlockKind.PARAGRAPH, "\u201cDoxing\u201d means publishing somebody's address to hurt them.")
    assert len(cut(_document(_text(20), means, _text(20)))) == 3
    assert len(cut(_document(_heading("Notes"), terms))) == 1


def test_a_passage_keeps_to_one_language_and_short_lines_go_with_those_around_them() -> None:
    english = "When a meeting is disturbed, the chair speaks first and the clerk writes down the time. " * 3
    french = (
        "Quand une séance est perturbée, la présidence parle en premier et la greffière note l'heure. " * 3
    )
    document = _document(
        Block(BlockKind.PARAGRAPH, english),
        Block(BlockKind.PARAGRAPH, french),
        Block(BlockKind.PARAGRAPH, "Voir la page 3."),
    )
    assert [(p.language, p.text.split()[0]) for p in cut(document)] == [("en", "When"), ("fr", "Quand")]
    steps = Block(
        BlockKind.STEPS,
        items=tuple(f"Appelez la police et notez {n} détails de la séance." for n in "abcdef"),
    )
    assert {p.language for p in cut(_document(_heading("En français"), steps))} == {"fr"}
    assert {p.language for p in cut(_document(Block(BlockKind.PARAGRAPH, "Merci beaucoup.")))} == {"en"}


def test_a_short_paragraph_before_a_long_one_takes_sentences_of_it_and_no_more_than_fit() -> None:
    long = " ".join("This sentence has exactly six words." for _ in range(29))
    sizes = [len(p.text.split()) for p in cut(_document(_text(20), Block(BlockKind.PARAGRAPH, long)))]
    assert sizes == [62, 132]


def test_footnotes_are_no_advice() -> None:
    for heading in ("Footnotes", "Notes de bas de page"):
        passages = cut(
            _document(_heading(heading, 1), Block(BlockKind.BULLETS, items=("The budget of 2025.",)))
        )
        assert [p.kind for p in passages] == [PassageKind.SOURCE]
