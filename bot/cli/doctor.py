"""`helpdesk doctor`: one line per check, so that somebody can see what to mend."""

import datetime as dt
import imaplib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError
from sqlalchemy import Engine, func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from bot import migrations
from bot.app import build, real_clock
from bot.channels.email.mailbox import CONNECTION_FAULTS, Mailbox
from bot.channels.email.sender import SmtpSender
from bot.channels.pager.sender import PagerSender
from bot.channels.slack.workspace import FAILURES, brisk_client, experts_channel_fault, failure_code
from bot.cli.common import DataDir, one_line_errors, out, plain, settings_for
from bot.database import open_engine, reading, transaction
from bot.health import DELIVERY_LATE, SWEEP_LATE, UNCHECKED
from bot.messages import DeliveryError
from bot.provisioning import NotReady, describe
from bot.settings import LOOPBACK, Settings, SettingsError
from bot.tables import SWEEP, Beat, MasterKey
from bot.vault import Vault, VaultError, read_key_file
from escalation import directory, outbox, request_log
from escalation.business_hours import check_zone_data, force_packaged_zones
from escalation.tables import OutboxMessage, OutboxState, Person, RoleName
from knowledge_base.library import Library

SLACK_SECONDS = 10
_TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)


class State(StrEnum):
    """How a check went. Only a fault makes the command fail."""

    OK = "ok"
    OFF = "off"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and in words what was found."""

    check: str
    state: State
    words: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


@one_line_errors
def doctor(data_dir: DataDir = None) -> None:
    """Look at everything the desk needs and say what is wrong, one line each. Exit code 1 means a fault.

    A desk that does not exist yet is set up first, as every other command would do.
    """
    faults = 0
    for finding in examine(data_dir):
        faults += finding.state is State.FAULT
        out.print(plain(f"{finding.state.value:<5}  {finding.check:<10}  {finding.words}"))
    if faults:
        out.print(f"{faults} fault{'s' if faults > 1 else ''}")
        raise typer.Exit(1)


def examine(data_dir: Path | None) -> Iterator[Finding]:
    """Yield what was found, check by check."""
    try:
        settings = settings_for(data_dir)
    except SettingsError as error:
        for fault in error.faults:
            yield Finding("settings", State.FAULT, fault)
        return
    yield Finding("settings", State.OK, "no fault")
    force_packaged_zones()
    zones = check_zone_data()
    yield _finding("zone data", zones, "western Canada's clocks of 2026 are known")
    if zones:
        return
    if unready := _set_up_when_new(settings):
        yield Finding("data", State.FAULT, unready)
        return
    yield from _data_dir(settings)
    engine = open_engine(settings.url)
    try:
        yield from _database(settings, engine)
    finally:
        engine.dispose()
    yield from _slack(settings)
    yield from _smtp(settings)
    yield from _imap(settings)
    yield from _pager(settings, _with_pager(settings) if settings.pager_url else None)


def _finding(check: str, faults: tuple[str, ...], well: str) -> Finding:
    return Finding(check, State.FAULT, "; ".join(faults)) if faults else Finding(check, State.OK, well)


def _set_up_when_new(settings: Settings) -> str | None:
    """Set up a desk that has no data at all; return why that can't be done."""
    folder = settings.data_dir
    if settings.database_url is not None or (
        folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    ):
        return None
    try:
        services = build(settings)
    except NotReady as error:
        return str(error)
    services.pool.shutdown(wait=True)
    services.engine.dispose()
    return None


