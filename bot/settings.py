"""The settings, read in one place and checked all at once.

Order of precedence: command line, environment, the .env file, the default. Any secret may come from
a file instead: SLACK_BOT_TOKEN_FILE=/run/secrets/slack names a file that holds it.
"""

import difflib
import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

_FAMILIES = ("HELPDESK_", "SLACK_", "IMAP_", "SMTP_", "EMAIL_")
# Read by the launcher, by this module, and by the tests.
_ELSEWHERE = frozenset(
    {"HELPDESK_PYTHON", "HELPDESK_ENV_FILE", "HELPDESK_SCREENSHOTS", "HELPDESK_EVERY_STEP"}
)
SHORTEST_SECRET = 20
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(Exception):
    """The settings can't be used. `faults` has one line for each thing to mend."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _public_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://help.example.org")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must begin with https:// (plain http is for this machine only)")
    return value.rstrip("/")


def _time_of_day(value: str) -> str:
    hour, colon, minute = value.strip().partition(":")
    good = colon and hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
    if not good or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        raise ValueError("must be a time of day such as 10:30")
    return f"{int(hour):02d}:{minute}"


def _alias(name: str) -> str:
    return name.upper() if name.upper().startswith(_FAMILIES[1:]) else f"HELPDESK_{name.upper()}"


class Settings(BaseModel):
    """Everything an operator can set. Frozen; secrets do not print."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=_alias, populate_by_name=True)

    data_dir: Path
    key_file: Path | None = None
    master_key: SecretStr | None = None
    database_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: Annotated[str, AfterValidator(_public_address)] | None = None
    hub_name: str = "Hub help desk"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    metrics_token: SecretStr | None = None
    heartbeat_seconds: Annotated[float, Field(gt=0, le=60)] = 20.0
    policy_file: Path | None = None
    selftest_at: Annotated[str, AfterValidator(_time_of_day)] | None = None
    dead_man_url: Annotated[str, AfterValidator(_public_address)] | None = None
    pager_url: Annotated[str, AfterValidator(_public_address)] | None = None
    pager_secret: SecretStr | None = None
    keep_originals_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    keep_record_days: Annotated[int, Field(ge=1, le=36_500)] = 730
    keep_access_log_days: Annotated[int, Field(ge=1, le=36_500)] = 2_557

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_experts_channel: str | None = None
    slack_api_url: str = "https://slack.com/api/"

    email_address: str | None = None
    email_authserv_id: str | None = None
    imap_host: str | None = None
    imap_port: Annotated[int, Field(ge=1, le=65535)] = 993
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_user: str | None = None
    imap_password: SecretStr | None = None
    imap_folder: str = "INBOX"
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Literal["tls", "starttls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> "Settings":
        faults = []
        if self.slack_bot_token and not (self.slack_signing_secret or self.slack_app_token):
            faults.append(
                "SLACK_BOT_TOKEN needs SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)"
            )
        if self.imap_host and not (self.imap_user and self.imap_password):
            faults.append("IMAP_HOST needs IMAP_USER and IMAP_PASSWORD")
        if (self.imap_host or self.smtp_host) and not self.email_address:
            faults.append("IMAP_HOST and SMTP_HOST need EMAIL_ADDRESS, the desk's own address")
        for family, security, host in (
            ("IMAP", self.imap_security, self.imap_host),
            ("SMTP", self.smtp_security, self.smtp_host),
        ):
            if security == "none" and host and host not in LOOPBACK:
                faults.append(f"{family}_SECURITY=none is for a server on this machine only")
        if bool(self.pager_url) != bool(self.pager_secret):
            faults.append("HELPDESK_PAGER_URL and HELPDESK_PAGER_SECRET belong together")
        elif self.pager_secret and len(self.pager_secret.get_secret_value()) < SHORTEST_SECRET:
            faults.append(f"HELPDESK_PAGER_SECRET needs at least {SHORTEST_SECRET} characters")
        if self.policy_file and not self.policy_file.is_file():
            faults.append(f"HELPDESK_POLICY_FILE: there is no file {self.policy_file}")
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @property
    def url(self) -> str:
        """Return the database address: PostgreSQL when set, else SQLite in the data directory."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'helpdesk.sqlite3'}"

    @property
    def key_path(self) -> Path:
        """Return where the key file is: beside the data directory, never in it."""
        return self.key_file or self.data_dir.with_name(self.data_dir.name + ".key")

    @property
    def erasures_path(self) -> Path:
        """Return the list of erasures that a restore replays."""
        return self.data_dir / "erasures.jsonl"

    @property
    def base_url(self) -> str:
        """Return the address that links in messages begin with, without a final slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def index_dir(self) -> Path:
        """Return the folder of compiled index files. They are derived and may be lost."""
        return self.data_dir / "index"

    @property
    def demonstration_allowed(self) -> bool:
        """Tell whether demonstration people may exist here at all."""
        return self.public_url is None and self.host in LOOPBACK

    @property
    def slack_missing(self) -> str | None:
        """Return the setting whose absence keeps Slack off, or None."""
        return None if self.slack_bot_token else "SLACK_BOT_TOKEN"

    @property
    def email_missing(self) -> str | None:
        """Return the setting whose absence keeps mail from being sent, or None."""
        if not self.smtp_host:
            return "SMTP_HOST"
        return None if self.email_address else "EMAIL_ADDRESS"


KNOWN = frozenset(_alias(name) for name in Settings.model_fields)
SECRETS = frozenset(
    _alias(name) for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)
)


