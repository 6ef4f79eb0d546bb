"""The signature of what the desk and the gateway send each other. Pure."""

import hashlib
import hmac
import re
from datetime import datetime

HEADER = "Helpdesk-Signature"
_TOLERANCE = 300.0  # seconds: a recorded call of the gateway is worth nothing after that
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def sign(secret: str, body: bytes, at: datetime) -> str:
    """Return the header's value: the time, and the HMAC-SHA256 of "time.body" under the shared secret."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(secret, moment, body)}"


def signed(secret: str, body: bytes, header: str, now: datetime) -> bool:
    """Tell whether the header is the other side's for this body, made within five minutes of `now`."""
    match = _FORM.fullmatch(header.strip())
    if match is None or abs(now.timestamp() - int(match[1])) > _TOLERANCE:
        return False
    return hmac.compare_digest(match[2], _digest(secret, match[1], body))


def _digest(secret: str, moment: str, body: bytes) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
