"""`helpdesk serve`, `worker`, `migrate`: the processes."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import structlog
import typer
import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError

from bot import demonstration, logs, migrations
from bot.app import build, build_slack
from bot.browser.live import watcher_of
from bot.channels.slack.app import SlackApp, start_socket_mode
from bot.cli.common import DataDir, err, one_line_errors, out, settings_for
from bot.console.sign_in import demonstration_token
from bot.database import open_engine, reading
from bot.provisioning import NotReady, make_data_dir, migrate
from bot.server import create
from bot.services import Services
from bot.settings import LOOPBACK, Settings
from bot.worker import Worker, warm_up

log = structlog.get_logger()
_BACKLOG = 512


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("worker")(work)
    app.command("migrate")(migrate_command)


def _say(line: str) -> None:
    err.print(f"helpdesk: {line}")


@one_line_errors
def serve(
    data_dir: DataDir = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (HELPDESK_HOST). [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on (HELPDESK_PORT). [default: 8000]")
    ] = None,
    worker: Annotated[bool, typer.Option(help="Run clocks and deliveries in this process too.")] = True,
) -> None:
    """Start the help desk: web pages, Slack, mail, clocks and deliveries in one process.

    Without any configuration it sets itself up with a starter library and demonstration people, on this
    machine only. Ctrl-C stops it.
    """
    settings = settings_for(
        data_dir, HELPDESK_HOST=host, HELPDESK_PORT=str(port) if port is not None else None
    )
    listener, settings = _listen(settings)
    with contextlib.closing(listener):
        logs.configure(settings.log_level, settings.log_format)
        services = build(settings, say=_say)
        slack = build_slack(services)
        background = Worker(services, only_current=not worker)
        _welcome(services)
        _serve(services, slack, background, listener)
    out.print("Stopped.")


def _listen(settings: Settings) -> tuple[socket.socket, Settings]:
    """Bind the port before anything else is set up: a busy port is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # named as TCP, or asyncio leaves Nagle's delay on: 40 ms more for every page
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise NotReady(
            f"can't listen on {settings.host} port {settings.port}: {error.strerror or error}. "
            "Stop the other program or choose another: --port 8001"
        ) from None
    listener.setblocking(False)
    return listener, settings.model_copy(update={"port": listener.getsockname()[1]})


class _Server(uvicorn.Server):
    """A server that ends its live streams when it is told to stop, instead of waiting for the browsers."""

    def __init__(self, config: uvicorn.Config, close_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._close_streams = close_streams

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the signal, and let every open page go."""
        self._close_streams()
        super().handle_exit(sig, frame)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(services: Services, slack: SlackApp | None, background: Worker, listener: socket.socket) -> None:
    app = create(services, slack)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
    server = _Server(config, watcher_of(app, services.engine).close)
    # uvicorn stops for either signal and then sends it on: both must end in the same clean stop.
    signal.signal(signal.SIGTERM, _interrupt)
    socket_mode = _socket_mode(services.settings, slack)
    services.pool.submit(warm_up)
    background.start()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        if socket_mode is not None:
            socket_mode.close()  # type: ignore[no-untyped-call]  # Bolt has no types for it
        background.stop()
        if slack is not None:
            slack.close()
        services.pool.shutdown(wait=True)
        services.engine.dispose()


def _socket_mode(settings: Settings, slack: SlackApp | None) -> SocketModeHandler | None:
    if slack is None or settings.slack_app_token is None:
        return None
    try:
        return start_socket_mode(slack, settings.slack_app_token.get_secret_value())
    except SlackClientError as error:
        log.error("Slack Socket Mode refused", action="slack.socket_refused", error=type(error).__name__)
        return None


def _welcome(services: Services) -> None:
    settings = services.settings
    out.print()
    out.print(f"{settings.hub_name} is at {settings.base_url}")
    out.print("  web    on")
    out.print(f"  Slack  {_slack_state(settings)}")
    out.print(f"  email  {_email_state(settings)}")
    out.print(f"  data   {settings.data_dir}   key {_key_state(settings)}")
    if services.vault is None:
        out.print()
        out.print(f"SAFETY ONLY: {services.vault_fault}.")
        out.print("The desk gives 911 and 988 replies and stores nothing until the key is back.")
    elif settings.demonstration_allowed:
        _demonstration(services)
    elif settings.public_url is None and settings.host not in LOOPBACK:
        out.print("  note   no public address is set: run `helpdesk setup` before others use this desk")
    out.print()
    out.print("Ctrl-C stops it.", end="\n")


def _demonstration(services: Services) -> None:
    assert services.vault is not None
    with reading(services.engine) as session:
        people = demonstration.people(session)
    if not people:
        return
    out.print()
    out.print("Demonstration people, for this machine only (`helpdesk setup` removes them):")
    for person in people:
        link = f"{services.settings.base_url}/demo/sign-in/{demonstration_token(services.vault, person.id)}"
        out.print(f"  {person.name} ({person.title})")
        out.print(f"    {link}")


def _slack_state(settings: Settings) -> str:
    if settings.slack_missing:
        return f"off: {settings.slack_missing} not set"
    ways = []
    if settings.slack_signing_secret:
        ways.append("HTTP at /slack/events")
    if settings.slack_app_token:
        ways.append("Socket Mode")
    experts = "" if settings.slack_experts_channel else "; no experts' channel: SLACK_EXPERTS_CHANNEL not set"
    return f"on ({' and '.join(ways)}){experts}"


def _email_state(settings: Settings) -> str:
    sends = (
        f"off: {settings.email_missing} not set"
        if settings.email_missing
        else f"sending as {settings.email_address}"
    )
    reads = f"reading {settings.imap_folder}" if settings.imap_host else "not reading: IMAP_HOST not set"
    return sends if settings.email_missing and not settings.imap_host else f"{sends}; {reads}"


def _key_state(settings: Settings) -> str:
    return "in HELPDESK_MASTER_KEY" if settings.master_key else str(settings.key_path)


@one_line_errors
def work(data_dir: DataDir = None) -> None:
    """Run clocks, deliveries and the mailbox without the web pages, beside `serve --no-worker`."""
    settings = settings_for(data_dir)
    logs.configure(settings.log_level, settings.log_format)
    services = build(settings, say=_say)
    if services.vault is None:
        raise NotReady(f"the worker can't run: {services.vault_fault}")
    done = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        done.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    background = Worker(services)
    background.start()
    out.print("The worker runs. Ctrl-C stops it.")
    done.wait()
    background.stop()
    services.pool.shutdown(wait=True)
    services.engine.dispose()
    out.print("Stopped.")


@one_line_errors
def migrate_command(data_dir: DataDir = None) -> None:
    """Bring the database to the schema this program needs."""
    settings = settings_for(data_dir)
    make_data_dir(settings)
    engine = open_engine(settings.url)
    changed = migrate(settings, engine, may_upgrade=True)
    engine.dispose()
    state = "was brought to" if changed else "is at"
    out.print(f"The database {state} revision {migrations.head()}.")
