"""One-time links into the console, and the sessions they start.

Only hashes of tokens are stored. A link works once; whoever presents it first has it.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from bot.browser.session import LIFETIME, STAFF_LIFETIME, Cookie, issue_cookie, keep_session
from bot.browser.visitor import SIGNED_IN
from bot.delivery.enqueue import Destination, Words, to_desk
from bot.delivery.sealing import desk_key, vault_of
from bot.rendering import PageContext
from bot.services import Services
from bot.tables import BrowserSession, SignInLink
from bot.vault import Vault
from escalation import directory
from escalation.kinds import ChannelName, IdentityKind, Lane
from escalation.tables import Identity, Person

STAFF: Final = frozenset({"expert", "lead", "admin", "auditor", "partner"})
LINK_MINUTES: Final = 15
_LINKS_AT_ONCE = 3
_LONGEST_TOKEN = 100
_LONGEST_NUMBER = 12


def create_link(session: Session, person_id: int, now: datetime, minutes: int) -> str:
    """Return the token of a new one-time link for a person, good for that many minutes."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(
            id=_hash(token), person_id=person_id, created_at=now, expires_at=now + timedelta(minutes=minutes)
        )
    )
    session.flush()
    return token


def mail_link(session: Session, services: Services, address: str, now: datetime) -> bool:
    """Queue a one-time link for the member of staff with this mail address; False when there is none.

    At most three in a quarter of an hour go to one person. The caller shows the same page either way.
    """
    person = directory.person_of(session, IdentityKind.EMAIL, "", address)
    if person is None or person.id is None or not is_staff(session, person.id):
        return False
    recent = select(SignInLink.id).where(
        SignInLink.person_id == person.id, SignInLink.created_at > now - timedelta(minutes=LINK_MINUTES)
    )
    if len(session.exec(recent).all()) >= _LINKS_AT_ONCE:
        return False
    token = create_link(session, person.id, now, LINK_MINUTES)
    to_desk(
        session,
        services,
        Words(
            "sign_in",
            person.language or "en",
            PageContext(f"{services.settings.base_url}/console/sign-in/{token}"),
            lane=Lane.URGENT,
        ),
        Destination(ChannelName.EMAIL, json.dumps({"to": address.strip().lower()}, separators=(",", ":"))),
        desk_key(session, vault_of(services), now),
        dedupe_key=f"sign-in:{_hash(token)}",
        now=now,
    )
    return True


def redeem(session: Session, token: str, now: datetime) -> int | None:
    """Use a link up and return whose it was; None when it was used, is too old or never was."""
    if len(token) > _LONGEST_TOKEN:
        return None
    used = session.connection().execute(
        update(SignInLink)
        .where(
            col(SignInLink.id) == _hash(token),
            col(SignInLink.used_at).is_(None),
            col(SignInLink.expires_at) > now,
        )
        .values(used_at=now)
    )
    if cast("CursorResult[Any]", used).rowcount != 1:
        return None
    person = session.get(Person, session.get_one(SignInLink, _hash(token)).person_id)
    return person.id if person is not None and person.suspended_at is None else None


def start_session(session: Session, vault: Vault, person_id: int, now: datetime) -> Cookie:
    """Start a session for a person and return the cookie to send: always a fresh one.

    Staff are signed out after 12 hours, officials after 30 days.
    """
    person = directory.get_person(session, person_id)
    _ensure_identity(session, person_id, now)
    cookie = issue_cookie(vault)
    keep_session(
        session,
        cookie,
        now,
        person_id=person_id,
        demonstration=person.demonstration,
        lifetime=STAFF_LIFETIME if is_staff(session, person_id) else LIFETIME,
    )
    session.flush()
    return cookie


def is_staff(session: Session, person_id: int) -> bool:
    """Tell whether the console is open to a person."""
    return bool(directory.actor_of(session, person_id).roles & STAFF)


def end_sessions(session: Session, person_id: int, now: datetime) -> None:
    """End every session of a person."""
    for row in session.exec(select(BrowserSession).where(BrowserSession.person_id == person_id)).all():
        row.expires_at = min(row.expires_at, now)
        session.add(row)
    session.flush()


def demonstration_token(vault: Vault, person_id: int) -> str:
    """Return the token of a demonstration person's link. It is worth nothing but on this machine."""
    return f"{person_id}-{vault.sign('demonstration', str(person_id))}"


def demonstration_person(session: Session, vault: Vault, token: str) -> int | None:
    """Return the demonstration person whose token this is, or None.

    The caller has asked `demonstration_request_allowed` before.
    """
    number, _, mac = token.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < _LONGEST_NUMBER):
        return None
    if not vault.signed("demonstration", number, mac):
        return None
    person = session.get(Person, int(number))
    known = person is not None and person.demonstration and person.suspended_at is None
    return int(number) if known else None


def _ensure_identity(session: Session, person_id: int, now: datetime) -> None:
    """Give the person the identity that their messages from the browser are known by."""
    known = directory.person_of(session, IdentityKind.WEB, SIGNED_IN, str(person_id))
    if known is None:
        session.add(
            Identity(
                person_id=person_id,
                kind=IdentityKind.WEB,
                issuer=SIGNED_IN,
                external_id=str(person_id),
                verified_how="sign-in link",
                verified_at=now,
            )
        )
        session.flush()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
