"""Cut a structured document into citable passages.

Steps, contacts, recommendations, tables and text to copy are units of their own; running text is gathered
to between 60 and 180 words under one heading. Every word of the body is in one passage, in order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge_base.documents import Block, BlockKind, DocumentKind, PassageKind, StructuredDocument
from knowledge_base.places import jurisdiction_of_heading, jurisdiction_of_opening
from knowledge_base.tokens import fold

SHORTEST = 60
LONGEST = 180
LONGEST_COPIED = 600

_SENTENCE_END = re.compile(r"(?<=[.!?\u2026:;\u00bb])\s+|\n+")
_RECOMMENDATION = re.compile(
    r"\A(?:recommendations?|recommandations?)\s+(?:n[o\u00b0]\.?\s*)?((?:[a-z]-)?\d{1,3}(?:\.\d{1,2})?[a-z]?)\b",
    re.IGNORECASE,
)
# Where to read more: shown on the document's page, but no answer in itself.
_SOURCE_HEADING = re.compile(
    r"\A(?:[\d.]+ )?(?:sources|references|bibliograph\w+|see also|a lire aussi|voir aussi)\W*\Z"
)
_REFERRAL_EN = ("Organisation", "Phone", "Hours", "Region")
_REFERRAL_FR = ("Organisme", "Téléphone", "Heures", "Région")
_CONTACT_HEADING = re.compile(
    r"\b(who to (?:call|contact)|whom to call|contacts?|phone numbers?|help ?lines?"
    r"|qui (?:appeler|joindre|contacter)|a qui (?:parler|telephoner)|coordonnees|personnes?-ressources?)\b"
)


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


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text that must not be cut, or may only be cut between sentences."""

    kind: PassageKind
    text: str
    page_index: int | None
    page_label: str | None
    step: int | None = None
    recommendation: str | None = None
    alone: bool = False
    jurisdiction: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        return len(self.text.split())


def cut(document: StructuredDocument) -> tuple[DraftPassage, ...]:
    """Cut a document into passages, in reading order, positions from 0."""
    passages: list[DraftPassage] = list(_referral(document))
    for heading, blocks in _sections(document.blocks):
        folded = [fold(part) for part in heading]
        contact = any(_CONTACT_HEADING.search(part) for part in folded)
        pieces = [piece for block in blocks for piece in _pieces(block, heading, contact=contact)]
        if folded and _SOURCE_HEADING.match(folded[-1]):
            pieces = [
                replace(piece, kind=PassageKind.SOURCE, step=None, alone=False, jurisdiction=())
                for piece in pieces
            ]
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
    yield DraftPassage(0, PassageKind.CONTACT, (), text, jurisdiction=about.jurisdiction)


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


def _pieces(block: Block, heading: tuple[str, ...], *, contact: bool) -> Iterator[_Piece]:
    def piece(kind: PassageKind, text: str, **more: object) -> _Piece:
        place = jurisdiction_of_opening(text)
        return _Piece(kind, text, block.page_index, block.page_label, jurisdiction=place, **more)  # type: ignore[arg-type]

    if block.kind is BlockKind.STEPS:
        for offset, item in enumerate(block.items):
            numbered = _RECOMMENDATION.match(item)
            yield piece(
                PassageKind.RECOMMENDATION if numbered else PassageKind.STEP,
                item,
                step=block.start + offset,
                recommendation=numbered[1] if numbered else None,
                alone=True,
            )
    elif block.kind is BlockKind.BULLETS:
        kind = PassageKind.CONTACT if contact else PassageKind.TEXT
        for item in block.items:
            yield piece(kind, item, alone=contact)
    elif block.kind is BlockKind.TABLE:
        kind = PassageKind.CONTACT if contact else PassageKind.TABLE
        for item in block.items:
            yield piece(kind, item, alone=contact)
    elif block.kind is BlockKind.CODE and len(block.text.split()) <= LONGEST_COPIED:
        # Text to be copied is quoted as it stands, with its lines, and with nothing else.
        yield piece(PassageKind.TEXT, block.text, alone=True)
    else:
        numbered = _RECOMMENDATION.match(block.text) or (
            _RECOMMENDATION.match(heading[-1]) if heading else None
        )
        if numbered and block.kind is not BlockKind.HEADING:
            yield piece(PassageKind.RECOMMENDATION, block.text, recommendation=numbered[1])
        else:
            yield piece(PassageKind.TEXT, block.text)


def _gathered(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Group neighbours of one kind up to the size of a passage; cut what is longer."""
    group: list[_Piece] = []
    size = 0
    for piece in (part for whole in pieces for part in _within_size(whole)):
        joins = (
            group
            and not piece.alone
            and not group[-1].alone
            and piece.kind is group[-1].kind
            and piece.recommendation == group[-1].recommendation
            and piece.jurisdiction == group[-1].jurisdiction
            # A citation names one page, so a passage keeps to one.
            and piece.page_index == group[-1].page_index
            and (
                size + piece.words <= LONGEST
                if size >= SHORTEST
                else size + piece.words <= LONGEST + SHORTEST
            )
        )
        if group and not joins:
            yield group
            group, size = [], 0
        group.append(piece)
        size += piece.words
    if group:
        yield group


def _within_size(piece: _Piece) -> Iterator[_Piece]:
    """Yield a piece whole, or cut between sentences when it is running text and too long."""
    if piece.alone or piece.words <= LONGEST:
        yield piece
        return
    for text in split_sentences(piece.text, LONGEST):
        yield _Piece(
            piece.kind,
            text,
            piece.page_index,
            piece.page_label,
            piece.step,
            piece.recommendation,
            piece.alone,
        )


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
