"""The library's pages for admins, as they use them: through their own forms, over a real app and database."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.console import sign_in
from bot.database import reading
from knowledge_base import library
from tests.support.desk import ADMIN, EXPERT, Desk, DeskFactory
from tests.support.pages import Tab

NEW = """---
id: sirens-en
title: Testing the flood sirens
language: en
visibility: public
owner: Sam Demo
---

## Before the test

1. Tell every neighbour the hour of the siren test.
2. Ring the siren office on 208-555-0142.
"""


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


def signed_in(desk: Desk, person_id: int) -> Tab:
    tab = Tab(desk.services)
    assert desk.services.vault is not None
    return tab.open(f"/demo/sign-in/{sign_in.demonstration_token(desk.services.vault, person_id)}")


@pytest.fixture
def admin(desk: Desk) -> Tab:
    return signed_in(desk, ADMIN)


def state(desk: Desk, document_id: str) -> str:
    with reading(desk.services.engine) as session:
        return library.get_document(session, document_id).state


def send(tab: Tab, action: str, act: str, **fields: str) -> Tab:
    """Send the form of the page that does this act."""
    for form in tab.page.iter("form"):
        if form.get("action") == action and form.fields.get("act") == act:
            tab.response = tab.client.post(action, data=dict(form.form_values()) | fields)
            return tab
    raise AssertionError(f"no form for {act}:\n{tab.text}")


def written(tab: Tab, text: str = NEW) -> Tab:
    return tab.open("/console/library/new").send("/console/library/new", text=text)


def test_an_admin_writes_publishes_changes_and_withdraws_a_document(desk: Desk, admin: Tab) -> None:
    written(admin)
    assert admin.path == "/console/library/sirens-en"
    assert "Your draft is kept" in admin.text
    assert state(desk, "sirens-en") == "draft"
    send(admin, admin.path, "publish")
    assert "It is published." in admin.text

    admin.open("/console/library/sirens-en/edit")
    text = admin.page.get_element_by_id("text").text
    admin.send("/console/library/sirens-en/edit", text=text.replace("0142", "0199"))
    assert "New (phone number): 208-555-0199" in admin.text
    assert "No longer there (phone number): 208-555-0142" in admin.text
    assert [mark.text_content() for mark in admin.page.iter("mark")] == ["208-555-0142", "208-555-0199"]
    send(admin, admin.path, "publish")
    send(admin, admin.path, "rollback")
    assert "The earlier version is back." in admin.text
    send(admin, admin.path, "withdraw", reason="wrong number")
    assert "It is withdrawn." in admin.text
    assert state(desk, "sirens-en") == "withdrawn"
    changes = admin.open("/console/changes").text
    assert "wrong number" in changes
    assert "went back to an earlier version" in changes


def test_a_purge_asks_for_a_reason_and_a_yes_and_names_who_saw_it(desk: Desk, admin: Tab) -> None:
    send(written(admin), "/console/library/sirens-en", "publish")
    desk.services.library.refresh(desk.services.engine, desk.clock())
    Tab(desk.services).ask("Whom do we ring about the flood siren test?")
    admin.open("/console/library/sirens-en")
    send(admin, admin.path, "purge", reason="a home number")  # without the yes
    assert admin.status == 422
    send(admin, "/console/library/sirens-en", "purge", reason="a home number", sure="yes")
    assert "sirens-en is gone" in admin.text
    assert "Somebody without a name" in admin.text
    assert admin.open("/console/library/sirens-en").status == 404


def test_what_was_typed_is_kept_when_it_can_not_be_read(admin: Tab) -> None:
    written(admin, NEW.replace("visibility: public", "visibility: everybody"))
    assert admin.status == 422
    assert "everybody" in admin.page.get_element_by_id("text").text
    written(admin, NEW.replace("kind", "x").replace("language: en", "kind: leaflet"))
    assert "leaflet" in admin.text


def test_words_are_added_and_removed(desk: Desk, admin: Tab) -> None:
    admin.open("/console/words")
    assert "No synonym yet" in admin.text
    send(admin, "/console/words", "add_synonym", phrase="wailing", meaning="flood siren")
    assert "wailing" in admin.text
    send(admin, "/console/words", "remove_synonym")
    assert "No synonym yet" in admin.text
    reply = "Call 911 first."
    send(
        admin,
        "/console/words",
        "approve",
        question="Who tests the sirens?",
        reply=reply,
        document="doxing-en",
    )
    assert reply in admin.text
    send(admin, "/console/words", "approve", question="", reply="", document="doxing-en")
    assert admin.status == 409


def test_a_gap_is_taken_from_its_page(desk: Desk, admin: Tab) -> None:
    assert "No gap." in admin.open("/console/gaps").text
    desk.say("When is the compost of the municipal zoo collected?")
    admin.open("/console/gaps").send("/console/gaps", title="Compost of the zoo")
    assert admin.path == "/console/library/compost-of-the-zoo-en/edit"
    assert "compost of the municipal zoo" in admin.page.get_element_by_id("text").text
    assert "Sam Demo writes it" in admin.open("/console/gaps").text


def test_the_list_says_what_waits_and_in_french(desk: Desk, admin: Tab) -> None:
    written(admin)
    desk.clock.advance(timedelta(minutes=1))
    assert "Drafts to read: 1" in admin.open("/console/library").text
    french = admin.open("/console/library?lang=fr").text
    assert "Lacunes" in french
    assert "Nouveau document" in french


def test_others_see_the_list_and_nothing_that_changes_it(desk: Desk) -> None:
    expert = signed_in(desk, EXPERT)
    assert expert.open("/console/library").status == 200
    assert not [link for link in expert.links() if link.startswith("/console/library/")]
    for path in ("/console/library/doxing-en", "/console/library/new", "/console/gaps", "/console/words"):
        assert expert.open(path).status == 404
    csrf = expert.open("/console/library").page.forms[0].fields["csrf"]
    done = expert.client.post("/console/library/doxing-en", data={"csrf": csrf, "act": "withdraw"})
    assert done.status_code == 404
    assert state(desk, "doxing-en") == "published"
