"""`setup` turns a demonstration into a desk of one's own; `doctor` says what is wrong with one."""

import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from bot.app import real_clock
from bot.cli import app
from bot.cli.setup.env import write_env
from bot.console.sign_in import redeem, start_session
from bot.database import open_engine, reading, transaction
from bot.settings import load
from bot.tables import SWEEP, Beat, BrowserSession
from bot.vault import Vault, new_master_key
from escalation import directory
from escalation.tables import Identity, Person, Role, RoleName
from tests.support.desk import DeskFactory
from tests.support.slack_api import SlackAPI
from tests.support.smtp_sink import SmtpSink, smtp_sink

Run = Callable[..., Result]
T = TypeVar("T")
ADMIN = ("--admin-name", "Ines Admin", "--admin-email", "ines@hub.test")


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """Return the .env file of a desk that is not there yet."""
    return tmp_path / "desk.env"


@pytest.fixture
def run(tmp_path: Path, env: Path, sqlite_desks: DeskFactory) -> Run:
    """Return what runs `helpdesk ...` on a freshly started demonstration desk."""
    sqlite_desks.copy_to(tmp_path)

    def run(*arguments: str, typed: str | None = None, **environ: str) -> Result:
        variables = {"HELPDESK_DATA_DIR": str(tmp_path / "data"), "HELPDESK_ENV_FILE": str(env), **environ}
        return CliRunner().invoke(app, list(arguments), input=typed, env=variables, catch_exceptions=False)

    env.touch(mode=0o600)
    return run


@pytest.fixture
def smtp() -> Iterator[SmtpSink]:
    with smtp_sink() as sink:
        yield sink


def rows(tmp_path: Path, table: type[T]) -> list[T]:
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'helpdesk.sqlite3'}")
    with reading(engine) as session:
        found = list(session.exec(select(table)).all())
    engine.dispose()
    return found


def mail(sink: SmtpSink) -> tuple[str, ...]:
    return (
        *("--email-address", "desk@hub.test", "--smtp-host", "127.0.0.1", "--smtp-port", str(sink.port)),
        *("--smtp-security", "none"),
    )


def test_setup_writes_settings_makes_an_admin_and_lets_the_demonstration_go(
    run: Run, env: Path, tmp_path: Path
) -> None:
    done = run("setup", "--hub-name", "Valley Hub", "--public-url", "https://help.hub.test/", *ADMIN)
    assert done.exit_code == 0, done.output
    settings = load({"HELPDESK_ENV_FILE": str(env)})
    assert (settings.hub_name, settings.public_url) == ("Valley Hub", "https://help.hub.test")
    assert "https://help.hub.test/console/sign-in/" in done.stdout
    assert not any(person.demonstration for person in rows(tmp_path, Person))
    (role,) = rows(tmp_path, Role)
    (identity,) = rows(tmp_path, Identity)
    assert (role.name, role.person_id) == (RoleName.ADMIN, identity.person_id)
    assert (identity.external_id, identity.verified_how) == ("ines@hub.test", "setup")


def test_the_link_that_setup_prints_signs_the_admin_in_for_a_day(run: Run, tmp_path: Path) -> None:
    done = run("setup", *ADMIN)
    token = next(line for line in done.stdout.splitlines() if "/console/sign-in/" in line).rsplit("/", 1)[-1]
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'helpdesk.sqlite3'}")
    with transaction(engine) as session:
        assert redeem(session, token, real_clock() + timedelta(hours=25)) is None
        admin = redeem(session, token, real_clock() + timedelta(hours=23))
        assert admin is not None
        assert directory.actor_of(session, admin).roles == {"admin"}
    engine.dispose()


def test_setup_signs_demonstration_people_out(run: Run, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'helpdesk.sqlite3'}")
    with transaction(engine) as session:
        start_session(session, Vault(new_master_key()), 1, real_clock())
    engine.dispose()
    run("setup", *ADMIN)
    (session_row,) = rows(tmp_path, BrowserSession)
    assert session_row.expires_at <= real_clock()


def test_running_setup_again_changes_nothing_but_gives_a_new_link(
    run: Run, env: Path, tmp_path: Path
) -> None:
    first = run("setup", "--hub-name", "Valley Hub", *ADMIN)
    text, people = env.read_text(), len(rows(tmp_path, Person))
    again = run("setup")
    assert again.exit_code == 0, again.output
    assert "Ines Admin is an admin" in again.stdout
    assert env.read_text() == text
    assert len(rows(tmp_path, Person)) == people
    links = {line for out in (first, again) for line in out.stdout.splitlines() if "/sign-in/" in line}
    assert len(links) == 2


