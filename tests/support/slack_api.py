"""A recording Slack Web API: a real HTTP server on loopback that answers as Slack does."""

import itertools
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

TEAM = "T0DESK"
BOT_USER = "U0DESKBOT"
BOT_ID = "B0DESKBOT"
APP_ID = "A0DESK"
_STRUCTURED = ("blocks", "metadata", "view", "prompts", "attachments")
PATIENCE = 10.0


@dataclass(frozen=True)
class Call:
    """One request: the method, its arguments with JSON already read, and the token it carried."""

    method: str
    arguments: dict[str, Any]
    token: str | None

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    @property
    def words(self) -> str:
        """Return everything a reader sees: the fallback text and all text in the blocks."""
        return "\n".join([str(self.arguments.get("text", "")), *_texts(self.arguments.get("blocks", []))])


@dataclass(frozen=True)
class Failure:
    """How the next calls go wrong: an HTTP status, an error code, or a hang-up."""

    status: int = 200
    error: str | None = None
    retry_after: int | None = None
    hang_up: bool = False
    method: str | None = None


@dataclass
class SlackAPI:
    """Start with `with SlackAPI() as slack:`; `slack.url` is the base URL for a client.

    `users` and `channels` may be changed by the test: what users.info and conversations.info tell.
    """

    calls: list[Call] = field(default_factory=list)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    url: str = ""

    def __post_init__(self) -> None:
        self._failures: deque[Failure] = deque()
        self._changed = threading.Condition()
        self._ts = itertools.count(1)
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> "SlackAPI":
        server = _Server(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self._server = server
        self.url = f"http://127.0.0.1:{server.server_port}/api/"
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(
        self,
        times: int = 1,
        *,
        status: int = 200,
        error: str | None = None,
        retry_after: int | None = None,
        hang_up: bool = False,
        method: str | None = None,
    ) -> None:
        """Make the next `times` calls fail; of one method only, when it is named."""
        failure = Failure(status, error, retry_after, hang_up, method)
        with self._changed:
            self._failures.extend([failure] * times)

    def rate_limit(self, times: int = 1, *, retry_after: int = 30, method: str | None = None) -> None:
        """Make the next calls answer 429 with Retry-After."""
        self.fail(times, status=429, error="ratelimited", retry_after=retry_after, method=method)

    def of(self, *methods: str) -> list[Call]:
        """Return the calls of these methods so far, in order."""
        with self._changed:
            return [call for call in self.calls if call.method in methods]

    @property
    def posts(self) -> list[Call]:
        """Return the messages posted so far."""
        return self.of("chat.postMessage")

    def wait_for(
        self, method: str, count: int = 1, *, where: Callable[[Call], bool] | None = None
    ) -> list[Call]:
        """Return the calls of a method once there are `count` of them, or fail after ten seconds."""

        def found() -> list[Call]:
            return [call for call in self.calls if call.method == method and (where is None or where(call))]

        with self._changed:
            if not self._changed.wait_for(lambda: len(found()) >= count, timeout=PATIENCE):
                seen = [call.method for call in self.calls]
                raise AssertionError(f"expected {count} x {method}, saw {seen}")
            return found()

    def answer(self, call: Call) -> tuple[Failure | None, dict[str, Any]]:
        """Record a call and return what to answer. For the server's own use."""
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
            if self._failures and self._failures[0].method in {None, call.method}:
                failure = self._failures.popleft()
                return failure, {"ok": False, "error": failure.error or "internal_error"}
            return None, self._success(call)

    def _success(self, call: Call) -> dict[str, Any]:
        arguments = call.arguments
        match call.method:
            case "auth.test":
                return {"ok": True, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT_ID, "team": "Desk"}
            case "users.info":
                return self._user(str(arguments.get("user")))
            case "conversations.info":
                return self._found(
                    "channel", self.channels.get(str(arguments.get("channel"))), "channel_not_found"
                )
            case "conversations.replies":
                key = (str(arguments.get("channel")), str(arguments.get("ts")))
                return {"ok": True, "messages": self.replies.get(key, []), "has_more": False}
            case "chat.postMessage":
                ts = self._next_ts()
                message = {"ts": ts, "bot_id": BOT_ID, **arguments}
                return {"ok": True, "channel": arguments.get("channel"), "ts": ts, "message": message}
            case "chat.update":
                return {"ok": True, "channel": arguments.get("channel"), "ts": arguments.get("ts")}
            case "chat.postEphemeral":
                return {"ok": True, "message_ts": self._next_ts()}
            case "views.open" | "views.update" | "views.publish" | "views.push":
                return {"ok": True, "view": {"id": f"V{next(self._ts)}", **(arguments.get("view") or {})}}
            case _:
                return {"ok": True}

    def _user(self, user: str) -> dict[str, Any]:
        known = {"id": user, "team_id": TEAM, "real_name": f"Person {user}", "locale": "en-US"}
        return {"ok": True, "user": {**known, **self.users.get(user, {})}}

    def _found(self, name: str, value: dict[str, Any] | None, missing: str) -> dict[str, Any]:
        return {"ok": True, name: value} if value is not None else {"ok": False, "error": missing}

    def _next_ts(self) -> str:
        return f"1800000000.{next(self._ts):06d}"


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that hang up, or were hung up on."""


def _handler(api: SlackAPI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            token = (self.headers.get("authorization") or "").removeprefix("Bearer ") or None
            method = self.path.partition("?")[0].rsplit("/", 1)[-1]
            query = self.path.partition("?")[2]
            failure, answer = api.answer(Call(method, {**_arguments(query), **self._read(body)}, token))
            if failure and failure.hang_up:
                self.close_connection = True
                self.connection.close()
                return
            raw = json.dumps(answer).encode()
            self.send_response(failure.status if failure else 200)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(raw)))
            if failure and failure.retry_after is not None:
                self.send_header("retry-after", str(failure.retry_after))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST

        def _read(self, body: str) -> dict[str, Any]:
            if body and "json" in (self.headers.get("content-type") or ""):
                loaded = json.loads(body)
                return loaded if isinstance(loaded, dict) else {}
            return _arguments(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def _arguments(form: str) -> dict[str, Any]:
    values: dict[str, Any] = dict(parse_qsl(form, keep_blank_values=True))
    for name in _STRUCTURED:
        if isinstance(values.get(name), str):
            values[name] = json.loads(values[name])
    return values


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [
            text for name, inner in value.items() if name != "text" or not own for text in _texts(inner)
        ]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []
