"""One parsed mail in the desk's own words."""

import re
from datetime import datetime

from bot.channels.email import own
from bot.channels.email.address import Destination
from bot.channels.email.authentication import authenticated
from bot.channels.email.own import Signed
from bot.channels.email.parse import InboundEmail
from bot.messages import Case, Inbound, InboundFile, SenderIdentity, ThreadKey
from escalation.tables import ChannelName, IdentityKind, MessageKind

_LONGEST_ADDRESS = 320
_ALIASES = 50
_PREFIXED = re.compile(
    r"\W{0,3}(?:re|r\u00e9p?|fwd?|tr|wg|aw|rv|enc)\s{0,2}(?:\[\d+\])?[\s\u00a0]{0,2}:",
    re.IGNORECASE,
)


def to_inbound(
    email: InboundEmail,
    *,
    mailbox: str,
    received_at: datetime,
    authserv_id: str | None,
    vault_signed: Signed,
) -> Inbound | None:
    """Return the mail as an Inbound, or None for the desk's own.

    `mailbox` is the desk's address; `received_at` the host's own time of arrival, not the writer's date.
    `case` is set only for a person's mail to a ticket's signed address whose sender the host vouches for.
    """
    desk = own.split_tag(mailbox.strip().lower())[0]
    identifier = email.message_id or f"<{email.fingerprint}{own.STAND_IN}"
    if own.is_our_message_id(identifier, vault_signed):
        return None
    if email.instance and own.is_our_instance(email.instance, identifier, vault_signed):
        return None
    verified = authenticated(email, authserv_id)
    sender = email.from_address[:_LONGEST_ADDRESS]
    # Mail that claims to come from the desk itself is kept, and never answered: that would be a loop.
    claims_desk = own.split_tag(sender)[0] == desk
    kind = MessageKind.AUTO_REPLY if claims_desk and email.kind is MessageKind.MESSAGE else email.kind
    parents = ([email.in_reply_to] if email.in_reply_to else []) + list(reversed(email.references))
    root = email.references[0] if email.references else email.in_reply_to or identifier
    return Inbound(
        key=f"email:{desk}:{identifier}:{email.fingerprint}",
        kind=kind,
        thread=ThreadKey(
            channel=ChannelName.EMAIL,
            key=root,
            # no subject: it may hold the very address that must not leak, and this is stored in the clear
            address=Destination(_reply_address(email, desk, verified=verified), "").dumps(),
            aliases=tuple(dict.fromkeys(parents))[:_ALIASES],
        ),
        sender=SenderIdentity(IdentityKind.EMAIL, "", sender, email.from_name, verified=verified),
        text=_text(email),
        occurred_at=received_at,
        subject=email.subject or None,
        external_id=identifier,
        files=(
            *(InboundFile(file.name, file.media_type[:200], file.content) for file in email.attachments),
            InboundFile("message.eml", "message/rfc822", email.raw),
        ),
        case=_case(email, desk, vault_signed) if verified and kind is MessageKind.MESSAGE else None,
    )


def _text(email: InboundEmail) -> str:
    """Return what was said. The subject is part of it where it is the writer's own: some say all of it there."""
    subject = email.subject
    follows = bool(email.references or email.in_reply_to)
    if not subject or follows or _PREFIXED.match(subject) or subject.lower() in email.text.lower():
        return email.text or (subject if not _PREFIXED.match(subject) else "")
    return f"{subject}\n\n{email.text}".strip()


def _reply_address(email: InboundEmail, desk: str, *, verified: bool) -> str:
    """Return where an answer goes: Reply-To when it can't be used to lead answers astray, else From."""
    asked = email.reply_to[0] if len(email.reply_to) == 1 else email.from_address
    # Anybody can write a From: what was not proved is answered to that address and nowhere else.
    if own.split_tag(asked)[0] == desk or not verified:
        return email.from_address
    return asked


def _case(email: InboundEmail, desk: str, signed: Signed) -> Case | None:
    for base, tag in email.tags:
        ticket_id = own.ticket_of(tag, signed) if base == desk else None
        if ticket_id is not None:
            return Case(ticket_id, public=True)
    return None
