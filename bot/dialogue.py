"""What to do with one message: the decision, apart from everything that carries it out. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.declining import asks_for_others_data
from escalation.kinds import MessageKind
from escalation.sla import Priority
from knowledge_base.search import Hit, SearchResult

STEPS_FIRST = 3
MISSES_BEFORE_A_PERSON = 2
PLAIN_WISH = 12  # words

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|bonjour|bonsoir|salut|allo|allô|all|"
    r"there|team|everyone|tout le monde|l équipe|how are you|ça va|comment allez vous)\W*)+",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great|perfect|good|super|parfait|d accord|thanks?|thank you|thx|ty|cheers|merci|"
    r"so much|very much|a lot|again|beaucoup|bien|mille fois|for your help|pour votre aide|got it|"
    r"that helps|this helps|that helped|c est noté|all set|bye|bonne journée|have a good day)\W*)+",
    re.IGNORECASE,
)
_LONGEST_SMALL_TALK = 80
_PLACEHOLDER = re.compile(r"\[[^\[\]\d]{4,40} \d{1,6}\]")
# What the button under a danger reply says for its presser, on every channel.
SHOW_STEPS = {"en": "Show steps", "fr": "Montrer les étapes"}
_STEPS = re.compile(
    r"(?:(?:please|ok|yes|can you|could you|s il vous plaît|svp|oui) )*"
    r"(?:(?:show|give|send|see)(?: me| us)?(?: the)? steps|what are the steps|steps|"
    r"(?:montre[rz]?|donne[rz]?|envoye[rz]|voir)(?: moi| nous)?(?: les)? étapes|quelles sont les étapes|étapes)"
    r"(?: please| now| s il vous plaît| svp| merci)*",
    re.IGNORECASE,
)


_LANGUAGES = {
    "en": re.compile(
        r"\W*(?:(?:en|in|une réponse en|an answer in) )?(?:anglais|english)\b(?P<rest>.*)", re.I | re.S
    ),
    "fr": re.compile(
        r"\W*(?:(?:en|in|une réponse en|an answer in) )?(?:français|francais|french)\b(?P<rest>.*)",
        re.I | re.S,
    ),
}
_POLITE = re.compile(
    r"(?:\W|\b(?:please|thanks|thank|you|now|is|fine|ok|s il vous plaît|s’il vous plaît|s'il vous plaît|svp|merci|"
    r"maintenant|ça|va|me|convient)\b)*",
    re.IGNORECASE,
)


def language_choice(text: str) -> str | None:
    """Return the language that a message asks to be answered in, when that is all it says; else None."""
    for language, pattern in _LANGUAGES.items():
        match = pattern.fullmatch(text.strip())
        if match and _POLITE.fullmatch(match["rest"]):
            return language
    return None


class Reply(StrEnum):
    """Which reply the bot gives; the values are template names."""

    NONE = "none"
    ANSWER = "answer"
    NO_ANSWER = "no_answer"
    OTHER_LANGUAGE = "other_language"
    SMALL_TALK = "small_talk"
    THANKS = "thanks"
    EMPTY = "empty"
    DECLINED = "declined"
    HEARD = "heard"


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
class Plan:
    """What to do. `relay` passes an expert's words on; `note` keeps them inside; `add_to_ticket` tells
    the people who work on it that the official wrote again; `reopen` brings a solved ticket back. `more` is
    the first step of the same list that is not quoted. `reason` is why this message needs people, whether a
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


def decide(turn: Turn, found: SearchResult | None) -> Plan:
    """Return what to do with the message.

    The safety reply is not decided here: it left with the message's own commit.
    """
    if turn.for_case:
        return Plan(relay=turn.case_public, note=not turn.case_public)
    if turn.kind is not MessageKind.MESSAGE:
        return _machine_or_edit(turn)
    reason = _reason(turn)
    quotes, more = _choose(found)
    reply = _reply(turn, found, quotes)
    if _danger(turn):
        # The safety reply has left already: nothing that could be read instead of it.
        reply, quotes, more = Reply.NONE, (), None
    elif turn.self_harm_before:
        # A person has it: no passages, no buttons, and no silence either.
        reply, quotes, more = reply if reply is Reply.THANKS else Reply.HEARD, (), None
    elif turn.steps:
        return Plan(reply, quotes, more, add_to_ticket=turn.has_ticket, reason=reason, asked=True)
    elif reply is Reply.DECLINED:
        quotes, more = (), None
    elif turn.wants_human and (reply is Reply.NO_ANSWER or len(turn.text.split()) <= PLAIN_WISH):
        reply, quotes, more = Reply.NONE, (), None  # a plain wish for a person gets a person, not a search
    if turn.claimed and reason not in {Reason.DANGER, Reason.SELF_HARM}:
        # A human has taken over: the bot adds nothing but safety replies.
        return Plan(add_to_ticket=True, raise_to=_raised(turn), reason=reason)
    if reply is Reply.NO_ANSWER and reason is None and turn.misses + 1 >= MISSES_BEFORE_A_PERSON:
        reason = Reason.NO_ANSWER_TWICE
    if turn.has_ticket:
        return Plan(reply, quotes, more, add_to_ticket=True, raise_to=_raised(turn), reason=reason)
    if turn.solved and reply not in {Reply.THANKS, Reply.SMALL_TALK, Reply.EMPTY}:
        return Plan(reply, quotes, more, reopen=True, raise_to=_raised(turn), reason=reason)
    if turn.ended and reply not in {Reply.THANKS, Reply.SMALL_TALK, Reply.EMPTY}:
        reason = reason or Reason.CAME_BACK
    return Plan(reply, quotes, more, ticket=reason, reason=reason)


def asks_for_steps(text: str) -> bool:
    """Tell whether the message is a plain wish for the steps of what was just told."""
    return bool(_STEPS.fullmatch(" ".join(re.sub(r"[^\w\s]", " ", text).split())))


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


def _reply(turn: Turn, found: SearchResult | None, quotes: tuple[Hit, ...]) -> Reply:
    text = _PLACEHOLDER.sub(" ", turn.text).strip()  # a number or an address alone is no question
    if not any(character.isalnum() for character in text):
        return Reply.EMPTY
    plain = " ".join(re.sub(r"[^\w\s]", " ", text).split())
    if len(plain) <= _LONGEST_SMALL_TALK:
        if _GREETING.fullmatch(plain):
            return Reply.SMALL_TALK
        if _THANKS.fullmatch(plain):
            return Reply.THANKS
    if turn.language not in {"en", "fr"}:
        return Reply.OTHER_LANGUAGE
    if not turn.wants_human and not turn.steps and asks_for_others_data(text):
        return Reply.DECLINED
    return Reply.ANSWER if quotes and found is not None and not found.abstained else Reply.NO_ANSWER


def _choose(found: SearchResult | None) -> tuple[tuple[Hit, ...], Hit | None]:
    """Return at most three passages to quote, and the first step of their section that is left.

    When steps of one section lead, the answer is that section's steps, in order.
    """
    if found is None or found.abstained or not found.hits:
        return (), None
    first = found.hits[0]
    if first.kind != "step":
        return found.hits[:STEPS_FIRST], None
    same = [
        hit
        for hit in found.hits
        if hit.kind == "step" and (hit.document_id, hit.section) == (first.document_id, first.section)
    ]
    steps = sorted(same, key=lambda hit: hit.step or 0)
    return tuple(steps[:STEPS_FIRST]), steps[STEPS_FIRST] if len(steps) > STEPS_FIRST else None
