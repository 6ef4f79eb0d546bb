"""What decides when nothing else can: a handful of words, and doubt about the rest. Pure, and too plain to fail."""

from bot.safety.assessment import Assessment, Situation
from escalation.sla import Priority

_HARM = ("suicid", "kill myself", "end my life", "want to die", "me tuer", "mourir", "en finir avec la vie")
_DANGER = (
    *(
        "911",
        "gun",
        "shoot",
        "shot",
        "bomb",
        "knife",
        "stab",
        "weapon",
        "armed",
        "fire",
        "at my door",
        "help me",
    ),
    *("arme", "fusil", "tire", "bombe", "couteau", "à ma porte", "au secours", "aidez-moi", "feu"),
)
_SURELY = 2
_FRENCH = (" je ", " est ", " les ", " des ", " une ", " ma ", " mon ", "é", "à ")


def last_resort(text: str) -> Assessment:
    """Judge a message that broke every other check: danger at one word of it, and doubt in any case."""
    low = f" {text.lower()} "
    at_risk = any(word in low for word in _HARM)
    danger = not at_risk and any(word in low for word in _DANGER)
    french = sum(word in low for word in _FRENCH)
    situation = Situation.SELF_HARM_FIRST_PERSON if at_risk else Situation.GENERIC if danger else None
    return Assessment(
        immediate_danger=danger,
        self_harm=at_risk,
        wants_human=True,
        urgency=Priority.P1 if danger or at_risk else Priority.P2,
        cues=("unread",),
        language="fr" if french >= _SURELY else "en",
        language_sure=french == 0 or french >= _SURELY,
        situation=situation,
        in_doubt=situation is None,
    )
