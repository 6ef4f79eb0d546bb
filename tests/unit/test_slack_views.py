"""Block Kit from Outbound: nothing lost, nothing over Slack's limits, nothing on a lock screen."""

from typing import Any

import pytest

from bot.channels.slack import markup
from bot.channels.slack.desk import HomePage, HomeRequest, HomeTicket
from bot.channels.slack.home import home_view
from bot.channels.slack.payloads import instant
from bot.channels.slack.views.cards import after_thumbs_down, reworked_card
from bot.channels.slack.views.forms import reply_modal
from bot.channels.slack.views.posts import plain_posts, posts
from bot.channels.slack.wording import EN, FR
from bot.messages import Action, Outbound, Quote
from escalation.tables import ChannelName

NOW = instant("1790000000.000000")
URL = "https://help.example.org/library/doxing?v=2#step-1"
QUOTE = Quote(
    number=1,
    document_id="doxing",
    title="Doxing & you",
    section="First hour",
    page="12",
    dated="1 March 2026",
    url=URL,
    excerpt="Ask the <platform> to remove it.\n\nKeep a copy.",
    language="en",
    reviewed=True,
    score=4.2,
)
ANSWER = (
    "From the library:\n\n1. “Ask the <platform> to remove it.\n\nKeep a copy.”\n"
    f"[1] Doxing & you, First hour, page 12, 1 March 2026\n{URL}\n\n"
    "3 more steps in this section: https://help.example.org/library/doxing"
)


def outbound(text: str, kind: str = "answer", **over: Any) -> Outbound:
    values: dict[str, Any] = {"row_id": "r1", "channel": ChannelName.SLACK, "address": "{}", "language": "en"}
    return Outbound(kind=kind, text=text, **{**values, **over})


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    return [text for inner in value for text in strings(inner)] if isinstance(value, list | tuple) else []


def sections(message: Outbound) -> list[str]:
    return [
        block["text"]["text"]
        for post in posts(message)
        for block in post.blocks
        if block["type"] == "section"
    ]


def within_limits(message: Outbound) -> None:
    for post in posts(message):
        assert post.text
        assert len(post.text) <= 4000 * 5
        assert len(post.blocks) <= 50
        assert sum(len(text) for block in post.blocks for text in strings(block)) < 13_000
        for block in post.blocks:
            if block["type"] == "section":
                assert 0 < len(block["text"]["text"]) <= 3000
            if block["type"] == "header":
                assert len(block["text"]["text"]) <= 150
            if block["type"] == "actions":
                ids = [element["action_id"] for element in block["elements"]]
                assert len(ids) == len(set(ids)) <= 25
                assert all(len(element["text"]["text"]) <= 75 for element in block["elements"])
                assert all(len(element["accessibility_label"]) <= 75 for element in block["elements"])


def test_an_answer_shows_each_passage_as_a_quotation_with_its_source() -> None:
    (post,) = posts(outbound(ANSWER, quotes=(QUOTE,)))
    shown = "\n".join(strings(list(post.blocks)))

    assert "> 1. Ask the &lt;platform&gt; to remove it.\n> \n> Keep a copy." in shown
    assert f"<{URL}|[1]> Doxing &amp; you - First hour - p. 12 - 1 March 2026" in shown
    assert "From the library:" in shown
    assert "3 more steps" in shown
    assert shown.count("remove it") == 1
    assert post.text == EN.about_a_request, "a locked screen shows none of it"


def test_on_a_locked_screen_danger_shows_911_and_despair_shows_nothing() -> None:
    (danger,) = posts(
        outbound("Call 911 now. Lock the door.", kind="safety", subject="Please read this first")
    )
    (despair,) = posts(outbound("Call or text 988.", kind="safety", subject="Please read this first"))
    assert danger.text.startswith("Call 911 now")
    assert despair.text == "Please read this first"
    assert "988" in "\n".join(strings(list(despair.blocks)))


