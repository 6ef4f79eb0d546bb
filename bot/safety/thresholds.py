"""Where the desk acts on a score. The same limits serve a message, the training report and the tests.

A missed danger costs more than a false alarm, so with evidence in the text the limits lie well below a half.
"""

from bot.safety.model import Scores
from bot.safety.reading import DANGER_CONCEPTS, Reading
from bot.safety.rules import Finding

HARM_WORDS = frozenset({"sh_explicit", "sh_passive", "sh_farewell"})

# By how many danger concepts stand behind the score: none, one, more.
_DANGER = (0.5, 0.42, 0.33)
_DANGER_WITH_RULE = 0.12
_DOUBT = 0.12
_DOUBT_WITH_RULE = 0.04
# "Should I tell my family?" must not read as a farewell: without a word of wanting to die, the wording alone
# has to be near certain. With such a word, very little more is needed.
_SELF_HARM = 0.93
_SELF_HARM_WITH_FAREWELL = 0.95
_SELF_HARM_WITH_MEANS = 0.3
_SELF_HARM_WITH_WORDS = 0.12
_SELF_HARM_WITH_RULE = 0.01
_HUMAN = 0.5
_HUMAN_WITH_WORDS = 0.3
_P2 = 0.14
# A piece of a long message lacks its context, so it must be plain; and the whole must not speak against it.
_PIECE = 0.75
_WHOLE_FLOOR = 0.002


def is_danger(reading: Reading, scores: Scores, finding: Finding | None) -> bool:
    """Say whether the message is immediate danger."""
    if reading.foreign_emergency:
        return True
    if scores.danger >= _DANGER[min(len(reading.concepts & DANGER_CONCEPTS), len(_DANGER) - 1)]:
        return True
    return finding is not None and finding.certain and scores.danger >= _DANGER_WITH_RULE


def is_doubtful(scores: Scores, finding: Finding | None) -> bool:
    """Say whether danger can't be ruled out, so that one line with the emergency number is due."""
    return scores.danger >= (_DOUBT if finding is None else _DOUBT_WITH_RULE)


def is_self_harm(reading: Reading, scores: Scores, finding: Finding | None) -> bool:
    """Say whether somebody may harm themselves."""
    if reading.foreign_self_harm:
        return True
    if scores.self_harm >= _self_harm_limit(reading):
        return True
    return finding is not None and (finding.certain or scores.self_harm >= _SELF_HARM_WITH_RULE)


def _self_harm_limit(reading: Reading) -> float:
    if reading.concepts & {"sh_explicit", "sh_passive"}:
        return _SELF_HARM_WITH_WORDS
    if reading.concepts & {"sh_means", "sh_third"}:
        return _SELF_HARM_WITH_MEANS
    return _SELF_HARM_WITH_FAREWELL if "sh_farewell" in reading.concepts else _SELF_HARM


def asks_for_human(reading: Reading, scores: Scores) -> bool:
    """Say whether the writer asks to speak or meet with a person."""
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
