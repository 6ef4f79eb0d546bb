"""Put the readings together into one assessment."""

import math
from collections.abc import Sequence
from datetime import datetime

from bot.safety import language as languages
from bot.safety import model, rules, situation, thresholds, urgency
from bot.safety.assessment import Assessment
from bot.safety.deadlines import needed_by
from bot.safety.judge import Verdict, by_rules, judge
from bot.safety.reading import DANGER_CONCEPTS, Reading, understand
from escalation.sla import Priority

_RECENT = 3
_HISTORY_CHARACTERS = 1500
_SHORT_TURN = 25
# After danger a turn that doesn't say that it is over stays danger ("called. still waiting"), unless its words are
# those of other business; the same for despair.
_STILL_DANGER = 0.008
_STILL_AT_RISK = 0.03
_PLAINLY = 0.5
_SURELY_ELSE = 0.9
_A_SENTENCE = 4
# A short turn without a telling word ("shorter, two sentences") is a guess by itself: the thread must bear it out.
_BORNE_OUT = 0.3


def assess(
    text: str, language: str | None = None, history: Sequence[str] = (), sent_at: datetime | None = None
) -> Assessment:
    """Judge one message; deterministic, without network, never skipped for any reason.

    `language` is what the channel knows ("en", "fr"); anything else is guessed and touches only the reply.
    `history` holds the writer's earlier messages of the thread, oldest first: it can raise the result, and
    lowers it only for a fragment of no telling word that alarms by itself and means nothing in its thread.
    `sent_at` is aware and gives "tonight" and "Friday" their dates.
    """
    reading = understand(text)
    verdict = judge(reading, model.load())
    own = _assessed(reading, verdict, text, language, sent_at)
    if not history:
        return own
    return _in_thread(own, reading, text, language, history)


def plain_rules(
    text: str, language: str | None = None, history: Sequence[str] = (), sent_at: datetime | None = None
) -> Assessment:
    """Judge one message by the plain rules alone, without the learned weights.

    Callers fall back on this when `assess` raises. `history` is accepted and not read.
    """
    del history
    reading = understand(text)
    return _assessed(reading, by_rules(reading), text, language, sent_at)


def _assessed(
    reading: Reading, verdict: Verdict, text: str, language: str | None, sent_at: datetime | None
) -> Assessment:
    deadline = needed_by(text, sent_at) if sent_at else None
    level = urgency.with_deadline(urgency.at_least(verdict.urgency, text), deadline, sent_at)
    harm, danger = verdict.self_harm, verdict.danger
    return Assessment(
        immediate_danger=danger,
        self_harm=harm,
        wants_human=verdict.wants_human,
        urgency=level,
        cues=_cues(reading, danger=danger or verdict.in_doubt, at_risk=harm),
        language=_language(language, reading),
        language_sure=_known(language) or languages.is_sure(reading.words),
        situation=situation.self_harm(reading, danger=danger)
        if harm
        else situation.choose(reading, rules.find(reading))
        if danger
        else None,
        in_doubt=verdict.in_doubt and not danger and not harm,
        needed_by=deadline,
    )


def _in_thread(
    own: Assessment, reading: Reading, text: str, language: str | None, history: Sequence[str]
) -> Assessment:
    """Read the message once more after the thread's last messages."""
    learned = model.load()
    before = "\n".join(history[-_RECENT:])[-_HISTORY_CHARACTERS:]
    joined = understand(f"{before}\n{text}")
    alone, now = learned.scores(reading), learned.scores(joined)
    words = sum(len(sentence.words) for sentence in reading.sentences)
    elsewhere = words >= _A_SENTENCE and alone.urgency[2] >= _SURELY_ELSE
    goes_on = words <= _SHORT_TURN and not elsewhere and not reading.concepts & _LEAVES
    earlier = [learned.scores(understand(turn)) for turn in history[-_RECENT:]] if goes_on else []
    was_danger = any(turn.danger >= _PLAINLY for turn in earlier)
    was_at_risk = any(turn.self_harm >= _PLAINLY for turn in earlier)
    over = bool(reading.concepts & _ENDS)
    foreign = reading.foreign_emergency or reading.foreign_self_harm
    guessed = words <= _SHORT_TURN and not foreign and not reading.concepts & _TELLING
    danger = (
        (own.immediate_danger and not (guessed and _together(alone.danger, now.danger) < _BORNE_OUT))
        or (was_danger and not over and alone.danger >= _STILL_DANGER)
        or _carried_here(reading, joined, before, now)
    )
    at_risk = (
        (own.self_harm and not (guessed and _together(alone.self_harm, now.self_harm) < _BORNE_OUT))
        # Danger after words of despair is that of the person who despairs.
        or (was_at_risk and not over and (alone.self_harm >= _STILL_AT_RISK or own.immediate_danger))
        or _despair_grows(reading, joined, before, now)
    )
    level = own.urgency
    if danger or at_risk:
        level = Priority.P1
    elif level is Priority.P1:
        level = urgency.by_scores(now)
    elif goes_on:
        # A short turn takes its weight from the thread: "and the school?" after a leaked address. What was
        # danger and is over still needs a person soon.
        level = urgency.most_urgent(level, urgency.by_scores(now))
    finding = rules.find(joined) if danger else None
    chosen = own.situation if danger or at_risk else None
    if (danger or at_risk) and (chosen is None or at_risk > own.self_harm):
        chosen = situation.self_harm(joined, danger=danger) if at_risk else situation.choose(joined, finding)
    return Assessment(
        immediate_danger=danger,
        self_harm=at_risk,
        wants_human=own.wants_human,
        urgency=level,
        cues=own.cues if own.cues or not danger else _cues(joined, danger=True, at_risk=at_risk),
        language=_language(language, reading if words > 2 else joined),
        language_sure=own.language_sure or (words <= 2 and languages.is_sure(joined.words)),
        situation=chosen,
        # What alarmed by itself and is dropped stays in doubt.
        in_doubt=(own.in_doubt or own.immediate_danger or own.self_harm) and not danger and not at_risk,
        needed_by=own.needed_by,
    )


