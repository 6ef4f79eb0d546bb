"""How an official can be reached safely, and who must not know: kept sealed, shown by a logged opening only."""

from sqlmodel import select

from bot.database import transaction
from bot.delivery import sealing
from bot.services import Services
from escalation import request_log
from escalation.access import Actor
from escalation.errors import NotFound
from escalation.identifiers import new_id
from escalation.tables import SafeContact

LONGEST = 2_000


def keep(services: Services, request_id: int, by: Actor, text: str) -> None:
    """Store what the requester says; the same words again are stored once. Raise NotFound for anybody else."""
    words = text.strip()[:LONGEST]
    if not words:
        return
    now, vault = services.clock(), sealing.vault_of(services)
    with transaction(services.engine) as session:
        request = request_log.lock_request(session, request_id)
        if by.person_id is None or by.person_id != request.person_id:
            raise NotFound("There is no such request.")
        key = request_log.get_key(session, request.data_key_id)
        rows = session.exec(select(SafeContact).where(SafeContact.request_id == request_id)).all()
        known = {
            vault.unseal(key.id, key.wrapped, row.body, row=f"safe_contact/{row.id}", field="body")
            for row in rows
        }
        if words in known:
            return
        row_id = new_id(now)
        body = vault.seal(key.id, key.wrapped, words, row=f"safe_contact/{row_id}", field="body")
        session.add(SafeContact(id=row_id, request_id=request_id, body=body, recorded_at=now))
