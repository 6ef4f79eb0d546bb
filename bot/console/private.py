"""The private side of a ticket page, and the access log: what is shown, and to whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.browser.transcript import Paragraph, Reader, paragraphs_of
from bot.casework import EXPERTS
from bot.console.texts.privacy import PRIVACY, PrivacyTexts
from bot.privacy import opening
from bot.privacy.opening import Grant
from bot.services import Services
from escalation import access_log, confidentiality, directory, tickets
from escalation.access import Actor, Verb, may
from escalation.access_log import Opened
from escalation.tables import Person, SafeContact, Ticket


@dataclass(frozen=True, slots=True)
class PrivatePart:
    """What a ticket page says about who may know. `contacts` is None until its opening is on record."""

    t: PrivacyTexts
    sealed: bool
    names: str
    may_seal: bool
    others: tuple[tuple[int, str], ...]
    may_open: bool
    has_contact: bool
    contacts: tuple[tuple[Paragraph, ...], ...] | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the access log."""

    at: datetime
    stamp: str
    who: str
    what: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """The access log, newest first."""

    t: PrivacyTexts
    rows: tuple[LogRow, ...]


def read_private(
    session: Session, services: Services, actor: Actor, ticket: Ticket, reader: Reader, granted: Grant | None
) -> PrivatePart:
    """Return the private side of a ticket that the caller has found readable for `actor`."""
    thing = tickets.thing(session, ticket)
    may_seal = may(actor, Verb.SEAL_TICKET, thing)
    contact = select(SafeContact.id).where(SafeContact.request_id == ticket.request_id).limit(1)
    contacts = None
    if granted is not None and granted.what is Opened.SAFE_CONTACT:
        contacts = tuple(paragraphs_of(text) for text in opening.safe_contacts(session, services, granted))
    staff = directory.people_with(session, *EXPERTS) if may_seal else ()
    return PrivatePart(
        t=PRIVACY[reader.language],
        sealed=thing.sealed,
        names=", ".join(_names(session, thing.named)),
        may_seal=may_seal,
        others=tuple(
            (person.id or 0, person.name)
            for person in staff
            if person.id not in thing.named
            and confidentiality.eligible(session, ticket.request_id, person.id or 0)
        ),
        may_open=may(actor, Verb.READ_ORIGINAL, thing),
        has_contact=session.exec(contact).first() is not None,
        contacts=contacts,
    )


def read_log(session: Session, reader: Reader) -> LogPage:
    """Return the access log. The caller has asked `access.may(actor, READ_ACCESS_LOG)` before."""
    t = PRIVACY[reader.language]
    rows = []
    for line in access_log.lines(session):
        sealed = line.request_id is not None and confidentiality.is_sealed(session, line.request_id)
        number = tickets.number_of(line.ticket_id) if line.ticket_id is not None else ""
        rows.append(
            LogRow(
                at=line.occurred_at,
                stamp=reader.stamp(line.occurred_at),
                who=_who(session, line.actor_id, line.channel, t),
                what=t.what.get(line.what, line.what.replace("_", " ")),
                about=t.sealed_request if sealed else number,
                reason="" if sealed else line.reason,
            )
        )
    return LogPage(t, tuple(rows))


def _who(session: Session, actor_id: int | None, channel: str, t: PrivacyTexts) -> str:
    if actor_id is None:
        return t.operator if channel == "terminal" else "-"
    person = session.get(Person, actor_id)
    return person.name if person is not None and person.name else f"#{actor_id}"


def _names(session: Session, people: frozenset[int]) -> list[str]:
    return list(session.exec(select(Person.name).where(col(Person.id).in_(people)).order_by(col(Person.id))))
