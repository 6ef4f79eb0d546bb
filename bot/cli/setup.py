"""`helpdesk setup`: from a demonstration to a desk of one's own."""

import contextlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from dotenv import dotenv_values, set_key, unset_key
from pydantic import SecretStr
from sqlmodel import Session, select

from bot.app import build
from bot.cli.common import DataDir, err, one_line_errors, out, plain, settings_for
from bot.cli.directory import sign_in_address
from bot.cli.doctor import imap_faults, slack_faults, smtp_faults
from bot.console.sign_in import create_link, end_sessions
from bot.database import reading, transaction
from bot.provisioning import NotReady
from bot.services import Services
from bot.settings import KNOWN, SECRETS, Settings, SettingsError, env_file
from escalation import directory
from escalation.directory_csv.cells import CellError
from escalation.directory_csv.cells import email as read_email
from escalation.identities import SenderIdentity
from escalation.rows import insert_new
from escalation.tables import Identity, IdentityKind, Role, RoleName

LINK_HOURS = 24
CLEAR = "-"
Test = Callable[[Settings], tuple[str, ...]]
Answers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that are asked and tested together. An empty first one leaves the others out."""

    title: str
    questions: tuple[tuple[str, str], ...]
    test: Test | None = None
    gated: bool = True


_DESK = Group(
    "The desk",
    (
        ("HELPDESK_HUB_NAME", "Name of the hub, as officials see it"),
        ("HELPDESK_PUBLIC_URL", "Public address of the desk, such as https://help.example.org"),
    ),
    gated=False,
)
_ADDRESS = Group("Mail", (("EMAIL_ADDRESS", "The desk's own mail address"),))
_SMTP = Group(
    "Sending mail",
    (
        ("SMTP_HOST", "SMTP server"),
        ("SMTP_PORT", "Port"),
        ("SMTP_SECURITY", "Security (tls, starttls or none)"),
        ("SMTP_USER", "User"),
        ("SMTP_PASSWORD", "Password"),
    ),
    smtp_faults,
)
_IMAP = Group(
    "Reading mail",
    (
        ("IMAP_HOST", "IMAP server"),
        ("IMAP_PORT", "Port"),
        ("IMAP_SECURITY", "Security (tls, starttls or none)"),
        ("IMAP_USER", "User"),
        ("IMAP_PASSWORD", "Password"),
        ("IMAP_FOLDER", "Folder"),
    ),
    imap_faults,
)
_SLACK = Group(
    "Slack",
    (
        ("SLACK_BOT_TOKEN", "Bot token (xoxb-...)"),
        ("SLACK_SIGNING_SECRET", "Signing secret, for requests over HTTP"),
        ("SLACK_APP_TOKEN", "App token (xapp-...), for Socket Mode"),
        ("SLACK_EXPERTS_CHANNEL", "Id of the experts' private channel (C...)"),
    ),
    slack_faults,
)


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
    path = _env_file()
    settings_for(data_dir)  # faults of the file as it is are told before anything is asked
    asking = sys.stdin.isatty() if ask is None else ask
    interview = Interview(data_dir, path, given, asking=asking, testing=not no_test)
    if asking:
        out.print("Enter keeps what is shown in brackets, - empties it.")
    settings = interview.run()
    with _ready(settings) as services:
        name, address = _admin(services, admin_name, admin_email, asking=asking)
        _write(path, interview)
        _hand_over(services, name, address)


def _env_file() -> Path:
    """Return the .env file. One that HELPDESK_ENV_FILE names is made when it is not there yet."""
    path = env_file(os.environ)
    if os.environ.get("HELPDESK_ENV_FILE") and not path.exists():
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise NotReady(f"{path} can't be written: {error.strerror or type(error).__name__}") from None
    return path


def _given(**options: str | None) -> Answers:
    return {name: value.strip() for name, value in options.items() if value and value.strip()}


class Interview:
    """Ask for settings group by group. `answers` has what is to change; an empty one is to go."""

    def __init__(
        self, data_dir: Path | None, path: Path, given: Mapping[str, str], *, asking: bool, testing: bool
    ) -> None:
        self._data_dir = data_dir
        self._given = given
        self._asking = asking
        self._testing = testing
        self._in_file = dotenv_values(path, interpolate=False) if path.is_file() else {}
        self.answers: Answers = {}

    def run(self) -> Settings:
        """Ask everything and return the settings as they will be; raise SettingsError or NotReady."""
        for group in (_DESK, _ADDRESS, _SMTP, _IMAP, _SLACK):
            if group in {_SMTP, _IMAP} and not self._settings(self.answers).email_address:
                if any(name in self._given for name, _ in group.questions):
                    raise NotReady("mail needs the desk's own address: --email-address")
                continue
            if self._asking or any(name in self._given for name, _ in group.questions):
                self._ask_until_right(group)
        return self._settings(self.answers)

    def from_file(self, name: str) -> bool:
        """Tell whether a secret comes from a file of its own, named by NAME_FILE."""
        return bool(os.environ.get(f"{name}_FILE") or self._in_file.get(f"{name}_FILE"))

    def _ask_until_right(self, group: Group) -> None:
        if self._asking:
            out.print()
            out.print(group.title)
        given: Mapping[str, str] = self._given
        while True:
            answers = {**self.answers, **self._ask(group, given)}
            given = {}  # what came as an option and was wrong is asked for the second time
            try:
                faults = self._tried(group, self._settings(answers))
            except SettingsError as error:
                if not self._asking:
                    raise
                for fault in error.faults:
                    err.print(plain(f"helpdesk: {fault}"))
                continue
            for fault in faults:
                err.print(plain(f"helpdesk: {fault}"))
            if faults and not self._asking:
                raise NotReady("nothing was written (--no-test keeps the settings without trying them)")
            choice = _choice() if faults else "k"
            if choice == "k":
                self.answers = answers
            if choice != "t":
                return

    def _ask(self, group: Group, given: Mapping[str, str]) -> Answers:
        """Return the answers that differ from what is set now."""
        current = self._settings(self.answers)
        answers: Answers = {}
        for place, (name, words) in enumerate(group.questions):
            if self.from_file(name):
                if name in given:
                    raise NotReady(f"{name} comes from the file in {name}_FILE: change it there")
                out.print(f"  {words}: from {name}_FILE")
                continue
            before = _value(current, name)
            answer = self._answer(name, words, before, given)
            if answer != before:
                answers[name] = answer
            if place == 0 and group.gated and not answer:
                break
        return answers

    def _answer(self, name: str, words: str, before: str, given: Mapping[str, str]) -> str:
        if name in given:
            answer = given[name]
        elif self._asking:
            answer = _prompted(words, before, secret=name in SECRETS)
        else:
            return before
        if not answer.isprintable():
            raise NotReady(f"{name} holds characters that can't be seen")
        return "" if answer == CLEAR else answer

    def _tried(self, group: Group, settings: Settings) -> tuple[str, ...]:
        first = _value(settings, group.questions[0][0])
        if group.test is None or not self._testing or not first:
            return ()
        out.print("  trying it out")
        faults = group.test(settings)
        if not faults:
            out.print("  ok")
        return faults

    def _settings(self, answers: Answers) -> Settings:
        return settings_for(self._data_dir, **answers)


def _value(settings: Settings, name: str) -> str:
    field = name.removeprefix("HELPDESK_").lower()
    assert name in KNOWN
    value = getattr(settings, field)
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return "" if value is None else str(value)


def _prompted(words: str, before: str, *, secret: bool) -> str:
    if not secret:
        return str(typer.prompt(f"  {words}", default=before, show_default=bool(before))).strip()
    hint = " [kept when left empty]" if before else ""
    typed = str(typer.prompt(f"  {words}{hint}", default="", show_default=False, hide_input=True)).strip()
    return typed or before


def _choice() -> str:
    while True:
        asked = "  Try again (t), keep it anyway (k), or leave it as it was (l)"
        choice = str(typer.prompt(asked, default="t")).strip().lower()[:1]
        if choice in {"t", "k", "l"}:
            return choice


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


def _admin(services: Services, name: str | None, address: str | None, *, asking: bool) -> tuple[str, str]:
    """Return name and mail address of the first admin; by default those of the admin there is."""
    with reading(services.engine) as session:
        found = [one for one in directory.people_with(session, RoleName.ADMIN) if not one.demonstration]
        known = next(
            ((one.name, mail) for one in found if (mail := directory.email_of(session, one.id or 0))),
            ("", ""),
        )
    if asking and (name is None or address is None):
        out.print()
        out.print("The first admin")
        name = name if name is not None else _prompted("Name", known[0], secret=False)
        address = address if address is not None else _prompted("Mail address", known[1], secret=False)
    elif name is None and address is None:
        name, address = known
    if not name or not address:
        raise NotReady("the first admin needs a name and a mail address: --admin-name and --admin-email")
    if not name.isprintable() or len(name) > 200:
        raise NotReady("the admin's name is too long, or holds characters that can't be seen")
    try:
        return name.strip(), read_email(address.strip())
    except CellError as error:
        raise NotReady(str(error)) from None


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


def write_env(path: Path, answers: Mapping[str, str]) -> None:
    """Change these settings in a .env file, all at once, and keep its other lines; "" removes one.

    A new file is readable by its owner alone; of an older one, nobody outside its group keeps a right.
    """
    path = path.resolve()
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if path.exists():
            part.write_bytes(path.read_bytes())
            before = path.stat()
            part.chmod(before.st_mode & 0o770)
            with contextlib.suppress(PermissionError):
                os.chown(part, before.st_uid, before.st_gid)
        present = dotenv_values(part, interpolate=False)
        for name, value in answers.items():
            if value:
                set_key(part, name, value)
            elif name in present:
                unset_key(part, name)
        part.replace(path)
    except BaseException:  # an interrupt too: no half-written file stays behind
        part.unlink(missing_ok=True)
        raise


def _hand_over(services: Services, name: str, address: str) -> None:
    """Make the admin, let the demonstration people go, and print the admin's way in."""
    now = services.clock()
    with transaction(services.engine) as session:
        gone = directory.remove_demonstration(session, now)
        for person_id in gone:
            end_sessions(session, person_id, now)
        person_id = _make_admin(session, services, name, address)
        token = create_link(session, person_id, now, LINK_HOURS * 60)
    out.print()
    if gone:
        out.print(f"The {len(gone)} demonstration people are gone, and signed out.")
    out.print(plain(f"{name} is an admin. This link signs them in, once, within {LINK_HOURS} hours:"))
    out.print(sign_in_address(services.settings.base_url, token))
    out.print("Next: import your experts and a lead (helpdesk directory import), then look: helpdesk doctor")
    out.print("Start the desk, or start it again if it runs: helpdesk serve")


def _make_admin(session: Session, services: Services, name: str, address: str) -> int:
    now = services.clock()
    person = directory.ensure_person(session, SenderIdentity(IdentityKind.EMAIL, "", address, name), now)
    person.name, person.verified, person.suspended_at = name, True, None
    session.add(person)
    session.flush()
    assert person.id is not None
    identity = session.exec(
        select(Identity).where(
            Identity.kind == IdentityKind.EMAIL, Identity.issuer == "", Identity.external_id == address
        )
    ).one()
    if identity.verified_at is None:
        identity.verified_how, identity.verified_at = "setup", now
        session.add(identity)
    insert_new(session, Role(person_id=person.id, name=RoleName.ADMIN, granted_at=now))
    return person.id
