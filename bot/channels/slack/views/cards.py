"""What changes under a post once somebody pressed: a ticket's card, a thumb down."""

from collections.abc import Sequence

from bot.channels.slack import markup
from bot.channels.slack.views.blocks import BUTTONS_A_BLOCK, Block, button, context
from bot.channels.slack.wording import Wording
from bot.messages import Action

# Why an answer did not help, as it is stored; `Wording.reasons` says them in this order.
REASONS = ("wrong_subject", "not_my_place", "too_general")


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
        result.append({"type": "actions", "elements": buttons[:BUTTONS_A_BLOCK]})
    return tuple(result[-50:])


def after_thumbs_down(message_id: str, request_id: str, words: Wording) -> list[Block]:
    """Return what is offered to somebody whom an answer did not help: a person first, then why it did not."""
    reasons = [
        button(Action(f"reason_{name}", f"{name}:{message_id}", label))
        for name, label in zip(REASONS, words.reasons, strict=True)
    ]
    person = [button(Action("talk_to_person", request_id, words.talk), style="primary")] if request_id else []
    return [{"type": "actions", "elements": [*person, *reasons]}]
