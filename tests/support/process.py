"""A real desk in processes of its own: `helpdesk serve`, and single commands."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "-m", "bot.cli")
READY = "Ctrl-C stops it"
_STARTS_WITHIN = 90.0


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desk: its address, and the demonstration people's sign-in links by name."""

    address: str
    links: dict[str, str]


def environment_of(data_dir: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a desk's process: nothing of ours but these settings."""
    ours = ("HELPDESK_", "SLACK_", "SMTP_", "IMAP_", "EMAIL_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    (data_dir.parent / "empty.env").touch()
    return {
        **inherited,
        "HELPDESK_ENV_FILE": str(data_dir.parent / "empty.env"),
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        # as the launcher does: compiled code is kept, and the checkout stays clean
        "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache"),
        "PYTHONDONTWRITEBYTECODE": "",
        "COLUMNS": "300",
        "NO_COLOR": "1",
        **settings,
    }


def helpdesk(data_dir: Path, *arguments: str, **settings: str) -> str:
    """Run one command of the desk to its end and return what it printed; fail if it failed."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--data-dir", str(data_dir)],
        env=environment_of(data_dir, settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running_desk(data_dir: Path, **settings: str) -> Iterator[Desk]:
    """Run `helpdesk serve` on a free port with data of its own, and stop it at the end."""
    environment = environment_of(data_dir, settings)
    command = [*COMMAND, "serve", "--port", "0", "--data-dir", str(data_dir)]
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        lines: list[str] = []
        ready = threading.Event()
        reader = threading.Thread(target=_read, args=(process, lines, ready), daemon=True)
        reader.start()
        try:
            if not ready.wait(_STARTS_WITHIN) or process.poll() is not None:
                raise AssertionError("the desk did not start:\n" + "".join(lines))
            yield _parse("".join(lines))
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join(5)


def _read(process: "subprocess.Popen[str]", lines: list[str], ready: threading.Event) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if READY in line:
            ready.set()
    ready.set()  # it ended


def _parse(printed: str) -> Desk:
    address = re.search(r"is at (http://\S+)", printed)
    assert address, printed
    links = re.findall(r"^\s+(\S[^\n(]*?) \([^\n]*\)\n\s+(http\S+/demo/sign-in/\S+)$", printed, re.MULTILINE)
    return Desk(address[1], dict(links))
