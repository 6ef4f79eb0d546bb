"""A pager's gateway on this machine: keeps what it is sent and answers what it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived."""

    body: bytes
    headers: dict[str, str]

    @property
    def content(self) -> dict[str, str]:
        return json.loads(self.body)  # type: ignore[no-any-return]


@dataclass
class Gateway:
    """What arrived, and how to answer."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"id": "sms-1"}'
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Yield a gateway that listens on the loopback."""
    made = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.calls.append(Call(body, dict(self.headers.items())))
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(made.answer)))
            self.end_headers()
            self.wfile.write(made.answer)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/page"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
