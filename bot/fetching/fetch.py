"""From a web address to bytes and a name, by the rules of `addresses` at every turn."""

import re
import ssl
import time
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from bot.fetching.addresses import NOTHING_MORE, Allowance, Resolver, permitted, resolve, resolve_within
from bot.fetching.connection import Request, Response, ask
from bot.fetching.errors import FetchError
from bot.fetching.robots import MOST_BYTES, allows

AGENT = "HubHelpDesk"
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOST_MOVES = 5
_LONGEST_ADDRESS = 2000
_ENDINGS = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}
_TEXT = frozenset({".html", ".txt", ".md"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one document may take, moves and robots.txt included."""

    most_bytes: int = 50_000_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document from the web: a name for it, its content, and the address where it was in the end."""

    name: str
    data: bytes
    address: str


@dataclass(frozen=True, slots=True)
class _Place:
    """An address taken apart. `host` is as the network knows it, in letters that DNS has."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def address(self) -> str:
        named = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{named}{'' if self.port == usual else f':{self.port}'}{self.path}"


def fetch(
    address: str,
    *,
    limits: FetchLimits | None = None,
    resolver: Resolver = resolve,
    allowance: Allowance = NOTHING_MORE,
    trust: ssl.SSLContext | None = None,
) -> Fetched:
    """Fetch a document; raise FetchError with the reason in one sentence.

    Only http and https on their own ports, only machines of the public net, looked up anew and looked at
    anew after each move. No proxy, no cookie, no password; what robots.txt asks is respected.
    """
    limits = limits or FetchLimits()
    journey = _Journey(
        limits, time.monotonic() + limits.seconds, resolver, allowance, trust or ssl.create_default_context()
    )
    place = _place(address)
    for _ in range(_MOST_MOVES + 1):
        if not journey.welcome(place):
            raise FetchError(f"{place.host} asks machines not to read this page (robots.txt)")
        response = journey.get(place, limits.most_bytes)
        if response.status in _MOVED and response.headers.get("location"):
            moved = urljoin(place.address, response.headers["location"])
            onward = _place(moved)
            if place.scheme == "https" and onward.scheme == "http":
                raise FetchError(f"{place.host} leads from a safe address to an open one")
            place = onward
            continue
        if response.status != 200:
            raise FetchError(_status(place.host, response.status))
        if not response.body:
            raise FetchError(f"{place.host} sends an empty document")
        return _named(place, response)
    raise FetchError(f"{place.host} leads from one address to the next without end")


@dataclass(frozen=True, slots=True)
class _Journey:
    limits: FetchLimits
    deadline: float
    resolver: Resolver
    allowance: Allowance
    trust: ssl.SSLContext

    def get(self, place: _Place, most_bytes: int) -> Response:
        """Look up, look at, and ask one place."""
        left = self.deadline - time.monotonic()
        answers = resolve_within(self.resolver, place.host, place.port, left)
        addresses = permitted(place.host, place.port, answers, self.allowance)
        return ask(
            Request(
                scheme=place.scheme,
                host=place.host,
                port=place.port,
                path=place.path,
                addresses=addresses,
                agent=f"{AGENT}/1.0",
                most_bytes=most_bytes,
                deadline=self.deadline,
                trust=self.trust,
            )
        )

    def welcome(self, place: _Place) -> bool:
        """Say whether the site lets machines read this; without a robots.txt it does."""
        robots = replace(place, path="/robots.txt")
        for _ in range(_MOST_MOVES):
            response = self.get(robots, MOST_BYTES)
            if response.status in _MOVED and response.headers.get("location"):
                robots = _place(urljoin(robots.address, response.headers["location"]))
                continue
            if response.status >= 500 or response.status == 429:
                raise FetchError(f"{place.host} is out of order: its robots.txt can't be read")
            if response.status != 200:
                return True
            return allows(response.body.decode("utf-8", "replace"), AGENT, place.path)
        return True


def _place(address: str) -> _Place:
    """Take an address apart; raise FetchError for what is no address of the web."""
    if len(address) > _LONGEST_ADDRESS or re.search(r"[\x00-\x20\x7f\\]", address):
        raise FetchError("this is no web address")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise FetchError("this is no web address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError("only addresses that begin with http:// or https:// are fetched")
    if parts.username is not None or parts.password is not None:
        raise FetchError("an address with a name or password in it is not fetched")
    try:
        host = (
            parts.hostname.rstrip(".") if parts.hostname.isascii() else parts.hostname.encode("idna").decode()
        )
    except UnicodeError as error:
        raise FetchError("this is no web address") from error
    path = urlunsplit(
        (
            "",
            "",
            quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"),
            quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]"),
            "",
        )
    )
    return _Place(parts.scheme, host, port or {"http": 80, "https": 443}[parts.scheme], path)


def _named(place: _Place, response: Response) -> Fetched:
    """Return the document under a name that tells what it is; text with its encoding settled."""
    kind = response.headers.get("content-type", "")
    ending = _ENDINGS.get(kind.split(";", 1)[0].strip().lower(), "")
    last = PurePosixPath(unquote(place.path.split("?", 1)[0])).name
    stem, given = PurePosixPath(last).stem, PurePosixPath(last).suffix
    if not re.search(r"[^\W_]", stem) or stem.lower() == "index":
        stem = place.host
    data = response.body
    charset = _CHARSET.search(kind)
    if ending in _TEXT and charset:
        data = _settled(data, charset[1])
    return Fetched(f"{stem}{ending or given or '.html'}", data, place.address)


def _settled(data: bytes, charset: str) -> bytes:
    """Write text in UTF-8 with its mark, when the server told in what it was and told the truth."""
    try:
        return (
            ("\ufeff" + data.decode(charset)).encode() if charset.lower() not in ("utf-8", "utf8") else data
        )
    except (LookupError, UnicodeError):
        return data


def _status(host: str, status: int) -> str:
    if status in (401, 403, 407):
        return f"{host} does not let this page be read ({status})"
    if status in (404, 410):
        return f"{host} has no such page ({status})"
    return f"{host} answers {status}"