def _carried_here(reading: Reading, joined: Reading, before: str, now: model.Scores) -> bool:
    """Say whether a turn brings an earlier threat into the present."""
    if not reading.concepts & _CARRIES or reading.concepts & _ENDS:
        return False
    if not thresholds.is_danger(joined, now):
        return False
    then = model.load().scores(understand(before))
    return _log_odds(now.danger) > _log_odds(then.danger)


def _together(alone: float, joined: float) -> float:
    """Return the chance halfway between two, as log-odds go."""
    return 1 / (1 + math.exp(-(_log_odds(alone) + _log_odds(joined)) / 2))


def _despair_grows(reading: Reading, joined: Reading, before: str, now: model.Scores) -> bool:
    if not reading.concepts & (thresholds.HARM_WORDS | {"sh_means", "sh_third"}):
        return False
    if not thresholds.is_self_harm(joined, now, None):
        return False
    then = model.load().scores(understand(before))
    return _log_odds(now.self_harm) > _log_odds(then.self_harm)


# What a short turn must hold to carry an earlier threat into the present, and what ends or leaves it.
_CARRIES = DANGER_CONCEPTS | {"near", "approach", "now", "soon", "hostile"}
_ENDS = frozenset({"closed", "past", "hypo", "drill", "no_threat", "asks_material"})
_LEAVES = frozenset({"out_of_scope", "laugh"})
_TELLING = DANGER_CONCEPTS | thresholds.HARM_WORDS | {"near", "approach", "sh_means", "sh_third"}


def _log_odds(chance: float) -> float:
    return math.log(max(chance, 1e-9) / max(1 - chance, 1e-9))


_NAMES = {
    "gun": "gun", "blade": "blade", "club": "blunt weapon", "fire": "fire", "gas": "gas", "explosive": "explosive",
    "substance": "substance", "item": "item", "item_odd": "odd item", "symptoms": "symptoms", "break_in": "forced entry",
    "attack": "attack", "shots": "shots", "vehicle_attack": "vehicle", "crush": "crowd", "medical": "medical",
    "hiding": "hiding", "cops_guns": "armed police", "dispatch_call": "emergency call-back", "follow": "followed",
    "threat_verb": "threat of harm", "threat_speech": "threat reported", "veiled": "farewell or warning",
    "concealed": "something hidden", "fear": "fear", "near": "presence", "approach": "approach", "now": "now", "soon": "hour",
}  # fmt: skip
_HARM_NAMES = {
    "sh_explicit": "self-harm said", "sh_passive": "passive wish", "sh_farewell": "farewell", "sh_means": "means",
    "sh_third": "about someone else",
}  # fmt: skip


def _cues(reading: Reading, *, danger: bool, at_risk: bool) -> tuple[str, ...]:
    seen = [concept for sentence in reading.sentences for concept in sentence.concepts]
    names = [_NAMES[c] for c in seen if danger and c in _NAMES] + [
        _HARM_NAMES[c] for c in seen if at_risk and c in _HARM_NAMES
    ]
    if reading.foreign_emergency or reading.foreign_self_harm:
        names.append("another language")
    if (danger or at_risk) and not names:
        names.append("wording")
    return tuple(dict.fromkeys(names))


def _known(given: str | None) -> bool:
    return (given or "").lower()[:2] in ("en", "fr")


def _language(given: str | None, reading: Reading) -> str:
    return (given or "").lower()[:2] if _known(given) else languages.guess(reading.words)
