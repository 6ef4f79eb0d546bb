"""Slack's native payloads as they arrive, with invented people. Builders return fresh dicts."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from tests.support.slack_api import APP_ID, BOT_ID, BOT_USER, TEAM

SECRET = "not-a-real-signing-secret"
TOKEN = "xoxb-not-a-real-token"
OFFICIAL = "U0OFFICIAL"
EXPERT = "U0EXPERT"
DM = "D0OFFICIAL"
CHANNEL = "C0TOWNHALL"
EXPERTS = "G0EXPERTS"
TS = "1790000000.000100"


def envelope(event: dict[str, Any], **over: Any) -> dict[str, Any]:
    """Return an Events API body around an event."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{event.get('type')}{event.get('ts', '')}",
        "event_time": 1790000000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        **over,
    }


def direct(text: str, *, user: str = OFFICIAL, ts: str = TS, **over: Any) -> dict[str, Any]:
    """Return a direct message to the desk."""
    event = {
        "type": "message",
        "user": user,
        "team": TEAM,
        "client_msg_id": "9f2c6f6e-0000-4000-8000-000000000001",
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "channel": DM,
        "channel_type": "im",
        **over,
    }
    return envelope(event)


def in_channel(text: str, *, channel: str = CHANNEL, kind: str = "message", **over: Any) -> dict[str, Any]:
    """Return a post in a channel, as a `message` or as an `app_mention` event."""
    body = direct(text, channel=channel, **over)
    body["event"]["type"] = kind
    body["event_id"] = f"Ev{kind}"
    if kind == "app_mention":
        del body["event"]["channel_type"]
    else:
        body["event"]["channel_type"] = "group" if channel.startswith("G") else "channel"
    return body


def edited(text: str, *, before: str, **over: Any) -> dict[str, Any]:
    """Return the event of an edited direct message."""
    message = {
        "type": "message",
        "user": OFFICIAL,
        "team": TEAM,
        "text": text,
        "ts": TS,
        "edited": {"user": OFFICIAL, "ts": "1790000060.000000"},
        **over,
    }
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": DM,
        "channel_type": "im",
        "ts": "1790000060.000200",
        "event_ts": "1790000060.000200",
        "message": message,
        "previous_message": {**message, "text": before, "edited": None},
    }
    return envelope(event)


def deleted() -> dict[str, Any]:
    """Return the event of a deleted direct message."""
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": DM,
        "channel_type": "im",
        "deleted_ts": TS,
        "ts": "1790000090.000300",
        "event_ts": "1790000090.000300",
        "previous_message": {"type": "message", "user": OFFICIAL, "team": TEAM, "text": "gone", "ts": TS},
    }
    return envelope(event)


def by_desk(text: str) -> dict[str, Any]:
    """Return the event of a post the desk itself made."""
    return direct(text, user=BOT_USER, bot_id=BOT_ID, app_id=APP_ID, bot_profile={"id": BOT_ID})


def click(
    action: str,
    value: str,
    *,
    user: str = OFFICIAL,
    channel: str = DM,
    message_ts: str = TS,
    action_ts: str = "1790000100.000001",
    blocks: list[dict[str, Any]] | None = None,
    team: str = TEAM,
) -> dict[str, Any]:
    """Return the payload of a pressed button."""
    return {
        "type": "block_actions",
        "user": {"id": user, "username": "someone", "team_id": team},
        "api_app_id": APP_ID,
        "team": {"id": TEAM, "domain": "desk"},
        "container": {"type": "message", "message_ts": message_ts, "channel_id": channel},
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        "channel": {"id": channel, "name": "directmessage"},
        "message": {
            "type": "message",
            "bot_id": BOT_ID,
            "ts": message_ts,
            "thread_ts": TS,
            "text": "card",
            "blocks": blocks or [],
        },
        "actions": [
            {"type": "button", "action_id": action, "block_id": "b1", "value": value, "action_ts": action_ts}
        ],
    }


def submitted(
    number: str, text: str | None, *, user: str = EXPERT, view_id: str = "V0REPLY"
) -> dict[str, Any]:
    """Return the payload of the reply form."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "desk"},
        "user": {"id": user, "team_id": TEAM},
        "api_app_id": APP_ID,
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        "view": {
            "id": view_id,
            "type": "modal",
            "callback_id": "reply",
            "private_metadata": number,
            "blocks": [],
            "state": {"values": {"reply": {"text": {"type": "plain_text_input", "value": text}}}},
        },
    }


def as_json(body: dict[str, Any]) -> bytes:
    """Return the bytes of an event request."""
    return json.dumps(body).encode()


def as_form(payload: dict[str, Any]) -> bytes:
    """Return the bytes of an interactivity request."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, *, at: int | None = None, secret: str = SECRET) -> dict[str, str]:
    """Return the headers Slack would send with these bytes."""
    timestamp = str(int(time.time()) if at is None else at)
    mac = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    return {
        "Content-Type": kind,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={mac.hexdigest()}",
    }


def filled(view: dict[str, Any], *, choice: str, words: str, user: str = EXPERT) -> dict[str, Any]:
    """Return the payload of a form of ours, filled in."""
    asked = {block["block_id"] for block in view["blocks"]}
    values: dict[str, Any] = {"words": {"text": {"type": "plain_text_input", "value": words}}}
    if "choice" in asked:
        values["choice"] = {"choice": {"type": "static_select", "selected_option": {"value": choice}}}
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "desk"},
        "user": {"id": user, "team_id": TEAM},
        "api_app_id": APP_ID,
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        "view": {
            "id": f"V0{view['private_metadata']}",
            "type": "modal",
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"],
            "state": {"values": values},
        },
    }