def test_a_passage_that_is_not_in_the_text_costs_no_word_of_it() -> None:
    text = "A text that tells it in other words."

    assert sections(outbound(text, quotes=(QUOTE,))) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "word " * 4000,
        "x" * 50_000,
        "&<>" * 9000,
        "https://example.org/" + "a" * 9000,
        "😱" * 7000,
        "line\n" * 5000,
        "<!channel> *bold* _it_ " * 900,
    ],
)
def test_a_long_text_is_split_within_the_limits_and_whole(text: str) -> None:
    message = outbound(text, kind="notice")

    within_limits(message)
    shown = "".join(sections(message)).replace("<https", "https").replace("a>", "a")
    assert "".join(shown.split()) == "".join(markup.escape(text).split())


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pieces_joined_are_the_text_again(limit: int) -> None:
    text = "one two\n\nthree   four five\nsix " * 5

    pieces = list(markup.split(text, limit, written=str))
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= limit


def test_nothing_written_by_people_can_mention_or_link() -> None:
    (post,) = posts(outbound("<!channel> <@U0BOSS> & <https://example.org|safe>", kind="relay"))
    (section,) = [block for block in post.blocks if block["type"] == "section"]

    assert section["text"]["text"].startswith("&lt;!channel&gt; &lt;@U0BOSS&gt; &amp; ")
    assert section["text"]["verbatim"] is True


def test_an_address_in_the_text_can_be_pressed_and_keeps_its_sentence() -> None:
    assert markup.linked("see https://example.org/a?b=1&c=2.") == "see <https://example.org/a?b=1&amp;c=2>."
    assert markup.linked("(https://example.org/x)") == "(<https://example.org/x>)"


@pytest.mark.parametrize(
    "kind",
    ["answer", "no_answer", "relay", "ticket_opened", "ticket_resolved", "ticket_card", "page", "reminder"],
)
@pytest.mark.parametrize("subject", ["New message about your request HD-1042", None])
def test_notifications_about_tickets_say_nothing_of_the_content(kind: str, subject: str | None) -> None:
    message = outbound(
        "HD-1042: the mayor's husband was threatened", kind=kind, subject=subject, heading=subject
    )
    (post,) = posts(message)

    assert post.text == "New message about your request HD-1042"
    assert "husband" in "\n".join(strings(list(post.blocks)))


def test_a_french_notification_is_french() -> None:
    (post,) = posts(outbound("HD-1042 : bonjour", kind="relay", language="fr"))

    assert post.text == "Nouveau message au sujet de votre demande HD-1042"


def test_buttons_keep_name_value_and_label_and_feedback_is_one_element() -> None:
    actions = (
        Action("helpful", "m1", "This helped"),
        Action("not_helpful", "m1", "This did not help"),
        Action("talk_to_person", "17", "Talk to a person"),
    )
    (post,) = posts(outbound(ANSWER, quotes=(QUOTE,), actions=actions))
    row, feedback = post.blocks[-2:]

    assert row["elements"][0]["action_id"] == "talk_to_person"
    assert row["elements"][0]["value"] == "17"
    element = feedback["elements"][0]
    assert element["type"] == "feedback_buttons"
    assert element["positive_button"]["value"] == "helpful:m1"
    assert element["negative_button"]["value"] == "not_helpful:m1"
    assert all(element[side]["accessibility_label"] for side in ("positive_button", "negative_button"))


def test_a_cards_buttons_make_sense_when_read_aloud() -> None:
    actions = (Action("claim", "HD-1042", "Claim"), Action("open", "https://help.example.org/t", "Open"))
    (post,) = posts(outbound("New request", kind="ticket_card", actions=actions))
    claim, link = post.blocks[-1]["elements"]

    assert claim["accessibility_label"] == "Claim: HD-1042"
    assert link["url"] == "https://help.example.org/t"
    assert "value" not in link


def test_a_button_that_slack_would_refuse_is_left_out() -> None:
    actions = (Action("open", "javascript:alert(1)", "Open"), Action("claim", "", "Claim"))

    (post,) = posts(outbound("text", actions=actions))
    assert [block["type"] for block in post.blocks] == ["section"]


