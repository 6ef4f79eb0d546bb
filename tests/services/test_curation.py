"""What admins do with the library, and what follows for answers, the outbox and the people who asked."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from sqlmodel import select

from bot import conversation, curation
from bot.curation import HowToPublish
from bot.database import reading, transaction
from bot.delivery.sealing import open_body
from bot.messages import DeliveryError, ThreadKey
from escalation.access import OPERATOR, Actor
from escalation.errors import Forbidden, IllegalMove
from escalation.identities import SenderIdentity
from escalation.tables import (
    Answer,
    ChannelName,
    Citation,
    IdentityKind,
    OutboxMessage,
    OutboxState,
    Person,
    Role,
    RoleName,
)
from knowledge_base import library
from knowledge_base.documents import Attributes, Block, BlockKind, DocumentKind, StructuredDocument
from knowledge_base.errors import DocumentNotFound, NotPublishable, SecondAdminNeeded
from tests.support.desk import ADMIN, EXPERT, Desk, DeskFactory
from tests.support.pages import Tab


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


@pytest.fixture
def both(desks: DeskFactory) -> Iterator[Desk]:
    with desks.desk() as made:
        yield made


SLEIGH = "Where do we tie up the runaway reindeer of the winter parade?"
_STEPS = ("Tie every runaway reindeer to the parade fence.", "Ring the reindeer keeper on 208-555-0142.")


def document(
    *, title: str = "Runaway reindeer at the winter parade", steps: tuple[str, ...] = _STEPS, **about: object
) -> StructuredDocument:
    attributes = Attributes(slug="reindeer", owner="Parade office", **about)  # type: ignore[arg-type]
    blocks = (
        Block(BlockKind.HEADING, "When a reindeer runs away", level=2),
        Block(BlockKind.STEPS, items=steps),
    )
    return StructuredDocument(title, "en", attributes, blocks)


def take_in(
    desk: Desk,
    given: StructuredDocument,
    actor: Actor = OPERATOR,
    how: HowToPublish = HowToPublish.NEW,
) -> curation.TakenIn:
    with transaction(desk.services.engine) as session:
        done = curation.take_in(session, given, actor, source_name="reindeer.md", how=how, now=desk.clock())
    desk.services.library.refresh(desk.services.engine, desk.clock())
    desk.services.library.understand()  # as the worker's beat does
    return done


def second_admin(desk: Desk) -> Actor:
    with transaction(desk.services.engine) as session:
        person = Person(name="Second Admin", created_at=desk.clock())
        session.add(person)
        session.flush()
        session.add(Role(person_id=person.id or 0, name=RoleName.ADMIN, granted_at=desk.clock()))
        person_id = person.id or 0
    return desk.actor(person_id)


def write_by_mail(desk: Desk, text: str) -> None:
    """Let an official write from a mailbox, and be answered."""
    message = replace(
        desk.inbound(text, key="m1"),
        thread=ThreadKey(ChannelName.EMAIL, "<m1@example.org>", "official@example.org"),
        sender=SenderIdentity(IdentityKind.EMAIL, "", "official@example.org", verified=True),
    )
    conversation.handle(desk.services, conversation.accept(desk.services, message).message_id)


# publishing


def test_one_admin_publishes_what_is_new_and_reads_a_change_first(desk: Desk) -> None:
    admin = desk.actor(ADMIN)
    assert take_in(desk, document(), admin).added.published
    changed = take_in(desk, document(steps=(*_STEPS, "Ring 208-555-0199 too.")), admin)
    assert not changed.added.published
    assert changed.comparison is not None
    assert [fact.text for fact in changed.comparison.new] == ["208-555-0199"]
    assert curation.publish(desk.services, "reindeer-en", admin).version == 2


def test_where_there_are_two_admins_nobody_publishes_what_they_wrote(desk: Desk) -> None:
    first, second = desk.actor(ADMIN), second_admin(desk)
    waiting = take_in(desk, document(), first)
    assert waiting.waits
    with pytest.raises(SecondAdminNeeded, match="another admin"):
        curation.publish(desk.services, "reindeer-en", first)
    curation.publish(desk.services, "reindeer-en", second)
    take_in(desk, document(title="Reindeer on the run"), second)
    curation.publish(desk.services, "reindeer-en", first)
    # Going back in an emergency waits for nobody: that text was read before.
    assert curation.publish(desk.services, "reindeer-en", first, version=1).version == 1
    with reading(desk.services.engine) as session:
        acts = [
            (one.act.value, curation.who(session, one.by)) for one in library.history(session, "reindeer-en")
        ]
    assert acts[:2] == [("rolled_back", "Sam Demo"), ("published", "Sam Demo")]
    assert ("published", "Second Admin") in acts


def test_only_admins_change_the_library(desk: Desk) -> None:
    expert = desk.actor(EXPERT)
    take_in(desk, document())
    for act in (
        lambda: take_in(desk, document(), expert),
        lambda: curation.publish(desk.services, "reindeer-en", expert),
        lambda: curation.withdraw(desk.services, "reindeer-en", expert),
        lambda: curation.purge(desk.services, "reindeer-en", expert, reason="x"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_draft_that_still_holds_its_material_is_not_published(desk: Desk) -> None:
    given = document()
    material = Block(BlockKind.HEADING, library.MATERIAL["en"], level=2)
    kept = replace(given, blocks=(*given.blocks, material, Block(BlockKind.PARAGRAPH, "A question.")))
    take_in(desk, kept, how=HowToPublish.NOTHING)
    with pytest.raises(NotPublishable, match="material"):
        curation.publish(desk.services, "reindeer-en", OPERATOR)


# withdrawing


def test_publishing_and_withdrawing_while_people_ask_drops_no_question_and_quotes_nothing_withdrawn(
    desks: DeskFactory,
) -> None:
    with desks.desk() as desk:
        take_in(desk, document())
        changed = document(steps=(*_STEPS, "Count the reindeer."))
        stop, asked = Event(), []

        def ask(person: int) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                accepted = desk.say(
                    SLEIGH, key=f"k{person}-{number}", who=f"p{person}", thread=f"t{person}-{number}"
                )
                asked.append(accepted.message_id)

        def asked_more(than: int) -> None:
            waited = Event()
            while len(asked) < than:
                assert not any(person.done() for person in people)  # nobody has died asking
                waited.wait(0.01)

        with ThreadPoolExecutor(2) as crowd:
            people = [crowd.submit(ask, person) for person in (1, 2)]
            asked_more(4)
            take_in(desk, changed, how=HowToPublish.ALL)
            asked_more(len(asked) + 4)
            curation.withdraw(desk.services, "reindeer-en", OPERATOR, reason="wrong number")
            with reading(desk.services.engine) as session:
                out_already = {row.message_id for row in session.exec(select(Citation)).all()}
            asked_more(len(asked) + 4)  # the index in memory still has it
            desk.services.library.refresh(desk.services.engine, desk.clock())
            asked_more(len(asked) + 4)
            stop.set()
            for person in people:
                person.result()
        answers = {row.question_id: row.message_id for row in desk.rows(Answer)}
        assert set(asked) <= set(answers)
        quoting = {row.message_id for row in desk.rows(Citation) if row.document_id == "reindeer-en"}
        assert quoting
        assert quoting <= out_already


def test_an_answer_that_waits_to_be_sent_is_held_back_and_the_official_is_told(desks: DeskFactory) -> None:
    with desks.desk(channels=(ChannelName.EMAIL,)) as desk:
        take_in(desk, document())
        write_by_mail(desk, SLEIGH)
        assert curation.withdraw(desk.services, "reindeer-en", OPERATOR) == 1
        desk.deliver()
        assert [message.kind for message in desk.carriers_sent()] == ["held_back"]
        assert "reindeer" not in desk.carriers_sent()[0].text


def test_an_answer_that_a_carrier_is_just_trying_is_not_tried_again(desks: DeskFactory) -> None:
    with desks.desk(channels=(ChannelName.EMAIL,)) as desk:
        take_in(desk, document())
        write_by_mail(desk, SLEIGH)
        desk.carriers[ChannelName.EMAIL].failures.append(DeliveryError("busy"))
        desk.deliver()
        with transaction(desk.services.engine) as session:  # withdrawn while the row was claimed
            library.withdraw(session, "reindeer-en", desk.clock())
        desk.clock.advance(dt.timedelta(minutes=1))
        desk.deliver()
        assert [message.kind for message in desk.carriers_sent()] == ["held_back"]
        states = {row.kind: row.state for row in desk.rows(OutboxMessage)}
        assert states == {"answer": OutboxState.CANCELLED, "held_back": OutboxState.SENT}


# purging


def test_a_purge_leaves_no_excerpt_anywhere_and_says_who_saw_one(both: Desk) -> None:
    desk = both
    take_in(desk, document())
    desk.say(SLEIGH, who="clerk")
    desk.deliver()
    done = curation.purge(desk.services, "reindeer-en", OPERATOR, reason="it named a home")
    assert (done.answers, [reader.channel for reader in done.readers]) == (1, ["web"])
    vault = desk.services.vault
    assert vault is not None
    with reading(desk.services.engine) as session:
        bodies = [open_body(session, vault, message) for message in desk.messages if message.author == "bot"]
        with pytest.raises(DocumentNotFound):
            library.get_document(session, "reindeer-en")
        assert library.history(session, "reindeer-en")[0].detail == "it named a home"
    kept = [*bodies, *(message.masked for message in desk.messages if message.author == "bot")]
    kept += [row.excerpt + row.title for row in desk.rows(Citation)]
    assert bodies
    assert not [text for text in kept if "parade fence" in text]
    for file in desk.services.library.index_dir.iterdir():
        assert b"parade fence" not in file.read_bytes()


def test_a_purge_needs_a_reason(desk: Desk) -> None:
    take_in(desk, document())
    with pytest.raises(IllegalMove, match="why"):
        curation.purge(desk.services, "reindeer-en", OPERATOR, reason=" ")


# translations and expiry


def test_a_translation_is_behind_once_its_original_changes(desk: Desk) -> None:
    french = replace(document(title="Rennes en fuite"), language="fr")
    take_in(desk, document())
    take_in(desk, french)
    desk.clock.advance(dt.timedelta(hours=1))
    done = take_in(desk, document(title="Reindeer on the run"), how=HowToPublish.ALL)
    assert done.added.published

    def late() -> list[str]:
        with reading(desk.services.engine) as session:
            return [one.document_id for one in library.parity(session).behind]

    assert late() == ["reindeer-fr"]
    desk.clock.advance(dt.timedelta(hours=1))
    curation.confirm_match(desk.services, "reindeer-fr", OPERATOR)
    assert late() == []


def test_a_document_that_names_the_original_is_the_translation(desk: Desk) -> None:
    take_in(desk, document(original="fr"))
    take_in(desk, replace(document(title="Rennes en fuite", original="fr"), language="fr"))
    desk.clock.advance(dt.timedelta(hours=1))
    take_in(desk, replace(document(title="Rennes", original="fr"), language="fr"), how=HowToPublish.ALL)
    with reading(desk.services.engine) as session:
        assert list(library.behind(session)) == ["reindeer-en"]


def test_a_briefing_leaves_the_answers_when_its_last_day_is_over(desk: Desk) -> None:
    today = desk.clock().date()
    take_in(desk, document(kind=DocumentKind.BRIEFING, expires=today))
    assert curation.expire(desk.services) == ()
    desk.clock.advance(dt.timedelta(days=1))
    assert curation.expire(desk.services) == ("reindeer-en",)
    with reading(desk.services.engine) as session:
        assert library.get_document(session, "reindeer-en").state == "retired"
        assert library.history(session, "reindeer-en")[0].act is library.Act.EXPIRED
    with pytest.raises(NotPublishable, match="expired"):
        curation.publish(desk.services, "reindeer-en", OPERATOR)


# what is said with a quotation


def quoted(desk: Desk) -> list[Citation]:
    desk.say(SLEIGH)
    return list(desk.rows(Citation))


def test_a_template_is_returned_whole(desk: Desk) -> None:
    given = document(kind=DocumentKind.TEMPLATE)
    notice = Block(BlockKind.CODE, "Dear parents,\n\nthe reindeer of the winter parade is back.")
    sources = (Block(BlockKind.HEADING, "Sources", level=2), Block(BlockKind.BULLETS, items=("A keeper",)))
    take_in(desk, replace(given, blocks=(*given.blocks, notice, *sources)))
    (citation,) = quoted(desk)
    for part in ("1. Tie every runaway", "2. Ring the reindeer keeper", "Dear parents,\n\nthe reindeer"):
        assert part in citation.excerpt
    assert "A keeper" not in citation.excerpt


def test_a_translation_that_is_behind_says_so_when_it_is_quoted(desk: Desk) -> None:
    take_in(desk, document())
    take_in(desk, replace(document(original="fr"), language="fr"))
    desk.clock.advance(dt.timedelta(hours=1))
    take_in(desk, replace(document(title="Rennes", original="fr"), language="fr"), how=HowToPublish.ALL)
    assert quoted(desk)[0].caveats == "behind"
    said = "The original was updated after this translation."
    assert said in desk.messages[-1].masked
    assert said in Tab(desk.services).open("/library/reindeer-en").text


def test_a_briefing_shows_its_mark_and_is_never_quoted_in_mail(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk(channels=(ChannelName.EMAIL, ChannelName.WEB)) as desk:
        later = desk.clock().date() + dt.timedelta(days=9)
        take_in(desk, document(kind=DocumentKind.BRIEFING, expires=later, handling="Hub only"))
        assert quoted(desk)[0].caveats == "handling:Hub only"
        seen = len(desk.rows(Citation))
        write_by_mail(desk, SLEIGH)
        assert "reindeer-en" not in {row.document_id for row in desk.rows(Citation)[seen:]}


def test_a_referral_is_found_by_what_it_says_of_itself_and_when_it_was_tried(desk: Desk) -> None:
    about = {"organisation": "Reindeer keepers", "phone": "208-555-0142", "region": "US-ID"}
    take_in(desk, document(kind=DocumentKind.REFERRAL, last_verified=dt.date(2026, 11, 2), **about))
    desk.say("Which phone number do the reindeer keepers have?")
    citations = desk.rows(Citation)
    assert any("Reindeer keepers\nPhone: 208-555-0142" in row.excerpt for row in citations)
    assert "Last verified 2 November 2026." in desk.messages[-1].masked


def test_an_approved_answer_wins_and_falls_silent_with_its_document(desk: Desk) -> None:
    take_in(desk, document())
    curation.approve(
        desk.services,
        OPERATOR,
        language="en",
        question="Where do we tie up runaway reindeer?",
        text="At the north gate. The keeper has the key.",
        document_id="reindeer-en",
        section="When a reindeer runs away",
        phrasings=("Where can runaway reindeer be tied up?",),
    )
    desk.services.library.refresh(desk.services.engine, desk.clock())

    def first(question: str) -> str:
        return desk.services.library.search(question).hits[0].excerpt

    approved = "At the north gate. The keeper has the key."
    assert first("where do we tie up runaway reindeer") == approved
    assert first("Where can runaway reindeer be tied up") == approved
    assert first("Whom do we ring about a runaway reindeer?") != approved
    desk.say("Where do we tie up runaway reindeer?")
    (citation,) = desk.rows(Citation)
    assert (citation.document_id, citation.caveats) == ("reindeer-en", "approved")
    curation.withdraw(desk.services, "reindeer-en", OPERATOR)
    desk.services.library.refresh(desk.services.engine, desk.clock())
    found = desk.services.library.search("Where do we tie up runaway reindeer?")
    assert approved not in [hit.excerpt for hit in found.hits]
