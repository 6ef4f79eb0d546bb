"""Cut what others wrote out of a plain-text mail, and keep what its writer newly wrote.

Own rules over single lines, each looked at a bounded number of times: a body of "On On On" or of
blanks takes no longer than any other. When in doubt the text stays: a question shown with its quote
is better than a question lost.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

_MAX_ATTRIBUTION = 500
_MAX_ATTRIBUTION_LINES = 5
_HEADER_WINDOW = 30
_SHORT_REMARK = 400
_SIGNATURE_LINES = 12

_DIVIDER = re.compile(
    r"[-_=* ]{2,40}(original message|message d['\u2019]origine|message original|mail original|courriel original"
    r"|message initial|message transf\u00e9r\u00e9|forwarded message|begin forwarded message"
    r"|original appointment|rendez-vous d['\u2019]origine|reply message|mensaje original"
    r"|urspr\u00fcngliche nachricht|messaggio originale)[-_=* ]{0,40}:?"
)
_FORWARD_DIVIDER = re.compile(
    r"[-_=* ]{0,40}(forwarded message|begin forwarded message|message transf\u00e9r\u00e9"
    r"|d\u00e9but du message (transf\u00e9r\u00e9|r\u00e9exp\u00e9di\u00e9)"
    r"|forwarded by .{1,80}|transf\u00e9r\u00e9 par .{1,80})[-_=* ]{0,40}:?"
)
_LABEL = re.compile(r"[*>\s]{0,4}([a-z\u00e0\u00e9\u00ea' -]{1,24}?)\s?\*?\s?:\*?(?:\s|$)")
_FROM_LABELS = frozenset({"from", "de", "von", "exp\u00e9diteur"})
_OTHER_LABELS = frozenset(
    {
        "sent",
        "date",
        "to",
        "cc",
        "bcc",
        "subject",
        "envoy\u00e9",
        "envoy\u00e9 le",
        "\u00e0",
        "objet",
        "cci",
        "copie",
    }
    | {
        "reply-to",
        "r\u00e9pondre \u00e0",
        "importance",
        "sujet",
        "a",
        "destinataire",
        "gesendet",
        "an",
        "betreff",
    }
    | {"pour", "exp\u00e9di\u00e9", "para", "asunto", "enviado"}
)
_SUBJECT_LABELS = frozenset({"subject", "objet", "sujet", "betreff", "asunto"})
_OPENERS = (
    "on ",
    "le ",
    "el ",
    "am ",
    "il ",
    "op ",
    "em ",
    "in ",
    "at ",
    "the ",
    "du ",
    "a ",
)
_CLOSERS = (
    *(
        "wrote:",
        "writes:",
        "said:",
        "a \u00e9crit:",
        "a ecrit:",
        "\u00e9crit:",
        "a r\u00e9pondu:",
        "wrote :",
    ),
    *(
        "escribi\u00f3:",
        "schrieb:",
        "ha scritto:",
        "schreef:",
        "escreveu:",
        "a envoy\u00e9:",
    ),
)
_DIGIT = re.compile(r"[0-9]")
_DATED = re.compile(r"[@<]|[0-9]{1,2} ?[:h] ?[0-9]{2}|[0-9]{4}|[0-9]{1,2}/[0-9]{1,2}")
_MOBILE = re.compile(
    r"(sent (from|via|with|by) (my |an? |the )?(iphone|ipad|android|samsung|blackberry|mobile|phone|galaxy|outlook"
    r"|yahoo|proton|mail for|mail pour|gmail|huawei|pixel|windows|bell|rogers|telus|verizon|t-mobile|at&t).{0,80}"
    r"|get outlook for .{1,40}|t\u00e9l\u00e9charge[rz]? outlook pour .{1,40}|obten(?:ez|ir) outlook pour .{1,40}"
    r"|envoy\u00e9[e]? (de |depuis |\u00e0 partir (de |d['\u2019])|avec |par |via )(mon |ma |un |l['\u2019])?\s?"
    r"(iphone|ipad|android|samsung|blackberry|mobile|t\u00e9l\u00e9phone|portable|appareil|outlook|yahoo|proton"
    r"|courrier|application|galaxy|gmail|smartphone|cellulaire|huawei|pixel|orange|sfr|bell).{0,80}"
    r"|provenance\s?: courrier pour windows.{0,20}|envoy\u00e9 par bell.{0,40})[.]?"
)
_SEE_BELOW = re.compile(
    r"in ?line|in[- ]?between|my (answers|replies|comments|responses).{0,40}(below|red|blue|bold|caps)"
    r"|(answers?|repl(?:y|ies)|comments?|responses?) (are )?(below|inline|in red|in blue|in bold|in the text)"
    r"|see (my )?(answers|comments|replies|responses|below)"
    r"|r\u00e9ponses?.{0,40}(ci-dessous|ci-bas|plus bas|en rouge|en bleu|en gras|dans le texte|en majuscules)"
    r"|(en rouge|dans le corps|dans le texte|ci-dessous|ci-bas)"
)


class _Line(Enum):
    NEW = auto()
    QUOTED = auto()
    HEAD = auto()


@dataclass(frozen=True, slots=True)
class Cut:
    """What a cut left.

    `new` is false when nothing but quotes was found, `inside` true when the writer says that the answers
    stand in the quote: in both cases `text` is all of it.
    """

    text: str
    new: bool = True
    inside: bool = False
    forwarded: bool = False


def new_words(text: str, *, forwarded: bool = False) -> Cut:
    """Return what the writer newly wrote in `text`.

    Answers between or below quoted lines are kept. A forwarded mail (said by `forwarded`, its subject,
    or by a divider in the text) keeps what it passes on, since that is its matter. When a cut would
    leave nothing, or the writer says that the answers are in the quote, the whole text is returned.
    """
    lines = text.split("\n")
    plain = [_plain(line) for line in lines]
    forward_at = _forward(plain)
    if forwarded or forward_at is not None:
        return Cut(_without_signature(lines, plain, forward_at), forwarded=True)
    marks = _mark(plain)
    below = next(
        (n for n, mark in enumerate(marks) if mark is _Line.HEAD and _is_hard(plain, marks, n)),
        None,
    )
    if below is not None:
        _settle_below(plain, marks, below)
    kept = [n for n, mark in enumerate(marks) if mark is _Line.NEW]
    result = _joined(lines, plain, kept)
    if not result:
        return Cut(_tidy(text), new=False)
    if below is not None and len(result) <= _SHORT_REMARK and _SEE_BELOW.search(_plain(result)):
        return Cut(_tidy(text), inside=True)
    return Cut(result)


def _plain(line: str) -> str:
    """Return a line for comparing: lower case, one kind of blank, no blank before a colon."""
    line = line[: _MAX_ATTRIBUTION * 2].replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")
    return line.replace(" :", ":").lower().strip()


def _forward(plain: list[str]) -> int | None:
    return next(
        (n for n, line in enumerate(plain) if len(line) < 160 and _FORWARD_DIVIDER.fullmatch(line)),
        None,
    )


def _mark(plain: list[str]) -> list[_Line]:
    marks = [_Line.QUOTED if line.startswith(">") else _Line.NEW for line in plain]
    number = 0
    while number < len(plain):
        if marks[number] is _Line.NEW and plain[number]:
            length = _head(plain, number)
            for position in range(number, number + length):
                marks[position] = _Line.HEAD
            number += max(1, length)
        else:
            number += 1
    return marks


def _head(plain: list[str], number: int) -> int:
    """Return how many lines from here announce a quote: a divider, a header block, "On ... wrote:"."""
    line = plain[number]
    if len(line) < 160 and _DIVIDER.fullmatch(line):
        return 1 + _header_block(plain, number + 1)
    return _header_block(plain, number) or _attribution(plain, number)


def _header_block(plain: list[str], number: int) -> int:
    """Return the length of a block such as "De : ... / Envoyé : ... / À : ... / Objet : ...", else 0.

    One label proves nothing ("De : c'est le champ que je ne comprends pas"): sender, subject and one
    more are asked for.
    """
    labels: set[str] = set()
    last = number
    for position in range(number, min(len(plain), number + _HEADER_WINDOW)):
        if not plain[position]:
            break
        match = _LABEL.match(plain[position])
        label = match[1].strip() if match else ""
        if label in _FROM_LABELS or label in _OTHER_LABELS:
            labels.add(label)
            last = position
        elif position == number:
            return 0
    complete = labels & _FROM_LABELS and labels & _SUBJECT_LABELS and len(labels) >= 3
    return last - number + 1 if complete else 0


def _attribution(plain: list[str], number: int) -> int:
    """Return the length of "On <date>, <somebody> wrote:", also wrapped over a few lines, else 0."""
    first = plain[number]
    if not first.endswith(_CLOSERS) and not (first.startswith(_OPENERS) and _DIGIT.search(first)):
        return 0
    joined = ""
    for length in range(1, _MAX_ATTRIBUTION_LINES + 1):
        position = number + length - 1
        if position >= len(plain) or not plain[position] or plain[position].startswith(">"):
            return 0
        joined = f"{joined} {plain[position]}".strip()
        if len(joined) > _MAX_ATTRIBUTION:
            return 0
        if joined.endswith(_CLOSERS):
            following = _next_words(plain, position + 1)
            before_quote = following is not None and plain[following].startswith(">")
            # "On Monday he came to my office and wrote:" tells a story: ask for a date and a sender.
            return length if before_quote or (_DIGIT.search(joined) and _DATED.search(joined)) else 0
    return 0


def _next_words(plain: list[str], number: int) -> int | None:
    return next((n for n in range(number, min(len(plain), number + 4)) if plain[n]), None)


def _is_hard(plain: list[str], marks: list[_Line], number: int) -> bool:
    """Tell whether everything below this head is quoted, no line of it being marked with ">"."""
    end = number
    while end < len(marks) and marks[end] is _Line.HEAD:
        end += 1
    following = _next_words(plain, end)
    return following is None or marks[following] is not _Line.QUOTED


def _settle_below(plain: list[str], marks: list[_Line], head: int) -> None:
    """Mark what is below an Outlook-like header as quoted, but for answers below its last ">" line."""
    last = max((n for n in range(head, len(marks)) if marks[n] is _Line.QUOTED), default=None)
    above = any(plain[n] and marks[n] is _Line.NEW for n in range(head))
    for number in range(head, len(marks)):
        if marks[number] is _Line.NEW and (above or last is None or number < last):
            marks[number] = _Line.QUOTED


def _joined(lines: list[str], plain: list[str], kept: list[int]) -> str:
    """Return the kept lines, each run of them without its signature."""
    runs: list[list[int]] = []
    for number in kept:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [_unsigned([lines[n] for n in run], [plain[n] for n in run]) for run in runs]
    if not any(texts):
        texts = ["\n".join(lines[n] for n in run) for run in runs]
    return _tidy("\n\n".join(text for text in texts if text))


def _unsigned(lines: list[str], plain: list[str]) -> str:
    end = len(lines)
    for number, line in enumerate(lines):
        if plain[number] == "--" and line.startswith("--"):
            # A long tail under two hyphens is text that somebody divided, not a signature.
            tail = sum(1 for rest in plain[number + 1 :] if rest)
            end = number if any(plain[:number]) and tail <= _SIGNATURE_LINES else end
            break
    while end and (not plain[end - 1] or _is_trailer(plain[end - 1])):
        end -= 1
    return "\n".join(lines[:end]).strip()


def _is_trailer(line: str) -> bool:
    return len(line) < 160 and (bool(_MOBILE.fullmatch(line)) or (len(line) >= 5 and not line.strip("_-=* ")))


def _without_signature(lines: list[str], plain: list[str], forward_at: int | None) -> str:
    if forward_at is None:
        return _tidy("\n".join(lines))
    own = _unsigned(lines[:forward_at], plain[:forward_at])
    return _tidy("\n".join([own, "", *lines[forward_at:]]) if own else "\n".join(lines[forward_at:]))


def _tidy(text: str) -> str:
    """Return the text without blanks at line ends and without runs of empty lines."""
    tidy: list[str] = []
    for line in text.split("\n"):
        bare = line.rstrip()
        if bare or (tidy and tidy[-1]):
            tidy.append(bare)
    return "\n".join(tidy).strip()
