"""The policies of the hub, version by version: the last one counts for new tickets, each ticket keeps its own."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session, col, func, select

from escalation.errors import NotFound
from escalation.sla import Policy, load_policy
from escalation.tables import PolicyOrigin, PolicyVersion


def latest_version(session: Session) -> int | None:
    """Return the number of the version in force, or None before any was saved."""
    return session.exec(select(func.max(PolicyVersion.id))).one()


def in_force(session: Session) -> Policy | None:
    """Return the policy that new tickets get, or None before any was saved."""
    number = latest_version(session)
    return of_version(session, number) if number is not None else None


def first(session: Session) -> Policy | None:
    """Return the oldest policy on record: that of tickets from before versions were kept."""
    number = session.exec(select(func.min(PolicyVersion.id))).one()
    return of_version(session, number) if number is not None else None


def of_version(session: Session, number: int) -> Policy:
    """Return one version. Raises NotFound when there is none of that number."""
    return _read(text_of(session, number), number)


def text_of(session: Session, number: int) -> str:
    """Return one version as it was written. Raises NotFound when there is none of that number."""
    row = session.get(PolicyVersion, number)
    if row is None:
        raise NotFound(f"There is no version {number} of the policy.")
    return row.text


def versions(session: Session) -> tuple[PolicyVersion, ...]:
    """Return every version, the newest first."""
    return tuple(session.exec(select(PolicyVersion).order_by(col(PolicyVersion.id).desc())).all())


def save(
    session: Session, text: str, origin: PolicyOrigin, now: datetime, *, by: int | None = None, note: str = ""
) -> Policy:
    """Keep a policy as the newest version and return it. Raises PolicyError for a text that is none.

    A text that is the version in force already makes no new one.
    """
    load_policy(text)
    number = latest_version(session)
    if number is not None and session.get_one(PolicyVersion, number).text == text:
        return _read(text, number)
    row = PolicyVersion(text=text, origin=origin, note=note[:200], saved_by=by, saved_at=now)
    session.add(row)
    session.flush()
    assert row.id is not None
    return _read(text, row.id)


def taken_up(session: Session, text: str, origin: PolicyOrigin) -> Policy | None:
    """Return the policy in force if this file or default is on record already, or None if it was edited since.

    So what a person applied by command stays in force until the file itself is edited again.
    """
    known = session.exec(
        select(PolicyVersion.text)
        .where(PolicyVersion.origin == origin)
        .order_by(col(PolicyVersion.id).desc())
        .limit(1)
    ).first()
    return in_force(session) if known == text else None


@lru_cache(maxsize=64)
def _read(text: str, number: int) -> Policy:
    return replace(load_policy(text), version=number)
