"""What differs between two versions: lines, attributes, and the facts that people act on."""

from dataclasses import replace

import pytest

from knowledge_base.documents import Attributes, Block, BlockKind, Source, StructuredDocument
from knowledge_base.library import compare
from knowledge_base.library.facts import find


def document(*steps: str, **about: object) -> StructuredDocument:
    return StructuredDocument(
        "T",
        "en",
        Attributes(**about),
        (Block(BlockKind.STEPS, items=steps),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call 911 or 1-800-555-0199.", [("phone", "911"), ("phone", "1-800-555-0199")]),
        ("(208) 555-0142, +1 208 555 0143", [("phone", "(208) 555-0142"), ("phone", "+1 208 555 0143")]),
        ("Text 988.", [("phone", "988")]),
        ("It cost $911 in 2026-11-22, page 211-212.", []),
        ("Write to desk@example.org.", [("link", "desk@example.org")]),
        (
            "See https://example.org/a?b=c, or example.com/x.",
            [("link", "https://example.org/a?b=c"), ("link", "example.com/x")],
        ),
        ("At 12 Example Street.", [("address", "12 Example Street")]),
        ("Au 45, rue des Érables", [("address", "45, rue des Érables")]),
        ("Step 3 of the plan has 12 parts.", []),
    ],
)
def test_phone_numbers_addresses_and_links_are_found(text: str, found: list[tuple[str, str]]) -> None:
    assert [(fact.kind.value, fact.text) for fact in find(text)] == found


def test_a_number_that_changed_on_one_line_is_told_though_it_stands_on_another() -> None:
    told = compare(
        document("Call 911 now.", "Later, 911 again."), document("Call 211 now.", "Later, 911 again.")
    )
    assert [fact.text for fact in told.gone] == ["911"]
    assert [fact.text for fact in told.new] == ["211"]
    assert [line.facts for line in told.lines if line.mark.value in "-+"] == [("911",), ("211",)]


def test_the_same_number_written_otherwise_is_no_change() -> None:
    told = compare(document("Ring 208-555-0142."), document("Ring +1 (208) 555-0142."))
    assert not told.risky
    assert not told.same


def test_a_source_and_an_attribute_that_changed_are_told() -> None:
    old = document("One.", sources=(Source("A", "example.org/a"),), owner="Clerk")
    new = replace(
        old, attributes=replace(old.attributes, sources=(Source("A", "example.org/b"),), owner="Mayor")
    )
    told = compare(old, new)
    assert [fact.text for fact in told.new] == ["example.org/b"]
    assert [change.name for change in told.attributes] == ["owner", "sources"]


def test_two_equal_versions_are_the_same() -> None:
    assert compare(document("One."), document("One.")).same