def test_without_a_terminal_and_without_an_admin_setup_says_what_it_needs(run: Run, env: Path) -> None:
    done = run("setup", "--hub-name", "Valley Hub")
    assert done.exit_code == 1
    assert (
        done.stderr
        == "helpdesk: the first admin needs a name and a mail address: --admin-name and --admin-email\n"
    )
    assert env.read_text() == ""


def test_mail_settings_that_work_are_kept_without_showing_the_password(
    run: Run, env: Path, smtp: SmtpSink
) -> None:
    done = run("setup", *mail(smtp), *ADMIN)
    assert done.exit_code == 0, done.output
    assert load({"HELPDESK_ENV_FILE": str(env)}).email_missing is None
    assert smtp.caught == []


def test_mail_settings_that_do_not_work_are_not_written_unless_told_so(run: Run, env: Path) -> None:
    wrong = (
        "--email-address",
        "desk@hub.test",
        "--smtp-host",
        "127.0.0.1",
        "--smtp-port",
        "1",
        "--smtp-security",
    )
    done = run("setup", *wrong, "none", *ADMIN)
    assert done.exit_code == 1
    assert "can't be reached (ConnectionRefusedError): 127.0.0.1 port 1" in done.stderr
    assert env.read_text() == ""
    assert run("setup", *wrong, "none", "--no-test", *ADMIN).exit_code == 0
    assert load({"HELPDESK_ENV_FILE": str(env)}).smtp_port == 1


def test_somebody_at_a_terminal_can_correct_what_was_refused(run: Run, env: Path, smtp: SmtpSink) -> None:
    typed = [
        *("Valley Hub", "http://help.hub.test"),  # not https: asked again
        *("", "https://help.hub.test"),
        "desk@hub.test",
        *("127.0.0.1", "1", "none", "", ""),  # nobody listens there
        "t",
        *("127.0.0.1", str(smtp.port), "none", "", ""),
        "",  # no IMAP
        "",  # no Slack
        *("Ines Admin", "ines@hub.test"),
    ]
    done = run("setup", "--ask", typed="\n".join(typed) + "\n")
    assert done.exit_code == 0, done.output
    assert "must begin with https://" in done.stderr
    settings = load({"HELPDESK_ENV_FILE": str(env)})
    assert settings.public_url == "https://help.hub.test"
    assert (settings.smtp_port, settings.imap_host, settings.slack_bot_token) == (smtp.port, None, None)


def test_secrets_that_are_typed_are_never_shown(run: Run, env: Path) -> None:
    with SlackAPI() as slack:
        slack.channels["C0EXPERTS"] = {"is_member": True, "is_private": True}
        typed = ["", "", "", "xoxb-9f3a77", "5ba1c0de", "", "C0EXPERTS", "Ines", "ines@hub.test"]
        done = run("setup", "--ask", typed="\n".join(typed) + "\n", SLACK_API_URL=slack.url)
        assert slack.of("auth.test")[0].token == "xoxb-9f3a77"
    assert done.exit_code == 0, done.output
    assert "9f3a77" not in done.output
    assert "5ba1c0de" not in done.output
    token = load({"HELPDESK_ENV_FILE": str(env)}).slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-9f3a77"


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ({"is_member": True, "is_private": False}, "is public"),
        ({"is_private": True}, "does not have the desk"),
    ],
)
def test_an_experts_channel_that_would_leak_or_miss_cards_is_told(
    run: Run, env: Path, channel: dict[str, bool], words: str
) -> None:
    tokens = (
        "--slack-bot-token",
        "xoxb-1",
        "--slack-signing-secret",
        "s",
        "--slack-experts-channel",
        "C0EXPERTS",
    )
    with SlackAPI() as slack:
        slack.channels["C0EXPERTS"] = channel
        done = run("setup", *tokens, *ADMIN, SLACK_API_URL=slack.url)
    assert done.exit_code == 1
    assert words in done.stderr
    assert env.read_text() == ""


def test_a_secret_in_a_file_of_its_own_stays_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1")
    done = run(
        "setup",
        "--slack-bot-token",
        "xoxb-2",
        *ADMIN,
        SLACK_BOT_TOKEN_FILE=str(tmp_path / "token"),
        SLACK_SIGNING_SECRET="s",
    )
    assert done.exit_code == 1
    assert "SLACK_BOT_TOKEN comes from the file in SLACK_BOT_TOKEN_FILE" in done.stderr


