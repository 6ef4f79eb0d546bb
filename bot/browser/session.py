"""Who a browser is: its cookie, its session row, its proof that a form is our own.

A cookie is issued with a page, and stored only once something is sent; it carries our MAC, so a
session can't be chosen for somebody else. What the database keeps is a hash of it.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlmodel import Session

from bot.settings import LOOPBACK, Settings
from bot.tables import BrowserSession
from bot.vault import Vault

LIFETIME: Final = timedelta(days=30)
STAFF_LIFETIME: Final = timedelta(hours=12)
_COOKIE = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9a-f]{32})")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9a-f]{32})")
_FORWARDED = ("forwarded", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Cookie:
    """One browser's cookie. `id` is what the database knows it by."""

    value: str

    @property
    def id(self) -> str:
        """Return the hash that names the session."""
        return hashlib.sha256(self.value.encode()).hexdigest()


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name: with https it is bound to the host and to TLS by its prefix."""
    return "__Host-helpdesk" if secure(settings) else "helpdesk"


def secure(settings: Settings) -> bool:
    """Tell whether people reach the desk over https."""
    return settings.base_url.startswith("https://")


def issue_cookie(vault: Vault) -> Cookie:
    """Return a fresh cookie that nobody can guess."""
    token = secrets.token_urlsafe(32)
    return Cookie(f"{token}.{vault.sign('cookie', token)}")


def read_cookie(vault: Vault, value: str | None) -> Cookie | None:
    """Return the cookie if we issued it, else None."""
    match = _COOKIE.fullmatch(value or "")
    return Cookie(match[0]) if match and vault.signed("cookie", match[1], match[2]) else None


def find_session(session: Session, cookie: Cookie) -> BrowserSession | None:
    """Return the stored session of that cookie, whether or not it is still good."""
    return session.get(BrowserSession, cookie.id)


def is_live(row: BrowserSession | None, now: datetime) -> bool:
    """Tell whether a session may be used; one not stored yet may."""
    return row is None or now < row.expires_at


def keep_session(
    session: Session,
    cookie: Cookie,
    now: datetime,
    *,
    person_id: int | None = None,
    demonstration: bool = False,
    lifetime: timedelta = LIFETIME,
) -> None:
    """Store the session of a cookie that is to be remembered; one already stored is only marked seen."""
    row = session.get(BrowserSession, cookie.id)
    if row is None:
        row = BrowserSession(
            id=cookie.id,
            person_id=person_id,
            demonstration=demonstration,
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
        )
    row.seen_at = now
    session.add(row)


def end_session(session: Session, cookie: Cookie, now: datetime) -> None:
    """End a session for good: the row stays, so that the cookie can't come back to life."""
    keep_session(session, cookie, now)
    session.flush()
    row = session.get_one(BrowserSession, cookie.id)
    row.expires_at = now
    session.add(row)


def csrf_token(vault: Vault, cookie: Cookie) -> str:
    """Return the token that every form of this session carries."""
    return vault.sign("form", cookie.id)


def is_own_form(vault: Vault, cookie: Cookie, token: str) -> bool:
    """Tell whether a form was made for this session."""
    return vault.signed("form", cookie.id, token)


def issue_once(vault: Vault, cookie: Cookie) -> str:
    """Return a token that names one sending: the same form sent twice is one message."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{vault.sign('once', f'{cookie.id} {nonce}')}"


def read_once(vault: Vault, cookie: Cookie, token: str) -> str | None:
    """Return the nonce of a token that was made for this session, else None."""
    match = _TOKEN.fullmatch(token)
    return match[1] if match and vault.signed("once", f"{cookie.id} {match[1]}", match[2]) else None


def own_origin(settings: Settings, scheme: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a POST comes from our own pages.

    Under `Referrer-Policy: no-referrer` browsers send `Origin: null` with a form, so null is judged by
    Sec-Fetch-Site where the browser has it, and by the form's own token in any case.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None or origin == "null":
        return True
    own = {f"{scheme}://{headers.get('host', '')}"}
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        own = {f"{parts.scheme}://{parts.netloc}"}
    return origin.rstrip("/").lower() in {address.lower() for address in own}


def demonstration_request_allowed(
    settings: Settings, peer_host: str | None, host_header: str | None, headers: Mapping[str, str]
) -> bool:
    """Tell whether a request may act as a demonstration person: from this machine, through nothing.

    `headers` has lower-case names. A forwarding header means that a proxy stands between, so that the
    peer address says nothing.
    """
    if not settings.demonstration_allowed or peer_host not in LOOPBACK:
        return False
    if any(name in _FORWARDED or name.startswith("x-forwarded-") for name in headers):
        return False
    return _host_of(host_header or "") in LOOPBACK


def _host_of(header: str) -> str:
    host = re.fullmatch(r"(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9.-]+))(?::\d{1,5})?", header.strip())
    return (host[1] or host[2]).lower() if host else ""


def fingerprint(text: str) -> str:
    """Return a short name for a text, the same for the same words."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
