"""How the desk marks its own mail: Message-IDs, the instance header and plus-addresses.

Each carries a keyed MAC, so that nobody else's mail passes for ours and nobody guesses a ticket's address.
"""

import re
from collections.abc import Callable

Sign = Callable[[str, str], str]
Signed = Callable[[str, str, str], bool]

INSTANCE_HEADER = "X-Helpdesk-Instance"
STAND_IN = "@stand-in.invalid>"
_MESSAGE_ID = re.compile(r"<([A-Za-z0-9-]{1,64})\.([0-9a-f]{32})@[^<>@\s]{1,255}>")
_TICKET_TAG = re.compile(r"t([0-9]{1,18})\.([0-9a-f]{32})")
_BOUNCE_TAG = re.compile(r"b[A-Za-z0-9-]{1,48}")
_MAX_LOCAL = 64


def message_id(row_id: str, domain: str, sign: Sign) -> str:
    """Return the Message-ID of an outbox row: the same each time it is sent."""
    return f"<{row_id}.{sign('message-id', row_id)}@{domain}>"


def looks_like_ours(value: str) -> bool:
    """Tell whether a Message-ID has the form of ours; the MAC is not looked at."""
    return _MESSAGE_ID.fullmatch(value) is not None


def is_our_message_id(value: str, signed: Signed) -> bool:
    """Tell whether the desk made that Message-ID."""
    match = _MESSAGE_ID.fullmatch(value)
    return match is not None and signed("message-id", match[1], match[2])


def instance(of_message_id: str, sign: Sign) -> str:
    """Return the instance header's value. It holds for that one Message-ID, so a copied header proves nothing."""
    return sign("instance", of_message_id)


def is_our_instance(value: str, of_message_id: str, signed: Signed) -> bool:
    """Tell whether the instance header was made by this desk for the mail that carries it."""
    return signed("instance", of_message_id, value)


def ticket_address(mailbox: str, ticket_id: int, sign: Sign) -> str:
    """Return the address at which an expert's mail reaches one ticket."""
    local, _, domain = mailbox.partition("@")
    return f"{local}+t{ticket_id}.{sign('ticket-address', str(ticket_id))}@{domain}"


def ticket_of(tag: str, signed: Signed) -> int | None:
    """Return the ticket that a plus-tag names, or None when its MAC is not ours."""
    match = _TICKET_TAG.fullmatch(tag.lower())
    if match is None or not signed("ticket-address", match[1], match[2]):
        return None
    return int(match[1])


def return_address(mailbox: str, row_id: str) -> str:
    """Return the envelope sender of a row's mail: bounces then say by their address what bounced."""
    local, _, domain = mailbox.partition("@")
    tagged = f"{local}+b{row_id}"
    return (
        f"{tagged}@{domain}" if len(tagged) <= _MAX_LOCAL and _BOUNCE_TAG.fullmatch(f"b{row_id}") else mailbox
    )


def is_bounce_tag(tag: str) -> bool:
    """Tell whether a plus-tag is one of our return addresses."""
    return _BOUNCE_TAG.fullmatch(tag) is not None


def split_tag(address: str) -> tuple[str, str | None]:
    """Return an address without its plus-tag, and the tag."""
    local, _, domain = address.rpartition("@")
    base, plus, tag = local.partition("+")
    return f"{base}@{domain}", tag if plus else None
