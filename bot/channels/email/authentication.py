"""Whether the receiving host vouches for the sender: RFC 8601, read without a network.

The host must remove forged copies of its own id from arriving mail; `helpdesk setup` says so.
"""

from dataclasses import dataclass, field

from bot.channels.email.mime import split_outside_quotes, unquote
from bot.channels.email.parse import InboundEmail


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


def authenticated(email: InboundEmail, authserv_id: str | None) -> bool:
    """Tell whether the host named `authserv_id` vouches for the single From address.

    Only the topmost Authentication-Results header of that host counts. DMARC must pass for the domain
    of the From address; where that domain has no DMARC, a DKIM signature of the same domain will do.
    Several senders, no header, or no id to trust: not authenticated.
    """
    domain = email.from_address.rpartition("@")[2].strip().rstrip(".").lower()
    if not authserv_id or email.from_count != 1 or not domain:
        return False
    wanted = authserv_id.strip().lower()
    for value in email.authentication_results:
        host, results = _read(value)
        if host == wanted:
            return _passes(results, domain)
    return False


def _passes(results: list[_Result], domain: str) -> bool:
    dmarc = [found for found in results if found.method == "dmarc"]
    if any(found.result not in {"pass", "none"} for found in dmarc):
        return False
    if any(found.result == "pass" for found in dmarc):
        return all(_domain(found, "header.from") == domain for found in dmarc if found.result == "pass")
    signed = any(
        found.method == "dkim" and found.result == "pass" and _domain(found, "header.d", "header.i") == domain
        for found in results
    )
    return bool(dmarc) and signed


def _domain(found: _Result, *names: str) -> str:
    stated = next((found.properties[name] for name in names if name in found.properties), "")
    return stated.rpartition("@")[2].strip().rstrip(".").lower()


def _read(value: str) -> tuple[str, list[_Result]]:
    """Return the host's id and its results. Comments are gone before anything is looked at."""
    head, *fields = split_outside_quotes(_without_comments(value[:20_000]), ";")
    words = head.split()
    results: list[_Result] = []
    for text in fields[:100]:
        tokens = text.replace(" =", "=").replace("= ", "=").split()
        method, equals, result = tokens[0].partition("=") if tokens else ("", "", "")
        if not equals:
            continue
        properties: dict[str, str] = {}
        for token in tokens[1:]:
            name, is_set, content = token.partition("=")
            if is_set:
                properties.setdefault(name.lower(), unquote(content))
        results.append(_Result(method.partition("/")[0].lower(), result.lower(), properties))
    return (unquote(words[0]).lower() if words else ""), results


def _without_comments(text: str) -> str:
    outside: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if escaped:
            escaped = False
            if not depth:
                outside.append(letter)
        elif letter == "\\" and (quoted or depth):
            escaped = True
            if not depth:
                outside.append(letter)
        elif letter == '"' and not depth:
            quoted = not quoted
            outside.append(letter)
        elif letter == "(" and not quoted:
            depth += 1
            outside.append(" ")
        elif letter == ")" and not quoted and depth:
            depth -= 1
        elif not depth:
            outside.append(letter)
    return "".join(outside)
