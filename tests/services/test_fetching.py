"""A web address is fetched from public machines only: looked up, looked at, and asked where it was looked at.

The servers here stand on loopback, which no rule allows: each test hands in a resolver that leads to them
and an allowance for that one address and port.
"""

import datetime as dt
import gzip
import ipaddress
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.fetching import Allowance, Fetched, FetchError, FetchLimits, fetch
from bot.fetching.addresses import is_public, permitted
from bot.fetching.robots import allows

PAGE = b"<html><body><p>Words.</p></body></html>"


@dataclass
class Site:
    """A server on loopback: answers by path, and what it was asked."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, host: str = "town.example", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def fetch(self, path: str, *, limits: FetchLimits | None = None, **more: object) -> Fetched:
        """Fetch a path as an admin would, with this server in the place of the public net."""
        options = {"resolver": lambda host, port: ["127.0.0.1"], "allowance": self.allowance, **more}
        return fetch(self.url(path), limits=limits, **options)  # type: ignore[arg-type]

    @property
    def allowance(self) -> Allowance:
        return Allowance(frozenset({("127.0.0.1", self.port)}))


def serve(site: Site, context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.headers["Host"], self.path))
            status, headers, body = site.answers.get(self.path, (404, {}, b"none"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if headers.get("X-Slow"):
                    while not stop.wait(0.05):
                        self.wfile.write(b"x")
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *arguments: object) -> None:
            return

    stop = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.stop = stop  # type: ignore[attr-defined]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = serve(site)
    yield site
    server.stop.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "192.88.99.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "3fff::1", "5f00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
        "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2001:0:4136:e378::1", "2606:4700::5efe:10.0.0.1",
        "2606:4700::200:5efe:192.168.0.1", "localhost", "", "2130706433",
    ],
)  # fmt: skip
def test_what_is_not_on_the_public_net_is_known_in_every_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("port", "answers"),
    [
        (443, ["8.8.8.8", "10.0.0.1"]),
        (443, ["2606:4700::1111", "::ffff:192.168.0.1"]),
        (8080, ["8.8.8.8"]),
        (80, []),
    ],
)
def test_one_bad_answer_or_another_port_is_enough_to_refuse(port: int, answers: Sequence[str]) -> None:
    with pytest.raises(FetchError):
        permitted("town.example", port, answers, Allowance())
    assert permitted("town.example", 443, ["8.8.8.8"], Allowance()) == ["8.8.8.8"]


def test_without_the_allowance_a_server_on_this_machine_is_not_asked(site: Site) -> None:
    for url in (
        site.url("/"),
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://2130706433/",
        "http://localhost/",
    ):
        with pytest.raises(FetchError):
            fetch(url)
    with pytest.raises(FetchError, match="not on the public net"):
        fetch("http://town.example/", resolver=lambda host, port: ["127.0.0.1"], allowance=site.allowance)
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    ["ftp://town.example/", "file:///etc/passwd", "http://", "http://a b/", "http://me:secret@town.example/", "town.example",
     "http://town.example:99999/", "http://[::1", "gopher://x/", "http://town.example\\@evil.example/"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(url, resolver=lambda host, port: pytest.fail("looked up"))
    assert "secret" not in str(caught.value)


# Answers


def test_a_page_comes_under_a_name_that_tells_what_it_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.answers["/flags?x=1"] = (
        200,
        {"Content-Type": "text/html; charset=windows-1252"},
        "é".encode("cp1252"),
    )
    site.answers["/guide"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.7")
    fetched = site.fetch("/flags?x=1")
    assert (fetched.name, fetched.data.decode("utf-8-sig"), fetched.address) == (
        "flags.html",
        "é",
        site.url("/flags?x=1"),
    )
    assert site.fetch("/guide").name == "guide.pdf"
    assert site.asked[0] == (f"town.example:{site.port}", "/robots.txt")


def test_each_move_is_looked_up_and_looked_at_anew(site: Site) -> None:
    other = Site()
    server = serve(other)
    try:
        other.answers["/secret"] = (200, {}, b"inside")
        site.answers["/out"] = (302, {"Location": "/page"}, b"")
        site.answers["/page"] = (200, {"Content-Type": "text/plain"}, b"Words.")
        site.answers["/in"] = (301, {"Location": f"http://127.0.0.1:{other.port}/secret"}, b"")
        site.answers["/scheme"] = (302, {"Location": "file:///etc/passwd"}, b"")
        site.answers["/round"] = (302, {"Location": "/round"}, b"")
        assert site.fetch("/out").address == site.url("/page")
        for path in ("/in", "/scheme", "/round"):
            with pytest.raises(FetchError):
                site.fetch(path)
        assert other.asked == []
    finally:
        server.shutdown()
        server.server_close()


def test_a_name_that_answers_otherwise_the_second_time_is_not_used(site: Site) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]])
    with pytest.raises(FetchError):
        site.fetch("/", resolver=lambda host, port: next(answers))


def test_robots_are_respected_and_so_is_a_site_that_is_out_of_order(site: Site) -> None:
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    site.answers["/private/a"] = site.answers["/public"] = (200, {}, PAGE)
    assert site.fetch("/public").data == PAGE
    with pytest.raises(FetchError, match=r"robots\.txt"):
        site.fetch("/private/a")
    site.answers["/robots.txt"] = (503, {}, b"")
    with pytest.raises(FetchError, match="out of order"):
        site.fetch("/public")
    assert ("/private/a" in [path for _, path in site.asked]) is False


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, {}, b"x" * 2000), "more than 1000 bytes"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 500_000)), "more than 1000 bytes"),
        ((200, {"Content-Encoding": "br"}, b"x"), "not read"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "no proper answer"),
        ((404, {}, b""), "no such page"),
        ((403, {}, b"no"), "does not let"),
        ((200, {}, b""), "empty document"),
        ((200, {"Content-Length": "900"}, b"x" * 10), "cut short"),
    ],
)
def test_answers_that_can_not_be_used_are_told(
    site: Site, answer: tuple[int, dict[str, str], bytes], reason: str
) -> None:
    site.answers["/a"] = answer
    with pytest.raises(FetchError, match=reason):
        site.fetch("/a", limits=FetchLimits(most_bytes=1000))


def test_a_server_that_drips_is_left_in_time(site: Site) -> None:
    site.answers["/slow"] = (200, {"X-Slow": "1"}, b"")
    with pytest.raises(FetchError, match="too long"):
        site.fetch("/slow", limits=FetchLimits(seconds=0.6))


def test_a_resolver_that_never_answers_is_left_in_time() -> None:
    held = threading.Event()

    def resolver(host: str, port: int) -> Sequence[str]:
        held.wait(30)
        return []

    with pytest.raises(FetchError, match="in time"):
        fetch("http://town.example/", resolver=resolver, limits=FetchLimits(seconds=0.2))
    held.set()


def test_a_server_must_prove_its_name(tmp_path: Path) -> None:
    server_side, trust = certificate_for("town.example", tmp_path)
    secure = Site()
    server = serve(secure, server_side)
    try:
        secure.answers["/a"] = (200, {"Content-Type": "text/html"}, PAGE)
        options = {"resolver": lambda host, port: ["127.0.0.1"], "allowance": secure.allowance}
        url = secure.url("/a", scheme="https")
        assert fetch(url, trust=trust, **options).data == PAGE  # type: ignore[arg-type]
        with pytest.raises(FetchError, match="prove who it is"):
            fetch(url, **options)  # type: ignore[arg-type]
        with pytest.raises(FetchError, match="prove who it is"):
            fetch(secure.url("/a", "other.example", "https"), trust=trust, **options)  # type: ignore[arg-type]
    finally:
        server.shutdown()
        server.server_close()


def certificate_for(host: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server of this name shows, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server_side, ssl.create_default_context(cafile=str(folder / "cert.pem"))


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: HubHelpDesk\nAllow: /", "/a", True),
        ("User-agent: *\nDisallow: /docs\nAllow: /docs/open", "/docs/open/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: a\nUser-agent: hubhelpdesk\nDisallow: /x # note", "/x", False),
        ("user-AGENT: *\r\nDISALLOW: /%7Eme", "/~me/a", False),
        ("Disallow: /", "/a", True),
    ],
)
def test_robots_are_read_as_the_standard_says(robots: str, path: str, allowed: bool) -> None:
    assert allows(robots, "HubHelpDesk", path) is allowed


def test_addresses_are_judged_the_same_however_they_are_written() -> None:
    for text in ("64:ff9b::192.168.0.1", "0:0:0:0:0:ffff:c0a8:0001"):
        assert ipaddress.ip_address(text).version == 6
        assert not is_public(text)


def test_a_pattern_of_many_stars_is_read_at_once() -> None:
    robots = "User-agent: *\nDisallow: /" + "*a" * 40 + "*b\nDisallow: /*x*z$\nDisallow: /*.pdf$\n"
    paths = ("/" + "a" * 1500, "/" + "a" * 1500 + "b", "/xyz", "/xz.html", "/z", "/a.pdf", "/a.pdfs")
    assert [allows(robots, "HubHelpDesk", path) for path in paths] == [
        True, False, False, True, True, False, True,
    ]  # fmt: skip
