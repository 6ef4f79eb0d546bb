"""Who did what to the library."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import curation
from bot.browser.transcript import Reader
from bot.console.texts.library import LIBRARY, LibraryTexts
from knowledge_base import library

_LATEST = 200


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line of the record of changes."""

    at: datetime
    stamp: str
    who: str
    what: str
    document: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Who did what, the latest first."""

    t: LibraryTexts
    rows: tuple[ChangeRow, ...]


def read_changes(session: Session, reader: Reader) -> ChangesPage:
    """Return the record of changes."""
    t = LIBRARY[reader.language]
    return ChangesPage(
        t,
        tuple(
            ChangeRow(
                at=one.occurred_at,
                stamp=reader.stamp(one.occurred_at),
                who=curation.who(session, one.by),
                what=t.act_names.get(one.act.value, one.act.value),
                document=f"{one.document}, {t.version.format(number=one.version)}"
                if one.version
                else one.document,
                detail=one.detail,
            )
            for one in library.history(session, limit=_LATEST)
        ),
    )
