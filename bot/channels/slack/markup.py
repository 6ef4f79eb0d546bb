"""Between Slack's markup and plain text, and cutting long text to size. Pure."""

import re
from collections.abc import Callable, Iterator

_TOKEN = re.compile(r"<([^<>]*)>")
_URL = re.compile(r"https?://[^\s<>\"“”«»|]+")
_TRAILING = ".,;:!?'’…"


def plain(text: str, bot_user_id: str | None = None) -> str:
    """Return what a person typed, without Slack's markup and without the mention of the desk.

    Links become their label with the address behind it, mentions their name, and the three
    escaped characters themselves again.
    """
    if bot_user_id:
        text = re.sub(rf"[ \t]*<@{re.escape(bot_user_id)}(?:\|[^<>]*)?>", "", text)
    parts = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(_unescape(text[end : token.start()]))
        parts.append(_unescape(_spoken(token.group(1))))
        end = token.end()
    parts.append(_unescape(text[end:]))
    return "".join(parts).strip()


def without_first_mention(text: str) -> str:
    """Return raw Slack text without the user mention it begins with, if it does."""
    return re.sub(r"^\s*<@[UW][A-Z0-9]*(?:\|[^<>]*)?>", "", text)


def escape(text: str) -> str:
    """Return text that Slack shows as it is: no mention, no link, no lost character."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(text: str) -> str:
    """Return escaped text in which web addresses can be pressed."""
    parts = []
    end = 0
    for match in _URL.finditer(text):
        address = match.group().rstrip(_TRAILING)
        if address.endswith(")") and address.count("(") < address.count(")"):
            address = address[:-1]
        parts.append(escape(text[end : match.start()]))
        parts.append(f"<{escape(address)}>")
        end = match.start() + len(address)
    parts.append(escape(text[end:]))
    return "".join(parts)


def link(address: str, label: str) -> str:
    """Return a link with a label; the label alone when the address is not a web address."""
    shown = escape(" ".join(label.split()))
    if not address.startswith(("http://", "https://")):
        return shown
    return f"<{escape(address).replace('|', '%7C').replace(' ', '%20')}|{shown}>"


def size(text: str) -> int:
    """Return how long Slack may count the text: characters outside the basic plane count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int, written: Callable[[str], str] = linked) -> Iterator[str]:
    """Yield pieces of `text` that each fit `limit` once `written`; joined they are the text again.

    A piece ends at a paragraph, a line or a word where one is near enough, else where it must.
    """
    start = 0
    while start < len(text):
        piece = text[start : start + limit]
        while (over := size(written(piece))) > limit:
            piece = piece[: max(1, min(len(piece) - 1, len(piece) * limit // over))]
        if start + len(piece) < len(text):
            piece = piece[: _boundary(piece)]
        yield piece
        start += len(piece)


def shortened(text: str, limit: int) -> str:
    """Return the text, cut with an ellipsis when it is longer than `limit`."""
    if size(text) <= limit:
        return text
    kept = text[: limit - 1]
    while size(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _boundary(piece: str) -> int:
    for mark in ("\n\n", "\n", " "):
        at = piece.rfind(mark)
        if at + len(mark) > len(piece) // 2:
            return at + len(mark)
    return len(piece)


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _spoken(token: str) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        command = target[1:].partition("^")[0]
        return label or f"@{command}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    bare = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if not label or label in {address, bare}:
        return label or address
    return f"{label} ({address})"  # what it says and where it leads may differ
