"""The training messages: whole messages as they were written, and older lines put into a frame.

A whole message (messages.py) is realistic as it stands. Each line of the other files of training/ is one
incident, with a plain variant and a framed one (greeting, filler, a context that makes it real or unreal,
chat spelling). All variants carry their incident's id, so that no incident is ever on both sides of a split.
Everything is deterministic: a variant depends on its incident.
"""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from bot.safety.messages import Labelled, labelled
from bot.safety.reading import understand
from escalation.sla import Priority

THIRDS = 3
FOLDS = 4
MESSAGE = "message: "
GROUPS = (
    "danger", "unreal", "look-alike", "matter", "self-harm", "self-harm topic",
    "message: plain danger", "message: subtle danger", "message: self-harm", "message: look-alike", "message: other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One hand-written line: where it comes from, its language, its label, its text."""

    source: str
    language: str
    label: str
    text: str

    @property
    def incident(self) -> str:
        """The id that keeps all variants of the line together."""
        return hashlib.sha256(f"{self.source}|{self.text}".encode()).hexdigest()[:12]

    @property
    def third(self) -> int:
        """Which third the incident belongs to; third 0 is held out."""
        return int(self.incident[:8], 16) % THIRDS

    @property
    def fold(self) -> int:
        """Which part of the cross-validation the incident belongs to."""
        return fold_of(self.incident)


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message. `urgency` is None where the label rules leave it open."""

    incident: str
    third: int
    group: str
    language: str
    text: str
    danger: bool
    self_harm: bool
    wants_human: bool | None
    urgency: Priority | None


@dataclass(frozen=True, slots=True)
class _Frames:
    opens: Sequence[str]
    fillers: Sequence[str]
    real: Sequence[str]
    unreal: Sequence[str]


_CHOICE = re.compile(r"\{([^{}]*)\}")
_LANGUAGES = ("en", "fr")
_FILES = {
    "danger.en.txt": "en", "danger.fr.txt": "fr", "lookalike.en.txt": "en", "lookalike.fr.txt": "fr",
    "selfharm.en.txt": "en", "selfharm.fr.txt": "fr", "selfharm_topic.txt": "", "matters.en.txt": "en",
    "matters.fr.txt": "fr", "human.txt": "", "frames.txt": "", "wraps.txt": "",
}  # fmt: skip
_SLANG = {
    "en": (("people", "ppl"), ("right now", "rn"), ("with ", "w/ "), ("please", "pls"), ("you ", "u "), ("because", "bc"),
           ("someone", "sum1"), ("going to", "gonna"), ("tonight", "2nite"), ("tomorrow", "tmrw"), ("'", ""), (" and ", " & ")),
    "fr": (("puis", "pis"), ("quelqu'un", "qqn"), ("je suis", "chu"), ("s'il vous plaît", "svp"), ("parce que", "pcq"),
           ("il y a ", "ya "), ("beaucoup", "bcp"), ("maintenant", "mtn")),
}  # fmt: skip


def fold_of(incident: str) -> int:
    """Return the cross-validation part of an incident id."""
    return int(incident[8:], 16) % FOLDS


def lines(name: str) -> list[Line]:
    """Return the lines of one training file."""
    text = resources.files("bot.safety").joinpath("training", name).read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        label, _, body = line.partition("|")
        words = label.split()
        language = _FILES[name] or words.pop(0)
        found.append(Line(name, language, " ".join(words), body.strip()))
    return found


def examples() -> Iterator[Example]:
    """Yield every training message, variants included."""
    frames = {language: _frames(language) for language in _LANGUAGES}
    matters = {language: lines(f"matters.{language}.txt") for language in _LANGUAGES}
    for language in _LANGUAGES:
        yield from _danger(language, frames[language])
        yield from _lookalikes(language, frames[language], matters[language])
        yield from _self_harm(language, frames[language])
        for line in matters[language]:
            yield from _calm(line, frames[language], "matter", Priority(f"P{line.label}"))
    for line in lines("selfharm_topic.txt"):
        yield from _calm(line, frames[line.language], "self-harm topic", Priority(f"P{line.label}"))
    for line in lines("human.txt"):
        yield from _human_alone(line)
    yield from (_message(message) for message in labelled())


def _frames(language: str) -> _Frames:
    def of(name: str, label: str) -> list[str]:
        return [line.text for line in lines(name) if line.language == language and line.label == label]

    return _Frames(
        of("frames.txt", "open"),
        of("frames.txt", "filler"),
        of("wraps.txt", "real"),
        of("wraps.txt", "unreal"),
    )


def _danger(language: str, frames: _Frames) -> Iterator[Example]:
    for line in lines(f"danger.{language}.txt"):
        dice = _dice(line)
        texts = (
            _chat(_chosen(line.text, dice), language, dice),
            dice.choice(frames.real).replace("{X}", _chosen(line.text, dice)),
        )
        for text in texts:
            yield Example(
                line.incident, line.third, "danger", language, text, True, False, False, Priority.P1
            )
        text = dice.choice(frames.unreal).replace("{X}", _chosen(line.text, dice))
        yield Example(line.incident, line.third, "unreal", language, text, False, False, False, None)


def _lookalikes(language: str, frames: _Frames, matters: Sequence[Line]) -> Iterator[Example]:
    quiet = [line for line in matters if line.label in ("3", "4")]
    for line in lines(f"lookalike.{language}.txt"):
        dice = _dice(line)
        if line.label == "whole":
            yield from _calm(line, frames, "look-alike", None)
            continue
        light = bool(understand(line.text).concepts & {"idiom", "laugh", "sport"})
        for aside in (False, True):
            question = _companion(line, quiet, dice)
            text, asked = _chosen(line.text, dice), _chosen(question.text, dice)
            join = dice.choice((". ", ", ", " - ", ". anyway ", ". ", " :) "))
            text = f"{asked} (ps: {text})" if aside else f"{text}{join}{asked}"
            level = None if light and question.label != "4" else Priority(f"P{question.label}")
            yield Example(line.incident, line.third, "look-alike", language, text, False, False, None, level)


def _self_harm(language: str, frames: _Frames) -> Iterator[Example]:
    for line in lines(f"selfharm.{language}.txt"):
        dice = _dice(line)
        texts = (
            _chat(_chosen(line.text, dice), language, dice),
            f"{dice.choice(frames.opens)} {dice.choice(frames.fillers)} {_chosen(line.text, dice)}",
        )
        for text in texts:
            yield Example(
                line.incident, line.third, "self-harm", language, text, False, True, None, Priority.P1
            )


def _calm(line: Line, frames: _Frames, group: str, urgency: Priority | None) -> Iterator[Example]:
    dice = _dice(line)
    texts = (
        _chat(_chosen(line.text, dice), line.language, dice),
        f"{dice.choice(frames.opens)} {_chosen(line.text, dice)}",
    )
    for text in texts:
        yield Example(line.incident, line.third, group, line.language, text, False, False, False, urgency)


def _human_alone(line: Line) -> Iterator[Example]:
    dice = _dice(line)
    for text in (_chosen(line.text, dice), _chat(_chosen(line.text, dice), line.language, dice)):
        wants = line.label == "yes"
        yield Example(line.incident, line.third, "human", line.language, text, False, False, wants, None)


def _message(message: Labelled) -> Example:
    group = (
        "self-harm"
        if message.self_harm
        else ("subtle danger" if message.subtle else "plain danger")
        if message.danger
        else "look-alike"
        if message.look_alike
        else "other"
    )
    return Example(
        message.incident,
        int(message.incident[:8], 16) % THIRDS,
        f"{MESSAGE}{group}",
        message.language,
        message.text,
        message.danger,
        message.self_harm,
        message.wants_human,
        message.urgency,
    )


def _dice(line: Line) -> random.Random:
    return random.Random(line.incident)  # noqa: S311 - variation, not secrecy


def _companion(line: Line, pool: Sequence[Line], dice: random.Random) -> Line:
    """Pick a companion from the same third and fold, so that nothing leaks across a split."""
    near = [other for other in pool if other.third == line.third]
    return dice.choice([other for other in near if other.fold == line.fold] or near)


def _chosen(text: str, dice: random.Random) -> str:
    return _CHOICE.sub(lambda match: dice.choice(match.group(1).split("|")), text).strip()


def _chat(text: str, language: str, dice: random.Random) -> str:
    """Write as in a chat: lower case, short forms, little punctuation."""
    text = text.lower()
    for plain, short in _SLANG[language]:
        if dice.random() < 0.5:
            text = text.replace(plain, short)
    if dice.random() < 0.4:
        text = text.rstrip(".!?")
    if dice.random() < 0.3:
        text = text.replace(". ", " ")
    if language == "fr" and dice.random() < 0.5:
        text = text.translate(str.maketrans("éèêàâùûîïôç", "eeeaauuiioc"))
    return text
