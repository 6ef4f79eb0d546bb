"""Blocks of a section to pieces: what stands alone in a passage, and what is gathered or cut. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge_base.documents import Block, BlockKind, PassageKind
from knowledge_base.places import jurisdiction_of_opening
from knowledge_base.tongues import languages_of
from knowledge_base.units import (
    is_contact,
    is_contacts,
    is_definition,
    is_sources,
    listed_recommendation,
    lists_recommendations,
    recommendation_of,
)

LONGEST_COPIED = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. One that stands `alone` shares its passage with no other; a `whole` one is never cut."""

    kind: PassageKind
    text: str
    page_index: int | None
    page_label: str | None
    step: int | None = None
    recommendation: str | None = None
    alone: bool = False
    whole: bool = False
    jurisdiction: tuple[str, ...] = ()
    language: str = ""

    @property
    def words(self) -> int:
        return len(self.text.split())

    def joins(self, other: "Piece") -> bool:
        """Say whether two pieces may share a passage. A citation names one page: a passage keeps to one."""
        return (
            not self.alone
            and not other.alone
            and self.kind is other.kind
            and self.recommendation == other.recommendation
            and self.jurisdiction == other.jurisdiction
            and self.language == other.language
            and self.page_index == other.page_index
        )


def pieces_of(heading: tuple[str, ...], blocks: Sequence[Block], language: str) -> list[Piece]:
    """Return the pieces of one section in order; `language` is the document's."""
    if is_sources(heading):
        return [
            Piece(PassageKind.SOURCE, text, block.page_index, block.page_label, language=language)
            for block in blocks
            for text in ((block.text,) if block.text else block.items)
        ]
    pieces = [piece for block in blocks for piece in _Section(heading).pieces(block)]
    told = languages_of([piece.text for piece in pieces], language)
    return [replace(piece, language=one) for piece, one in zip(pieces, told, strict=True)]


class _Section:
    """What the heading of a section says of everything under it."""

    def __init__(self, heading: tuple[str, ...]) -> None:
        self._heading = heading
        self._contacts = is_contacts(heading)
        self._numbers = lists_recommendations(heading)
        self._own = recommendation_of(heading[-1]) if heading else None
        self._above = next((told for part in reversed(heading) if (told := recommendation_of(part))), None)

    def pieces(self, block: Block) -> Iterator[Piece]:
        """Yield the pieces of a block."""
        make = self._maker(block)
        if block.kind is BlockKind.STEPS:
            for step, item in enumerate(block.items, start=block.start):
                number = recommendation_of(item) or (str(step) if self._numbers else None)
                kind = PassageKind.RECOMMENDATION if number else PassageKind.STEP
                yield make(kind, item, number, step=step, alone=True, whole=True)
        elif block.kind in (BlockKind.BULLETS, BlockKind.TABLE):
            yield from self._items(block, make)
        elif block.kind is BlockKind.PARAGRAPH:
            yield from self._running(block.text, make)
        elif block.kind is BlockKind.CODE and len(block.text.split()) <= LONGEST_COPIED:
            # Text to be copied is quoted as it stands, with its lines, and with nothing else.
            yield make(PassageKind.TEXT, block.text, None, alone=True, whole=True)
        else:
            yield make(PassageKind.TEXT, block.text, None)

    def _maker(self, block: Block) -> Callable[..., Piece]:
        def make(
            kind: PassageKind,
            text: str,
            number: str | None,
            *,
            step: int | None = None,
            alone: bool = False,
            whole: bool = False,
        ) -> Piece:
            return Piece(
                kind,
                text,
                block.page_index,
                block.page_label,
                step=step,
                recommendation=number or self._above,
                alone=alone,
                whole=whole,
                jurisdiction=jurisdiction_of_opening(text),
            )

        return make

    def _items(self, block: Block, make: Callable[..., Piece]) -> Iterator[Piece]:
        usual = PassageKind.TABLE if block.kind is BlockKind.TABLE else PassageKind.TEXT
        if self._own and block.kind is BlockKind.BULLETS:
            usual = PassageKind.RECOMMENDATION
        reached = sum(map(is_contact, block.items))
        # Three lines of five that say how somebody is reached are contacts, whatever stands above.
        contacts = self._contacts or (reached > 1 and reached * 5 >= len(block.items) * 3)
        for item in block.items:
            number = recommendation_of(item)
            kind = PassageKind.RECOMMENDATION if number else PassageKind.CONTACT if contacts else usual
            apart = contacts or number is not None
            yield make(kind, item, number, alone=apart or is_definition(self._heading, item), whole=apart)

    def _running(self, text: str, make: Callable[..., Piece]) -> Iterator[Piece]:
        """Yield a paragraph as it is, or line by line where each line is a contact."""
        number = recommendation_of(text) or listed_recommendation(self._heading, text)
        lines = text.split("\n")
        if number or self._own:
            yield make(PassageKind.RECOMMENDATION, text, number)
        elif all(map(is_contact, lines)) and (len(lines) > 1 or self._contacts):
            for line in lines:
                yield make(PassageKind.CONTACT, line, None, alone=True, whole=True)
        else:
            yield make(PassageKind.TEXT, text, None, alone=is_definition(self._heading, text))