def test_the_env_file_keeps_its_other_lines_and_any_value_survives(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# ours\nHELPDESK_PORT=9000\nSMTP_USER=old\nSMTP_HOST=gone.test\nOTHER=x")
    path.chmod(0o644)
    value = 'a\'b\\c "d" $HOME #é'
    write_env(path, {"SMTP_USER": value, "SMTP_HOST": "", "HELPDESK_HUB_NAME": "Hub", "IMAP_HOST": ""})
    assert path.read_text().startswith("# ours\nHELPDESK_PORT=9000\n")
    assert "gone.test" not in path.read_text()
    assert "OTHER=x\n" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    settings = load({"HELPDESK_ENV_FILE": str(path)})
    assert (settings.port, settings.smtp_user, settings.hub_name) == (9000, value, "Hub")
    write_env(tmp_path / "new.env", {"SMTP_USER": "x"})
    assert stat.S_IMODE((tmp_path / "new.env").stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == [".env", "new.env"]


def lines(result: Result, check: str) -> list[str]:
    return [line for line in result.stdout.splitlines() if line[7:].startswith(check)]


def test_a_desk_that_is_well_has_no_fault_even_when_no_server_runs(run: Run) -> None:
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert "FAULT" not in done.stdout
    assert lines(done, "sweep") == ["note   sweep       reminders have never run here: no server is running"]
    for check in ("settings", "zone data", "data", "database", "schema", "index", "key", "delivery"):
        assert lines(done, check)[0].startswith("ok "), check
    for channel in ("Slack", "SMTP", "IMAP"):
        assert lines(done, channel)[0].startswith("off "), channel


def test_a_sweep_of_a_moment_ago_is_well(run: Run, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'helpdesk.sqlite3'}")
    with transaction(engine) as session:
        session.add(Beat(name=SWEEP, at=real_clock()))
    engine.dispose()
    assert lines(run("doctor"), "sweep")[0].startswith("ok ")


def test_a_new_desk_is_set_up_before_it_is_looked_at(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--data-dir", str(tmp_path / "fresh" / "data"))
    assert done.exit_code == 0, done.output


def test_every_wrong_setting_is_one_line(run: Run, env: Path) -> None:
    env.write_text("HELPDESK_PORT=high\nSMPT_HOST=x\nSLACK_BOT_TOKN=x\n")
    done = run("doctor")
    assert done.exit_code == 1
    assert done.stdout.count("FAULT") == 2
    assert "did you mean SLACK_BOT_TOKEN?" in done.stdout


def test_a_missing_wrong_or_readable_key_is_a_fault(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "other.key"

    def told() -> str:
        done = run("doctor", HELPDESK_KEY_FILE=str(key))
        assert done.exit_code == 1
        return lines(done, "key")[0]

    assert told().startswith("FAULT")
    assert "is missing" in told()
    key.write_text(new_master_key())
    key.chmod(0o600)
    assert "bring the right key" in told()
    key.chmod(0o644)
    assert "can be read by others" in told()


def test_a_database_of_another_schema_or_no_database_is_a_fault(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "data" / "helpdesk.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()
    done = run("doctor")
    assert (done.exit_code, lines(done, "schema")[0][:5]) == (1, "FAULT")
    for file in (tmp_path / "data").glob("helpdesk.sqlite3*"):
        file.unlink()
    path.write_bytes(b"this is no database at all, but long enough to be looked at as one" * 20)
    done = run("doctor")
    assert (done.exit_code, lines(done, "database")[0][:5]) == (1, "FAULT")
    path.unlink()
    done = run("doctor")
    assert (done.exit_code, lines(done, "database")[0][:5]) == (1, "FAULT")
    assert not path.exists()


def test_channels_that_refuse_the_desk_are_faults(run: Run, env: Path) -> None:
    with SlackAPI() as slack:
        env.write_text(
            f"SLACK_BOT_TOKEN=xoxb-1\nSLACK_SIGNING_SECRET=s\nSLACK_API_URL={slack.url}\n"
            "EMAIL_ADDRESS=desk@hub.test\nSMTP_HOST=127.0.0.1\nSMTP_PORT=1\nSMTP_SECURITY=none\n"
            "IMAP_HOST=127.0.0.1\nIMAP_PORT=1\nIMAP_SECURITY=none\nIMAP_USER=u\nIMAP_PASSWORD=p\n"
        )
        slack.fail(error="invalid_auth")
        done = run("doctor")
    assert done.exit_code == 1
    assert "does not accept SLACK_BOT_TOKEN (invalid_auth)" in lines(done, "Slack")[0]
    assert "can't be reached" in lines(done, "SMTP")[0]
    assert "can't be reached" in lines(done, "IMAP")[0]
    assert done.stdout.splitlines()[-1] == "3 faults"
