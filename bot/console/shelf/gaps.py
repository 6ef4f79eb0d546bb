"""What the library could not answer, and who writes it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from bot import curation
from bot.browser.transcript import Reader
from bot.console.shelf.days import day_of
from bot.console.texts import TEXTS
from bot.console.texts.library import LIBRARY, LibraryTexts
from bot.curation import GapGroup
from escalation import directory
from escalation.access import Actor
from escalation.tables import RoleName

_SHOWN = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap: a group of questions, or the draft that will answer them."""

    id: str
    count: int
    not_helped: str | None
    first: str
    languages: str
    places: str
    questions: tuple[str, ...]
    document_id: str | None
    writer: str | None


@dataclass(frozen=True, slots=True)
class GapsPage:
    """The gaps. `people` may be asked to write."""

    t: LibraryTexts
    headline: str
    counts: str
    open: tuple[GapRow, ...]
    writing: tuple[GapRow, ...]
    people: tuple[tuple[int, str], ...]
    flash: str | None = None


def read_gaps(session: Session, actor: Actor, reader: Reader) -> GapsPage:
    """Return what the library could not answer; raise Forbidden."""
    t = LIBRARY[reader.language]
    found = curation.look_for_gaps(session, actor, reader.now)
    people = directory.people_with(session, RoleName.ADMIN, RoleName.EXPERT, RoleName.LEAD)
    return GapsPage(
        t=t,
        headline=t.gaps_headline.format(span=_span(found.to_answer, t)),
        counts=t.gaps_counts.format(
            answered=len(found.answered), writing=len(found.being_written), open=len(found.open)
        ),
        open=tuple(_gap(group, reader) for group in found.open),
        writing=tuple(_gap(group, reader) for group in found.being_written),
        people=tuple((one.id or 0, one.name) for one in people),
    )


def _gap(group: GapGroup, reader: Reader) -> GapRow:
    texts, t = TEXTS[reader.language], LIBRARY[reader.language]
    writer = t.written_by.format(who=group.assignee) if group.assignee else t.nobody
    return GapRow(
        id=group.id,
        count=group.count,
        not_helped=t.not_helped.format(count=group.thumbs_down) if group.thumbs_down else None,
        first=day_of(group.first_asked_at.date(), reader),
        languages=", ".join(f"{texts.languages.get(name, name)} {count}" for name, count in group.languages),
        places=", ".join(f"{name} {count}" for name, count in group.jurisdictions),
        questions=tuple(question.text for question in group.questions[:_SHOWN]),
        document_id=group.document_id,
        writer=writer if group.document_id else None,
    )


def _span(span: timedelta | None, t: LibraryTexts) -> str:
    if span is None:
        return t.gaps_none_yet
    if span >= 2 * _DAY:
        return t.days.format(count=span.days)
    return t.hours.format(count=max(1, round(span.total_seconds() / 3600)))
