"""A flood of strangers who all tell of danger, with one mayor among them: when is the mayor's page at the gateway?

.venv/bin/python -m benchmarks.flood                 1,000 strangers, 8 at a time, half of them by mail
"""

import argparse
import logging
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import structlog
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlmodel import func, select

from bot import conversation
from bot.app import real_clock
from bot.channels.email.sender import SmtpSender
from bot.channels.pager.sender import PagerSender
from bot.channels.web.sender import WebSender
from bot.database import reading, transaction
from bot.messages import Inbound, Sender, SenderIdentity, ThreadKey
from bot.services import Services
from bot.worker import Worker, warm_up
from escalation.tables import (
    ChannelName,
    ExpertProfile,
    IdentityKind,
    MessageKind,
    OutboxMessage,
    Person,
    Role,
    RoleName,
)
from tests.support.desk import DeskFactory
from tests.support.gateway import gateway
from tests.support.smtp_sink import smtp_sink

GUN = "there is a man with a gun at my door right now"
MAYOR = SenderIdentity(IdentityKind.TERMINAL, "demonstration", "official-us", verified=True)


def message(name: str, sender: SenderIdentity, channel: ChannelName) -> Inbound:
    """Return one message of danger."""
    address = f'{{"to":"{name}@example.org"}}' if channel is ChannelName.EMAIL else name
    return Inbound(
        key=f"flood:{name}",
        kind=MessageKind.MESSAGE,
        thread=ThreadKey(channel, name, address),
        sender=sender,
        text=GUN,
        occurred_at=real_clock(),
    )


def stranger(number: int) -> Inbound:
    """Return a stranger's message, every second one by mail."""
    name = f"stranger-{number}"
    if number % 2:
        return message(name, SenderIdentity(IdentityKind.EMAIL, "", f"{name}@example.org"), ChannelName.EMAIL)
    return message(name, SenderIdentity(IdentityKind.WEB, "browser", name), ChannelName.WEB)


def keep_trying(services: Services, inbound: Inbound) -> None:
    """Accept a message as a channel does: what was refused is delivered again."""
    for _ in range(50):
        try:
            conversation.receive(services, inbound)
            return
        except conversation.NotAccepted:
            time.sleep(0.1)


def main() -> None:
    """Run the flood once and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--strangers", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=8)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    folder = tempfile.TemporaryDirectory(prefix="helpdesk-flood-")
    with folder as path, gateway() as pager, smtp_sink() as sink, DeskFactory(Path(path)).desk() as desk:
        changes = {
            "pager_url": pager.url,
            "pager_secret": SecretStr("a secret of the benchmark"),
            "email_address": "help@hub.test",
            "smtp_host": "127.0.0.1",
            "smtp_port": sink.port,
            "smtp_security": "none",
        }
        settings = desk.services.settings.model_copy(update=changes)
        assert desk.services.vault is not None
        senders: dict[ChannelName, Sender] = {
            ChannelName.WEB: WebSender(),
            ChannelName.TERMINAL: WebSender(),
            ChannelName.EMAIL: SmtpSender(settings, desk.services.vault.sign, clock=real_clock),
            ChannelName.PAGER: PagerSender(settings, desk.services.vault.sign, clock=real_clock),
        }
        services = replace(desk.services, settings=settings, senders=senders, clock=real_clock)
        with transaction(services.engine) as session:
            expert = Person(name="Dana", language="en", verified=True, created_at=real_clock())
            session.add(expert)
            session.flush()
            session.add(Role(person_id=expert.id or 0, name=RoleName.EXPERT, granted_at=real_clock()))
            session.add(ExpertProfile(person_id=expert.id or 0, pager="dana"))
        warm_up()
        worker = Worker(services)
        worker.start()
        took: list[float] = []
        lock = threading.Lock()
        mayor = {"accepted": 0.0, "paged": 0.0}

        def send(number: int) -> None:
            if number == asked.strangers // 2:
                began = time.perf_counter()
                known = len(pager.calls)
                keep_trying(services, message("mayor", MAYOR, ChannelName.TERMINAL))
                mayor["accepted"] = time.perf_counter() - began
                while len(pager.calls) == known and time.perf_counter() - began < 120:
                    time.sleep(0.005)
                mayor["paged"] = time.perf_counter() - began
                return
            began = time.perf_counter()
            keep_trying(services, stranger(number))
            with lock:
                took.append(time.perf_counter() - began)

        began = time.perf_counter()
        with ThreadPoolExecutor(asked.at_once) as pool:
            list(pool.map(send, range(asked.strangers + 1)))
        accepted = time.perf_counter() - began
        while time.perf_counter() - began < 300:
            with reading(services.engine) as session:
                waiting = session.exec(
                    select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == "pending")
                ).one()
            if not waiting and services.pool._work_queue.empty():  # type: ignore[attr-defined]  # no public way to ask
                break
            time.sleep(0.5)
        sent = time.perf_counter() - began
        worker.stop()
        services.pool.shutdown(wait=True)
        with reading(services.engine) as session:
            rows = dict(
                session.exec(select(OutboxMessage.kind, func.count()).group_by(OutboxMessage.kind)).all()
            )
        table = Table("flood", "", title=f"{asked.strangers} strangers, {asked.at_once} at a time, one mayor")
        for name, value in (
            ("mayor's message on record", f"{mayor['accepted'] * 1000:.0f} ms"),
            ("mayor's page at the gateway", f"{mayor['paged'] * 1000:.0f} ms"),
            ("a stranger's message on record, median", f"{statistics.median(took) * 1000:.0f} ms"),
            ("a stranger's message on record, slowest", f"{max(took) * 1000:.0f} ms"),
            ("everything on record", f"{accepted:.1f} s"),
            ("everything sent", f"{sent:.1f} s"),
            ("pages at the gateway", str(len(pager.calls))),
            (
                "rows: page / pages / safety",
                f"{rows.get('page', 0)} / {rows.get('pages', 0)} / {rows.get('safety', 0)}",
            ),
        ):
            table.add_row(name, value)
        Console().print(table)


if __name__ == "__main__":
    main()
