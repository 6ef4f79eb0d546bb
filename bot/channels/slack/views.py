"""Block Kit from values. Pure: no request, no client, no clock.

Slack's limits are respected here, since its SDK checks none of them for plain dicts: sections of
3,000 characters, 50 blocks and about 13,000 characters a message.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.channels.slack import markup
from bot.channels.slack.wording import Wording, wording
from bot.messages import Action, Outbound, Quote
from bot.rendering.labels import label

Block = dict[str, Any]
OUTCOMES = ("advice", "library", "referred", "monitoring", "peer", "not_needed", "out_of_scope")

SECTION = 2900  # of 3,000: an escape more or less must not matter
BLOCKS = 48
POST = 11_500
FALLBACK = 3_900
_HEADER = 150
_LABEL = 75
_VALUE = 2_000
_ADDRESS = 3_000
_BUTTONS_A_BLOCK = 25

# What these say is nobody's business on a lock screen.
_VERDICTS = frozenset({"helpful", "not_helpful"})
_DISCREET = frozenset({"relay", "reminder", "page"})
# Why an answer did not help, as it is stored; `Wording.reasons` says them in this order.
REASONS = ("wrong_subject", "not_my_place", "too_general")
_NUMBER = re.compile(r"\bHD-\d+\b")


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
    number = _NUMBER.search(values)
    return words.about_request.format(number=number.group()) if number else words.about_a_request


def _notification(message: Outbound) -> str:
    """Return what a locked screen shows: that there is news, and not which. Screen readers read the blocks.

    The one exception is danger: 911 must be seen at a glance. What names 988 is nobody else's business.
    """
    if message.kind == "safety" and "988" not in message.text:
        return next(markup.split(message.text, FALLBACK, markup.escape), "") or neutral(message)
    return neutral(message)


def section(text: str) -> Block:
    """Return a section of ready mrkdwn. `verbatim` keeps Slack from reading mentions into it."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    """Return a line of small print of ready mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def button(action: Action, *, style: str | None = None, language: str | None = None) -> Block:
    """Return a button whose spoken label makes sense without the card around it."""
    element: Block = {
        "type": "button",
        "action_id": action.name,
        "text": {"type": "plain_text", "text": markup.shortened(action.label, _LABEL), "emoji": False},
        "accessibility_label": markup.shortened(_spoken(action), _LABEL),
    }
    if action.name == "open":
        element["url"] = action.value
    else:
        element["value"] = action.value
    if action.name == "unsafe":
        element["confirm"] = _are_you_sure(wording(language))
    if style:
        element["style"] = style
    return element


def _are_you_sure(words: Wording) -> Block:
    return {
        "title": _plain(words.unsafe, 100),
        "text": _plain(words.unsafe_sure, 300),
        "confirm": _plain(words.unsafe_stop, 30),
        "deny": _plain(words.cancel, 30),
        "style": "danger",
    }


def state_line(words: Wording, number: str, state: str, owner: str | None) -> Block:
    """Return the line under a card that says where the ticket stands."""
    line = words.state.format(
        number=number, state=words.states.get(state, state), owner=owner or words.nobody
    )
    return {**context(markup.escape(line)), "block_id": "ticket_state"}


def reworked_card(
    blocks: Sequence[Block], words: Wording, number: str, state: str, owner: str | None
) -> tuple[Block, ...]:
    """Return a ticket card's blocks with its new state, and the buttons that still make sense."""
    kept = [block for block in blocks if block.get("block_id") != "ticket_state"]
    finished = state in {"solved", "closed", "cancelled"}
    result: list[Block] = []
    links: list[Block] = []
    for block in kept:
        if block.get("type") != "actions":
            result.append(block)
            continue
        links += [element for element in block.get("elements", []) if str(element.get("action_id")) == "open"]
    result.append(state_line(words, number, state, owner))
    buttons = list(links)
    if not finished:
        buttons = [
            button(Action("reply", number, words.reply), style="primary"),
            button(Action("note", number, words.note)),
            button(Action("hand_over", number, words.hand_over)),
            button(Action("wait", number, words.wait)),
            button(Action("resolve", number, words.resolve)),
            *links,
        ]
    if buttons:
        result.append({"type": "actions", "elements": buttons[:_BUTTONS_A_BLOCK]})
    return tuple(result[-50:])


def reply_modal(number: str, language: str | None) -> Block:
    """Return the form for an expert's reply. The ticket number travels in private_metadata."""
    words = wording(language)
    title = words.reply_title.format(number=number)
    return _form("reply", number, title, words.reply_label, words.reply_hint, words, 3000)


def contact_modal(request_id: str, language: str | None) -> Block:
    """Return the form that asks how somebody can be reached safely, and who must not know."""
    words = wording(language)
    return _form(
        "safe_contact", request_id, words.contact_title, words.contact_label, words.contact_hint, words, 2000
    )


