"""Carries the outbox to Slack: one Outbound, one or more posts in a thread."""

import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.channels.slack.payloads import instant
from bot.channels.slack.views.posts import SlackPost, plain_posts, posts
from bot.channels.slack.workspace import failure_code
from bot.messages import DeliveryError, Outbound, Receipt

EVENT_TYPE = "helpdesk_outbox"

_CHANNEL = re.compile(r"[A-Z][A-Z0-9]{1,30}")
_TIMEOUT = 10
_WAIT_WHEN_UNSAID = 30.0
_HALF_SENT = 500
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_REFUSED_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_THREAD_GONE = frozenset({"thread_not_found", "invalid_thread_ts", "cannot_reply_to_message"})
# Slack's codes that trying again does not mend, and what would.
_REMEDIES = {
    "not_in_channel": "the desk is not in that channel: invite it there (/invite)",
    "channel_not_found": "Slack does not show that channel to the desk: check its id, invite the desk",
    "is_archived": "that channel is archived: restore it or choose another",
    "user_not_found": "that Slack user does not exist any more",
    "user_disabled": "that Slack user was deactivated",
    "cannot_dm_bot": "that Slack user is an app: it can't be written to",
    "messages_tab_disabled": "the app's Messages tab is off: install slack-manifest.json again",
    "invalid_auth": "Slack does not accept the token: set SLACK_BOT_TOKEN to the installed app's bot token",
    "not_authed": "Slack got no token: set SLACK_BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace: install it again, set SLACK_BOT_TOKEN",
    "token_revoked": "the token was revoked: install the app again, set SLACK_BOT_TOKEN",
    "token_expired": "the token ran out: install the app again, set SLACK_BOT_TOKEN",
    "missing_scope": "the app lacks a permission: install slack-manifest.json again",
    "no_permission": "the app lacks a permission: install slack-manifest.json again",
    "not_allowed_token_type": "SLACK_BOT_TOKEN must be a bot token (xoxb-...)",
    "team_access_not_granted": "the app may not act in that workspace: an owner must allow it",
    "org_login_required": "the workspace is being moved: ask its owner",
    "ekm_access_denied": "the workspace's owners have suspended posting",
    "restricted_action": "the workspace does not let the desk post there: ask its owner",
    "restricted_action_read_only_channel": "that channel is read-only: ask its owner",
    "restricted_action_thread_only_channel": "that channel takes replies in threads only",
    "restricted_action_thread_locked": "that thread is locked",
    "restricted_action_non_threadable_channel": "that channel takes no threads",
    "external_channel_migrating": "that shared channel is being moved",
    "msg_too_long": "Slack finds the message too long",
    "no_text": "Slack finds the message empty",
    "thread_not_found": "the thread is gone",
    "invalid_thread_ts": "the thread is gone",
    "cannot_reply_to_message": "that post can't be replied to",
    "invalid_blocks": "Slack refuses the message's form",
    "invalid_blocks_format": "Slack refuses the message's form",
    "msg_blocks_too_long": "Slack finds the message too long",
    "invalid_arguments": "Slack refuses the message's form",
    "invalid_metadata_format": "Slack refuses the message's form",
    "metadata_too_large": "Slack refuses the message's form",
    "as_user_not_supported": "Slack refuses the message's form",
}


@dataclass(slots=True)
class _HalfSent:
    """The posts of a message that Slack has taken already, as blocks or as plain text."""

    plain: bool = False
    sent: list[str] = field(default_factory=list)


