"""The pages as people use them: through their own forms, over the real app and a real database."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.browser.live import Subject, Topic, Watcher, fingerprint, queue_of
from bot.console import sign_in
from bot.database import reading, transaction
from bot.delivery.loop import deliver_due
from bot.settings import load
from escalation.kinds import ChannelName, IdentityKind
from escalation.tables import (
    AccessLine,
    Affiliation,
    Answer,
    Identity,
    MessageKind,
    Ticket,
    TicketEvent,
    TicketState,
)
from knowledge_base import library
from knowledge_base.tables import Document
from tests.support.desk import ADMIN, EXPERT, OFFICIAL, OTHER_EXPERT, Desk, DeskFactory, RecordingSender
from tests.support.pages import Tab

DOXED = "Somebody posted my home address online. What should I do first?"
GUN = "there is a man with a gun at my door right now"
SECRET = "Call my own phone, 208-555-0142, after six"


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


@pytest.fixture
def official(desk: Desk) -> Tab:
    """A browser that nobody signed in to."""
    return Tab(desk.services)


def signed_in(desk: Desk, person_id: int) -> Tab:
    tab = Tab(desk.services)
    assert desk.services.vault is not None
    return tab.open(f"/demo/sign-in/{sign_in.demonstration_token(desk.services.vault, person_id)}")


def escalated(desk: Desk, tab: Tab, **fields: str) -> str:
    """Ask, ask for a person, and return the ticket's number."""
    tab.ask("How do we keep order when people shout during a council meeting?")
    tab.send(f"{tab.path}/person", **fields)
    found = re.search(r"HD-\d+", tab.text)
    assert found
    return found[0]


# asking


def test_a_first_question_needs_no_sign_in_and_is_answered_with_numbered_sources(official: Tab) -> None:
    official.ask(DOXED)
    assert official.status == 200
    assert official.path.startswith("/chat/")
    assert official.turns("you")[0].endswith(DOXED)
    (answer,) = official.turns("answer")
    assert "Source 1" in answer
    assert "not yet reviewed" in answer
    sources = [link for link in official.links() if "/library/" in link]
    assert sources
    assert all(re.search(r"/library/[a-z-]+\?v=\d+#p\d+$", link) for link in sources)


@pytest.mark.parametrize(
    "text", ["How do I keep order at a council meeting?", "Someone posted my address, please call me"]
)
def test_a_first_conversation_says_once_what_happens_to_its_words(official: Tab, text: str) -> None:
    assert official.ask(text).text.count("Good to know, when you have time") == 1


def test_a_source_opens_the_passage_in_place(official: Tab) -> None:
    official.ask(DOXED)
    link = next(link for link in official.links() if "/library/" in link)
    quoted = official.page.find_class("steps")[0].find(".//blockquote").text_content().strip()
    official.open(link)
    passage = official.page.get_element_by_id(link.partition("#")[2])
    assert quoted[:60] in passage.text_content()


def test_the_same_form_sent_twice_is_one_message(desk: Desk, official: Tab) -> None:
    official.open("/")
    fields = dict(official.page.forms[0].form_values()) | {"text": DOXED}
    first = official.client.post("/chat", data=fields)
    second = official.client.post("/chat", data=fields)
    assert first.url == second.url
    assert len([message for message in desk.messages if message.kind is MessageKind.MESSAGE]) == 1


