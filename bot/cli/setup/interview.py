"""The questions of `helpdesk setup`: asked group by group, each group tried before the next."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from dotenv import dotenv_values
from pydantic import SecretStr

from bot.cli.common import err, out, plain, settings_for
from bot.cli.doctor import imap_faults, slack_faults, smtp_faults
from bot.provisioning import NotReady
from bot.settings import KNOWN, SECRETS, Settings, SettingsError

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
            answer = prompted(words, before, secret=name in SECRETS)
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


def prompted(words: str, before: str, *, secret: bool) -> str:
    """Ask for one value; what is there already is kept when nothing is typed."""
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
