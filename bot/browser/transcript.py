"""What the chat and the console both show of a conversation: words in paragraphs, quoted sources."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.browser.language import Language
from bot.browser.moments import stamped, until
from bot.rendering import caveats, times
from escalation.tables import Author, Citation, Message, MessageKind
from knowledge_base import library

LIBRARY = "/library/"
_LIFELINE = re.compile(r"(?<![\w-])(911|988)(?![\w-])")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is read: language, IANA zone and the present."""

    language: Language
    zone: str
    now: datetime

    def stamp(self, at: datetime) -> str:
        """Return an instant as a turn is stamped."""
        return stamped(at, self.zone, self.language, self.now)

    def when(self, at: datetime) -> str:
        """Return an instant in words, with the zone."""
        return times.when(at, self.zone, self.language, self.now)

    def by_when(self, at: datetime) -> str:
        """Return a deadline in words, with the zone."""
        return times.by_when(at, self.zone, self.language, self.now)

    def until(self, at: datetime) -> str:
        """Return how far off a due time is."""
        return until(at, self.language, self.now)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words; with `href` they are a link."""

    text: str
    href: str | None = None


Paragraph = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One quoted passage, as a numbered step with its source. `withdrawn`: the library took it back."""

    number: int
    lines: tuple[str, ...]
    title: str
    section: str
    page: str | None
    dated: str | None
    url: str
    language: str
    reviewed: bool
    withdrawn: bool
    caveats: tuple[str, ...] = ()


def paragraphs_of(text: str, *, lifelines: bool = False) -> tuple[Paragraph, ...]:
    """Return a text in paragraphs; with `lifelines`, 911 and 988 are numbers to call."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()]
    return tuple(_pieces(block) if lifelines else (Piece(block),) for block in blocks)


def lifelines_in(text: str) -> tuple[str, ...]:
    """Return which of 911 and 988 a text names, in its order."""
    return tuple(dict.fromkeys(_LIFELINE.findall(text)))


def shortened(text: str, most: int) -> str:
    """Return the first words of a text on one line."""
    line = " ".join(text[: most * 4].split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"


def sources_of(session: Session, message_ids: Sequence[str], reader: Reader) -> dict[str, tuple[Source, ...]]:
    """Return what each of the messages quoted, in the order of the numbers."""
    rows = session.exec(
        select(Citation)
        .where(col(Citation.message_id).in_(message_ids))
        .order_by(col(Citation.message_id), col(Citation.number))
    ).all()
    withdrawn = library.recalled_among(session, {row.passage_id for row in rows})
    found: dict[str, tuple[Source, ...]] = {}
    for row in rows:
        source = Source(
            number=row.number,
            lines=tuple(line.strip() for line in row.excerpt.splitlines() if line.strip()),
            title=row.title,
            section=row.section,
            page=row.page,
            dated=times.day(row.dated, reader.zone, reader.language) if row.dated else None,
            url=_here(row.url),
            language=row.language,
            reviewed=row.reviewed,
            withdrawn=row.passage_id in withdrawn,
            caveats=caveats.say(caveats.read(row.caveats), reader.language.value),
        )
        found[row.message_id] = (*found.get(row.message_id, ()), source)
    return found


def _here(url: str) -> str:
    """Return a library address relative to this site, by whatever name the reader came to it."""
    _before, library_path, rest = url.partition(LIBRARY)
    return f"{library_path}{rest}" if library_path else url


def in_order(messages: Iterable[Message]) -> list[Message]:
    """Return messages as they were said; of one instant, the question first, then safety, then the answer."""
    return sorted(messages, key=lambda message: (message.recorded_at, _rank(message), message.id))


def _rank(message: Message) -> int:
    if message.author is not Author.BOT:
        return 0
    return {MessageKind.SAFETY: 1, MessageKind.ANSWER: 2}.get(message.kind, 3)


def _pieces(block: str) -> Paragraph:
    parts = _LIFELINE.split(block)
    return tuple(
        Piece(part, f"tel:{part}" if place % 2 else None) for place, part in enumerate(parts) if part
    )
