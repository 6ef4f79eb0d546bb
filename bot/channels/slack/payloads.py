"""Slack's event payloads into Inbound values. Pure: looking things up is the caller's work.

`read` finds out what was posted, where and by whom; `to_inbound` adds what only a look-up can tell
(who the sender is, whether the thread is ours). Only machines' posts, and posts that are not for the
desk, give None.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.slack import markup
from bot.messages import Case, Inbound, SenderIdentity, ThreadKey
from escalation.tables import ChannelName, IdentityKind, MessageKind

Payload = Mapping[str, Any]

# What people post. Every other subtype is Slack talking about the channel (joins, topics, ...).
_POSTS = frozenset({None, "", "file_share", "thread_broadcast", "me_message"})
_TS = re.compile(r"(\d{1,12})\.(\d{6})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """What Slack says about a sender. `full` is false for guests, outsiders and whoever it can't tell."""

    name: str = ""
    full: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One person's post, edit or deletion, as found in the payload.

    `team` is the workspace the desk is installed in, `home` the sender's own. `ts` names the post
    itself, also when it was edited or deleted; `root` the post its thread hangs from.
    """

    key: str
    kind: MessageKind
    team: str
    home: str
    channel: str
    direct: bool
    ts: str
    root: str
    in_thread: bool
    user: str
    mentioned: bool
    text: str
    occurred_at: datetime

    @property
    def thread(self) -> ThreadKey:
        """Return the conversation. A direct message outside a thread starts one without naming it."""
        return ThreadKey(
            channel=ChannelName.SLACK,
            key=f"{self.team}:{self.channel}:{self.root}",
            address=address(self.channel, self.root, self.team),
            threaded=self.in_thread or not self.direct,
        )


def address(channel: str, thread_ts: str | None, team: str) -> str:
    """Return where a reply goes, as compact JSON; `thread_ts` None means: not in a thread."""
    return json.dumps({"channel": channel, "thread_ts": thread_ts, "team": team}, separators=(",", ":"))


def instant(ts: str) -> datetime | None:
    """Return the aware UTC instant of a Slack timestamp, exact to the microsecond, or None."""
    match = _TS.fullmatch(ts)
    if match is None:
        return None
    return _EPOCH + timedelta(seconds=int(match.group(1)), microseconds=int(match.group(2)))


def read(body: Payload, bot_user_id: str | None = None) -> Post | None:
    """Return the person's post in an event payload, or None when it is no person's post.

    The desk's own user id is taken from the payload where Slack gives it, else from the argument.
    """
    event = _mapping(body.get("event"))
    bot_user_id = own_user_id(body) or bot_user_id
    if event.get("type") not in {"message", "app_mention"}:
        return None
    kind, message = _unwrap(event)
    if kind is None or _by_machine(message, bot_user_id):
        return None
    ts = _text(message.get("ts"))
    when = instant(_text(event.get("event_ts")) or ts) if kind is not MessageKind.MESSAGE else instant(ts)
    team = _text(body.get("team_id")) or _text(body.get("context_team_id")) or _text(event.get("team"))
    channel, user = _text(event.get("channel")), _text(message.get("user"))
    if when is None or not (ts and team and channel and user):
        return None
    raw = "" if kind is MessageKind.DELETION else _written(message)
    at_desk = event["type"] == "app_mention"
    if at_desk and not bot_user_id:
        raw = markup.without_first_mention(raw)
    thread_ts = _text(message.get("thread_ts"))
    return Post(
        key=_key(team, channel, ts, kind, event, message),
        kind=kind,
        team=team,
        home=_home(message, event) or team,
        channel=channel,
        direct=event.get("channel_type") == "im" or channel.startswith("D"),
        ts=ts,
        root=thread_ts or ts,
        in_thread=bool(thread_ts) and thread_ts != ts,
        user=user,
        mentioned=at_desk or bool(bot_user_id and f"<@{bot_user_id}" in raw),
        text=markup.plain(raw, bot_user_id),
        occurred_at=when,
    )


def to_inbound(post: Post, member: Member, *, ours: bool = False, case: Case | None = None) -> Inbound | None:
    """Return the Inbound, or None for a channel post that is not for the desk.

    In a channel the desk hears what mentions it, what is written in a thread it already answers
    (`ours`), and what experts write under a ticket card (`case`: an internal note, never an answer).
    """
    if not (post.direct or post.mentioned or ours or case):
        return None
    return Inbound(
        key=post.key,
        kind=post.kind,
        thread=post.thread,
        sender=SenderIdentity(
            kind=IdentityKind.SLACK,
            issuer=post.home,
            external_id=post.user,
            name=member.name,
            verified=member.full and post.home == post.team,
        ),
        text=post.text,
        occurred_at=post.occurred_at,
        external_id=post.ts,
        case=case,
    )


def parse(
    body: Payload,
    *,
    bot_user_id: str | None = None,
    member: Member | None = None,
    ours: bool = False,
    case: Case | None = None,
) -> Inbound | None:
    """Return the Inbound of an event payload, or None: `read` and `to_inbound` in one."""
    post = read(body, bot_user_id)
    return to_inbound(post, member or Member(), ours=ours, case=case) if post else None


def _unwrap(event: Payload) -> tuple[MessageKind | None, Payload]:
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        previous = _mapping(event.get("previous_message"))
        return MessageKind.DELETION, {**previous, "ts": event.get("deleted_ts") or previous.get("ts")}
    if subtype == "message_changed":
        message, previous = _mapping(event.get("message")), _mapping(event.get("previous_message"))
        if message.get("subtype") == "tombstone":  # a deleted post that had replies leaves a stone
            return MessageKind.DELETION, {**previous, "ts": message.get("ts")}
        if message.get("subtype") not in _POSTS or message.get("text") == previous.get("text"):
            return None, message  # a link preview arrived, a reaction was counted: nobody edited
        return MessageKind.EDIT, message
    return (MessageKind.MESSAGE, event) if subtype in _POSTS else (None, event)


def _key(team: str, channel: str, ts: str, kind: MessageKind, event: Payload, message: Payload) -> str:
    # `message` and `app_mention` of one post have different event ids but the same team, channel, ts.
    key = f"slack:{team}:{channel}:{ts}"
    if kind is MessageKind.EDIT:
        edited = _text(_mapping(message.get("edited")).get("ts")) or _text(event.get("event_ts"))
        return f"{key}:edit:{edited}"
    return f"{key}:deletion" if kind is MessageKind.DELETION else key


def _by_machine(message: Payload, bot_user_id: str | None) -> bool:
    return (
        any(message.get(field) for field in ("bot_id", "app_id", "bot_profile"))
        or message.get("subtype") == "bot_message"
        or message.get("user") in {bot_user_id, "USLACKBOT"}
    )


def own_user_id(body: Payload) -> str | None:
    """Return the desk's own user id where the payload tells it."""
    authorizations = body.get("authorizations")
    for authorization in authorizations if isinstance(authorizations, list) else ():
        if _mapping(authorization).get("is_bot"):
            return _text(_mapping(authorization).get("user_id")) or None
    return None


def _home(message: Payload, event: Payload) -> str:
    for source in (message, event):
        for field in ("user_team", "source_team"):
            if found := _text(source.get(field)):
                return found
    return _text(message.get("team"))


def _written(message: Payload) -> str:
    """Return the post's own words, then the words it forwards, then the names of its files."""
    parts = [_text(message.get("text"))]
    for attachment in message.get("attachments") or ():
        shared = _mapping(attachment)
        if shared.get("is_share") or shared.get("is_msg_unfurl"):
            parts.append(_text(shared.get("text")))
    for file in message.get("files") or ():
        name = _text(_mapping(file).get("name")) or _text(_mapping(file).get("title"))
        if name:
            parts.append(f"[{markup.escape(name)}]")
    return "\n".join(part for part in parts if part)


def _mapping(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
