"""Judge one reading: the learned scores, the limits and the plain rules together."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.safety import features, rules, thresholds, urgency
from bot.safety.model import Model, Scores
from bot.safety.reading import DANGER_CONCEPTS, Reading, Sentence
from escalation.sla import Priority

# The model looks at each sentence of a mail, but not at each of a very long text: that is also read piece by
# piece, so that a danger in its middle is not diluted.
_LONG = 200
_PIECE = 3
_PIECES = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is true of a message, before its language, its deadline and its thread are looked at."""

    danger: bool
    self_harm: bool
    wants_human: bool
    in_doubt: bool
    urgency: Priority


def judge(reading: Reading, learned: Model, scores: Scores | None = None) -> Verdict:
    """Judge by the weights, with the rules beside them; `scores` are those of the whole where they are known."""
    finding, harm = rules.find(reading), rules.self_harm(reading)
    scores = scores or learned.scores(reading)
    pieces = _pieces(reading, learned)
    danger = thresholds.is_danger(reading, scores) or any(
        thresholds.is_dangerous_piece(piece, scores) for piece in pieces
    )
    at_risk = thresholds.is_self_harm(reading, scores, harm) or any(
        thresholds.is_self_harm_piece(piece, scores) for piece in pieces
    )
    return _verdict(
        danger=danger,
        at_risk=at_risk,
        human=thresholds.asks_for_human(reading, scores),
        doubt=thresholds.is_doubtful(reading, scores, finding),
        level=urgency.by_scores(scores),
    )


def by_rules(reading: Reading) -> Verdict:
    """Judge by the plain rules alone, for when the weights can't be used."""
    finding = rules.find(reading)
    return _verdict(
        danger=finding is not None and finding.certain,
        at_risk=rules.self_harm(reading) is not None,
        human="human" in reading.concepts,
        doubt=finding is not None,
        level=urgency.by_rules(reading),
    )


def _verdict(*, danger: bool, at_risk: bool, human: bool, doubt: bool, level: Priority) -> Verdict:
    if danger or at_risk:
        level = Priority.P1
    elif human:
        level = urgency.most_urgent(level, Priority.P3)
    return Verdict(danger, at_risk, human, doubt, level)


def _pieces(reading: Reading, learned: Model) -> list[Scores]:
    """Score neighbouring sentences of a long message, where any danger concept is seen."""
    sentences = reading.sentences
    if sum(len(sentence.words) for sentence in sentences) < _LONG:
        return []
    parts = {sentences[place : place + _PIECE] for place in range(len(sentences))}
    worth = [part for part in parts if _dangers(part)]
    # Of very many the most telling: encoding takes time, and whoever waits may be in danger. The text breaks ties.
    worth.sort(key=lambda part: (-_dangers(part), [sentence.words for sentence in part]))
    return [
        learned.scores_of(features.names(Reading(part, reading.words, False, False)), part)
        for part in worth[:_PIECES]
    ]


def _dangers(part: Sequence[Sentence]) -> int:
    """Count the different words of danger in neighbouring sentences."""
    return len({concept for sentence in part for concept in sentence.concepts} & DANGER_CONCEPTS)
