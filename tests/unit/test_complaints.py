"""Which messages are complaints about a colleague or superior, and which only mention one."""

import pytest

from bot.privacy.complaints import complains


@pytest.mark.parametrize(
    "text",
    [
        "My boss the city manager yells at me in front of the staff.",
        "A councillor on my own council is harassing one of our clerks",
        "How do I file a complaint against our mayor?",
        "I am being bullied by two members of my own council",
        "can I talk confidentially about my director? he bullies everyone",
        "our finance director told us to hide the overspending",
        "He is my director and he will not stop commenting on my body",
        "I'm scared of our CAO. she screams and throws things",
        "Le maire pour qui je travaille me touche",
        "Je veux porter plainte contre mon superviseur",
        "je suis intimidée par le maire depuis des mois",
        "Mon gestionnaire m'a demandé de falsifier un rapport",
    ],
)
def test_a_complaint_is_recognised(text: str) -> None:
    assert complains(text)


@pytest.mark.parametrize(
    "text",
    [
        "Somebody posted my home address online.",
        "A resident threatened our mayor in an email.",
        "Our councillor is being harassed by a group on Facebook",
        "my boss was assaulted at the town hall last night",
        "my manager wants me to take down the racist comments",
        "Our director touched base with us about the rally plan",
        "how do we report hate mail that our mayor gets",
        "Ma collègue a été harcelée sur Facebook par des inconnus",
        "la conseillère a touché un mot aux médias",
        "Mon patron me demande de préparer un communiqué",
        "",
    ],
)
def test_a_colleague_in_trouble_is_no_complaint(text: str) -> None:
    assert not complains(text)


def test_a_hostile_text_takes_no_time() -> None:
    assert not complains("my mayor is not the one who has been " * 5_000)