def test_an_empty_message_is_still_one_post_with_a_text() -> None:
    (post,) = posts(outbound("  "))

    assert post.text == EN.about_a_request


def test_plain_posts_carry_the_whole_text_without_blocks() -> None:
    text = "word & " * 2000
    pieces = plain_posts(outbound(text))

    assert all(not piece.blocks and len(piece.text) <= 4000 for piece in pieces)
    assert "".join("".join(piece.text for piece in pieces).split()) == markup.escape("".join(text.split()))


def test_a_claimed_card_says_who_has_it_and_offers_what_still_makes_sense() -> None:
    (card,) = posts(
        outbound("New request HD-1042", kind="ticket_card", actions=(Action("claim", "HD-1042", "Claim"),))
    )
    claimed = reworked_card(card.blocks, EN, "HD-1042", "open", "Dana <Expert>")
    again = reworked_card(claimed, EN, "HD-1042", "open", "Dana <Expert>")
    done = reworked_card(again, EN, "HD-1042", "solved", "Dana <Expert>")

    assert [element["action_id"] for element in claimed[-1]["elements"]] == [
        "reply",
        "note",
        "hand_over",
        "wait",
        "resolve",
    ]
    assert "Dana &lt;Expert&gt;" in "\n".join(strings(list(claimed)))
    assert again == claimed
    assert all(block["type"] != "actions" for block in done)
    assert "New request HD-1042" in "\n".join(strings(list(done)))


@pytest.mark.parametrize("language", ["en", "fr", "es", None])
def test_the_reply_form_is_within_slacks_limits(language: str | None) -> None:
    view = reply_modal("HD-123456789", language)

    assert all(len(view[part]["text"]) <= 24 for part in ("title", "submit", "close"))
    assert view["private_metadata"] == "HD-123456789"


def ticket(number: int, **over: Any) -> HomeTicket:
    values: dict[str, Any] = {
        "number": f"HD-{number}",
        "priority": "P2",
        "state": "new",
        "summary": "masked <words> " * 60,
        "assignee": None,
        "due_at": NOW,
        "url": "https://help.example.org/console",
    }
    return HomeTicket(**{**values, **over})


def test_home_shows_an_expert_the_queue_within_the_limits() -> None:
    assert NOW is not None
    request = HomeRequest("HD-1", "open", "words " * 200, NOW, "")
    page = HomePage("fr", NOW, tuple(ticket(number) for number in range(60)), (request,) * 40, 5)
    view = home_view(page)
    shown = "\n".join(strings(view))

    assert len(view["blocks"]) <= 100
    assert all(len(text) <= 3000 for text in strings(view))
    assert FR.more.format(count=40) in shown
    assert "&lt;words&gt;" in shown


def test_home_has_an_empty_state_for_the_asker_and_for_the_expert() -> None:
    assert NOW is not None
    asker = "\n".join(strings(home_view(HomePage("en", NOW))))
    expert = "\n".join(strings(home_view(HomePage("en", NOW, queue=()))))

    assert EN.requests_empty in asker
    assert EN.queue_empty not in asker
    assert EN.queue_empty in expert


def test_both_languages_stay_within_the_limits_of_labels() -> None:
    for words in (EN, FR):
        assert len(words.prompts) <= 4
        assert all(
            len(label) <= 75 for label in (words.claim, words.reply, words.resolve, words.feedback_yes)
        )
        assert len(words.reply_title.format(number="HD-99999")) <= 24


def test_an_answer_that_did_not_help_offers_a_person_first_and_asks_why() -> None:
    (row,) = after_thumbs_down("m1", "42", EN)
    assert [(one["action_id"], one["value"]) for one in row["elements"]] == [
        ("talk_to_person", "42"),
        ("reason_wrong_subject", "wrong_subject:m1"),
        ("reason_not_my_place", "not_my_place:m1"),
        ("reason_too_general", "too_general:m1"),
    ]
