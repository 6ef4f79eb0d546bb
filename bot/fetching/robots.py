"""What a site asks of machines in its robots.txt (RFC 9309). Pure."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

# The longest that the standard asks anybody to read.
MOST_BYTES = 512_000


@dataclass(frozen=True, slots=True)
class _Rule:
    allows: bool
    pattern: str


def allows(robots: str, agent: str, path: str) -> bool:
    """Say whether a site lets a machine of this name read a path; the longest rule that fits decides."""
    fitting = [rule for rule in _rules(robots, agent.lower()) if _fits(rule.pattern, path)]
    if not fitting:
        return True
    longest = max(len(rule.pattern) for rule in fitting)
    return any(rule.allows for rule in fitting if len(rule.pattern) == longest)


def _rules(robots: str, agent: str) -> list[_Rule]:
    """Return the rules of the groups for this machine, or else of those for all."""
    own: list[_Rule] = []
    general: list[_Rule] = []
    found = False
    names: list[str] = []
    in_rules = False
    for line in robots.lstrip("\ufeff").splitlines():
        key, colon, value = line.split("#", 1)[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            names = [*([] if in_rules else names), value.lower()]
            in_rules = False
            found = found or _names(value.lower(), agent)
        elif key in ("allow", "disallow"):
            in_rules = True
            if value:
                rule = _Rule(key == "allow", value)
                own += [rule] if any(_names(name, agent) for name in names) else []
                general += [rule] if "*" in names else []
    return own if found else general


def _names(name: str, agent: str) -> bool:
    return name != "*" and bool(name) and name.split("/", 1)[0] == agent


def _fits(pattern: str, path: str) -> bool:
    # Part after part at its first place: a pattern of many stars must not keep anybody busy for hours.
    ends = pattern.endswith("$")
    first, *parts = (_plain(part) for part in pattern.removesuffix("$").split("*"))
    path = _plain(path)
    if not path.startswith(first):
        return False
    last = parts.pop() if ends and parts else None
    place = len(first)
    for part in parts:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= place
    return not ends or place == len(path)


def _plain(text: str) -> str:
    """Write a path in one way, however its letters were encoded."""
    return quote(unquote(text), safe="/?&=:;,@!~+$'()*[]-._#%")
