"""The admins' synonyms: added, removed, each change in the history and in the next index."""

import datetime as dt

from sqlmodel import Session, col, select

from knowledge_base.errors import NoSuchWording, NotTaken
from knowledge_base.language import SUPPORTED
from knowledge_base.library import events
from knowledge_base.library.events import Act
from knowledge_base.synonyms import Synonym
from knowledge_base.tables import Synonym as SynonymRow
from knowledge_base.tokens import analyse

_LONGEST = 200


def add_synonym(session: Session, synonym: Synonym, *, by: str, now: dt.datetime) -> bool:
    """Add a synonym; False for one that is there already, which stays as it is.

    Raise NotTaken for an unknown language, or words that say nothing to the search.
    """
    if synonym.language not in SUPPORTED:
        raise NotTaken("a synonym is in en or fr")
    said = (analyse(synonym.phrase, synonym.language), analyse(synonym.meaning, synonym.language))
    if not all(said) or max(len(synonym.phrase), len(synonym.meaning)) > _LONGEST:
        raise NotTaken(
            f"a synonym needs words that say something, at most {_LONGEST} characters on each side"
        )
    if _find(session, synonym) is not None:
        return False
    session.add(
        SynonymRow(
            language=synonym.language,
            phrase=synonym.phrase,
            meaning=synonym.meaning,
            created_at=now,
            created_by=by,
        )
    )
    events.note(session, Act.SYNONYM_ADDED, by, now, detail=_said(synonym))
    return True


def remove_synonym(session: Session, synonym: Synonym, *, by: str, now: dt.datetime) -> None:
    """Remove a synonym; raise NoSuchWording."""
    row = _find(session, synonym)
    if row is None:
        raise NoSuchWording(f"there is no synonym {_said(synonym)!r}")
    session.delete(row)
    events.note(session, Act.SYNONYM_REMOVED, by, now, detail=_said(synonym))


def _find(session: Session, synonym: Synonym) -> SynonymRow | None:
    return session.exec(
        select(SynonymRow).where(
            col(SynonymRow.language) == synonym.language,
            col(SynonymRow.phrase) == synonym.phrase,
            col(SynonymRow.meaning) == synonym.meaning,
        )
    ).one_or_none()


def _said(synonym: Synonym) -> str:
    return f"{synonym.language}: {synonym.phrase} = {synonym.meaning}"
