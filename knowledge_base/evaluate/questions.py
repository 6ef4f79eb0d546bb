"""Labelled questions, from the files that people keep them in."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.language import SUPPORTED
from knowledge_base.readers.charsets import decode, is_binary
from knowledge_base.topics import NONE

# What a column may be called: people bring files that other programs wrote.
_TEXT = ("question", "text")
_LANGUAGE = ("language", "lang", "langue")
_EXPECTED = ("acceptable_topics", "expected", "document", "topic", "expected_document", "expected_topic")
_NOTHING = frozenset({"", NONE, "aucun", "-"})
_SEVERAL = re.compile(r"[;|,\s]+")


class BadQuestions(Exception):
    """The file holds no labelled questions; the text says in which line, and what is missing."""


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question.

    `acceptable` holds what is right: topics, slugs or ids of documents; NONE where the library can't
    answer. `section` is the part of the article that is right ("now", "law", ...), or None. Without a
    `language` it is told from the words, as for an official.
    """

    id: str
    language: str | None
    text: str
    acceptable: tuple[str, ...]
    section: str | None = None
    tags: tuple[str, ...] = ()
    split: str = ""
    history: tuple[str, ...] = ()
    jurisdiction: str | None = None

    @property
    def answerable(self) -> bool:
        return self.acceptable != (NONE,)


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read labelled questions: JSON lines, or a table with a heading line (CSV, or tabs in .tsv).

    Columns are question, language, expected (topics, slugs or ids of documents, or none), and where
    known id, section, tags, split, history, jurisdiction. Raise BadQuestions, or OSError.
    """
    data = path.read_bytes()
    if is_binary(data):
        raise BadQuestions(f"{path}: is not text: save the table as CSV")
    # Spreadsheets save French in the encoding of their country as often as in UTF-8.
    text = decode(data)
    suffix = path.suffix.lower()
    rows = _table(path, text, "\t" if suffix == ".tsv" else ",") if suffix in (".csv", ".tsv") else None
    found = [
        _question(f"{path}, line {line}", line, raw)
        for line, raw in (_json_lines(path, text) if rows is None else rows)
    ]
    if not found:
        raise BadQuestions(f"{path}: holds no question")
    return tuple(found)


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except ValueError:
            raise BadQuestions(
                f"{path}, line {number}: is not JSON (tables are named .csv or .tsv)"
            ) from None
        if not isinstance(raw, dict):
            raise BadQuestions(f"{path}, line {number}: is not a JSON object")
        yield number, raw


def _table(path: Path, text: str, comma: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    # Spreadsheets that speak French divide by semicolons.
    first = text.partition("\n")[0]
    if comma == "," and first.count(";") > first.count(","):
        comma = ";"
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=comma)
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    try:
        for row in reader:
            if any(value for value in row.values()):
                yield reader.line_num, {name: value for name, value in row.items() if name}
    except csv.Error as error:
        raise BadQuestions(f"{path}, line {reader.line_num}: {error}") from None


def _question(where: str, line: int, raw: Mapping[str, Any]) -> Question:
    text = next((raw[name] for name in _TEXT if raw.get(name)), None)
    if not isinstance(text, str):
        raise BadQuestions(f"{where}: has no question")
    named = [name for name in _EXPECTED if name in raw]
    if not named:
        raise BadQuestions(f"{where}: says nothing of what is expected (a document, a topic, or none)")
    expected = next((found for name in named if (found := _several(raw[name]))), ())
    language = next((str(raw[name]).strip().lower() for name in _LANGUAGE if raw.get(name)), None)
    if language is not None and language not in SUPPORTED:
        raise BadQuestions(f"{where}: the language is {language!r}, and may be {' or '.join(SUPPORTED)}")
    return Question(
        id=str(raw.get("id") or line),
        language=language,
        text=text,
        acceptable=tuple(one for one in expected if one.lower() not in _NOTHING) or (NONE,),
        section=raw.get("section") or None,
        tags=_several(raw.get("tags")),
        split=raw.get("split") or "",
        history=_turns(raw.get("history")),
        jurisdiction=raw.get("jurisdiction") or None,
    )


def _several(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(one).strip() for one in value)
    return tuple(part for part in _SEVERAL.split(str(value).strip()) if part) if value else ()


def _turns(value: object) -> tuple[str, ...]:
    """Return what the person wrote before; a turn is a text, or a role and a text."""
    if not isinstance(value, list):
        return (value,) if isinstance(value, str) and value else ()
    turns = []
    for turn in value:
        role, text = turn if isinstance(turn, list) and len(turn) == 2 else ("user", turn)
        if role == "user":
            turns.append(str(text))
    return tuple(turns)
