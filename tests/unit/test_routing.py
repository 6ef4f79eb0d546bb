"""Who should take a case: each rule beats all that come after it, and the reason is said."""

from dataclasses import replace

import pytest

from escalation.routing import Bar, Candidate, Need, choose

NEED = Need("doxing", "fr", "CA-QC", frozenset({7}), requester_id=1, danger=True, offset=-300)
BEST = Candidate(
    person_id=10,
    name="Amal",
    topics=frozenset({"doxing"}),
    languages=frozenset({"fr", "en"}),
    jurisdictions=frozenset({"CA-QC"}),
    cities=frozenset(),
    open_cases=0,
    capacity=5,
    on_duty=True,
    levels=(("doxing", 3),),
    offset=-300,
)
# From what weighs most to what weighs least: each makes somebody worse in one point alone.
WORSE = [
    {"working": False},
    {"takes_danger": False},
    {"levels": (("doxing", 1),)},
    {"languages": frozenset({"en"})},
    {"jurisdictions": frozenset({"US"})},
    {"open_cases": 3},
    {"offset": -480},
]


@pytest.mark.parametrize("place", range(len(WORSE)))
def test_each_point_outweighs_all_that_come_after_it(place: int) -> None:
    behind_in_one = replace(BEST, person_id=11, name="Bruno", **WORSE[place])  # type: ignore[arg-type]
    later = {key: value for worse in WORSE[place + 1 :] for key, value in worse.items()}
    behind_in_the_rest = replace(BEST, person_id=12, name="Chloe", **later)  # type: ignore[arg-type]
    choice = choose(NEED, [behind_in_one, behind_in_the_rest])
    assert (choice.person_id, choice.second_id) == (12, 11)
    assert "Second best: Bruno (" in choice.reason


@pytest.mark.parametrize(
    ("change", "bar"),
    [
        ({"cities": frozenset({7})}, Bar.CONFLICT),
        ({"conflicts": frozenset({1})}, Bar.CONFLICT),
        ({"person_id": 1}, Bar.CONFLICT),
        ({"may_know": False}, Bar.CONFLICT),
        ({"away": True}, Bar.AWAY),
        ({"on_duty": False}, Bar.OFF_DUTY),
        ({"open_cases": 5}, Bar.FULL),
    ],
)
def test_some_are_never_chosen_however_good_they_are(change: dict[str, object], bar: Bar) -> None:
    barred = replace(BEST, **change)  # type: ignore[arg-type]
    poor = replace(BEST, person_id=99, name="Dana", topics=frozenset(), languages=frozenset({"en"}))
    choice = choose(NEED, [barred, poor])
    assert choice.person_id == 99
    assert choice.considered[-1].bar is bar
    alone = choose(NEED, [barred])
    assert alone.person_id is None
    assert "No expert is free" in alone.reason


def test_the_choice_does_not_depend_on_the_order_of_the_directory() -> None:
    people = [replace(BEST, person_id=one, open_cases=one % 3) for one in range(20, 30)]
    assert choose(NEED, people) == choose(NEED, people[::-1])


def test_it_is_said_when_nobody_at_work_speaks_the_language() -> None:
    asleep = replace(BEST, working=False)
    english = replace(BEST, person_id=11, languages=frozenset({"en"}))
    assert not choose(NEED, [asleep, english]).speaks
    assert choose(NEED, [BEST, english]).speaks
    assert "does not speak fr" in choose(NEED, [asleep, english]).reason


def test_a_whole_country_covers_its_provinces_and_not_the_other_way_round() -> None:
    country = replace(BEST, person_id=11, jurisdictions=frozenset({"CA"}), open_cases=1)
    assert choose(NEED, [country]).considered[0].reasons[4] == "knows CA-QC"
    province = choose(replace(NEED, region="CA"), [BEST]).considered[0]
    assert province.reasons[4] == "CA is new to them"
