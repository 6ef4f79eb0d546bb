"""What officials are shown of the people who answer them: by role or by name, and how it went at the end."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import casework, conversation, promises
from bot.database import reading
from bot.messages import ThreadKey
from escalation import tickets
from escalation.access import OPERATOR
from escalation.identities import SenderIdentity
from escalation.kinds import ChannelName, IdentityKind
from escalation.sla import write_policy
from tests.support.desk import EXPERT, Desk, DeskFactory
from tests.support.pages import Client

QUESTION = "What should our council know about divisive resolutions before we vote on one?"


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    """Yield a desk with mail."""
    with sqlite_desks.desk(channels=(ChannelName.WEB, ChannelName.EMAIL)) as made:
        yield made


def act(name: str) -> dict[str, str]:
    return {"channel": "console", "source_id": name}


def by_mail(desk: Desk, text: str, name: str) -> tuple[str, int]:
    """Write by mail and ask for a person; return the ticket's number and the request."""
    address = f"{name}@example.org"
    sender = SenderIdentity(IdentityKind.EMAIL, "", address, verified=True)
    where = ThreadKey(ChannelName.EMAIL, name, f'{{"to":"{address}"}}')
    inbound = replace(desk.inbound(text, key=name), thread=where, sender=sender)
    accepted = conversation.receive_and_answer(desk.services, inbound)
    card = casework.escalate(desk.services, accepted.request_id, OPERATOR, **act(f"press-{name}"))
    return card.number, accepted.request_id


def resolved(desk: Desk, text: str, name: str) -> tuple[int, str | None]:
    """Resolve somebody's ticket; return the request and the path that the mail about it leads to."""
    number, request_id = by_mail(desk, text, name)
    casework.claim(desk.services, number, desk.actor(EXPERT), **act(f"claim-{name}"))
    casework.resolve(desk.services, number, desk.actor(EXPERT), outcome="advised", **act(f"resolve-{name}"))
    desk.deliver()
    link = re.search(r"https?://[^/]+(/satisfaction/\S+)", desk.sent("ticket_resolved")[-1].text)
    return request_id, link[1] if link else None


def score_of(desk: Desk, request_id: int) -> int | None:
    with reading(desk.services.engine) as session:
        ticket = tickets.latest(session, request_id)
        assert ticket is not None
        return tickets.derived(session, ticket.id or 0).score


def test_the_one_who_answers_is_named_only_where_the_policy_says_so(desk: Desk) -> None:
    for shown, name in ((False, "An expert of the hub"), (True, "Jordan Demo")):
        promises.save(desk.services, write_policy(replace(desk.services.policy, names_shown=shown)), OPERATOR)
        who = f"official-{shown}"
        accepted = desk.say(QUESTION, who=who, thread=who)
        number = casework.escalate(desk.services, accepted.request_id, OPERATOR, **act(f"press-{who}")).number
        casework.claim(desk.services, number, desk.actor(EXPERT), **act(f"claim-{who}"))
        casework.reply(desk.services, number, desk.actor(EXPERT), "Call me.", **act(f"reply-{who}"))
        desk.deliver()
        assert desk.sent("ticket_claimed")[-1].text.startswith(name)
        assert desk.sent("relay")[-1].text.startswith(f"{name} writes about your request")
        assert "Jordan" not in desk.sent("ticket_opened")[-1].text


def test_a_mail_asks_how_it_went_by_a_link_that_only_the_form_answers(desk: Desk) -> None:
    request_id, path = resolved(desk, QUESTION, "mayor")
    assert path is not None
    browser = Client(desk.services, "http://127.0.0.1:8000", "127.0.0.1")
    assert "How did it go?" in browser.get(path).text
    assert score_of(desk, request_id) is None  # a mail scanner looks at links, too
    assert browser.get(f"{path[:-1]}{'0' if path[-1] != '0' else '1'}").status_code == 404
    assert browser.post(path, {"score": "6"}).status_code == 400
    assert "Thank you" in browser.post(path, {"score": "4", "comment": "Quick and kind."}).text
    assert browser.post(path, {"score": "1"}).status_code == 410
    assert score_of(desk, request_id) == 4


def test_a_comment_that_tells_of_danger_is_answered_as_a_message(desk: Desk) -> None:
    request_id, path = resolved(desk, QUESTION, "clerk")
    assert path is not None
    browser = Client(desk.services, "http://127.0.0.1:8000", "127.0.0.1")
    page = browser.post(path, {"score": "2", "comment": "there is a man with a gun at my door right now"})
    assert "911" in page.text
    assert score_of(desk, request_id) is None
    assert any(message.immediate_danger for message in desk.messages if message.request_id == request_id)


@pytest.mark.parametrize("text", ["there is a man with a gun at my door right now", "I want to kill myself"])
def test_after_danger_or_despair_nobody_is_asked_how_it_went(desk: Desk, text: str) -> None:
    assert resolved(desk, text, "mayor")[1] is None
