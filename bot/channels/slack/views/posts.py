"""A message to send as the posts that carry it: text, quoted passages, buttons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.channels.slack import markup
from bot.channels.slack.views.blocks import (
    BUTTONS_A_BLOCK,
    LABEL,
    NUMBER,
    SECTION,
    Block,
    button,
    context,
    plain,
    section,
)
from bot.channels.slack.wording import Wording, wording
from bot.messages import Action, Outbound, Quote

BLOCKS = 48
POST = 11_500
FALLBACK = 3_900
_HEADER = 150
_VALUE = 2_000
_ADDRESS = 3_000

# What these say is nobody's business on a lock screen.
_VERDICTS = frozenset({"helpful", "not_helpful"})
_DISCREET = frozenset({"relay", "reminder", "page"})


@dataclass(frozen=True, slots=True)
class SlackPost:
    """One chat.postMessage: blocks, and the text that notifications show."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    block: Block
    said: str

    @property
    def size(self) -> int:
        return sum(markup.size(text) for text in _strings(self.block))


def posts(message: Outbound) -> tuple[SlackPost, ...]:
    """Return the posts that carry the whole message, in order; one, unless it is too long for one."""
    pieces = _heading(message) + _body(message) + _buttons(message)
    groups: list[list[_Piece]] = [[]]
    for piece in pieces:
        group = groups[-1]
        full = len(group) >= BLOCKS or sum(other.size for other in group) + piece.size > POST
        if group and full:
            groups.append([])
        groups[-1].append(piece)
    told = markup.escape(_notification(message))
    return tuple(SlackPost(told, tuple(piece.block for piece in group)) for group in groups)


def plain_posts(message: Outbound) -> tuple[SlackPost, ...]:
    """Return the message as text alone, for when Slack refuses the blocks."""
    whole = message.text or message.subject or neutral(message)
    return tuple(
        SlackPost(markup.linked(piece), ()) for piece in markup.split(whole, FALLBACK) if piece.strip()
    )


def neutral(message: Outbound) -> str:
    """Return a notification line that says that there is news, and not which."""
    if message.subject:
        return " ".join(message.subject.split())
    words = wording(message.language)
    values = " ".join([*(action.value for action in message.actions), message.text])
    number = NUMBER.search(values)
    return words.about_request.format(number=number.group()) if number else words.about_a_request


def _notification(message: Outbound) -> str:
    """Return what a locked screen shows: that there is news, and not which. Screen readers read the blocks.

    The one exception is danger: 911 must be seen at a glance. What names 988 is nobody else's business.
    """
    if message.kind == "safety" and "988" not in message.text:
        return next(markup.split(message.text, FALLBACK, markup.escape), "") or neutral(message)
    return neutral(message)


def _heading(message: Outbound) -> list[_Piece]:
    heading = " ".join((message.heading or "").split())
    opening = message.text.lstrip().partition("\n")[0]
    if not heading or not _discreet(message.kind, "safety") or opening.startswith(heading):
        return []  # in a conversation, a mail's subject would be noise
    if markup.size(heading) <= _HEADER:
        block: Block = {"type": "header", "text": plain(heading, _HEADER)}
        return [_Piece(block, heading)]
    return _sections(heading, lambda piece: f"*{markup.linked(piece)}*")


def _body(message: Outbound) -> list[_Piece]:
    """Return the text, with its quoted passages drawn as quotations where they stand in it.

    The text is complete without the quotes; where they can't be found in it, it stays plain text.
    """
    span = _span(message.text, message.quotes)
    if span is None:
        return _sections(message.text)
    drawn: list[_Piece] = []
    groups = [tuple(group) for _, group in groupby(message.quotes, key=lambda quote: quote.document_id)]
    for group in groups:
        drawn += _quotations(group, message.language, titled=len(groups) > 1)
    return [*_sections(message.text[: span[0]]), *drawn, *_sections(message.text[span[1] :])]


