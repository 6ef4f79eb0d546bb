"""The HTTP door: everything that may be wrong with a request is found before Bolt parses it."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs

import structlog
from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

log = structlog.get_logger()

LARGEST = 1_000_000
_TIMESTAMP_DIGITS = 12
_CHECK = 2_000
_JSON = {"content-type": "application/json"}

Reply = tuple[int, dict[str, str], bytes]


def handle_http(app: App, headers: Mapping[str, str], body: bytes, *, signing_secret: str) -> Reply:
    """Return status, headers and body for one request to the events endpoint; never raise for input.

    Blocks until the listener is done: run it on a thread pool. 413 too large, 401 not signed by Slack
    or too old, 400 not understood, 500 not stored (Slack delivers again), else 200.
    """
    named = {name.lower(): value for name, value in headers.items()}
    if len(body) > LARGEST:
        return _refuse(413, "too large")
    timestamp = named.get("x-slack-request-timestamp", "")
    signature = named.get("x-slack-signature", "")
    if not signature and _ssl_check(body):
        return 200, {}, b""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _refuse(400, "not understood")
    if not _signed(signing_secret, timestamp, signature, text):
        return _refuse(401, "not signed by Slack")
    request = _understood(text, named)
    if request is None:
        return _refuse(400, "not understood")
    response = app.dispatch(request)
    return response.status, response.first_headers_without_set_cookie(), str(response.body or "").encode()


def _signed(secret: str, timestamp: str, signature: str, body: str) -> bool:
    # The SDK raises for a timestamp that is no number, and for a signature that is not ASCII.
    if not (secret and timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS):
        return False
    return signature.isascii() and SignatureVerifier(secret).is_valid(body, timestamp, signature)


def _understood(body: str, headers: Mapping[str, str]) -> BoltRequest | None:
    try:
        request = BoltRequest(body=body, headers=dict(headers))
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None
    return request if isinstance(request.body, dict) and request.body else None


def _ssl_check(body: bytes) -> bool:
    # Slack's certificate check is not signed and wants nothing but an answer.
    return parse_qs(body[:_CHECK].decode("latin-1")).get("ssl_check") == ["1"]


def _refuse(status: int, reason: str) -> Reply:
    log.info("slack request refused", action="slack.refused", reason=reason)
    return status, dict(_JSON), json.dumps({"error": reason}).encode()
