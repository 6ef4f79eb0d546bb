"""The training messages: hand-written incidents, varied in a controlled way.

Each line of training/*.txt is one incident. Its variants (choices in braces, greeting and closing, filler
around it, a context that makes it real or unreal, chat spelling, slips) all carry its id, so that no
incident is ever on both sides of a split. Everything is deterministic: a variant depends on its incident.
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
    closes: Sequence[str]
    fillers: Sequence[str]
    asks: Sequence[Line]
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
        yield from _danger(language, frames[language], matters[language])
        yield from _lookalikes(language, frames[language], matters[language])
        yield from _self_harm(language, frames[language])
        yield from _matters(matters[language], frames[language])
    for line in lines("selfharm_topic.txt"):
        yield from _calm(line, frames[line.language], "self-harm topic", Priority(f"P{line.label}"), times=5)
    for line in lines("human.txt"):
        yield from _human_alone(line)
    for message in labelled():
        yield from _message(message)


def _frames(language: str) -> _Frames:
    def of(name: str, label: str) -> list[str]:
        return [line.text for line in lines(name) if line.language == language and line.label == label]

    return _Frames(
        of("frames.txt", "open"),
        of("frames.txt", "close"),
        of("frames.txt", "filler"),
        [line for line in lines("human.txt") if line.language == language],
        of("wraps.txt", "real"),
        of("wraps.txt", "unreal"),
    )


def _danger(language: str, frames: _Frames, matters: Sequence[Line]) -> Iterator[Example]:
    for line in lines(f"danger.{language}.txt"):
        dice = _dice(line)
        for turn in (0, 2, 3, 5, 7, 10):
            text = _chosen(line.text, dice)
            wants = False
            if turn == 1:
                text = f"{dice.choice(frames.opens)} {text}"
            elif turn == 2:
                text = f"{text} {_chosen(dice.choice(frames.closes), dice)}"
            elif turn in (3, 4):
                text = dice.choice(frames.real).replace("{X}", text)
            elif turn == 5:
                text = " ".join(
                    [
                        dice.choice(frames.opens),
                        dice.choice(frames.fillers),
                        _sentence(text),
                        dice.choice(frames.fillers),
                    ]
                )
            elif turn == 6:
                ask = _companion(line, frames.asks, dice)
                text, wants = f"{_sentence(text)} {_chosen(ask.text, dice)}", ask.label == "yes"
            elif turn == 7:
                text = f"{_sentence(text)} {_chosen(_companion(line, matters, dice).text, dice)}"
            elif turn == 8:
                text = f"{_chosen(_companion(line, matters, dice).text, dice)}. {text}"
            if turn in (0, 6, 9, 10):
                text = _chat(text, language, dice)
            if turn in (10, 11):
                text = _slips(text, dice)
            known = None if turn in (7, 8) else wants
            yield Example(
                line.incident, line.third, "danger", language, text, True, False, known, Priority.P1
            )
        for _ in range(2):
            text = dice.choice(frames.unreal).replace("{X}", _chosen(line.text, dice))
            yield Example(line.incident, line.third, "unreal", language, text, False, False, False, None)


def _lookalikes(language: str, frames: _Frames, matters: Sequence[Line]) -> Iterator[Example]:
    quiet = [line for line in matters if line.label in ("3", "4")]
    for line in lines(f"lookalike.{language}.txt"):
        dice = _dice(line)
        if line.label == "whole":
            yield from _calm(line, frames, "look-alike", None, times=5)
            continue
        light = bool(understand(line.text).concepts & {"idiom", "laugh", "sport"})
        for turn in (0, 1, 2, 3, 9):
            question = _companion(line, quiet, dice)
            text = _chosen(line.text, dice)
            join = dice.choice((". ", ", ", " - ", ". anyway ", ". ", " :) "))
            asked = _chosen(question.text, dice)
            if turn == 1:
                text = dice.choice(frames.opens) + " " + text
            text = f"{asked} (ps: {text})" if turn == 2 else f"{text}{join}{asked}" if turn != 3 else text
            if turn % 2:
                text = _chat(text, language, dice)
            if turn == 9:
                text = _slips(text, dice)
            urgency = (
                Priority.P4
                if light and question.label == "4"
                else None
                if light
                else Priority(f"P{question.label}")
            )
            yield Example(
                line.incident, line.third, "look-alike", language, text, False, False, None, urgency
            )


def _self_harm(language: str, frames: _Frames) -> Iterator[Example]:
    for line in lines(f"selfharm.{language}.txt"):
        dice = _dice(line)
        for turn in (0, 1, 3, 5, 6):
            text = _chosen(line.text, dice)
            if turn == 1:
                text = f"{dice.choice(frames.opens)} {text}"
            elif turn == 2:
                text = f"{_sentence(text)} {_chosen(dice.choice(frames.closes), dice)}"
            elif turn == 3:
                text = f"{dice.choice(frames.opens)} {dice.choice(frames.fillers)} {text}"
            if turn in (0, 4, 5):
                text = _chat(text, language, dice)
            if turn in (5, 6):
                text = _slips(text, dice)
            yield Example(
                line.incident, line.third, "self-harm", language, text, False, True, None, Priority.P1
            )


def _matters(found: Sequence[Line], frames: _Frames) -> Iterator[Example]:
    for line in found:
        yield from _calm(line, frames, "matter", Priority(f"P{line.label}"), times=5)


def _calm(line: Line, frames: _Frames, group: str, urgency: Priority | None, times: int) -> Iterator[Example]:
    dice = _dice(line)
    for turn in range(times):
        text = _chosen(line.text, dice)
        wants, level = False, urgency
        if turn == 1:
            text = f"{dice.choice(frames.opens)} {text}"
        elif turn == 2:
            text = f"{_sentence(text)} {_chosen(dice.choice(frames.closes), dice)}"
            level = None
        elif turn in (3, 5):
            ask = _companion(line, frames.asks, dice)
            text, wants = f"{_sentence(text)} {_chosen(ask.text, dice)}", ask.label == "yes"
            level = None if wants and urgency is Priority.P4 else urgency
        elif turn == 4:
            text = f"{dice.choice(frames.opens)} {dice.choice(frames.fillers)} {text}"
            level = None
        if turn % 3 == 0:
            text = _chat(text, line.language, dice)
        if turn == 6:
            text = _slips(text, dice)
        yield Example(line.incident, line.third, group, line.language, text, False, False, wants, level)


def _human_alone(line: Line) -> Iterator[Example]:
    dice = _dice(line)
    for turn in range(3):
        text = _chosen(line.text, dice)
        if turn:
            text = _chat(text, line.language, dice)
        yield Example(
            line.incident, line.third, "human", line.language, text, False, False, line.label == "yes", None
        )


def _message(message: Labelled) -> Iterator[Example]:
    """Vary a whole message as little as hurried hands would: it is realistic as it stands."""
    dice = random.Random(message.incident)  # noqa: S311 - variation, not secrecy
    group = (
        "self-harm"
        if message.self_harm
        else ("subtle danger" if message.subtle else "plain danger")
        if message.danger
        else "look-alike"
        if message.look_alike
        else "other"
    )
    for turn in range(3):
        text = message.text
        if turn == 1:
            text = _slips(_chat(text, message.language, dice), dice)
        elif turn == 2:
            text = _with_personal_data(text, message.language, dice)
        yield Example(
            message.incident,
            int(message.incident[:8], 16) % THIRDS,
            f"{MESSAGE}{group}",
            message.language,
            text,
            message.danger,
            message.self_harm,
            message.wants_human,
            message.urgency,
        )


# Addresses and numbers stand in calm messages as often as in terrible ones: by themselves they mean nothing.
_PERSONAL = {
    "en": ("I'm at {n} {street}.", "{n} {street}, by the way.", "cell {phone}", "call or text {phone}", "his plate is {plate}",
           "plate {plate} lol", "she lives at {n} {street} apt {m}", "My number is {phone}, after six.", "Box {m}, RR {k}",
           "the address is {n} {street}", "(that's {n} {street})", "born {k}/{m}/1974", "mail me at pat{m}@example.org"),
    "fr": ("je suis au {n}, {street}.", "au {n}, {street}", "mon cell : {phone}", "appelez-moi au {phone}", "sa plaque : {plate}",
           "elle reste au {n}, {street}, app. {m}", "Mon numéro est le {phone}, après 18 h.", "C.P. {m}", "c'est le {n} {street}",
           "né le {k} mars 1974", "écrivez à pat{m}@example.org"),
}  # fmt: skip
_STREETS = {
    "en": ("Osprey Crt", "N Marrow Ave", "Cinder Knoll", "Wexler Bay", "e locust", "Tamarack Row", "Old Ferry Rd", "Hollis Street",
           "Pine Ridge Dr", "W Calloway Pl"),
    "fr": ("rue des Sternes", "chemin du Quai", "rang Saint-Paul", "avenue des Cèdres", "boul. Lemire", "montée des Pins", "pl. du Moulin"),
}  # fmt: skip


def _with_personal_data(text: str, language: str, dice: random.Random) -> str:
    said = dice.choice(_PERSONAL[language]).format(
        n=dice.randrange(2, 9900),
        m=dice.randrange(2, 99),
        k=dice.randrange(1, 13),
        street=dice.choice(_STREETS[language]),
        phone=f"{dice.choice((204, 306, 418, 506, 613, 804, 819, 902))}-555-01{dice.randrange(10, 99)}",
        plate=f"{''.join(dice.choices('ABCKLMRTX', k=3))} {dice.randrange(100, 999)}",
    )
    return f"{said} {text}" if dice.random() < 0.3 else f"{_sentence(text)} {said}"


def _dice(line: Line) -> random.Random:
    return random.Random(line.incident)  # noqa: S311 - variation, not secrecy


def _companion(line: Line, pool: Sequence[Line], dice: random.Random) -> Line:
    """Pick a companion from the same third and fold, so that nothing leaks across a split."""
    near = [other for other in pool if other.third == line.third]
    return dice.choice([other for other in near if other.fold == line.fold] or near)


def _chosen(text: str, dice: random.Random) -> str:
    return _CHOICE.sub(lambda match: dice.choice(match.group(1).split("|")), text).strip()


def _sentence(text: str) -> str:
    return text if text[-1:] in ".!?" else f"{text}."


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


def _slips(text: str, dice: random.Random) -> str:
    """Misspell about one word in six, as hurried hands do."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) < 4 or not word.isalpha() or dice.random() > 0.17:
            continue
        at = dice.randrange(1, len(word) - 1)
        words[place] = dice.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            )
        )
    return " ".join(words)