def _form(name: str, value: str, title: str, label: str, hint: str, words: Wording, most: int) -> Block:
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": value,
        "title": _plain(title, 24),
        "submit": _plain(words.send, 24),
        "close": _plain(words.cancel, 24),
        "blocks": [
            {
                "type": "input",
                "block_id": "contact" if name == "safe_contact" else name,
                "label": _plain(label, 2000),
                "hint": _plain(hint, 2000),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "text",
                    "multiline": True,
                    "min_length": 1,
                    "max_length": most,
                },
            }
        ],
    }


def work_modal(act: str, number: str, colleagues: Sequence[tuple[str, str]], language: str | None) -> Block:
    """Return the form of one act on a ticket. Act and number travel in private_metadata."""
    words = wording(language)
    outcomes = tuple((name, label(f"outcome_{name}", language or "en")) for name in OUTCOMES)
    waits = (("official", words.wait_official), ("other", words.wait_other))
    title, choice, options, text, hint, needed = {
        "note": (words.note, "", (), words.note, words.note_hint, True),
        "hand_over": (words.hand_over, words.to_whom, colleagues, words.why, "", False),
        "wait": (words.wait, words.wait_choice, waits, words.wait_words, words.wait_hint, True),
        "resolve": (words.resolve, words.outcome, outcomes, words.remark, "", False),
    }[act]
    blocks: list[Block] = []
    if options:
        blocks.append(_select(choice, options))
    blocks.append(_text(text, hint, needed=needed))
    return {
        "type": "modal",
        "callback_id": "work",
        "private_metadata": f"{act}:{number}",
        "title": _plain(title, 24),
        "submit": _plain(words.keep, 24),
        "close": _plain(words.cancel, 24),
        "blocks": blocks,
    }


def _select(name: str, options: Sequence[tuple[str, str]]) -> Block:
    return {
        "type": "input",
        "block_id": "choice",
        "label": _plain(name, 2000),
        "element": {
            "type": "static_select",
            "action_id": "choice",
            "options": [
                {"text": _plain(shown or "?", _LABEL), "value": value} for value, shown in options[:100]
            ],
        },
    }


def _text(name: str, hint: str, *, needed: bool) -> Block:
    block: Block = {
        "type": "input",
        "block_id": "words",
        "optional": not needed,
        "label": _plain(name, 2000),
        "element": {
            "type": "plain_text_input",
            "action_id": "text",
            "multiline": True,
            "max_length": 3000,
        },
    }
    return {**block, "hint": _plain(hint, 2000)} if hint else block


def notice_modal(text: str, language: str | None) -> Block:
    """Return a small window with one sentence, for where no ephemeral message can be shown."""
    words = wording(language)
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": _plain(words.notice_title, 24),
        "close": _plain(words.close, 24),
        "blocks": [section(markup.shortened(markup.linked(text), SECTION))],
    }


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": markup.shortened(text, limit), "emoji": False}


def _spoken(action: Action) -> str:
    return f"{action.label}: {action.value}" if _NUMBER.fullmatch(action.value) else action.label


def _heading(message: Outbound) -> list[_Piece]:
    heading = " ".join((message.heading or "").split())
    opening = message.text.lstrip().partition("\n")[0]
    if not heading or not _discreet(message.kind, "safety") or opening.startswith(heading):
        return []  # in a conversation, a mail's subject would be noise
    if markup.size(heading) <= _HEADER:
        block: Block = {"type": "header", "text": _plain(heading, _HEADER)}
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
        if action.name in taken or len(row) == _BUTTONS_A_BLOCK:  # ids are unique within a block
            blocks.append({"type": "actions", "elements": row})
            row = []
        style = "primary" if action.name in {"claim", "talk_to_person"} else None
        row.append(button(action, style=style, language=message.language))
    if row:
        blocks.append({"type": "actions", "elements": row})
    if len(helpful) == len(_VERDICTS):
        blocks.append(_feedback(helpful["helpful"], helpful["not_helpful"], wording(message.language)))
    return [_Piece(block, "") for block in blocks]


def after_thumbs_down(message_id: str, request_id: str, words: Wording) -> list[Block]:
    """Return what is offered to somebody whom an answer did not help: a person first, then why it did not."""
    reasons = [
        button(Action(f"reason_{name}", f"{name}:{message_id}", label))
        for name, label in zip(REASONS, words.reasons, strict=True)
    ]
    person = [button(Action("talk_to_person", request_id, words.talk), style="primary")] if request_id else []
    return [{"type": "actions", "elements": [*person, *reasons]}]


def _drawable(action: Action) -> bool:
    if action.name == "open":
        return action.value.startswith(("http://", "https://")) and len(action.value) <= _ADDRESS
    return bool(action.value) and len(action.value) <= _VALUE


def _feedback(helpful: Action, not_helpful: Action, words: Wording) -> Block:
    def side(action: Action, spoken: str) -> Block:
        return {
            "text": _plain(action.label, _LABEL),
            "accessibility_label": markup.shortened(spoken, _LABEL),
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