def _data_dir(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    fault = None
    if not folder.is_dir():
        fault = (
            f"{folder} is not a folder"
            if folder.exists()
            else f"{folder} does not exist yet: start the desk once"
        )
    elif not os.access(folder, os.W_OK | os.X_OK):
        fault = f"{folder} can't be written: mend its rights"
    yield _finding("data", (fault,) if fault else (), str(folder))


def _database(settings: Settings, engine: Engine) -> Iterator[Finding]:
    """Look at the database and at what only it can tell."""
    name = "PostgreSQL" if engine.dialect.name == "postgresql" else engine.url.database or ""
    if engine.dialect.name == "sqlite" and not Path(name).is_file():
        yield Finding(
            "database", State.FAULT, f"there is no {name}: start the desk once, or restore a backup"
        )
        return
    try:
        with transaction(engine) as session:
            # On SQLite the transaction alone asks for the right to write.
            asked = "SELECT 'off'" if engine.dialect.name == "sqlite" else "SHOW transaction_read_only"
            read_only = session.connection().execute(text(asked)).scalar_one() == "on"
        found = migrations.current(engine)
    except DBAPIError as error:
        yield Finding("database", State.FAULT, describe(error, settings))
        return
    if read_only:
        yield Finding("database", State.FAULT, f"{name} is read-only")
        return
    yield Finding("database", State.OK, f"{name} can be read and written")
    if found != migrations.head():
        behind = (
            f"the schema is at {found or 'nothing'}, this program needs {migrations.head()}: helpdesk migrate"
        )
        yield Finding("schema", State.FAULT, behind)
        return
    yield Finding("schema", State.OK, f"revision {found}")
    yield _index(settings, engine)
    with reading(engine) as session:
        yield _key(settings, session.exec(select(MasterKey.fingerprint)).all())
        yield from _worker(session, real_clock())
        yield _safety(session, real_clock())
        yield from _people(settings, session)


def _index(settings: Settings, engine: Engine) -> Finding:
    library = Library(settings.index_dir)
    try:
        library.refresh(engine, real_clock())
    except DBAPIError as error:
        return Finding("index", State.FAULT, describe(error, settings))
    except OSError as error:
        return Finding("index", State.FAULT, f"{settings.index_dir} can't be written: {error.strerror}")
    passages = len(library.index.catalog)
    if not passages:
        return Finding("index", State.FAULT, "the library is empty: add documents with helpdesk kb add")
    return Finding("index", State.OK, f"generation {library.index.note.generation}, {passages} passages")


def _key(settings: Settings, sealed_under: Sequence[str]) -> Finding:
    where = "HELPDESK_MASTER_KEY" if settings.master_key else str(settings.key_path)
    if not sealed_under and settings.master_key is None and not settings.key_path.exists():
        return Finding("key", State.NOTE, f"not made yet: {where} is written at the first start")
    try:
        key = (
            settings.master_key.get_secret_value()
            if settings.master_key
            else read_key_file(settings.key_path)
        )
        fingerprint = Vault(key).fingerprint
    except VaultError as error:
        return Finding("key", State.FAULT, f"{error}. Until then the desk only gives safety replies")
    if sealed_under and fingerprint not in sealed_under:
        return Finding(
            "key",
            State.FAULT,
            f"{where} holds the key {fingerprint}, this database needs {', '.join(sealed_under)}: bring the right key",
        )
    if settings.master_key is None and settings.key_path.resolve().is_relative_to(
        settings.data_dir.resolve()
    ):
        return Finding(
            "key", State.FAULT, f"{where} lies in the data directory: move it apart (HELPDESK_KEY_FILE)"
        )
    return Finding("key", State.OK, f"{fingerprint} in {where}")


def _safety(session: Session, now: dt.datetime) -> Finding:
    unchecked = request_log.unchecked_since(session, now - UNCHECKED)
    if unchecked:
        words = f"the check failed on {unchecked} messages of the last day: look for safety.failed in the log"
        return Finding("safety", State.FAULT, words)
    return Finding("safety", State.OK, "every message of the last day was checked")


def _worker(session: Session, now: dt.datetime) -> Iterator[Finding]:
    last = session.get(Beat, SWEEP)
    running = last is not None and now - last.at <= SWEEP_LATE
    if last is None:
        yield Finding("sweep", State.NOTE, "reminders have never run here: no server is running")
    elif not running:
        yield Finding(
            "sweep", State.NOTE, f"reminders last ran {_ago(now - last.at)} ago: no server is running"
        )
    else:
        yield Finding("sweep", State.OK, f"reminders ran {_ago(now - last.at)} ago")
    oldest = outbox.oldest_due(session, now)
    late = oldest is not None and now - oldest > DELIVERY_LATE
    waits = (
        f"the oldest message to be sent has waited {_ago(now - oldest)}"
        if oldest
        else "nothing waits to be sent"
    )
    yield Finding("delivery", State.FAULT if late and running else State.NOTE if late else State.OK, waits)
    dead = session.exec(
        select(func.count()).select_from(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.DEAD)
    ).one()
    if dead:
        yield Finding(
            "delivery", State.NOTE, f"{dead} could not be sent at all: see the console's outbox page"
        )


def _people(settings: Settings, session: Session) -> Iterator[Finding]:
    for role in (RoleName.EXPERT, RoleName.LEAD):
        if not directory.people_with(session, role):
            words = f"nobody is {'an' if role is RoleName.EXPERT else 'a'} {role.value}: helpdesk directory import"
            yield Finding("people", State.FAULT, words)
    demonstration = session.exec(
        select(Person.id).where(col(Person.demonstration).is_(True)).limit(1)
    ).first()
    if demonstration is not None and not settings.demonstration_allowed:
        yield Finding(
            "people", State.NOTE, "the demonstration people are still here: helpdesk setup removes them"
        )
    if settings.public_url is None and settings.host not in LOOPBACK:
        yield Finding(
            "address", State.NOTE, "no public address is set: links in messages will not work for others"
        )


def _ago(span: dt.timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _slack(settings: Settings) -> Iterator[Finding]:
    if settings.slack_bot_token is None:
        yield Finding("Slack", State.OFF, f"{settings.slack_missing} not set")
        return
    yield _finding("Slack", slack_faults(settings), "the token is accepted, the experts' channel is right")
    if not settings.slack_experts_channel:
        yield Finding("Slack", State.NOTE, "no experts' channel: SLACK_EXPERTS_CHANNEL not set")


def _smtp(settings: Settings) -> Iterator[Finding]:
    if settings.email_missing:
        yield Finding("SMTP", State.OFF, f"{settings.email_missing} not set")
        return
    yield _finding(
        "SMTP", smtp_faults(settings), f"{settings.smtp_host} takes mail from {settings.email_address}"
    )


def _pager(settings: Settings, paged: int | None) -> Iterator[Finding]:
    if settings.pager_url is None:
        yield Finding("pager", State.OFF, "HELPDESK_PAGER_URL not set: nothing wakes an expert at night")
        return
    if faults := pager_faults(settings):
        yield Finding("pager", State.FAULT, "; ".join(faults))
    elif paged == 0:
        words = (
            "the gateway answers, but no expert on duty has a pager: add it with helpdesk directory import"
        )
        yield Finding("pager", State.FAULT, words)
    else:
        who = f", {paged} on duty can be paged" if paged else ""
        yield Finding("pager", State.OK, f"the gateway takes our signature{who}")


def _with_pager(settings: Settings) -> int | None:
    """Return how many people on duty have a pager; None when the database can't tell."""
    engine = open_engine(settings.url)
    try:
        with reading(engine) as session:
            return len(directory.pagers_on_duty(session, real_clock()))
    except DBAPIError:
        return None  # the database has a finding of its own
    finally:
        engine.dispose()


def _imap(settings: Settings) -> Iterator[Finding]:
    if settings.imap_host is None:
        yield Finding("IMAP", State.OFF, "IMAP_HOST not set")
        return
    yield _finding(
        "IMAP", imap_faults(settings), f"{settings.imap_host} shows the folder {settings.imap_folder}"
    )


def slack_faults(settings: Settings) -> tuple[str, ...]:
    """Ask Slack whether the token and the experts' channel are right; return what is not."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    client = brisk_client(token, settings.slack_api_url, timeout=SLACK_SECONDS)
    try:
        client.auth_test()
    except FAILURES as error:
        code = failure_code(error)
        if code in _TOKEN_REFUSED:
            return (
                f"Slack does not accept SLACK_BOT_TOKEN ({code}): copy the bot token of the installed app",
            )
        return (f"Slack can't be asked ({code})",)
    fault = settings.slack_experts_channel and experts_channel_fault(client, settings.slack_experts_channel)
    return (fault,) if fault else ()


def smtp_faults(settings: Settings) -> tuple[str, ...]:
    """Sign in at the mail server without sending; return what is wrong."""
    try:
        SmtpSender(settings, None, clock=real_clock).check()
    except DeliveryError as error:
        return (f"{error.reason}: {settings.smtp_host} port {settings.smtp_port}",)
    return ()


def pager_faults(settings: Settings) -> tuple[str, ...]:
    """Ask the pager's gateway whether it takes our signature, paging nobody; return what is wrong."""
    try:
        PagerSender(settings, lambda _purpose, _value: "", clock=real_clock).check()
    except DeliveryError as error:
        return (f"{error.reason}: {settings.pager_url}",)
    return ()


def imap_faults(settings: Settings) -> tuple[str, ...]:
    """Sign in at the mailbox and open its folder; return what is wrong."""
    where = f"{settings.imap_host} port {settings.imap_port}"
    try:
        with Mailbox(settings, clock=real_clock):
            return ()
    except imaplib.IMAP4.abort:
        return (f"the mail server hung up: {where}",)
    except MailboxFolderSelectError:
        return (f"the mailbox has no folder {settings.imap_folder!r}: {where}",)
    except (MailboxLoginError, imaplib.IMAP4.error):
        return (f"the mailbox refused the sign-in: {where}",)
    except CONNECTION_FAULTS as error:
        return (f"the mail server can't be reached ({type(error).__name__}): {where}",)
