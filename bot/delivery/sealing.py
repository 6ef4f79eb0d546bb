"""Bodies in and out of the vault: which key, which row, which field, in one place."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.database import reading, transaction
from bot.services import Services
from bot.tables import MasterKey
from bot.vault import Vault, VaultError
from escalation import request_log
from escalation.identifiers import new_id
from escalation.rows import insert_new
from escalation.tables import DataKey, Message, OutboxMessage, SafeChannel
from escalation.tables.sealed import seal_with

_DESK_KEY = "desk"
_RECORD_KEY = "record"


def vault_of(services: Services) -> Vault:
    """Return the vault, or raise VaultError when the desk runs safety-only."""
    if services.vault is None:
        raise VaultError(services.vault_fault or "the master key is missing")
    return services.vault


def new_key(session: Session, vault: Vault, now: datetime) -> DataKey:
    """Return a fresh data key row, not yet stored.

    Raise VaultError in a process that has missed that the master key was changed: nobody could open
    what it would seal.
    """
    if session.get(MasterKey, vault.fingerprint) is None:
        raise VaultError("the master key was changed: start the desk again")
    key_id = new_id(now)
    return DataKey(id=key_id, wrapped=vault.new_data_key(key_id), created_at=now)


def desk_key(session: Session, vault: Vault, now: datetime) -> DataKey:
    """Return the key for what belongs to no request (sign-in mails and the like)."""
    return _lasting_key(session, vault, _DESK_KEY, now)


def seal_masked_words(engine: Engine, vault: Vault, now: datetime) -> None:
    """Let this engine keep masked words sealed. Whoever opens an engine to read or write them calls this first."""
    with reading(engine) as session:
        key = session.get(DataKey, _RECORD_KEY)
    if key is None:
        with transaction(engine) as session:
            key = _lasting_key(session, vault, _RECORD_KEY, now)
    seal_with(engine.dialect, vault.record_sealer(key.id, key.wrapped))


def _lasting_key(session: Session, vault: Vault, key_id: str, now: datetime) -> DataKey:
    key = session.get(DataKey, key_id)
    if key is None:
        insert_new(session, DataKey(id=key_id, wrapped=vault.new_data_key(key_id), created_at=now))
        key = session.exec(select(DataKey).where(DataKey.id == key_id)).one()
    return key


def seal_body(vault: Vault, key: DataKey, message_id: str, body: str) -> bytes:
    """Return a message body sealed for its row."""
    return vault.seal(key.id, key.wrapped, body, row=f"message/{message_id}", field="body")


def open_body(session: Session, vault: Vault, message: Message) -> str:
    """Return a message's own words. The caller has asked `access.may` before."""
    key = request_log.get_key(session, request_log.get_request(session, message.request_id).data_key_id)
    return vault.unseal(key.id, key.wrapped, message.body, row=f"message/{message.id}", field="body")


def seal_outbound(vault: Vault, key: DataKey, row_id: str, outbound: str) -> bytes:
    """Return an outbox body sealed for its row."""
    return vault.seal(key.id, key.wrapped, outbound, row=f"outbox/{row_id}", field="body")


def open_outbound(session: Session, vault: Vault, row: OutboxMessage) -> str:
    """Return the stored Outbound of an outbox row."""
    key = request_log.get_key(session, row.data_key_id)
    return vault.unseal(key.id, key.wrapped, row.body, row=f"outbox/{row.id}", field="body")


def seal_safe_channel(vault: Vault, key: DataKey, person_id: int, address: str) -> bytes:
    """Return a safe address sealed for its row."""
    return vault.seal(key.id, key.wrapped, address, row=f"safe_channel/{person_id}", field="address")


def open_safe_channel(session: Session, vault: Vault, row: SafeChannel) -> str:
    """Return the address that a person may safely be written to."""
    key = request_log.get_key(session, row.data_key_id)
    return vault.unseal(
        key.id, key.wrapped, row.address, row=f"safe_channel/{row.person_id}", field="address"
    )
