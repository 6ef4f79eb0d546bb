"""Labelled messages and conversations, one JSON object a line, as values; and the prediction for each. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from escalation.kinds import ChannelName
from escalation.sla import Priority

NONE = "none"
_MOST_FAULTS = 20


class LabelError(Exception):
    """The file can't be used. `faults` has one line for each line to mend."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Labels:
    """What somebody decided is right; None where the file does not say."""

    topic: str | None = None
    acceptable: tuple[str, ...] = ()
    urgency: Priority | None = None
    immediate_danger: bool | None = None
    self_harm: bool | None = None
    wants_human: bool | None = None
    escalate: bool | None = None
    pii: tuple[str, ...] | None = None

    @property
    def any(self) -> bool:
        return self != Labels()


@dataclass(frozen=True, slots=True)
class Turn:
    """One message to send. `standalone` is false where it means nothing without the turns before it."""

    id: str
    text: str
    labels: Labels
    tags: tuple[str, ...] = ()
    standalone: bool = True


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One sender, as the directory knows them, and what they write, in order."""

    id: str
    channel: ChannelName
    language: str | None
    role: str
    jurisdiction: str | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the desk made of one message. Holds personal data: it goes to the named file and nowhere else."""

    id: str
    topics: tuple[str, ...]
    urgency: str
    immediate_danger: bool
    self_harm: bool
    wants_human: bool
    escalate: bool
    lang: str
    pii: tuple[str, ...]
    reply: str

    def dumps(self) -> str:
        """Return the prediction as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


class _Words(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    text: str
    topic: str | None = None
    acceptable_topics: list[str] = []
    urgency: Annotated[str, Field(pattern="^P[1-4]$")] | None = None
    immediate_danger: bool | None = None
    self_harm: bool | None = None
    wants_human: bool | None = None
    escalate: bool | None = None
    contains_pii: list[str] | None = None
    tags: list[str] = []

    def labels(self) -> Labels:
        acceptable = tuple(self.acceptable_topics) or ((self.topic,) if self.topic else ())
        return Labels(
            topic=self.topic or (acceptable[0] if acceptable else None),
            acceptable=acceptable,
            urgency=Priority(self.urgency) if self.urgency else None,
            immediate_danger=self.immediate_danger,
            self_harm=self.self_harm,
            wants_human=self.wants_human,
            escalate=self.escalate,
            pii=None if self.contains_pii is None else tuple(filter(None, self.contains_pii)),
        )


class _Turn(_Words):
    turn: int | str | None = None
    standalone: bool = True


class _Sender(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    id: Annotated[str, Field(min_length=1)]
    channel: Annotated[str, Field(pattern=f"^({'|'.join(ChannelName)})$")] = ChannelName.WEB.value
    lang: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None
    role: str | None = None
    jurisdiction: Annotated[str, Field(pattern="^[A-Z]{2}(-[A-Z]{2,3})?$")] | None = None


class _Message(_Words, _Sender):
    pass


class _Conversation(_Sender):
    turns: Annotated[list[_Turn], Field(min_length=1)]
    tags: list[str] = []


_PLAIN: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "too_short": "is empty",
    "string_too_short": "is empty",
}
_FORMS: Mapping[str, str] = {
    "urgency": "must be P1, P2, P3 or P4",
    "channel": f"must be one of {', '.join(ChannelName)}",
    "lang": "must be a code such as en or fr",
    "jurisdiction": "must be a code such as US-TX or CA-QC",
}


def parse(lines: Iterable[str]) -> tuple[Dialogue, ...]:
    """Return every message and conversation, or raise LabelError naming each faulty line by its number.

    Empty lines are passed over. Unknown fields are ignored, labels may be missing, the same text may come
    any number of times; the same id may not.
    """
    dialogues: list[Dialogue] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            dialogue = _dialogue(json.loads(line))
        except json.JSONDecodeError as error:
            faults.append(f"line {number}: not JSON ({error.msg} at character {error.pos + 1})")
            continue
        except ValidationError as error:
            faults += [f"line {number}: {fault}" for fault in _in_words(error)]
            continue
        except TypeError as error:
            faults.append(f"line {number}: {error}")
            continue
        for name in (dialogue.id, *(turn.id for turn in dialogue.turns if turn.id != dialogue.id)):
            if name in seen:
                faults.append(f"line {number}: the id {name!r} was used on line {seen[name]}")
            seen.setdefault(name, number)
        dialogues.append(dialogue)
    if faults:
        more = len(faults) - _MOST_FAULTS
        raise LabelError((*faults[:_MOST_FAULTS], *((f"and {more} more",) if more > 0 else ())))
    return tuple(dialogues)


def _dialogue(value: Any) -> Dialogue:
    if not isinstance(value, dict):
        raise TypeError("must be a JSON object, with an id and a text")
    if "turns" in value:
        told = _Conversation.model_validate(value)
        turns = tuple(
            Turn(
                id=f"{told.id}#{place if turn.turn is None else turn.turn}",
                text=turn.text,
                labels=turn.labels(),
                tags=tuple(dict.fromkeys((*told.tags, *turn.tags))),
                standalone=turn.standalone,
            )
            for place, turn in enumerate(told.turns, 1)
        )
        return _from(told, turns)
    message = _Message.model_validate(value)
    return _from(message, (Turn(message.id, message.text, message.labels(), tuple(message.tags)),))


def _from(sender: _Sender, turns: tuple[Turn, ...]) -> Dialogue:
    return Dialogue(
        id=sender.id,
        channel=ChannelName(sender.channel),
        language=sender.lang,
        role=sender.role or "",
        jurisdiction=sender.jurisdiction,
        turns=turns,
    )


def _in_words(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        where = ".".join(str(part) for part in fault["loc"])
        field = next((str(part) for part in reversed(fault["loc"]) if isinstance(part, str)), "")
        kind = fault["type"]
        words = _FORMS.get(field) if kind == "string_pattern_mismatch" else _PLAIN.get(kind)
        yield f"{where} {words or fault['msg']}"
