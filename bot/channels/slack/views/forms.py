"""The windows that open over Slack: a reply, an act on a ticket, how to be reached safely, one sentence."""

from collections.abc import Sequence

from bot.channels.slack import markup
from bot.channels.slack.views.blocks import LABEL, SECTION, Block, plain, section
from bot.channels.slack.wording import Wording, wording
from bot.rendering.labels import label

OUTCOMES = ("advice", "library", "referred", "monitoring", "peer", "not_needed", "out_of_scope")


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
        "title": plain(title, 24),
        "submit": plain(words.keep, 24),
        "close": plain(words.cancel, 24),
        "blocks": blocks,
    }


def notice_modal(text: str, language: str | None) -> Block:
    """Return a small window with one sentence, for where no ephemeral message can be shown."""
    words = wording(language)
    return {
        "type": "modal",
        "callback_id": "notice",
        "title": plain(words.notice_title, 24),
        "close": plain(words.close, 24),
        "blocks": [section(markup.shortened(markup.linked(text), SECTION))],
    }


def _form(name: str, value: str, title: str, label: str, hint: str, words: Wording, most: int) -> Block:
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": value,
        "title": plain(title, 24),
        "submit": plain(words.send, 24),
        "close": plain(words.cancel, 24),
        "blocks": [
            {
                "type": "input",
                "block_id": "contact" if name == "safe_contact" else name,
                "label": plain(label, 2000),
                "hint": plain(hint, 2000),
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


def _select(name: str, options: Sequence[tuple[str, str]]) -> Block:
    return {
        "type": "input",
        "block_id": "choice",
        "label": plain(name, 2000),
        "element": {
            "type": "static_select",
            "action_id": "choice",
            "options": [
                {"text": plain(shown or "?", LABEL), "value": value} for value, shown in options[:100]
            ],
        },
    }


def _text(name: str, hint: str, *, needed: bool) -> Block:
    block: Block = {
        "type": "input",
        "block_id": "words",
        "optional": not needed,
        "label": plain(name, 2000),
        "element": {
            "type": "plain_text_input",
            "action_id": "text",
            "multiline": True,
            "max_length": 3000,
        },
    }
    return {**block, "hint": plain(hint, 2000)} if hint else block