def checkout_root() -> Path | None:
    """Return the folder of the checkout this code runs from, or None when it was installed."""
    root = Path(__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() else None


def env_file(environ: Mapping[str, str]) -> Path:
    """Return where the .env file is looked for, whether or not it exists."""
    if named := environ.get("HELPDESK_ENV_FILE"):
        return Path(named).expanduser().absolute()
    return (checkout_root() or Path.cwd()) / ".env"


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    if root := checkout_root():
        return root / "data"
    home = environ.get("XDG_DATA_HOME") or str(
        Path(environ.get("HOME", "~")).expanduser() / ".local" / "share"
    )
    return Path(home) / "helpdesk"


def _read_env_file(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path} can't be read ({type(error).__name__})")
        return {}
    values: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            faults.append(f"{path.name} line {binding.original.line}: not in the form NAME=value")
        elif binding.key and binding.value is None:
            faults.append(f"{path.name}: {binding.key} has no value (write {binding.key}=value)")
        elif binding.key and binding.value is not None:
            values[binding.key] = binding.value
    return values


def _unknown(names: Mapping[str, str], families: tuple[str, ...], where: str) -> list[str]:
    known = KNOWN | _ELSEWHERE | {f"{name}_FILE" for name in SECRETS}
    faults = []
    for name in names:
        if name in known or not name.startswith(families):
            continue
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
        hint = f": did you mean {near[0]}?" if near else ""
        faults.append(f"{where}: unknown setting {name}{hint}")
    return faults


def _secrets_from_files(values: dict[str, str], faults: list[str]) -> None:
    for name in SECRETS:
        path = values.get(f"{name}_FILE")
        if not path:
            continue
        if values.get(name):
            faults.append(f"{name} and {name}_FILE are both set: keep one")
            continue
        try:
            values[name] = Path(path).expanduser().read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{name}_FILE: {path} can't be read ({type(error).__name__})")


def load(environ: Mapping[str, str] | None = None, overrides: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, or raise SettingsError naming every fault at once.

    `environ` defaults to the process environment; `overrides` are command-line options by setting name.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    path = env_file(environ)
    from_file = _read_env_file(path, faults)
    if environ.get("HELPDESK_ENV_FILE") and not path.is_file():
        faults.append(f"HELPDESK_ENV_FILE: there is no file {path}")
    faults += _unknown(from_file, _FAMILIES, path.name)
    faults += _unknown(environ, ("HELPDESK_",), "environment")
    values = {**from_file, **{name: value for name, value in environ.items() if value}, **(overrides or {})}
    values = {name: value for name, value in values.items() if value}
    _secrets_from_files(values, faults)
    chosen = {name: value for name, value in values.items() if name in KNOWN}
    chosen.setdefault("HELPDESK_DATA_DIR", str(_default_data_dir(environ)))
    chosen["HELPDESK_DATA_DIR"] = str(Path(chosen["HELPDESK_DATA_DIR"]).expanduser().absolute())
    if chosen.get("HELPDESK_KEY_FILE"):
        chosen["HELPDESK_KEY_FILE"] = str(Path(chosen["HELPDESK_KEY_FILE"]).expanduser().absolute())
    try:
        settings = Settings.model_validate(chosen)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = ".".join(str(part) for part in fault["loc"])
            reason = fault["msg"].removeprefix("Value error, ")
            faults += [f"{name}: {line}" if name else line for line in reason.split("\n")]
        raise SettingsError(tuple(faults)) from None
    if faults:
        raise SettingsError(tuple(faults))
    return settings


__all__ = ["KNOWN", "LOOPBACK", "Settings", "SettingsError", "checkout_root", "env_file", "load"]
