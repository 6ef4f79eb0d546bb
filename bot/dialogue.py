"""What to do with one message: the decision, apart from everything that carries it out. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.choosing import PARTS, ROOM_OF_A_PART, ROOM_OF_PARTS, STEPS_FIRST, Chosen, Unit, choose, fitting
from bot.declining import asks_for_instructions, asks_for_others_data
from bot.wishes import (
    asks_for_a_side,
    asks_what_law_says,
    asks_who_answers,
    is_greeting,
    is_thanks,
    names_a_person,
    speaks_of_self,
)
from escalation.kinds import MessageKind
from escalation.sla import Priority
from knowledge_base.moments import Moment, moments_wanted
from knowledge_base.search import Hit, SearchResult
from knowledge_base.tokens import telling

MISSES_BEFORE_A_PERSON = 2
PLAIN_WISH = 12  # words
_FEWEST_WORDS = 3  # of a message that found nothing: with fewer it is too short to say so of the library
_WHOM_ALONE = 5  # words
_SURE = 0.5  # a short answer to one of several matters must at least be the likelier one

_EMERGENCY = "911"
_PLACEHOLDER = re.compile(r"\[[^\[\]\d]{4,40} \d{1,6}\]")


class Reply(StrEnum):
    """Which reply the bot gives; the values are template names."""

    NONE = "none"
    ANSWER = "answer"
    NO_ANSWER = "no_answer"
    CLARIFY = "clarify"
    NO_MORE = "no_more"
    ABOUT = "about"
    OTHER_LANGUAGE = "other_language"
    SMALL_TALK = "small_talk"
    THANKS = "thanks"
    EMPTY = "empty"
    DECLINED = "declined"
    HEARD = "heard"
    IN_HAND = "in_hand"


_MISSES = frozenset({Reply.NO_ANSWER, Reply.CLARIFY, Reply.EMPTY})
_SMALL = frozenset({Reply.THANKS, Reply.SMALL_TALK, Reply.EMPTY, Reply.ABOUT})


class Note(StrEnum):
    """What the frame says before the passages, beside what they are."""

    NO_SIDE = "no_side"
    NOT_LAW = "not_law"
    PARTLY = "partly"


class Reason(StrEnum):
    """Why people were asked."""

    DANGER = "danger"
    SELF_HARM = "self_harm"
    WANTS_HUMAN = "wants_human"
    URGENT = "urgent"
    NO_ANSWER_TWICE = "no_answer_twice"
    NO_ANSWER_IN_TIME = "no_answer_in_time"
    MACHINE_ALERT = "machine_alert"
    SAFETY_CHECK_FAILED = "safety_check_failed"
    UNSAFE_CHANNEL = "unsafe_channel"
    CAME_BACK = "came_back"


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything the decision needs to know of one message and where it stands.

    `steps`: after a danger reply its writer asks for the library's steps. `self_harm_before`: something in
    this request told of self-harm, so that a library's passages would be the wrong voice.
    """

    kind: MessageKind
    text: str
    language: str
    immediate_danger: bool
    self_harm: bool
    wants_human: bool
    urgency: Priority
    misses: int
    has_ticket: bool
    claimed: bool
    solved: bool
    for_case: bool
    case_public: bool
    safety_check_failed: bool = False
    steps: bool = False
    self_harm_before: bool = False
    ended: bool = False  # the last ticket ended for good


@dataclass(frozen=True, slots=True)
class Part:
    """One of several matters of a message: its words, what the library found, how urgent it is."""

    question: str
    found: SearchResult
    urgency: Priority


