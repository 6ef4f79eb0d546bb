"""The separate matters of one message: five questions in a row, a list, "two things". Pure."""

import re

MOST = 6
# What a machine reads: a statement to a database, a page's markup with its script, a template's or a shell's braces.
_CODE = re.compile(
    r"<(script|style)\b.*?(?:</\1>|\Z)|</?[a-z][^<>]{0,300}>"
    r"|\b(?:drop|truncate|alter|create) (?:table|database|schema)\b[^;\n]*;?"
    r"|\bunion (?:all )?select\b[^;\n]*;?|\bselect [\w*., ()]{1,80} from \w+[^;?\n]*;"
    r"|\binsert into \w+[^;\n]*\bvalues\b[^;\n]*;?|\bdelete from \w+[^;?\n]*;|\bupdate \w+ set \w+ ?=[^;\n]*;?"
    r"|['\"] ?(?:or|and) ['\"]?\d+['\"]? ?= ?['\"]?\d+|\$?\{\{?[^{}]{0,200}\}\}?",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 2_500  # a longer text is a story or a pasted article, with its question at the end
_FEWEST_WORDS = 3
_SHORT_QUESTION = 6  # words

_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-e]\))\s+(?=\S)")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_SEVERAL = re.compile(
    r"\b(?:two|three|four|several|a few|couple of|multiple) (?:\w+ )?(?:things|questions|problems|issues|matters)\b|\bsecond(?:ly)?\b|"
    r"\bon top of (?:that|this|it)\b|\banother (?:thing|question|problem|issue)\b|\balso\b|\bin addition\b|\bas well as\b|\bseparately\b|\bbesides\b|"
    r"\b(?:deux|trois|quatre|plusieurs|quelques) (?:choses|questions|problèmes|sujets|points)\b|\bdeuxièmement\b|\bd'une part\b|"
    r"\bautre (?:chose|question)\b|\ben plus\b|\baussi\b|\bpar ailleurs\b|\bde plus\b|\bégalement\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\s*(?:;|:\s|,?\s+(?:and|but) (?:also|then|now|separately)\b|,\s*(?:and|et|mais)\s|,?\s+et (?:aussi|en plus|puis)\b|"
    r"\.\s+|\n+)\s*",
    re.IGNORECASE,
)


def without_code(text: str) -> str:
    """Return a message without what only a machine reads."""
    return _CODE.sub(" ", text)


def parts_of(text: str) -> tuple[str, ...]:
    """Return the separate matters of a message in their order; the message alone where it tells of one.

    A statement goes with the question that follows it.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return (text,)
    for found in (_items(text), _questions(text), _clauses(text)):
        if len(found) > 1:
            return tuple(found[:MOST])
    return (text,)


def _items(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    return [_ITEM.sub("", line).strip() for line in lines if _ITEM.match(line) and _is_said(line)]


def _questions(text: str) -> list[str]:
    found: list[str] = []
    waiting: list[str] = []
    for sentence in _SENTENCE.split(text):
        if not sentence.strip():
            continue
        waiting.append(sentence.strip())
        if sentence.rstrip().endswith("?"):
            found.append(" ".join(waiting))
            waiting = []
    if found and waiting:
        found.append(" ".join(waiting))
    return [part for part in found if _is_said(part)] if text.count("?") > 1 else []


def _clauses(text: str) -> list[str]:
    """Return the clauses of a message that announces several things; a short question at its end is about each."""
    if not _SEVERAL.search(text):
        return []
    *told, last = [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]
    asked = f" {last}" if told and last.endswith("?") and len(last.split()) <= _SHORT_QUESTION else ""
    said = " ".join(told) if asked else text
    return [
        f"{part.strip().rstrip('.')}.{asked}" if asked else part.strip()
        for part in _CLAUSE.split(said)
        if part and _is_said(part)
    ]


def _is_said(part: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", part)) >= _FEWEST_WORDS