def test_more_is_a_button_that_asks_once(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    path = f"{official.path.partition('#')[0]}/say"
    form = next(form for form in official.page.iter("form") if form.get("action") == path)
    assert [button.text_content() for button in form.iter("button")] == ["Show more"]
    for _ in range(2):
        official.response = official.client.post(path, data=dict(form.form_values()) | {"say": "more"})
    assert official.status == 200
    assert len(official.turns("answer")) == 2
    assert official.turns("you")[-1].endswith("More")


def test_the_subjects_of_a_question_back_are_buttons(desk: Desk, official: Tab) -> None:
    official.ask("what about the register")
    path = f"{official.path.partition('#')[0]}/say"
    form = next(form for form in official.page.iter("form") if form.get("action") == path)
    choices = [button.text_content() for button in form.iter("button")]
    assert 2 <= len(choices) <= 3
    values = dict(form.form_values())
    official.response = official.client.post(path, data=values | {"say": "2"})
    assert official.turns("you")[-1].endswith(choices[1].removeprefix("2. "))
    assert len(official.turns("answer")) == 2
    # the page that is still open elsewhere says nothing more, and what was never offered is refused
    official.response = official.client.post(path, data=values | {"say": "1"})
    assert len(official.turns("you")) == 2
    assert official.client.post(path, data=values | {"say": "7"}).status_code == 404


def test_nobody_else_can_press_the_buttons_of_a_conversation(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    path = f"{official.path.partition('#')[0]}/say"
    form = next(form for form in official.page.iter("form") if form.get("action") == path)
    stranger = Tab(desk.services).open("/")
    assert stranger.client.post(path, data=dict(form.form_values()) | {"say": "more"}).status_code in {
        403,
        404,
    }


def test_a_follow_up_stays_in_its_conversation(official: Tab) -> None:
    official.ask(DOXED)
    address = official.path
    official.send(address, text="And who should I call in Canada?")
    assert official.path == address
    assert len(official.turns("you")) == 2


def test_somebody_elses_conversation_looks_like_one_that_is_not_there(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    known = len(desk.tickets)
    stranger = Tab(desk.services)
    missing = stranger.open("/chat/" + "0" * 32).response
    for address in (official.path, f"{official.path}/turns"):
        stranger.open(address)
        assert stranger.status == missing.status_code == 404
        assert stranger.response.text.replace(address, missing.url.path) == missing.text
    assert stranger.open(f"{official.path}/live").status == 404
    stranger.open("/")
    csrf = stranger.page.forms[0].fields["csrf"]
    assert stranger.client.post(f"{official.path}/person", data={"csrf": csrf}).status_code == 404
    assert len(desk.tickets) == known


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 422),
        (" \n\t ", 422),
        ("\x00\x01", 422),
        ("😱😱😱", 200),
        ("ساعدوني، نشروا عنوان منزلي", 200),
        ("a" * 50_000, 200),
        ("[bold]x[/bold] \x1b[31mred <script>alert(1)</script> {{ 7*7 }}", 200),
        ("help " * 50_000, 413),
        ("x" * 1_200_000, 413),
    ],
)
def test_any_text_gets_a_page_and_a_status_that_fits(
    desk: Desk, official: Tab, text: str, status: int
) -> None:
    official.open("/")
    csrf = dict(official.page.forms[0].form_values())
    official.response = official.client.post("/chat", data={**csrf, "text": text})
    assert official.status == status
    assert "<script>alert" not in official.response.text
    assert len([message for message in desk.messages if message.kind is MessageKind.MESSAGE]) == (
        status == 200
    )


def test_danger_is_answered_on_top_with_numbers_to_call(official: Tab) -> None:
    official.ask(GUN)
    assert len(official.turns("safety")) == 1
    assert "911" in official.turns("safety")[0]
    assert "tel:911" in official.links()
    turns = [turn.get("class") for turn in official.page.iter("article")]
    assert turns[:2] == ["turn you", "turn safety"]


