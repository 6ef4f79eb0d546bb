"""Which machines may be asked: public ones on the ports of the web, and no other.

A web address that an admin was talked into must not reach into the network that the desk stands in.
So every answer of the resolver is looked at, in every disguise that an IPv4 address can wear, and the
connection goes to an address that was looked at, not to the name again.
"""

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.fetching.errors import FetchError

Resolver = Callable[[str, int], Sequence[str]]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({80, 443})
# All that is given out as public IPv6; what lies outside is for other uses.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Inside the public space, and yet not the public net: tunnels, examples, benchmarks, relays.
_NOT_PUBLIC_6 = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48"))
)
_NOT_PUBLIC_4 = tuple(
    map(ipaddress.IPv4Network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "192.31.196.0/24",
                                "192.52.193.0/24", "192.175.48.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"))
)  # fmt: skip
_ISATAP = (0x00005EFE, 0x02005EFE)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Single machines that may be asked besides the public ones: pairs of address and port.

    The desk has none. It is how a test lets its own server be reached without loosening the rule.
    """

    endpoints: frozenset[tuple[str, int]] = frozenset()


NOTHING_MORE = Allowance()


def is_public(address: str) -> bool:
    """Say whether an IP address, in whatever disguise, is one of the public net."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        # With a zone ("fe80::1%eth0"), or no address at all.
        return False
    return all(_plainly_public(one) for one in _unwrapped(parsed))


def permitted(host: str, port: int, answers: Sequence[str], allowance: Allowance) -> Sequence[str]:
    """Return the addresses that may be connected to; raise FetchError unless every answer is one.

    One private address among public ones is how a name is made to lead inside: then none is used.
    """
    if not answers:
        raise FetchError(f"{host} has no address")
    if all((answer, port) in allowance.endpoints for answer in answers):
        return answers
    if port not in PORTS:
        raise FetchError(f"port {port} is not one of the web's (80 and 443)")
    if not all(map(is_public, answers)):
        raise FetchError(f"{host} is not on the public net")
    return answers


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system where a host is; raise FetchError when it doesn't know."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host} can't be found") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolver: Resolver, host: str, port: int, seconds: float) -> Sequence[str]:
    """Ask a resolver, but no longer than so many seconds: the system's own may take minutes."""
    answered: queue.Queue[Sequence[str] | FetchError] = queue.Queue()

    def ask() -> None:
        try:
            answered.put(resolver(host, port))
        except FetchError as error:
            answered.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answered.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise FetchError(f"{host} can't be found in time") from None
    if isinstance(answer, FetchError):
        raise answer
    return answer


def _unwrapped(address: _Address) -> Iterator[_Address]:
    """Yield the address that is really meant; both where an IPv6 address carries an IPv4 one and is public itself."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    low = int(address) & 0xFFFFFFFF
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _SIX_TO_FOUR:
        yield ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    elif any(address in net for net in _NAT64) or address in _COMPATIBLE:
        yield ipaddress.IPv4Address(low)
    else:
        yield address
        if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
            yield ipaddress.IPv4Address(low)


def _plainly_public(address: _Address) -> bool:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_loopback:
        return False
    if address.is_link_local or address.is_unspecified:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in net for net in _NOT_PUBLIC_4)
    return address in _GLOBAL_UNICAST and not any(address in net for net in _NOT_PUBLIC_6)
