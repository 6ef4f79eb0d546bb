"""A new master key: every data key wrapped anew in one transaction. What the data keys sealed stays as it is."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, func, select

from bot.database import transaction
from bot.tables import MasterKey
from bot.vault import Vault, VaultError
from escalation.tables import DataKey

_AT_ONCE = 500


def rotate(
    engine: Engine, old: Vault, new: Vault, now: datetime, *, progress: Callable[[int, int], None]
) -> int:
    """Seal the database under the new key and return how many data keys were wrapped anew.

    All or nothing: a process that dies on the way leaves everything under the old key. Raise VaultError
    when the database is not sealed under the old key.
    """
    with transaction(engine) as session:
        known = session.exec(select(MasterKey).with_for_update()).all()
        if [row.fingerprint for row in known] != [old.fingerprint]:
            raise VaultError("the database is not sealed under the key that is here: nothing was changed")
        total = session.exec(
            select(func.count()).select_from(DataKey).where(col(DataKey.wrapped).is_not(None))
        ).one()
        done, last = 0, ""
        progress(0, total)
        while batch := session.exec(
            select(DataKey)
            .where(col(DataKey.wrapped).is_not(None), DataKey.id > last)
            .order_by(col(DataKey.id))
            .limit(_AT_ONCE)
        ).all():
            for key in batch:
                assert key.wrapped is not None
                key.wrapped = new.rewrap(old, key.id, key.wrapped)
                session.add(key)
            session.flush()
            done, last = done + len(batch), batch[-1].id
            session.expunge_all()
            progress(done, total)
        session.delete(session.get_one(MasterKey, old.fingerprint))
        session.add(MasterKey(fingerprint=new.fingerprint, earlier=new.succeed(old), created_at=now))
    return done
