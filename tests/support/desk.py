"""A real desk for a test: real database, starter library, demonstration cast, recording senders."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text
from sqlmodel import select

from bot import conversation
from bot.app import build
from bot.conversation import Accepted
from bot.database import open_engine, reading
from bot.delivery import sealing
from bot.delivery.loop import deliver_due
from bot.messages import Case, DeliveryError, Inbound, Outbound, Receipt, SenderIdentity, ThreadKey
from bot.redaction import mask
from bot.services import Masker, Services
from bot.settings import Settings, load
from escalation import directory
from escalation.access import Actor
from escalation.tables import ChannelName, IdentityKind, Message, MessageKind, OutboxMessage, Ticket
from tests.support.shared import WORKER, of_the_run, one_at_a_time

MONDAY_NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Monday 12:00 in Toronto, the hub is open
_TEMPLATE, _MAKING = "desk_template", "desk_in_the_making"
OFFICIAL, OFFICIAL_FR, EXPERT, OTHER_EXPERT, ADMIN = 1, 2, 3, 4, 5


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


_ENGINES: dict[str, list[Engine]] = {}


@contextmanager
def lent_engine(url: str) -> Iterator[Engine]:
    """Yield an engine for this address that is connected to nothing.

    One that somebody gave back has compiled its statements already: that is a fifth of what a test costs.
    """
    free = _ENGINES.setdefault(url, [])
    engine = free.pop() if free else open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
        free.append(engine)


@dataclass
class RecordingSender:
    """A carrier that keeps what it is given, and can be told to fail."""

    sent: list[Outbound] = field(default_factory=list)
    failures: list[DeliveryError] = field(default_factory=list)

    def send(self, message: Outbound) -> Receipt:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return Receipt(external_id=f"carrier-{len(self.sent)}")


@dataclass
class Desk:
    """A desk under test: services, clock, and what each channel sent."""

    services: Services
    clock: Clock
    carriers: dict[ChannelName, RecordingSender]

    def inbound(
        self, text: str, *, key: str, thread: str = "t1", who: str = "stranger", **more: object
    ) -> Inbound:
        """Return a message from a web visitor, unless told otherwise."""
        values: dict[str, object] = {
            "key": key,
            "kind": MessageKind.MESSAGE,
            "thread": ThreadKey(ChannelName.WEB, thread, thread),
            "sender": SenderIdentity(IdentityKind.WEB, "site", who),
            "text": text,
            "occurred_at": self.clock(),
        }
        return Inbound(**{**values, **more})  # type: ignore[arg-type]

    def say(self, text: str, *, key: str | None = None, **more: object) -> Accepted:
        """Accept and answer a message at once."""
        self.clock.advance(timedelta(milliseconds=10))
        message = self.inbound(text, key=key or f"key-{self.clock().isoformat()}", **more)  # type: ignore[arg-type]
        accepted = conversation.accept(self.services, message)
        conversation.handle(self.services, accepted.message_id)
        return accepted

    def actor(self, person_id: int) -> Actor:
        """Return a member of the cast as somebody who acts."""
        with reading(self.services.engine) as session:
            return directory.actor_of(session, person_id)

    def deliver(self) -> None:
        """Send everything that is due, on every channel."""
        for channel in self.services.senders:
            deliver_due(self.services, channel, "test-worker")

    def sent(self, kind: str) -> list[Outbound]:
        """Return what was sent of one kind, on all channels."""
        return [
            message for carrier in self.carriers.values() for message in carrier.sent if message.kind == kind
        ]

    def carriers_sent(self) -> list[Outbound]:
        """Return everything that was sent."""
        return [message for carrier in self.carriers.values() for message in carrier.sent]

    def rows(self, table: type) -> list:  # type: ignore[type-arg]
        """Return every row of a table."""
        with reading(self.services.engine) as session:
            return list(session.exec(select(table).order_by(*inspect(table).primary_key)).all())

    @property
    def tickets(self) -> list[Ticket]:
        return self.rows(Ticket)

    @property
    def messages(self) -> list[Message]:
        return self.rows(Message)

    @property
    def outbox(self) -> list[OutboxMessage]:
        return self.rows(OutboxMessage)


class DeskFactory:
    """Prepare a desk once for all tests of this run, copy it for every test.

    `folder` comes from `tmp_path_factory`; `server` is a PostgreSQL server, none for SQLite.
    """

    def __init__(self, folder: Path, server: str | None = None) -> None:
        self._folder = folder
        self._server = server
        self._numbers, self._free = count(1), list[int]()
        shared = of_the_run(folder)
        self._template = shared / f"template-{'postgresql' if server else 'sqlite'}"
        with one_at_a_time(shared, self._template.name):
            if not self._is_made():
                self._make()

    def _is_made(self) -> bool:
        if not self._server:
            return self._template.exists()
        with self._administrator() as connection:  # a server may have ended, and its databases with it
            known = text("SELECT 1 FROM pg_database WHERE datname = :name")
            return connection.execute(known, {"name": _TEMPLATE}).first() is not None

    def _make(self) -> None:
        making = self._template.with_suffix(".part")
        shutil.rmtree(making, ignore_errors=True)
        shutil.rmtree(self._template, ignore_errors=True)
        making.mkdir()
        if self._server:
            self._administer(f"CREATE DATABASE {_MAKING}")
        services = build(self._settings(making, _MAKING), senders={})
        services.pool.shutdown()
        services.engine.dispose()
        making.rename(self._template)
        if self._server:
            self._administer(f"ALTER DATABASE {_MAKING} RENAME TO {_TEMPLATE}")

    def _settings(self, folder: Path, database: str) -> Settings:
        (folder / "empty.env").touch()
        values = {"HELPDESK_DATA_DIR": str(folder / "data"), "HELPDESK_ENV_FILE": str(folder / "empty.env")}
        if self._server:
            values["HELPDESK_DATABASE_URL"] = self._server.replace("/postgres?", f"/{database}?")
        return load(values)

    def _administer(self, statement: str) -> None:
        with self._administrator() as connection:
            connection.execute(text(statement))

    @contextmanager
    def _administrator(self) -> Iterator[Connection]:
        assert self._server
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            yield connection

    def copy_to(self, folder: Path) -> Path:
        """Put a fresh desk on SQLite into a folder, its key beside it, and return its data directory."""
        shutil.copytree(self._template, folder, dirs_exist_ok=True)
        return folder / "data"

    def environ_in(self, folder: Path) -> dict[str, str]:
        """Put a fresh desk on SQLite into a folder and return the settings with which a command works on it."""
        data_dir = self.copy_to(folder)
        return {"HELPDESK_DATA_DIR": str(data_dir), "HELPDESK_ENV_FILE": str(folder / "empty.env")}

    @contextmanager
    def desk(
        self, *, channels: tuple[ChannelName, ...] = (ChannelName.WEB,), masker: Masker = mask
    ) -> Iterator[Desk]:
        """Yield a fresh desk with recording senders on these channels; nothing of it is left afterwards."""
        carriers = {channel: RecordingSender() for channel in channels}
        clock = Clock()
        with self._place() as settings:
            built = build(settings, senders=carriers, masker=masker)
            built.pool.shutdown()
            built.engine.dispose()
            with lent_engine(settings.url) as engine, ThreadPoolExecutor(2) as pool:
                assert built.vault is not None
                sealing.seal_masked_words(engine, built.vault, clock())
                yield Desk(replace(built, clock=clock, pool=pool, engine=engine), clock, carriers)

    @contextmanager
    def _place(self) -> Iterator[Settings]:
        """Yield the settings of a fresh copy. What stood there is removed, and the address is given out again."""
        number = self._free.pop() if self._free else next(self._numbers)
        folder = self._folder / f"desk{number}"
        database = f"desk{number}_{self._folder.name}_{WORKER}".replace("-", "_")
        self.copy_to(folder)
        if self._server:
            self._administer(f"CREATE DATABASE {database} TEMPLATE {_TEMPLATE}")
        try:
            yield self._settings(folder, database)
        finally:
            shutil.rmtree(folder)
            if self._server:
                self._administer(f"DROP DATABASE {database} WITH (FORCE)")
            self._free.append(number)


@contextmanager
def restarted(desk: Desk) -> Iterator[Desk]:
    """Yield the same desk as a new process would see it: the same data, nothing in memory."""
    with lent_engine(desk.services.settings.url) as engine:
        assert desk.services.vault is not None
        sealing.seal_masked_words(engine, desk.services.vault, desk.clock())
        yield Desk(replace(desk.services, engine=engine), desk.clock, desk.carriers)


__all__ = ["Case", "Clock", "Desk", "DeskFactory", "RecordingSender", "restarted"]
