"""`helpdesk setup`: from a demonstration to a desk of one's own."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import build
from bot.cli.common import DataDir, err, one_line_errors, out, plain, settings_for
from bot.cli.setup.admin import first_admin, hand_over
from bot.cli.setup.env import env_path, write_env
from bot.cli.setup.interview import Answers, Interview
from bot.provisioning import NotReady
from bot.services import Services
from bot.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("setup")(setup)


def _option(name: str, words: str) -> Any:
    return typer.Option(name, help=words, show_default=False)


_SECRET = "Others on this machine can see it here: better typed when asked."  # noqa: S105  words about one


@one_line_errors
def setup(
    hub_name: Annotated[str | None, _option("--hub-name", "Name of the hub.")] = None,
    public_url: Annotated[str | None, _option("--public-url", "Public address.")] = None,
    email_address: Annotated[str | None, _option("--email-address", "The desk's own address.")] = None,
    smtp_host: Annotated[str | None, _option("--smtp-host", "SMTP server.")] = None,
    smtp_port: Annotated[str | None, _option("--smtp-port", "Its port.")] = None,
    smtp_security: Annotated[str | None, _option("--smtp-security", "tls, starttls or none.")] = None,
    smtp_user: Annotated[str | None, _option("--smtp-user", "Who signs in there.")] = None,
    smtp_password: Annotated[str | None, _option("--smtp-password", _SECRET)] = None,
    imap_host: Annotated[str | None, _option("--imap-host", "IMAP server.")] = None,
    imap_port: Annotated[str | None, _option("--imap-port", "Its port.")] = None,
    imap_security: Annotated[str | None, _option("--imap-security", "tls, starttls or none.")] = None,
    imap_user: Annotated[str | None, _option("--imap-user", "Who signs in there.")] = None,
    imap_password: Annotated[str | None, _option("--imap-password", _SECRET)] = None,
    imap_folder: Annotated[str | None, _option("--imap-folder", "The folder to read.")] = None,
    slack_bot_token: Annotated[str | None, _option("--slack-bot-token", _SECRET)] = None,
    slack_signing_secret: Annotated[str | None, _option("--slack-signing-secret", _SECRET)] = None,
    slack_app_token: Annotated[str | None, _option("--slack-app-token", _SECRET)] = None,
    slack_experts_channel: Annotated[str | None, _option("--slack-experts-channel", "Its id (C...).")] = None,
    admin_name: Annotated[str | None, _option("--admin-name", "Name of the first admin.")] = None,
    admin_email: Annotated[str | None, _option("--admin-email", "Mail address of the first admin.")] = None,
    no_test: Annotated[
        bool, typer.Option("--no-test", help="Don't try mail and Slack settings out.")
    ] = False,
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Ask for what no option gives. [default: on a terminal]"),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make the desk your own: settings, the first admin, and no demonstration people any more.

    Enter keeps what is shown, - empties it. Settings go to the .env file, and only what you change.
    Run it again whenever you like.
    """
    given = _given(
        HELPDESK_HUB_NAME=hub_name,
        HELPDESK_PUBLIC_URL=public_url,
        EMAIL_ADDRESS=email_address,
        SMTP_HOST=smtp_host,
        SMTP_PORT=smtp_port,
        SMTP_SECURITY=smtp_security,
        SMTP_USER=smtp_user,
        SMTP_PASSWORD=smtp_password,
        IMAP_HOST=imap_host,
        IMAP_PORT=imap_port,
        IMAP_SECURITY=imap_security,
        IMAP_USER=imap_user,
        IMAP_PASSWORD=imap_password,
        IMAP_FOLDER=imap_folder,
        SLACK_BOT_TOKEN=slack_bot_token,
        SLACK_SIGNING_SECRET=slack_signing_secret,
        SLACK_APP_TOKEN=slack_app_token,
        SLACK_EXPERTS_CHANNEL=slack_experts_channel,
    )
    path = env_path()
    settings_for(data_dir)  # faults of the file as it is are told before anything is asked
    asking = sys.stdin.isatty() if ask is None else ask
    interview = Interview(data_dir, path, given, asking=asking, testing=not no_test)
    if asking:
        out.print("Enter keeps what is shown in brackets, - empties it.")
    settings = interview.run()
    with _ready(settings) as services:
        name, address = first_admin(services, admin_name, admin_email, asking=asking)
        _write(path, interview)
        hand_over(services, name, address)


def _given(**options: str | None) -> Answers:
    return {name: value.strip() for name, value in options.items() if value and value.strip()}


@contextlib.contextmanager
def _ready(settings: Settings) -> Iterator[Services]:
    services = build(settings, say=lambda line: err.print(f"helpdesk: {line}"))
    try:
        if services.vault is None:
            raise NotReady(services.vault_fault or "the master key is missing")
        yield services
    finally:
        services.pool.shutdown(wait=True)
        services.engine.dispose()


def _write(path: Path, interview: Interview) -> None:
    if not interview.answers:
        return
    try:
        write_env(path, interview.answers)
    except OSError as error:
        raise NotReady(f"{path} can't be written: {error.strerror or type(error).__name__}") from None
    out.print()
    out.print(plain(f"Written to {path}: {', '.join(sorted(interview.answers))}"))
    for name in sorted(interview.answers):
        if os.environ.get(name):
            out.print(f"{name} is set in the environment too, which wins over the file.")