class SlackSender:
    """Sender over chat.postMessage. Repeats are the outbox's business, never the SDK's.

    When a long message fails half-way, the same process goes on with the part that failed; another
    process begins again, which is within "at least once".
    """

    def __init__(self, client: WebClient) -> None:
        self._client = WebClient(
            token=client.token,
            base_url=client.base_url,
            timeout=min(client.timeout, _TIMEOUT),
            ssl=client.ssl,
            logger=client.logger,
            retry_handlers=[],
        )
        self._client.proxy = client.proxy
        self._half_sent: OrderedDict[str, _HalfSent] = OrderedDict()
        self._lock = threading.Lock()

    def send(self, message: Outbound) -> Receipt:
        """Post the message in its thread and return the first post's ts, or raise DeliveryError."""
        channel, thread_ts = _destination(message)
        with self._lock:
            half = self._half_sent.pop(message.row_id, _HalfSent())
        try:
            if not half.plain:
                self._post_rest(message, posts(message), channel, thread_ts, half.sent)
        except _RefusedBlocksError:
            half = _HalfSent(plain=True)
        except DeliveryError:
            self._remember(message.row_id, half)
            raise
        if half.plain:
            try:
                self._post_rest(message, plain_posts(message), channel, thread_ts, half.sent)
            except DeliveryError:
                self._remember(message.row_id, half)
                raise
        return Receipt(external_id=half.sent[0] if half.sent else None)

    def _post_rest(
        self,
        message: Outbound,
        posts: tuple[SlackPost, ...],
        channel: str,
        thread_ts: str | None,
        sent: list[str],
    ) -> None:
        for part, post in enumerate(posts):
            if part >= len(sent):
                root = thread_ts or (sent[0] if sent else None)
                sent.append(self._post(message, post, part, channel, root))

    def _remember(self, row_id: str, half: _HalfSent) -> None:
        with self._lock:
            if half.sent or half.plain:
                self._half_sent[row_id] = half
            while len(self._half_sent) > _HALF_SENT:
                self._half_sent.popitem(last=False)

    def _post(
        self, message: Outbound, post: SlackPost, part: int, channel: str, thread_ts: str | None
    ) -> str:
        payload: dict[str, Any] = {"row_id": message.row_id}
        if part:
            payload["part"] = part + 1
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": post.text,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": payload},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if post.blocks:
            arguments["blocks"] = list(post.blocks)
        try:
            return self._call(arguments, thread_ts)
        except SlackApiError as error:
            code = str(error.response.get("error") or "")
            if code in _REFUSED_BLOCKS and post.blocks:
                raise _RefusedBlocksError from None
            if code in _THREAD_GONE and thread_ts and channel.startswith("D"):
                # The official deleted the root of their own thread: their words must still reach them.
                try:
                    return self._call(arguments, None)
                except SlackApiError as again:
                    raise _translated(again) from None
            raise _translated(error) from None
        except (SlackClientError, OSError, HTTPException) as error:
            raise DeliveryError(f"Slack can't be reached ({failure_code(error)})") from None

    def _call(self, arguments: dict[str, Any], thread_ts: str | None) -> str:
        if thread_ts:
            arguments = {**arguments, "thread_ts": thread_ts}
        return str(self._client.chat_postMessage(**arguments).get("ts") or "")


class _RefusedBlocksError(Exception):
    """Slack refuses the blocks; the words may still pass as plain text."""


def _destination(message: Outbound) -> tuple[str, str | None]:
    """Return channel and thread. An address is compact JSON, or a channel's bare id."""
    if _CHANNEL.fullmatch(message.address):
        place: Any = {"channel": message.address}
    else:
        try:
            place = json.loads(message.address)
        except ValueError:
            place = None
    if not isinstance(place, dict) or not _CHANNEL.fullmatch(str(place.get("channel"))):
        raise DeliveryError("the address is not a Slack conversation", permanent=True)
    # What is answered may have come by another channel: only a Slack ts names a thread here.
    follows = message.reply_to if message.reply_to and instant(message.reply_to) else None
    return str(place["channel"]), place.get("thread_ts") or follows


def _translated(error: SlackApiError) -> DeliveryError:
    response = error.response
    code = failure_code(error)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or code in _LIMITED:
        return DeliveryError("Slack asks the desk to slow down", retry_after=_retry_after(response.headers))
    if remedy := _REMEDIES.get(code):
        return DeliveryError(f"{remedy} ({code})", permanent=True)
    # An unknown refusal is tried again: a lost message is worse than a late one.
    return DeliveryError(f"Slack could not take the message ({code}, HTTP {response.status_code})")


def _retry_after(headers: dict[str, Any]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return max(0.0, float(value[0] if isinstance(value, list) else value))
            except ValueError:
                break
    return _WAIT_WHEN_UNSAID