def _span(text: str, quotes: Sequence[Quote]) -> tuple[int, int] | None:
    """Return where the quotations with their sources begin and end in the text, all of them in their order."""
    if not quotes:
        return None
    at, starts = 0, []
    for quote in quotes:
        excerpt = text.find(quote.excerpt, at) if quote.excerpt else -1
        if excerpt < 0:
            return None
        starts.append(excerpt)
        at = excerpt + len(quote.excerpt)
    ends = [
        text.find(quote.url, starts[0]) + len(quote.url) for quote in quotes if quote.url in text[starts[0] :]
    ]
    if len(ends) < len(quotes) or not all(quote.url for quote in quotes):
        return None
    start = text.rfind("\n", 0, starts[0]) + 1
    heading = text.rfind("\n\n", 0, max(start - 2, 0)) + 2
    title = quotes[0].title.upper()
    if text[heading:start].strip() == title:
        start = heading
    end = text.find("\n", max(ends))
    return start, len(text) if end < 0 else end + 1


def _quotations(quotes: Sequence[Quote], language: str, *, titled: bool) -> list[_Piece]:
    """Return the passages of one document, and under them a line for each place they come from."""
    words = wording(language)
    pieces: list[_Piece] = []
    if titled:
        title = " ".join(quotes[0].title.split())
        shown = markup.escape(title)
        pieces.append(
            _Piece(section(markup.shortened(shown if "*" in shown else f"*{shown}*", SECTION)), title)
        )
    for quote in quotes:
        number = "" if _is_whole(quote) else f"{quote.number}. "
        pieces += _sections(f"{number}{quote.excerpt}", _quoted)
    for place, group in groupby(quotes, key=lambda quote: _source(quote, words)):
        links = [(quote.number, quote.url) for quote in group]
        shown = " ".join(markup.link(url, f"[{number}]") for number, url in links)
        source = f"{shown} {markup.escape(place)}"
        if markup.size(source) > SECTION:  # an absurdly long address: the place stands alone
            source = markup.escape(place)
        said = "\n".join(f"[{number}] {place}: {url}" for number, url in links)
        pieces.append(_Piece(context(source), said))
    return pieces


def _is_whole(quote: Quote) -> bool:
    return "\n" in quote.excerpt and not quote.section


def _source(quote: Quote, words: Wording) -> str:
    facts = [quote.title, quote.section if quote.section != quote.title else ""]
    facts += [words.page_short.format(page=quote.page) if quote.page else "", quote.dated or ""]
    facts += quote.caveats
    return markup.shortened(" - ".join(fact for fact in facts if fact) or words.source, 400)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in markup.linked(text).strip("\n").split("\n"))


def _sections(text: str, written: Callable[[str], str] = markup.linked) -> list[_Piece]:
    return [
        _Piece(section(written(piece)), piece)
        for piece in markup.split(text.strip(), SECTION, written)
        if piece.strip()
    ]


def _buttons(message: Outbound) -> list[_Piece]:
    blocks: list[Block] = []
    actions = [action for action in message.actions if _drawable(action)]
    helpful = {action.name: action for action in actions if action.name in _VERDICTS}
    row: list[Block] = []
    for action in actions:
        if action.name in helpful and len(helpful) == len(_VERDICTS):
            continue
        taken = {element["action_id"] for element in row}
        if action.name in taken or len(row) == BUTTONS_A_BLOCK:  # ids are unique within a block
            blocks.append({"type": "actions", "elements": row})
            row = []
        style = "primary" if action.name in {"claim", "talk_to_person"} else None
        row.append(button(action, style=style, language=message.language))
    if row:
        blocks.append({"type": "actions", "elements": row})
    if len(helpful) == len(_VERDICTS):
        blocks.append(_feedback(helpful["helpful"], helpful["not_helpful"], wording(message.language)))
    return [_Piece(block, "") for block in blocks]


def _drawable(action: Action) -> bool:
    if action.name == "open":
        return action.value.startswith(("http://", "https://")) and len(action.value) <= _ADDRESS
    return bool(action.value) and len(action.value) <= _VALUE


def _feedback(helpful: Action, not_helpful: Action, words: Wording) -> Block:
    def side(action: Action, spoken: str) -> Block:
        return {
            "text": plain(action.label, LABEL),
            "accessibility_label": markup.shortened(spoken, LABEL),
            "value": f"{action.name}:{action.value}",
        }

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": side(helpful, words.feedback_yes),
                "negative_button": side(not_helpful, words.feedback_no),
            }
        ],
    }


def _discreet(kind: str, *also: str) -> bool:
    return kind in _DISCREET or kind.startswith("ticket_") or kind in also


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _strings(inner)]
    return []
