"""One request to one address that was looked at before, capped in bytes and in time."""

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.fetching.errors import FetchError

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask whom: the host by name for the server, by checked addresses for the network."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: Sequence[str]
    agent: str
    most_bytes: int
    deadline: float
    trust: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. Names of headers are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(request: Request) -> Response:
    """Send a GET and return the answer; raise FetchError, after the deadline at the latest."""
    left = request.deadline - time.monotonic()
    if left <= 0:
        raise FetchError(_too_slow(request.host))
    line = _connect(request, left)
    # A server that sends a byte now and then would keep every single wait short: this ends them all.
    # Of the connection it holds a handle of its own: the other is taken over by the encryption.
    handle = line.dup()
    watch = threading.Timer(max(0.0, request.deadline - time.monotonic()), _shut, [handle])
    watch.daemon = True
    watch.start()
    try:
        if request.scheme == "https":
            line = request.trust.wrap_socket(line, server_hostname=request.host)
        response = _exchange(request, line)
        if time.monotonic() >= request.deadline:
            # What was cut off at the deadline looks like an answer that has ended.
            raise FetchError(_too_slow(request.host))
        return response
    except ssl.SSLCertVerificationError as error:
        raise FetchError(f"{request.host} can't prove who it is (certificate)") from error
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
        if time.monotonic() >= request.deadline:
            raise FetchError(_too_slow(request.host)) from error
        raise FetchError(f"{request.host} gave no proper answer") from error
    finally:
        watch.cancel()
        handle.close()
        line.close()


def _connect(request: Request, left: float) -> socket.socket:
    fault: OSError | None = None
    for address in request.addresses[:4]:
        try:
            return socket.create_connection((address, request.port), timeout=min(left, 10.0))
        except OSError as error:
            fault = error
    raise FetchError(f"{request.host} does not answer") from fault


def _exchange(request: Request, line: socket.socket) -> Response:
    connection = http.client.HTTPConnection(request.host, request.port)
    connection.sock = line
    named = f"[{request.host}]" if ":" in request.host else request.host
    usual = {"http": 80, "https": 443}[request.scheme]
    host = named if request.port == usual else f"{named}:{request.port}"
    connection.putrequest("GET", request.path, skip_host=True, skip_accept_encoding=True)
    for name, value in (
        ("Host", host),
        ("User-Agent", request.agent),
        ("Accept", "text/html, application/pdf, */*;q=0.5"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    body = _body(response, request.most_bytes)
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        body = _unpacked(body, request.most_bytes)
    elif coding not in ("", "identity"):
        raise FetchError(f"{request.host} packs its answer in a way that is not read")
    return Response(response.status, headers, body)


def _body(response: http.client.HTTPResponse, most: int) -> bytes:
    parts, total = [], 0
    while chunk := response.read(_CHUNK):
        total += len(chunk)
        if total > most:
            raise FetchError(_too_large(most))
        parts.append(chunk)
    if response.length:
        raise FetchError("its answer is cut short")
    return b"".join(parts)


def _unpacked(body: bytes, most: int) -> bytes:
    """Unpack an answer that was packed though nobody asked for it, no further than may be."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    unpacked = unpacker.decompress(body, most + 1)
    if len(unpacked) > most:
        raise FetchError(_too_large(most))
    return unpacked


def _too_slow(host: str) -> str:
    return f"{host} takes too long to answer"


def _too_large(most: int) -> str:
    return (
        f"it has more than {most // 1_000_000} MB" if most >= 1_000_000 else f"it has more than {most} bytes"
    )


def _shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It was closed in the meantime.
        return
