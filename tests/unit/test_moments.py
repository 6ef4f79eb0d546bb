import pytest

from knowledge_base.moments import Moment, moment_of_section, moments_wanted


@pytest.mark.parametrize(
    ("heading", "moment"),
    [
        (("First hour",), Moment.NOW),
        (("Première heure",), Moment.NOW),
        (("First hour", "Hybrid and remote meetings"), Moment.NOW),
        (("Premier jour",), Moment.FIRST_DAY),
        (("First week",), Moment.FIRST_WEEK),
        (("Who to call", "Canada"), Moment.CONTACTS),
        (("Qui appeler",), Moment.CONTACTS),
        (("Le droit en bref",), Moment.LAW),
        (("Ce qu'il ne faut pas faire",), Moment.AVOID),
        (("À éviter",), Moment.AVOID),
        (("Sources",), None),
    ],
)
def test_headings_tell_which_part_they_stand_over(heading: tuple[str, ...], moment: Moment | None) -> None:
    assert moment_of_section(heading) is moment


@pytest.mark.parametrize(
    ("question", "moment"),
    [
        ("people are shouting at our meeting right now", Moment.NOW),
        ("they leaked where I live", Moment.NOW),
        ("des gens crient devant chez moi", Moment.NOW),
        ("who do I call about a threat?", Moment.CONTACTS),
        ("qui dois-je appeler?", Moment.CONTACTS),
        ("is doxing a crime in Canada?", Moment.LAW),
        ("what should we not do?", Moment.AVOID),
        ("what's doxing?", Moment.MEANING),
    ],
)
def test_questions_tell_which_part_they_are_after(question: str, moment: Moment) -> None:
    wanted = moments_wanted(question)
    assert max(wanted, key=lambda key: wanted[key]) is moment


@pytest.mark.parametrize(
    "question",
    [
        "we are drafting a policy on flags",
        "Can the mayor remove a speaker?",
        "Le maire peut-il expulser un citoyen?",
        "Comment préparer la prochaine séance?",
    ],
)
def test_planning_and_rule_questions_do_not_ask_for_the_first_hour(question: str) -> None:
    assert Moment.NOW not in moments_wanted(question)
