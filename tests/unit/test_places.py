import pytest

from knowledge_base.places import (
    fits,
    jurisdiction_of_heading,
    jurisdiction_of_opening,
    only_place,
    place_asked_about,
    places_named,
)


def test_the_word_us_is_no_country() -> None:
    assert places_named("Contact us") == ()
    assert places_named("Who to call (US)") == ("US",)


def test_a_subdivision_says_more_than_its_country() -> None:
    assert places_named("Quebec, Canada") == ("CA-QC",)
    assert places_named("États-Unis et Canada") == ("US", "CA")


def test_the_deepest_heading_that_names_a_place_wins() -> None:
    assert jurisdiction_of_heading(("Law in brief", "Canada", "Ontario")) == ("CA-ON",)
    assert jurisdiction_of_heading(("Canada", "Background")) == ("CA",)
    assert jurisdiction_of_heading(("First hour",)) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("In the United States the rules differ from state to state.", ("US",)),
        ("Au Québec, la loi prévoit une injonction.", ("CA-QC",)),
        ("California: a written demand.", ("US-CA",)),
        ("Call the police in Ontario.", ()),
    ],
)
def test_only_the_opening_words_confine_a_paragraph(text: str, codes: tuple[str, ...]) -> None:
    assert jurisdiction_of_opening(text) == codes


@pytest.mark.parametrize(
    ("passage", "wanted", "expected"),
    [
        ((), "CA-ON", True),
        (("CA",), None, True),
        (("CA",), "CA-ON", True),
        (("CA-ON",), "CA", True),
        (("CA-QC",), "CA-ON", False),
        (("US",), "CA", False),
        (("US", "CA"), "CA-NB", True),
        (("US-CA",), "CA", False),
    ],
)
def test_text_fits_its_own_place_and_what_lies_within_or_around(
    passage: tuple[str, ...], wanted: str | None, expected: bool
) -> None:
    assert fits(passage, wanted) is expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("What about in Ontario?", "CA-ON"),
        ("au Québec, qui dois-je appeler?", "CA-QC"),
        ("we are in Texas and they posted my address", "US-TX"),
        ("and in the United States?", "US"),
        ("a New York paper called", None),
        ("is it the same in Canada and in the US?", None),
        ("who do I call?", None),
    ],
)
def test_a_message_says_which_place_it_is_about(text: str, place: str | None) -> None:
    assert place_asked_about(text) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("what about in Ontario?", "CA-ON"),
        ("et au Nouveau-Brunswick c'est pareil?", "CA-NB"),
        ("in bc?", "CA-BC"),
        ("does that hold in the U.S. too?", "US"),
        ("I'm actually in Manitoba", "CA-MB"),
        ("my cousin in Ontario was doxed", None),
        ("Ontario or Quebec?", None),
    ],
)
def test_a_message_that_names_a_place_and_nothing_else_is_told_apart(text: str, place: str | None) -> None:
    assert only_place(text) == place
