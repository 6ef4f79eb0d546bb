"""Real Dovecot and Exim for a test, on free ports and in a directory of their own."""

import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("mailfix.sh")
PASSWORD = "secret"


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where the servers are. Connect to the name `localhost` with `tls`."""

    directory: Path
    imap_port: int
    smtp_port: int
    lmtp_port: int

    @property
    def tls(self) -> ssl.SSLContext:
        """Return a context that trusts these servers alone."""
        return ssl.create_default_context(cafile=str(self.directory / "tls" / "cert.pem"))

    def deliver(self, sender: str, recipient: str, mail: bytes) -> None:
        """Hand a mail to Exim as the outside world does."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port, "outside.test", timeout=10) as server:
            server.sendmail(sender, [recipient], mail)

    def start(self) -> None:
        """Start both; return when they answer."""
        ports = [str(port) for port in (self.imap_port, self.smtp_port, self.lmtp_port)]
        self._run("start", *ports)

    def stop(self) -> None:
        """Stop both."""
        self._run("stop")

    def cut_connections(self) -> None:
        """Drop every open IMAP connection while the server goes on."""
        self._run("cut")

    def renumber(self) -> None:
        """Restart with the same mails under a new UIDVALIDITY."""
        self.stop()
        for index in self.directory.glob("mail/*/*/Maildir/dovecot*"):
            index.unlink()
        self.start()

    def _run(self, act: str, *ports: str) -> None:
        # Debian keeps both programs where an ordinary PATH does not look.
        path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
        command = ["bash", str(SCRIPT), act, str(self.directory), *ports]
        subprocess.run(
            command, check=True, timeout=30, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL
        )


def missing_programs() -> list[str]:
    """Return which of the needed programs this machine lacks."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return [
        name for name in ("dovecot", "exim4", "openssl", "bash", "pgrep") if not shutil.which(name, path=path)
    ]


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Run both servers until the block ends. Ask `missing_programs` first."""
    # Unix sockets have short names, and the servers' own users must be able to enter.
    directory = Path(tempfile.mkdtemp(prefix="mail-"))
    directory.chmod(0o755)
    servers = MailServers(directory, *_free_ports(3))
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
