"""The repository keeps its own promises: what documents, locks, container files and history say is so."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from typer.core import TyperGroup
from typer.testing import CliRunner

import bot.tables
import escalation.tables
import knowledge_base.tables
from bot import migrations
from bot.cli import app, commands
from bot.database import open_engine
from bot.settings import KNOWN, SECRETS, load

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("bot", "knowledge_base", "escalation")
PAGES = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/sla.md")
SETTING = re.compile(r"^# ([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def tracked() -> Iterator[Path]:
    """Yield the files that are, or could be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    for name in sorted(filter(None, listed.stdout.decode().split("\0"))):
        if (ROOT / name).is_file():
            yield ROOT / name


# Settings


def test_the_example_names_every_setting_once_and_sets_none() -> None:
    text = read(".env.example")
    assert sorted(name for name, _ in SETTING.findall(text)) == sorted(KNOWN)
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []


def test_the_examples_values_are_values_the_desk_takes(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").touch()
    uncommented = SETTING.sub(r"\1=\2", read(".env.example"))
    (tmp_path / "env").write_text(uncommented.replace("/etc/helpdesk/policy.toml", f"{tmp_path}/policy.toml"))
    secrets = {
        "IMAP_PASSWORD": "x",
        "SLACK_SIGNING_SECRET": "x",
        "HELPDESK_PAGER_SECRET": "x" * 20,
    }  # the example leaves them empty
    settings = load({"HELPDESK_ENV_FILE": str(tmp_path / "env"), **secrets})
    assert (settings.hub_name, settings.port, settings.smtp_security) == ("Hub help desk", 8000, "starttls")


def test_the_example_gives_no_secret_a_usable_value() -> None:
    values = dict(SETTING.findall(read(".env.example")))
    assert {name: values[name] for name in SECRETS if re.search(r"\w{5,}", values[name])} == {
        "HELPDESK_DATABASE_URL": "postgresql+psycopg://helpdesk:PASSWORD@database/helpdesk"
    }


# Nothing of one machine, no address of a registry


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"])
def test_a_lock_names_packages_by_hash_and_no_place(lock: str) -> None:
    text = read(lock)
    assert "://" not in text
    assert "index-url" not in text
    pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==.*$", text, re.MULTILINE)
    assert pinned
    assert all(line.endswith("\\") for line in pinned)  # a hash follows each


def test_the_development_lock_holds_everything_the_other_holds() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", read(lock), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_no_file_names_a_machines_path_or_a_registry() -> None:
    # Written in pieces, or this file would name them.
    folders = "|".join(("wo" + "rk", "ro" + "ot", "ho" + r"me/[a-z]\w*", "Us" + r"ers/\w+"))
    machine = re.compile(rf"(?:(?<![\w./$~-])|(?<=file://))/(?:{folders})(?:/|\b)(?!\w)".encode())
    hosts = (
        "py" + "pi.org",
        "python" + "hosted.org",
        "npm" + "js.org",
        "deb." + "debian.org",
        "--extra-" + "index",
    )
    registry = re.compile("|".join(map(re.escape, hosts)).encode())
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue
        found += [
            f"{path.relative_to(ROOT)}: {match.group().decode()}"
            for pattern in (machine, registry)
            for match in pattern.finditer(content)
        ]
    assert found == []


def test_no_lock_of_another_kind_and_no_secret_is_tracked() -> None:
    names = {path.name for path in tracked()}
    assert not names & {"uv.lock", "pylock.toml", ".env", "poetry.lock", "Pipfile.lock"}
    assert not [name for name in names if name.endswith((".key", ".sqlite3", ".pem"))]


@pytest.mark.parametrize("name", [".env", "data/helpdesk.sqlite3", "data.key", "secrets/master_key"])
def test_what_an_operator_keeps_here_can_not_be_committed(name: str) -> None:
    asked = subprocess.run(
        ["git", "check-ignore", "--quiet", name], cwd=ROOT, capture_output=True, check=False
    )
    if asked.returncode > 1:
        pytest.skip("this is no git checkout")
    assert asked.returncode == 0


# The documents


def test_the_readme_begins_with_the_two_commands_and_two_pictures() -> None:
    first_screen = "\n".join(read("README.md").splitlines()[:25])
    for shown in ("./helpdesk serve", "./helpdesk test", "docs/img/chat.png", "docs/img/queue.png"):
        assert shown in first_screen


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", read(page))
    here = (ROOT / page).parent
    assert [link for link in links if "://" not in link and not (here / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_a_page_shows_exists(page: str) -> None:
    unknown = []
    for first, second in re.findall(r"(?:\./|`|app )helpdesk ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", read(page)):
        if first == "test":  # the launcher's own
            continue
        command = commands.load(first) if first in commands.COMMANDS else None
        if command is None or (isinstance(command, TyperGroup) and second and second not in command.commands):
            unknown.append(f"{first} {second}")
    assert unknown == []


def test_every_command_of_every_module_is_listed_by_its_name() -> None:
    modules = {listed.module for listed in commands.COMMANDS.values()}
    assert {name for module in modules for name in commands.held_by(module)} == set(commands.COMMANDS)
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [name for name, listed in commands.COMMANDS.items() if listed.words not in shown] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_file_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`((?:bot|escalation|knowledge_base|tests|docs|\.ci)/[\w./-]+)`", read(page))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_architecture_page_has_every_module_and_no_other() -> None:
    tree = read("docs/architecture.md").split("```")[1]
    shown: dict[str, set[str]] = {}
    package = ""
    for line in tree.strip().splitlines():
        names = re.match(r" *(\S+(?: \S+)*)", line)
        assert names, line
        entries = [name.rstrip("/") for name in re.split(r" {2,}", names[1] + "  ")[0].split(" ")]
        if not line.startswith(" "):
            package = entries[0]
        else:
            shown.setdefault(package, set()).update(entries)
    for package in PACKAGES:
        there = {
            path.name
            for path in (ROOT / package).iterdir()
            if path.name not in {"__init__.py", "__pycache__", "py.typed"}
        }
        assert shown[package] == there, package


def test_the_architecture_page_has_the_layers_that_are_enforced() -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert read("docs/architecture.md").split("```")[3].strip().splitlines() == layers


def test_the_license_is_whole() -> None:
    text = read("LICENSE")
    assert "Version 2.0, January 2004" in text
    assert [int(n) for n in re.findall(r"^ {3}(\d)\. ", text, re.MULTILINE)] == list(range(1, 10))
    assert "END OF TERMS AND CONDITIONS" in text
    assert "APPENDIX: How to apply the Apache License" in text


@pytest.mark.parametrize("script", ["helpdesk", ".ci/run"])
def test_a_script_can_be_run_and_is_sound(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    shell = re.match(r"#!/bin/(\w+)\n", path.read_text())
    assert shell
    assert subprocess.run([shell[1], "-n", str(path)], capture_output=True, check=False).returncode == 0


# History


def test_the_tables_are_what_the_history_makes(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    assert migrations.upgrade(engine)
    everything = (bot.tables.metadata, escalation.tables.metadata, knowledge_base.tables.metadata)
    tables: Any = list(everything)  # Alembic takes several, whatever its types say
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, tables)
    engine.dispose()
    assert difference == []


# Slack


def test_the_slack_manifest_asks_for_what_the_listeners_serve() -> None:
    manifest = json.loads(read("slack-manifest.json"))
    settings = manifest["settings"]
    address = "https://help.example.org/slack/events"
    assert settings["event_subscriptions"]["request_url"] == address
    assert settings["interactivity"] == {"is_enabled": True, "request_url": address}
    assert [command["url"] for command in manifest["features"]["slash_commands"]] == [address]
    assert {"app_mention", "message.im", "message.groups"} <= set(
        settings["event_subscriptions"]["bot_events"]
    )
    assert {"chat:write", "im:history", "app_mentions:read"} <= set(manifest["oauth_config"]["scopes"]["bot"])


# Containers


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions in order, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE))
    lines = [line for line in joined.splitlines() if line.strip()]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_built_in_stages_from_hashed_wheels() -> None:
    steps = instructions()
    bases = [rest.split()[0] for word, rest in steps if word == "FROM"]
    assert bases == ["python:3.12-slim"] * 2
    installs = [
        part for word, rest in steps if word == "RUN" for part in rest.split("&&") if "install " in part
    ]
    installs = [part for part in installs if "pip" in part and "uninstall" not in part]
    synced = [
        part for word, rest in steps if word == "RUN" for part in rest.split("&&") if "pip sync" in part
    ]
    assert installs
    assert synced
    assert all("--only-binary :all:" in part and "--require-hashes" in part for part in installs + synced)


def test_the_image_runs_as_nobody_in_particular_and_reports_its_health() -> None:
    last: dict[str, str] = {}
    for word, rest in instructions():
        last = {} if word == "FROM" else {**last, word: rest}
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", last["USER"])
    assert json.loads(last["VOLUME"]) == ["/var/lib/helpdesk"]
    assert json.loads(last["CMD"]) == ["helpdesk", "serve", "--host", "0.0.0.0"]
    probe = json.loads(last["HEALTHCHECK"].partition("CMD ")[2])
    assert probe[0] == "python"
    compile(probe[2], "HEALTHCHECK", "exec")
    assert "/healthz" in probe[2]
    assert not re.search(r"\b(?:curl|wget|apt-get)\b", read("Dockerfile"))


def test_only_what_the_image_needs_is_sent_to_the_builder() -> None:
    rules = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        *PACKAGES,
        "requirements.lock",
        "requirements-uv.lock",
        "LICENSE",
    }


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return loaded


def test_every_service_is_locked_down(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"app", "database"}
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["tmpfs"]
        assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


def test_the_database_is_reached_by_the_desk_alone(compose: dict[str, Any]) -> None:
    database = compose["services"]["database"]
    assert database["image"] == "postgres:17"
    assert "ports" not in database
    assert database["healthcheck"]["test"][1] == "pg_isready"
    assert all(compose["networks"][name] == {"internal": True} for name in database["networks"])
    app = compose["services"]["app"]
    assert app["depends_on"]["database"] == {"condition": "service_healthy"}
    assert all(port.startswith("127.0.0.1:") for port in app["ports"])


def test_secrets_are_files_that_have_no_default(compose: dict[str, Any]) -> None:
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    assert all(secret["file"].startswith("secrets/") for secret in compose["secrets"].values())
    for service in compose["services"].values():
        assert set(service["secrets"]) <= set(compose["secrets"])
        for name, value in service["environment"].items():
            if re.search(r"PASSWORD|SECRET|TOKEN|MASTER_KEY|DATABASE_URL", name):
                assert name.endswith("_FILE")
                assert value.startswith("/run/secrets/")
    assert "${" not in read("compose.yaml")
    environment = compose["services"]["app"]["environment"]
    known = KNOWN | {f"{name}_FILE" for name in SECRETS} | {"HELPDESK_ENV_FILE"}
    assert set(environment) <= known


def test_the_programs_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(migrations.config()).get_current_head() == migrations.HEAD
