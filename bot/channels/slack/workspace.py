"""What only Slack's Web API knows: who we are, who a sender is, what the experts' channel is."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry import RateLimitErrorRetryHandler, RetryHandler

from bot.channels.slack.payloads import Member

log = structlog.get_logger()

# Everything the SDK lets through when Slack can't be reached or says no.
FAILURES = (SlackClientError, OSError, HTTPException)
_REMEMBERED = timedelta(minutes=10)
_ASK_AGAIN = timedelta(seconds=30)
_MOST_REMEMBERED = 5000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class OurselvesInSlack:
    """The desk's own ids; None while Slack has not told."""

    bot_user_id: str | None = None
    bot_id: str | None = None


def patient_client(token: str, base_url: str) -> WebClient:
    """Return a client for work nobody waits for: it waits out rate limits and dropped connections."""
    client = _client(token, base_url, timeout=10, retry_handlers=None)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    return client


def brisk_client(token: str, base_url: str, timeout: int = 2) -> WebClient:
    """Return a client that never tries twice, for calls inside Slack's three seconds and for delivery.

    A repeated chat.postMessage after a dropped connection may be a second post, so the outbox
    decides about repeats, not the SDK.
    """
    return _client(token, base_url, timeout=timeout, retry_handlers=[])


def _client(
    token: str, base_url: str, *, timeout: int, retry_handlers: list[RetryHandler] | None
) -> WebClient:
    client = WebClient(
        token=token,
        base_url=base_url,
        timeout=timeout,
        retry_handlers=retry_handlers,
        logger=quiet_logger("bot.channels.slack.api", logging.CRITICAL),  # each failure is raised as well
    )
    if urlsplit(base_url).hostname in _LOOPBACK:
        client.proxy = None  # the SDK takes a proxy from the environment even for this machine
    return client


def quiet_logger(name: str, level: int = logging.ERROR) -> logging.Logger:
    """Return a logger for the SDK that keeps whole requests and answers out of our logs."""
    logger = logging.getLogger(name)
    logger.setLevel(level)
    return logger


class Workspace:
    """Look-ups that must not make Slack wait: short, remembered, and without an error to the caller."""

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._ourselves = OurselvesInSlack()
        self._ask_after: datetime | None = None
        self._members: dict[tuple[str, str], tuple[datetime, Member]] = {}

    def now(self) -> datetime:
        """Return the present, by the desk's clock."""
        return self._clock()

    def known_ourselves(self) -> OurselvesInSlack:
        """Return the desk's own ids as far as they are known, asking nobody."""
        with self._lock:
            return self._ourselves

    def learn(self, bot_user_id: str) -> None:
        """Remember the desk's own user id, told by a payload."""
        with self._lock:
            if self._ourselves.bot_user_id != bot_user_id:
                self._ourselves = OurselvesInSlack(bot_user_id, None)

    def ourselves(self) -> OurselvesInSlack:
        """Return the desk's own ids, asked once; empty, and asked again later, while Slack is away."""
        now = self._clock()
        with self._lock:
            if self._ourselves.bot_user_id or (self._ask_after and now < self._ask_after):
                return self._ourselves
            self._ask_after = now + _ASK_AGAIN
        answer = self._ask("auth.test")
        with self._lock:
            if answer:
                self._ourselves = OurselvesInSlack(answer.get("user_id"), answer.get("bot_id"))
            return self._ourselves

    def member(self, team: str, user: str) -> Member:
        """Return who the user is. Whom Slack can't tell about now is nobody's full member."""
        now = self._clock()
        with self._lock:
            known = self._members.get((team, user))
        if known and known[0] > now:
            return known[1]
        answer = self._ask("users.info", user=user, include_locale=True)
        if answer is None:
            return known[1] if known else Member()
        member = member_from(answer.get("user"))
        with self._lock:
            if len(self._members) >= _MOST_REMEMBERED:
                self._members.clear()
            self._members[(team, user)] = (now + _REMEMBERED, member)
        return member

    def _ask(self, method: str, **params: Any) -> dict[str, Any] | None:
        try:
            answer = self._client.api_call(method, params=params).data
        except FAILURES as error:
            log.warning(
                "slack look-up failed",
                action="slack.lookup_failed",
                method=method,
                reason=failure_code(error),
            )
            return None
        return answer if isinstance(answer, dict) else None


def member_from(user: object) -> Member:
    """Return the Member in a users.info answer. Guests, outsiders, the gone and machines are not full."""
    if not isinstance(user, dict):
        return Member()
    profile = user.get("profile")
    if not isinstance(profile, dict):
        profile = {}
    name = profile.get("real_name") or user.get("real_name") or profile.get("display_name") or ""
    lesser = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_invited_user")
    locale = str(user.get("locale") or "")
    return Member(
        name=str(name),
        full=not any(user.get(field) for field in lesser),
        language=locale[:2].lower() or None,
    )


def failure_code(error: BaseException) -> str:
    """Return Slack's own error code, or the kind of fault; never a body."""
    response = getattr(error, "response", None)
    code = response.get("error") if response is not None and hasattr(response, "get") else None
    return code[:60] if isinstance(code, str) and code.replace("_", "").isalnum() else type(error).__name__


def experts_channel_fault(client: WebClient, channel: str) -> str | None:
    """Return what is wrong with the experts' channel in words an operator can act on, or None."""
    try:
        info = client.conversations_info(channel=channel).get("channel") or {}
    except FAILURES as error:
        code = failure_code(error)
        if code == "channel_not_found":
            return (
                f"Slack does not show channel {channel} to the desk: check the id and invite the desk to it"
            )
        return f"the experts' channel {channel} could not be checked ({code})"
    shared = info.get("is_ext_shared") or info.get("is_shared") or info.get("is_pending_ext_shared")
    faults = (
        (info.get("is_archived"), "is archived: choose another in SLACK_EXPERTS_CHANNEL"),
        (not info.get("is_member"), "does not have the desk in it: invite it there (/invite)"),
        (not info.get("is_private"), "is public: ticket cards belong in a private channel"),
        (shared, "is shared with another organisation: ticket cards may not go there"),
    )
    return next((f"channel {channel} {fault}" for wrong, fault in faults if wrong), None)