def test_feedback_is_noted_once_and_shown(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    official.send(f"{official.path}/feedback", helpful="no")
    assert "did not help" in official.text
    assert [answer.helpful for answer in desk.rows(Answer)] == [False]


# refusals


def test_a_form_from_elsewhere_is_not_taken_and_keeps_its_text(desk: Desk, official: Tab) -> None:
    official.open("/").send("/chat", {"Origin": "https://evil.test"}, text=DOXED)
    assert official.status == 403
    official.open("/").send("/chat", {"Sec-Fetch-Site": "cross-site"}, text=DOXED)
    assert official.status == 403
    official.open("/").send("/chat", csrf="0" * 32, text=DOXED)
    assert official.status == 403
    official.open("/").send("/chat", once="forged.0", text=DOXED)
    assert official.status == 403
    assert official.page.get_element_by_id("text").text.strip() == DOXED
    assert desk.messages == []
    official.send("/chat", {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, text=DOXED)
    assert official.status == 200


def test_every_page_is_strict_about_what_it_loads_and_who_frames_it(official: Tab) -> None:
    for path in ("/", "/console/sign-in", "/chat/none", "/nowhere", "/library/none-en"):
        headers = official.open(path).response.headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_the_session_cookie_is_for_the_server_alone(desk: Desk) -> None:
    plain = Tab(desk.services).client.get("/").headers["set-cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    public = desk.services.settings.model_copy(update={"public_url": "https://help.example.org"})
    secure = Tab(replace(desk.services, settings=public), address="https://help.example.org").client.get("/")
    assert secure.headers["set-cookie"].startswith("__Host-helpdesk=")
    assert "Secure" in secure.headers["set-cookie"]


def test_a_cookie_that_we_did_not_issue_is_replaced(desk: Desk) -> None:
    tab = Tab(desk.services)
    tab.client.cookies.set("helpdesk", "A" * 43 + "." + "0" * 32)
    assert "helpdesk=" in tab.open("/").response.headers["set-cookie"]


def test_a_browser_that_was_forgotten_stays_forgotten(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    address, cookie = official.path, official.client.cookies["helpdesk"]
    official.send("/chat/forget")
    assert official.status == 200
    again = Tab(desk.services)
    again.client.cookies.set("helpdesk", cookie)
    assert again.open(address).status == 404


def test_without_its_key_the_desk_gives_safety_replies_and_stores_nothing(desk: Desk) -> None:
    tab = Tab(replace(desk.services, vault=None, vault_fault="the key file is missing"))
    assert tab.open("/").status == 503
    assert "tel:911" in tab.links()
    tab.send("/chat", text=GUN)
    assert tab.status == 503
    assert "911" in tab.turns("safety")[0]
    assert tab.open("/console").status == 503
    assert desk.messages == []


def test_a_locked_database_still_gives_the_safety_reply_and_a_retry_stores_once(
    desk: Desk, official: Tab
) -> None:
    official.open("/")
    lock = sqlite3.connect(desk.services.settings.data_dir / "helpdesk.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    official.send("/chat", text=GUN)
    lock.close()
    assert official.status == 503
    assert "911" in official.turns("safety")[0]
    assert desk.messages == []
    official.send("/chat")
    assert official.status == 200
    assert official.turns("you")[0].endswith(GUN)


# languages


def test_the_page_speaks_the_readers_language_and_remembers_it(official: Tab) -> None:
    assert official.open("/", Accept_Language="fr-CA,fr;q=0.9,en;q=0.5").page.get("lang") == "fr"
    assert "Appelez le 911" in official.text
    assert official.open("/?lang=en", Accept_Language="fr").page.get("lang") == "en"
    assert official.open("/", Accept_Language="fr").page.get("lang") == "en"
    assert official.open("/?lang=de").page.get("lang") == "en"


# people


def test_talking_to_a_person_gives_a_number_a_role_and_a_time_in_ones_own_zone(
    desk: Desk, official: Tab
) -> None:
    official.client.cookies.set("zone", "America/Boise")
    number = escalated(desk, official)
    card = " ".join(official.page.get_element_by_id("person").text_content().split())
    assert number in card
    assert "an expert at the hub" in card
    assert re.search(r"First reply: .*Mountain time", card)
    official.client.cookies.set("zone", "../../etc/passwd")
    assert official.open(official.path).status == 200


def test_pressing_twice_shows_the_same_request(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    fields = {"csrf": official.page.forms[0].fields["csrf"]}
    for _press in range(2):
        official.client.post(f"{official.path}/person", data=fields)
    assert len(desk.tickets) == 1


def test_a_safe_way_to_reach_somebody_opens_only_with_a_reason_on_record(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official, reach=SECRET)
    assert SECRET not in official.text
    ticket = f"/console/tickets/{number}"
    expert = signed_in(desk, EXPERT).open(ticket)
    expert.send(f"{ticket}/claim")
    assert "after six" not in expert.response.text
    expert.send(f"{ticket}/open", what="safe_contact", reason=" ")
    assert expert.status == 422
    assert "after six" not in expert.response.text
    assert desk.rows(AccessLine) == []
    expert.send(f"{ticket}/open", what="safe_contact", reason="to call her back")
    assert SECRET in expert.text
    (line,) = desk.rows(AccessLine)
    assert (line.actor_id, line.what, line.reason) == (EXPERT, "safe_contact", "to call her back")
    assert "after six" not in expert.open(ticket).response.text


def test_an_experts_reply_reaches_the_official_and_a_note_never_does(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official)
    expert = signed_in(desk, EXPERT)
    assert number in expert.text
    ticket = f"/console/tickets/{number}"
    expert.open(ticket).send(f"{ticket}/claim")
    assert "The request is yours" in expert.text
    expert.send(f"{ticket}/note", note="He sounds frightened to me.")
    expert.send(f"{ticket}/reply", reply="Is somebody with you now?")
    official.open(official.path)
    assert official.turns("expert")[0].endswith("Is somebody with you now?")
    assert "frightened" not in official.response.text
    expert.send(f"{ticket}/resolve", outcome="advice", remark="Called twice.")
    assert [one.state for one in desk.tickets] == [TicketState.SOLVED]
    assert "Advice given. Called twice." in expert.text
    assert "marked as done" in official.open(official.path).text


def test_two_experts_claiming_at_once_are_told_apart(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official)
    ticket = f"/console/tickets/{number}"
    first, second = signed_in(desk, EXPERT).open(ticket), signed_in(desk, OTHER_EXPERT).open(ticket)
    first.send(f"{ticket}/claim")
    second.send(f"{ticket}/claim")
    assert second.status == 409
    assert "already claimed by Jordan Demo" in second.text


def test_a_refused_reply_keeps_what_was_typed(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official)
    ticket = f"/console/tickets/{number}"
    late, expert = signed_in(desk, EXPERT).open(ticket), signed_in(desk, EXPERT).open(ticket)
    expert.send(f"{ticket}/claim").send(f"{ticket}/resolve", outcome="advice")
    late.send(f"{ticket}/note", note="   ")
    assert late.status == 422
    late.open(ticket)
    assert "Reply to the official" not in late.text
    expert.open("/console?show=done")
    assert number in expert.text


def test_the_owner_opens_the_original_words_with_a_reason_and_nobody_else_does(
    desk: Desk, official: Tab
) -> None:
    official.ask("I want to talk to a person. My number is 208-555-0142, they posted it.")
    ticket = f"/console/tickets/HD-{1000 + (desk.tickets[0].id or 0)}"
    expert = signed_in(desk, EXPERT).open(f"{ticket}?original=1")
    assert "555-0142" not in expert.response.text
    expert.send(f"{ticket}/claim")
    assert "555-0142" not in expert.response.text
    assert "555-0142" in expert.send(f"{ticket}/open", what="originals", reason="to check the post").text
    other = signed_in(desk, OTHER_EXPERT).open(ticket)
    fields = {"csrf": expert_token(other), "what": "originals", "reason": "curious"}
    refused = other.client.post(f"{ticket}/open", data=fields)
    assert refused.status_code == 403
    assert "555-0142" not in refused.text
    assert [line.actor_id for line in desk.rows(AccessLine)] == [EXPERT]


def expert_token(tab: Tab) -> str:
    return next(str(field.get("value")) for field in tab.page.iter("input") if field.get("name") == "csrf")


def test_an_expert_from_the_officials_own_city_sees_neither_row_nor_ticket(desk: Desk) -> None:
    number = escalated(desk, signed_in(desk, OFFICIAL).open("/"))
    with transaction(desk.services.engine) as session:
        city = next(row for row in desk.rows(Affiliation) if row.person_id == OFFICIAL).city_id
        session.add(Affiliation(person_id=OTHER_EXPERT, city_id=city, title="volunteer"))
    neighbour = signed_in(desk, OTHER_EXPERT)
    assert number not in neighbour.text
    assert neighbour.open(f"/console/tickets/{number}").status == 404
    assert neighbour.open(f"/console/tickets/{number}/live").status == 404
    assert number in signed_in(desk, EXPERT).text


def test_the_queue_is_sorted_by_what_is_due_first(desk: Desk) -> None:
    escalated(desk, Tab(desk.services))
    Tab(desk.services).ask(GUN)
    rows = [row.text_content() for row in signed_in(desk, EXPERT).page.iter("tr")][1:]
    assert ["P1" in row for row in rows] == [True, False]
    assert "due in" in rows[0]
    desk.clock.advance(timedelta(hours=1))
    assert "overdue" in signed_in(desk, EXPERT).text


def test_the_console_is_closed_to_those_who_have_nothing_to_do_there(desk: Desk, official: Tab) -> None:
    assert official.open("/console").path == "/console/sign-in"
    assert signed_in(desk, OFFICIAL).open("/console").status == 403
    admin = signed_in(desk, ADMIN)
    assert admin.path == "/console/library"
    assert admin.open("/console/outbox").status == 200
    assert official.open("/console/tickets/HD-1001").path == "/console/sign-in"
    assert signed_in(desk, EXPERT).open("/console/tickets/HD-9999").status == 404
    assert signed_in(desk, EXPERT).open("/console/tickets/<b>").status == 404


# signing in


def test_a_link_signs_in_once_and_is_not_used_up_by_looking(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        token = sign_in.create_link(session, EXPERT, desk.clock(), minutes=30)
    address = f"/console/sign-in/{token}"
    first, second = Tab(desk.services).open(address), Tab(desk.services).open(address)
    assert first.send(address).path == "/console"
    assert second.send(address).status == 403
    assert "used already" in second.text


def test_a_link_grows_old(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        token = sign_in.create_link(session, EXPERT, desk.clock(), minutes=30)
    desk.clock.advance(timedelta(minutes=31))
    tab = Tab(desk.services).open(f"/console/sign-in/{token}")
    assert tab.send(f"/console/sign-in/{token}").status == 403


def test_staff_are_signed_out_after_twelve_hours(desk: Desk) -> None:
    expert = signed_in(desk, EXPERT)
    desk.clock.advance(timedelta(hours=12, seconds=1))
    assert expert.open("/console").path == "/console/sign-in"


def test_signing_out_ends_the_session_for_good(desk: Desk) -> None:
    expert = signed_in(desk, EXPERT)
    cookie = expert.client.cookies["helpdesk"]
    expert.send("/console/sign-out")
    expert.client.cookies.set("helpdesk", cookie)
    assert expert.open("/console").path == "/console/sign-in"


def test_staff_are_mailed_a_link_and_strangers_learn_nothing(desk: Desk) -> None:
    carrier = RecordingSender()
    services = replace(desk.services, senders={**desk.services.senders, ChannelName.EMAIL: carrier})
    with transaction(services.engine) as session:
        for person_id, address in ((EXPERT, "jo@hub.test"), (OFFICIAL, "avery@riverbend.test")):
            session.add(Identity(person_id=person_id, kind=IdentityKind.EMAIL, external_id=address))
    tab = Tab(services)
    said = set()
    for address in (
        "jo@hub.test",
        "JO@hub.test",
        "avery@riverbend.test",
        "nobody@example.org",
        "jo@hub.test",
        "jo@hub.test",
    ):
        tab.open("/console/sign-in").send("/console/sign-in", email=address)
        said.add((tab.status, tab.text))
    assert len(said) == 1, "the page is the same whoever asked"
    deliver_due(services, ChannelName.EMAIL, "test")
    assert len(carrier.sent) == 3, "three at once, to staff alone"
    assert {mail.address for mail in carrier.sent} == {'{"to":"jo@hub.test"}'}
    link = re.search(r"/console/sign-in/\S+", carrier.sent[0].text)
    assert link
    assert tab.open(link[0]).send(link[0]).path == "/console"


def test_a_demonstration_link_works_on_this_machine_only(desk: Desk) -> None:
    assert desk.services.vault is not None
    link = f"/demo/sign-in/{sign_in.demonstration_token(desk.services.vault, EXPERT)}"
    assert Tab(desk.services).open(link).path == "/console"
    assert Tab(desk.services, peer="10.1.2.3").open(link).status == 404
    assert Tab(desk.services, address="http://desk.test").open(link).status == 404
    assert Tab(desk.services).open(link, X_Forwarded_For="10.1.2.3").status == 404
    assert Tab(desk.services).open(link[:-1] + "x").status == 404
    public = load(
        {"HELPDESK_DATA_DIR": str(desk.services.settings.data_dir), "HELPDESK_PUBLIC_URL": "http://localhost"}
    )
    assert Tab(replace(desk.services, settings=public)).open(link).status == 404


def test_a_demonstration_session_ends_when_the_desk_goes_public(desk: Desk) -> None:
    cookie = signed_in(desk, EXPERT).client.cookies["helpdesk"]
    public = desk.services.settings.model_copy(update={"public_url": "http://localhost"})
    tab = Tab(replace(desk.services, settings=public), address="http://localhost")
    tab.client.cookies.set("helpdesk", cookie)
    assert tab.open("/console").path == "/console/sign-in"


# library


def test_a_withdrawn_document_keeps_its_address_and_loses_its_text(desk: Desk, official: Tab) -> None:
    assert official.open("/library/doxing-en").status == 200
    with transaction(desk.services.engine) as session:
        library.withdraw(session, "doxing-en", desk.clock())
    assert official.open("/library/doxing-en").status == 410
    assert official.page.find_class("passage") == []


def test_an_old_answer_says_that_its_source_was_withdrawn(desk: Desk, official: Tab) -> None:
    official.ask(DOXED)
    assert "was withdrawn" not in official.text
    with transaction(desk.services.engine) as session:
        library.withdraw(session, "doxing-en", desk.clock())
    assert "was withdrawn" in official.open(official.path).turns("answer")[0]


def test_what_is_not_for_the_public_looks_like_what_is_not_there(desk: Desk, official: Tab) -> None:
    with transaction(desk.services.engine) as session:
        row = session.exec(select(Document).where(Document.slug == "doxing")).first()
        assert row is not None
        row.visibility = ("hub",)
        session.add(row)
    forbidden = official.open(f"/library/doxing-{row.language}").response
    missing = official.open("/library/nothing-en").response
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.text.replace(f"doxing-{row.language}", "nothing-en") == missing.text
    assert signed_in(desk, EXPERT).open(f"/library/doxing-{row.language}").status == 200


@pytest.mark.parametrize("version", ["0", "2", "99999999999", "x", "-1", "1.5", "١"])
def test_a_version_that_is_not_there_is_not_there(official: Tab, version: str) -> None:
    assert official.open(f"/library/doxing-en?v={version}").status == 404


# live


def test_a_fingerprint_changes_with_what_the_page_shows_and_only_then(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official)
    ticket = desk.tickets[0]
    thread = Topic(Subject.THREAD, official.path.rpartition("/")[2])
    topics = (thread, Topic(Subject.TICKET, ticket.id or 0), queue_of(EXPERT))

    def look() -> list[str]:
        with reading(desk.services.engine) as session:
            return [fingerprint(session, topic) for topic in topics]

    before = look()
    assert look() == before
    expert = signed_in(desk, EXPERT).open(f"/console/tickets/{number}")
    expert.send(f"/console/tickets/{number}/claim")
    claimed = look()
    assert all(was != now for was, now in zip(before, claimed, strict=True))
    expert.send(f"/console/tickets/{number}/note", note="inside")
    noted = look()
    assert noted[0] == claimed[0]
    assert noted[1] != claimed[1]


def test_a_stream_tells_of_a_change_without_saying_what(desk: Desk) -> None:
    async def story() -> list[str]:
        watcher = Watcher(desk.services.engine, interval=0.01)
        stream = watcher.events(queue_of(EXPERT))
        said = [await anext(stream), await anext(stream)]
        with transaction(desk.services.engine) as session:
            ticket = session.get_one(Ticket, number)
            ticket.priority = type(ticket.priority).P1
            session.add(ticket)
        said.append(await anext(stream))
        watcher.close()
        said += [event async for event in stream]
        return said

    escalated(desk, Tab(desk.services))
    number = desk.tickets[0].id
    retry, first, second = asyncio.run(story())
    assert retry.startswith("retry:")
    assert re.fullmatch(r"data: [0-9a-f]{16}\n\n", first)
    assert re.fullmatch(r"data: [0-9a-f]{16}\n\n", second)
    assert first != second


def test_the_official_says_how_it_went_and_words_of_danger_are_no_comment(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official)
    thread = official.path.partition("#")[0]
    expert = signed_in(desk, EXPERT).open(f"/console/tickets/{number}")
    expert.send(f"/console/tickets/{number}/claim").send(
        f"/console/tickets/{number}/resolve", outcome="advice"
    )
    official.open(thread).send(f"{thread}/rate", score="2", comment="He is at my door with a gun right now")
    assert desk.messages[-1].immediate_danger or any(m.immediate_danger for m in desk.messages)
    kinds = [event.kind for event in desk.rows(TicketEvent)]
    assert "rated" not in kinds


def test_the_official_rates_once(desk: Desk, official: Tab) -> None:
    number = escalated(desk, official)
    thread = official.path.partition("#")[0]
    expert = signed_in(desk, EXPERT).open(f"/console/tickets/{number}")
    expert.send(f"/console/tickets/{number}/claim").send(
        f"/console/tickets/{number}/resolve", outcome="advice"
    )
    official.open(thread).send(
        f"{thread}/rate", score="4", comment="The answer came in time, and it was clear."
    )
    assert [e.detail for e in desk.rows(TicketEvent) if e.kind == "rated"] == ["score=4"]
    official.open(thread)
    assert "How did it go?" not in official.text
    expert.open(f"/console/tickets/{number}")
    assert "The answer came in time, and it was clear." in expert.text
