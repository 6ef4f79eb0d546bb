"""The Home tab: an official's own requests, an expert's queue. Pure."""

from datetime import datetime
from typing import Any

from bot.channels.slack import markup
from bot.channels.slack.desk import HomePage, HomeRequest, HomeTicket
from bot.channels.slack.views.blocks import Block, button, context, section
from bot.channels.slack.wording import Wording, wording
from bot.messages import Action

QUEUE = 25  # two blocks a ticket, one a request, 100 blocks a view
REQUESTS = 15
_SUMMARY = 400


def home_view(page: HomePage) -> dict[str, Any]:
    """Return the view to publish; its empty states say what to do instead."""
    words = wording(page.language)
    blocks: list[Block] = [section(words.how_to)]
    if page.queue is not None:
        blocks += [{"type": "divider"}, _header(words.queue)]
        for ticket in page.queue[:QUEUE]:
            blocks += _ticket(ticket, words)
        left_out = page.queue_left_out + max(0, len(page.queue) - QUEUE)
        if not page.queue:
            blocks.append(section(words.queue_empty))
        elif left_out:
            blocks.append(context(words.more.format(count=left_out)))
    if page.queue is None or page.requests:
        blocks += [{"type": "divider"}, _header(words.requests)]
        blocks += [_request(request, words) for request in page.requests[:REQUESTS]]
        if not page.requests:
            blocks.append(section(words.requests_empty))
    unsafe = button(Action("unsafe", "home", words.unsafe), language=page.language)
    blocks.append({"type": "actions", "elements": [unsafe]})
    blocks.append(context(words.updated.format(when=when(page.at))))
    return {"type": "home", "blocks": blocks}


def when(at: datetime) -> str:
    """Return an instant that Slack shows in each reader's own zone."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _ticket(ticket: HomeTicket, words: Wording) -> list[Block]:
    facts = [ticket.priority, words.states.get(ticket.state, ticket.state), ticket.assignee or words.nobody]
    line = f"*{markup.escape(ticket.number)}* {markup.escape(' · '.join(facts))}"
    if ticket.due_at:
        line += f" · {words.due.format(when=when(ticket.due_at))}"
    summary = markup.escape(markup.shortened(" ".join(ticket.summary.split()), _SUMMARY))
    actions = [Action("open", ticket.url, words.open_ticket)] if ticket.url.startswith("http") else []
    if ticket.assignee is None:
        actions.insert(0, Action("claim", ticket.number, words.claim))
    else:
        actions.insert(0, Action("reply", ticket.number, words.reply))
    buttons = [button(action) for action in actions]
    for element in buttons:
        element["accessibility_label"] = markup.shortened(f"{element['text']['text']}: {ticket.number}", 75)
    return [section(f"{line}\n{summary}"), {"type": "actions", "elements": buttons}]


def _request(request: HomeRequest, words: Wording) -> Block:
    summary = markup.escape(markup.shortened(" ".join(request.summary.split()), _SUMMARY))
    facts = [words.asked.format(when=when(request.asked_at))]
    if request.number and request.state:
        state = words.states.get(request.state, request.state)
        facts.insert(0, f"*{markup.escape(request.number)}* {markup.escape(state)}")
    if request.url.startswith("http"):
        facts.append(markup.link(request.url, words.open_ticket))
    return section(f"{summary}\n{' · '.join(facts)}")
