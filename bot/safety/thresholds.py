"""Where the desk acts on a score. The same limits serve a message, the training report and the tests.

A missed danger costs more than a false alarm, so the limits lie far below a half. They were chosen on the chances of
messages that the model never saw. What the plain rules find lowers no limit of danger: on those messages it added some
hundred false alarms to four dangers. Below danger lies doubt: an ordinary answer with one line that names 911 and 988.
"""

from bot.safety.model import Scores
from bot.safety.reading import DANGER_CONCEPTS, Reading
from bot.safety.rules import Finding

HARM_WORDS = frozenset({"sh_explicit", "sh_passive", "sh_farewell"})

_DANGER = 0.15
_DOUBT = 0.07
_DOUBT_WITH_RULE = 0.04
_DESPAIR_IN_DOUBT = 0.05
_SELF_HARM = 0.2
# "I am scared" alone says of what to be scared no more than that: it gets the line of doubt, with both numbers.
_SELF_HARM_IN_FEAR = 0.9
_SHORT = 8
# "I want to die", and nothing around it that makes it a subject or a joke.
_SELF_HARM_SAID = 0.12
_HUMAN = 0.22
_HUMAN_WITH_WORDS = 0.15
_P2 = 0.19
# A piece of a long message lacks its context, so it must be plain; and the whole must not speak against it.
_PIECE = 0.9
_WHOLE_FLOOR = 0.01


# Fewer words than this, none of them a word of danger, say too little for the wording alone to decide.
_FEWEST_WORDS = 5
_TELLING = DANGER_CONCEPTS | HARM_WORDS | {"near", "approach", "sh_means", "sh_third"}


def _says_enough(reading: Reading) -> bool:
    return bool(reading.concepts & _TELLING) or sum(len(s.words) for s in reading.sentences) >= _FEWEST_WORDS


def is_danger(reading: Reading, scores: Scores) -> bool:
    """Say whether the message is immediate danger."""
    return reading.foreign_emergency or (scores.danger >= _DANGER and _says_enough(reading))


def is_doubtful(reading: Reading, scores: Scores, finding: Finding | None) -> bool:
    """Say whether danger or despair can't be ruled out, so that one line with 911 and 988 is due."""
    if finding is None and not _says_enough(reading):
        return False
    if scores.self_harm >= _DESPAIR_IN_DOUBT:
        return True
    return scores.danger >= (_DOUBT if finding is None else _DOUBT_WITH_RULE)


def is_self_harm(reading: Reading, scores: Scores, finding: Finding | None) -> bool:
    """Say whether somebody may harm themselves."""
    limit = _SELF_HARM_IN_FEAR if _only_afraid(reading) else _SELF_HARM
    if reading.foreign_self_harm or (scores.self_harm >= limit and _says_enough(reading)):
        return True
    return finding is not None and finding.certain and scores.self_harm >= _SELF_HARM_SAID


def _only_afraid(reading: Reading) -> bool:
    despair = reading.concepts & (HARM_WORDS | {"sh_means", "sh_third"})
    return (
        "fear" in reading.concepts and not despair and sum(len(s.words) for s in reading.sentences) <= _SHORT
    )


def asks_for_human(reading: Reading, scores: Scores) -> bool:
    """Say whether the writer asks to speak or meet with a person; a number alone asks for nothing."""
    if all(word.isdigit() for sentence in reading.sentences for word in sentence.words):
        return False
    return scores.human >= (_HUMAN_WITH_WORDS if "human" in reading.concepts else _HUMAN)


def is_active_crisis(scores: Scores) -> bool:
    """Say whether P2 is due; early, because under-triage costs more."""
    return scores.urgency[0] >= _P2


def is_dangerous_piece(piece: Scores, whole: Scores) -> bool:
    """Say whether one part of a long message is danger by itself."""
    return piece.danger >= _PIECE and whole.danger >= _WHOLE_FLOOR


def is_self_harm_piece(piece: Scores, whole: Scores) -> bool:
    """Say whether one part of a long message is self-harm by itself."""
    return piece.self_harm >= _PIECE and whole.self_harm >= _WHOLE_FLOOR