@dataclass(frozen=True, slots=True)
class Findings:
    """What was looked up for one message.

    `question` are the words that were searched, which may be those of an earlier turn. `parts` are the matters
    of a message that tells of several. `options` are the subjects it may be about, in the reader's words, where
    the evidence is weak. `rest` is what comes after the last answer; None where nobody asked for that.
    """

    question: str = ""
    found: SearchResult | None = None
    parts: tuple[Part, ...] = ()
    options: tuple[str, ...] = ()
    rest: tuple[Hit, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. `relay` passes an expert's words on; `note` keeps them inside; `add_to_ticket` tells
    the people who work on it that the official wrote again; `reopen` brings a solved ticket back. `more` is
    the first passage after those that are quoted. `options` are offered by a clarifying question. `reason` is why this message needs people, whether a
    ticket is opened for it or one was open already. `asked`: the reply is what the writer asked the desk
    for, and goes out even when a person has taken the case."""

    reply: Reply = Reply.NONE
    quotes: tuple[Hit, ...] = ()
    more: Hit | None = None
    ticket: Reason | None = None
    raise_to: Priority | None = None
    add_to_ticket: bool = False
    reopen: bool = False
    relay: bool = False
    note: bool = False
    reason: Reason | None = None
    asked: bool = False
    unit: Unit = Unit.PASSAGES
    notes: tuple[Note, ...] = ()
    options: tuple[str, ...] = ()


def decide(turn: Turn, findings: Findings) -> Plan:
    """Return what to do with the message.

    The safety reply is not decided here: it left with the message's own commit.
    """
    if turn.for_case:
        return Plan(relay=turn.case_public, note=not turn.case_public)
    if turn.kind is not MessageKind.MESSAGE:
        return _machine_or_edit(turn)
    reason = _reason(turn)
    chosen, notes = _chosen(turn, findings)
    reply = _fit_to_say(turn, _reply(turn, findings, chosen), chosen)
    if turn.steps and not _danger(turn) and not turn.self_harm_before:
        plan = _answering(reply, chosen, notes)
        return replace(plan, add_to_ticket=turn.has_ticket, reason=reason, asked=True)
    if reply is Reply.ABOUT and reason is Reason.WANTS_HUMAN:
        reason = None  # "are you a person?" is a question, and the answer offers one
    if turn.claimed and reason not in {Reason.DANGER, Reason.SELF_HARM}:
        # A human has taken over: the bot adds nothing but safety replies.
        return Plan(add_to_ticket=True, raise_to=_raised(turn), reason=reason)
    if reply in _MISSES and reason is None and turn.misses + 1 >= MISSES_BEFORE_A_PERSON:
        reason = Reason.NO_ANSWER_TWICE
    plan = replace(_answering(reply, chosen, notes), reason=reason)
    if reply is Reply.CLARIFY:
        plan = replace(plan, options=findings.options)
    if turn.has_ticket:
        return replace(plan, add_to_ticket=True, raise_to=_raised(turn))
    if turn.solved and reply not in _SMALL:
        return replace(plan, reopen=True, raise_to=_raised(turn))
    if turn.ended and reply not in _SMALL:
        reason = reason or Reason.CAME_BACK
    return replace(plan, ticket=reason, reason=reason)


def _fit_to_say(turn: Turn, reply: Reply, chosen: Chosen) -> Reply:
    """Return the reply that may go out: some moments have no room for passages."""
    if _danger(turn):
        # The safety reply has left already: nothing that could be read instead of it.
        return Reply.NONE
    if turn.self_harm_before:
        # A person has it: no passages, no buttons, and no silence either.
        return reply if reply is Reply.THANKS else Reply.HEARD
    for_others = chosen.unit is Unit.CONTACTS and not speaks_of_self(turn.text)
    # "a threat came by phone" may be taken for a wish for a person: one comes, and the steps are said meanwhile
    short = len(turn.text.split()) <= PLAIN_WISH and names_a_person(turn.text)
    plain_wish = reply is not Reply.ANSWER or (short and not for_others)
    if turn.wants_human and not turn.steps and plain_wish and reply not in {Reply.DECLINED, Reply.ABOUT}:
        # a plain wish for a person gets a person, not a search; who has asked before is not left without a word
        return Reply.IN_HAND if turn.has_ticket else Reply.NONE
    return reply


def _answering(reply: Reply, chosen: Chosen, notes: tuple[Note, ...]) -> Plan:
    if reply is not Reply.ANSWER:
        return Plan(reply)
    return Plan(reply, chosen.quotes, chosen.more, unit=chosen.unit, notes=notes)


def _machine_or_edit(turn: Turn) -> Plan:
    reason = _danger(turn)
    if turn.kind is MessageKind.EDIT:
        return Plan(
            ticket=None if turn.has_ticket else reason,
            add_to_ticket=turn.has_ticket,
            raise_to=_raised(turn),
            reason=reason,
        )
    if turn.kind is MessageKind.DELETION or reason is None:
        return Plan()
    # Machine mail is never answered, but danger in it reaches the duty expert.
    return Plan(
        ticket=None if turn.has_ticket else Reason.MACHINE_ALERT,
        add_to_ticket=turn.has_ticket,
        reason=Reason.MACHINE_ALERT,
    )


def _danger(turn: Turn) -> Reason | None:
    if turn.self_harm:
        return Reason.SELF_HARM
    return Reason.DANGER if turn.immediate_danger else None


def _reason(turn: Turn) -> Reason | None:
    if danger := _danger(turn):
        return danger
    if turn.safety_check_failed:
        return Reason.SAFETY_CHECK_FAILED
    if turn.wants_human:
        return Reason.WANTS_HUMAN
    return Reason.URGENT if turn.urgency in {Priority.P1, Priority.P2} else None


def _raised(turn: Turn) -> Priority | None:
    return turn.urgency if turn.urgency in {Priority.P1, Priority.P2} else None


def _reply(turn: Turn, findings: Findings, chosen: Chosen) -> Reply:
    text = _PLACEHOLDER.sub(" ", turn.text).strip()  # a number or an address alone is no question
    if not any(character.isalnum() for character in text):
        return Reply.EMPTY
    if is_greeting(text):
        return Reply.SMALL_TALK
    if is_thanks(text):
        return Reply.THANKS
    if turn.language not in {"en", "fr"}:
        return Reply.OTHER_LANGUAGE
    if asks_who_answers(text):
        return Reply.ABOUT
    if (
        not turn.wants_human
        and not turn.steps
        and (asks_for_others_data(text) or asks_for_instructions(text))
    ):
        return Reply.DECLINED
    if findings.rest is not None:
        return Reply.ANSWER if findings.rest else Reply.NO_MORE
    if chosen.quotes:
        return Reply.ANSWER
    says_little = len(text.split()) < _FEWEST_WORDS or not telling(findings.question or text, turn.language)
    # "who do I call", and nothing before it: the first thing to say is 911, and to ask what is happening
    calls = len(text.split()) <= _WHOM_ALONE and Moment.CONTACTS in moments_wanted(text)
    if says_little or (calls and findings.question == turn.text):
        return Reply.EMPTY
    return Reply.CLARIFY if findings.options and not turn.misses else Reply.NO_ANSWER


def _chosen(turn: Turn, findings: Findings) -> tuple[Chosen, tuple[Note, ...]]:
    """Return what to quote, and what to say before it."""
    if findings.rest is not None:
        quotes = fitting(findings.rest)
        left = findings.rest[len(quotes) :]
        return Chosen(Unit.MORE, quotes, left[0] if left else None), ()
    chosen = choose(findings.found, findings.question)
    notes: list[Note] = []
    several = _several(findings.parts)
    if several is not None:
        chosen, whole = several
        notes += [] if whole else [Note.PARTLY]
    if asks_for_a_side(turn.text):
        notes.append(Note.NO_SIDE)
    if chosen.unit is Unit.LAW or asks_what_law_says(turn.text):
        notes.append(Note.NOT_LAW)
    return chosen, tuple(notes)


def _after_911(found: SearchResult) -> SearchResult:
    """Return what else was found: a reader who has just been told to call 911 needs the next thing."""
    others = tuple(hit for hit in found.hits if _EMERGENCY not in hit.excerpt)
    return replace(found, hits=others) if others else found


def _several(parts: Sequence[Part]) -> tuple[Chosen, bool] | None:
    """Return a short answer to each matter, most urgent first, and whether that is all; None for one matter."""
    sure = [part for part in parts if not part.found.abstained and part.found.confidence >= _SURE]
    about: dict[str, Part] = {}
    for part in sorted(sure, key=lambda part: part.urgency):
        about.setdefault(part.found.topics[0] if part.found.topics else part.question, part)
    if len(about) < 2:
        return None
    answered = list(about.values())[:PARTS]
    room = min(ROOM_OF_A_PART, ROOM_OF_PARTS // len(answered))
    shown: list[Chosen] = []
    for part in answered:
        found = part.found
        if any(_EMERGENCY in hit.excerpt for chosen in shown for hit in chosen.quotes):
            found = _after_911(found)
        shown.append(choose(found, part.question, room=room, most=STEPS_FIRST - 1))
    quotes = tuple(dict.fromkeys(hit for chosen in shown for hit in chosen.quotes))
    whole = len(about) == len(answered) and len(sure) == len(parts)
    return Chosen(Unit.SEVERAL, quotes, shown[0].more), whole
