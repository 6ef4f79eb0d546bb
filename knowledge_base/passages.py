"""Cut a structured document into citable passages.

Steps, contacts, recommendations, definitions, tables and text to copy are units of their own; running text
is gathered to between 60 and 180 words under one heading, on one page and in one language. Every word of
the body is in one passage, in order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge_base.documents import Block, BlockKind, DocumentKind, PassageKind, StructuredDocument
from knowledge_base.pieces import Piece, pieces_of
from knowledge_base.places import jurisdiction_of_heading

SHORTEST = 60
LONGEST = 180

_SENTENCE_END = re.compile(r"(?<=[.!?\u2026:;\u00bb])\s+|\n+")
_REFERRAL_EN = ("Organisation", "Phone", "Hours", "Region")
_REFERRAL_FR = ("Organisme", "Téléphone", "Heures", "Région")


@dataclass(frozen=True, slots=True)
class DraftPassage:
    """A passage before it has an id. `text` keeps line breaks between list items and rows."""

    position: int
    kind: PassageKind
    heading: tuple[str, ...]
    text: str
    step: int | None = None
    page_index: int | None = None
    page_label: str | None = None
    recommendation: str | None = None
    jurisdiction: tuple[str, ...] = ()
    language: str = ""


def cut(document: StructuredDocument) -> tuple[DraftPassage, ...]:
    """Cut a document into passages, in reading order, positions from 0."""
    passages: list[DraftPassage] = list(_referral(document))
    for heading, blocks in _sections(document.blocks):
        pieces = pieces_of(heading, blocks, document.language)
        confined = jurisdiction_of_heading(heading) or document.attributes.jurisdiction
        for group in _gathered(pieces):
            first = group[0]
            text = "\n".join(piece.text for piece in group)
            passages.append(
                DraftPassage(
                    position=len(passages),
                    kind=first.kind,
                    heading=heading,
                    text=text,
                    step=first.step,
                    page_index=first.page_index,
                    page_label=first.page_label,
                    recommendation=first.recommendation,
                    jurisdiction=first.jurisdiction or confined,
                    language=first.language,
                )
            )
    return tuple(passages)


def _referral(document: StructuredDocument) -> Iterator[DraftPassage]:
    """Yield whom one reaches, how and when, where the attributes of a referral say so."""
    about = document.attributes
    if about.kind is not DocumentKind.REFERRAL or not (about.organisation or about.phone):
        return
    french = document.language == "fr"
    names = _REFERRAL_FR if french else _REFERRAL_EN
    told = (about.organisation, about.phone, about.hours, about.region)
    colon = "\u00a0: " if french else ": "
    text = "\n".join(f"{name}{colon}{value}" for name, value in zip(names, told, strict=True) if value)
    yield DraftPassage(
        0, PassageKind.CONTACT, (), text, jurisdiction=about.jurisdiction, language=document.language
    )


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Yield (heading path, blocks) in order; a heading with nothing under it is its own block."""
    path: list[tuple[int, str]] = []
    body: list[Block] = []
    opened: Block | None = None
    for block in blocks:
        if block.kind is not BlockKind.HEADING:
            body.append(block)
            opened = None
            continue
        if opened is not None and block.level <= opened.level:
            # Nothing came under the last heading: it would be lost, so it stands as text.
            yield tuple(text for _, text in path[:-1]), [opened]
        if body:
            yield tuple(text for _, text in path), body
            body = []
        path = [(level, text) for level, text in path if level < block.level]
        path.append((block.level, block.text))
        opened = block
    if opened is not None:
        yield tuple(text for _, text in path[:-1]), [opened]
    if body:
        yield tuple(text for _, text in path), body


def _gathered(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Group neighbours that may share a passage up to its size; cut what is longer."""
    group: list[Piece] = []
    size = 0
    for whole in pieces:
        wanting = SHORTEST - size if group and group[-1].joins(whole) else 0
        for piece in _within_size(whole, wanting):
            if group and not (group[-1].joins(piece) and size + piece.words <= LONGEST):
                yield group
                group, size = [], 0
            group.append(piece)
            size += piece.words
    if group:
        yield group


def _within_size(piece: Piece, wanting: int) -> Iterator[Piece]:
    """Yield a piece as it is, or cut between sentences when it is too long.

    `wanting` is how many words the passage before it lacks: it gets sentences enough, where it can.
    """
    room = LONGEST - (SHORTEST - wanting) if wanting > 0 else LONGEST
    if piece.whole or piece.words <= room:
        yield piece
        return
    rest = piece.text
    if wanting > 0:
        taken = _sentences(rest, wanting, room)
        if taken:
            yield replace(piece, text=rest[:taken].strip())
            rest = rest[taken:].strip()
    parts = split_sentences(rest, LONGEST) if len(rest.split()) > LONGEST else [rest]
    for text in parts:
        if text:
            yield replace(piece, text=text)


def _sentences(text: str, wanted: int, most: int) -> int:
    """Return where the first sentences end that have the wanted number of words, and not too many; 0 for nowhere."""
    for end in _SENTENCE_END.finditer(text):
        words = len(text[: end.start()].split())
        if words >= wanted:
            return end.end() if words <= most else 0
    return 0


def split_sentences(text: str, longest: int) -> list[str]:
    """Cut text between sentences into parts of at most `longest` words, about equal in size.

    A single sentence longer than that is cut between words: nothing else bounds a
    50,000-word paragraph without a full stop.
    """
    sentences: list[list[str]] = []
    for sentence in _SENTENCE_END.split(text):
        words = sentence.split()
        sentences += [words[start : start + longest] for start in range(0, len(words), longest)]
    total = sum(map(len, sentences))
    target = total / max(1, -(-total // longest))
    parts: list[list[str]] = [[]]
    for words in sentences:
        if parts[-1] and (len(parts[-1]) + len(words) > longest or len(parts[-1]) >= target):
            parts.append([])
        parts[-1] += words
    return [" ".join(part) for part in parts if part]
