"""What the library could not answer: grouped by meaning, taken on as a draft, timed until it is published."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot import casework, curation
from bot.database import reading, transaction
from bot.privacy import need_to_know, person_data
from escalation import gaps as stored
from escalation import tickets
from escalation.access import OPERATOR
from escalation.errors import Forbidden, IllegalMove, NotFound
from escalation.tables import HelpRequest, Message
from knowledge_base import library
from knowledge_base.errors import NotPublishable, NotTaken
from knowledge_base.readers.markdown import read_markdown
from knowledge_base.tables import Document
from tests.support.desk import ADMIN, EXPERT, OFFICIAL_FR, Desk, DeskFactory

COMPOST = "When is the compost of the municipal zoo collected?"
COMPOST_AGAIN = "Which day do they collect the compost from the zoo?"
COMPOST_FR = "Quand ramasse-t-on le compost du zoo municipal?"
CHESS = "Where can I register for the chess tournament of the library basement?"


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


def ask(desk: Desk, *questions: str) -> None:
    for number, text in enumerate(questions):
        desk.clock.advance(timedelta(minutes=1))
        desk.say(text, who=f"asker-{number}-{text[:9]}", thread=f"t-{number}-{text[:9]}")


def look(desk: Desk, actor: object = OPERATOR) -> curation.Gaps:
    with reading(desk.services.engine) as session:
        return curation.look_for_gaps(session, actor, desk.clock())  # type: ignore[arg-type]


def test_questions_of_one_meaning_are_one_gap_in_either_language(desk: Desk) -> None:
    ask(desk, COMPOST, CHESS, COMPOST_FR, COMPOST_AGAIN)
    compost, chess = look(desk).open
    assert {question.text for question in compost.questions} == {COMPOST, COMPOST_FR, COMPOST_AGAIN}
    assert compost.languages == (("en", 2), ("fr", 1))
    assert chess.count == 1
    assert compost.first_asked_at < chess.first_asked_at


def test_danger_never_shows_among_the_gaps_and_private_details_are_masked(desk: Desk) -> None:
    ask(
        desk,
        "there is a man with a gun at my door right now",
        "My compost phone is 208-555-0142, zoo compost?",
    )
    texts = [question.text for group in look(desk).open for question in group.questions]
    assert not [text for text in texts if "gun" in text or "0142" in text]


def test_an_answer_that_did_not_help_is_a_gap_too(desk: Desk) -> None:
    desk.say("Somebody posted my home address online. What should I do first?")
    answer = next(message for message in desk.messages if message.kind == "answer")
    casework.feedback(desk.services, answer.id, OPERATOR, False)
    (group,) = look(desk).open
    assert (group.count, group.thumbs_down) == (1, 1)


def test_a_gap_becomes_a_draft_with_an_owner_and_ends_when_that_is_published(desk: Desk) -> None:
    ask(desk, COMPOST, COMPOST_AGAIN)
    admin = desk.actor(ADMIN)
    (group,) = look(desk).open
    document_id = curation.draft_for_gap(
        desk.services, group.id, admin, title="Compost of the zoo", language="en", assignee_id=ADMIN
    )
    assert document_id == "compost-of-the-zoo-en"
    with reading(desk.services.engine) as session:
        draft = library.get_structure(session, document_id)
        assert library.get_document(session, document_id).owner == "Sam Demo"
    assert COMPOST in draft.blocks[-1].items
    with pytest.raises(NotPublishable):
        curation.publish(desk.services, document_id, admin)

    ask(desk, COMPOST_FR)  # asked again while it is written: the same gap
    found = look(desk)
    assert not found.open
    assert (found.being_written[0].count, found.being_written[0].assignee) == (3, "Sam Demo")

    desk.clock.advance(timedelta(days=2))
    text = library.to_markdown(draft).partition("## ")[0] + "## When\n\nEvery Tuesday.\n"
    with transaction(desk.services.engine) as session:
        curation.take_in(
            session,
            read_markdown("x.md", text.encode()),
            admin,
            source_name="x.md",
            how=curation.HowToPublish.NOTHING,
            now=desk.clock(),
        )
    assert curation.publish(desk.services, document_id, admin).gaps_closed == 1
    done = look(desk)
    assert done.to_answer is not None
    assert timedelta(days=2) <= done.to_answer < timedelta(days=2, hours=1)
    with reading(desk.services.engine) as session:
        # The draft with people's words in it has gone; what was published stays.
        assert [one.state for one in library.list_versions(session, document_id)] == ["published"]


def test_a_group_is_taken_once_and_a_title_is_used_once(desk: Desk) -> None:
    ask(desk, COMPOST, CHESS)
    compost, chess = sorted(look(desk).open, key=lambda group: group.first_asked_at)
    curation.draft_for_gap(desk.services, compost.id, OPERATOR, title="Compost", language="en")
    with pytest.raises(NotFound):
        curation.draft_for_gap(desk.services, compost.id, OPERATOR, title="Compost 2", language="en")
    with pytest.raises(NotTaken):
        curation.draft_for_gap(desk.services, chess.id, OPERATOR, title="Compost", language="en")
    with reading(desk.services.engine) as session:
        assert len(stored.taken(session)) == 1


def test_only_admins_see_the_gaps(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        look(desk, desk.actor(EXPERT))


# from a ticket


def resolved(desk: Desk, reply: str) -> str:
    desk.say("I want to talk to a person about my neighbour's drone", key="a")
    number = tickets.number_of(desk.tickets[0].id)
    expert = desk.actor(EXPERT)
    casework.claim(desk.services, number, expert, channel="console", source_id="1")
    casework.note(
        desk.services, number, expert, "Between us: check the file.", channel="console", source_id="2"
    )
    casework.reply(desk.services, number, expert, reply, channel="console", source_id="3")
    casework.resolve(desk.services, number, expert, outcome="Answered", channel="console", source_id="4")
    return number


def test_a_resolved_ticket_becomes_a_draft_of_masked_public_words(desk: Desk) -> None:
    number = resolved(desk, "Note the hour of every flight. Then call me at 208-555-0142.")
    document_id = curation.draft_from_ticket(desk.services, number, desk.actor(EXPERT), title="Drones")
    with reading(desk.services.engine) as session:
        text = library.to_markdown(library.get_structure(session, document_id))
    assert "Note the hour of every flight." in text
    assert "drone" in text
    assert "0142" not in text
    assert "Between us" not in text


def test_a_ticket_at_work_and_a_stranger_give_no_draft(desk: Desk) -> None:
    desk.say("I want to talk to a person about my neighbour's drone", key="a")
    number = tickets.number_of(desk.tickets[0].id)
    with pytest.raises(IllegalMove, match="resolved"):
        curation.draft_from_ticket(desk.services, number, desk.actor(EXPERT), title="Drones")
    with pytest.raises(NotFound):
        curation.draft_from_ticket(desk.services, number, desk.actor(OFFICIAL_FR), title="Drones")


def test_a_sealed_ticket_gives_no_draft_even_to_who_is_named_for_it(desk: Desk) -> None:
    number = resolved(desk, "Note the hour of every flight.")
    expert = desk.actor(EXPERT)
    need_to_know.seal(desk.services, number, expert, "It names a colleague.", channel="console")
    before = desk.rows(Document)
    with pytest.raises(IllegalMove, match="sealed"):
        curation.draft_from_ticket(desk.services, number, expert, title="Drones")
    assert desk.rows(Document) == before


def everything_of(desk: Desk, document_id: str) -> str:
    """Return all that any version of a document and its passages say."""
    with reading(desk.services.engine) as session:
        versions = [
            library.to_markdown(library.get_structure(session, document_id, one.number))
            for one in library.list_versions(session, document_id)
        ]
        passages = [
            passage.text
            for one in library.list_versions(session, document_id)
            for passage in library.get_passages(session, document_id, one.number)
        ]
    return "\n".join((*versions, *passages))


def edited(desk: Desk, document_id: str, more: str) -> None:
    """Save a draft as its writer does: what it held, and a section of their own."""
    with transaction(desk.services.engine) as session:
        held = library.to_markdown(library.get_structure(session, document_id))
        document = read_markdown(f"{document_id}.md", f"{held}\n{more}\n".encode())
        library.add(session, document, source_name="draft.md", by="writer", now=desk.clock(), publish=False)


def test_sealing_a_ticket_empties_the_drafts_made_of_it_and_keeps_what_their_writers_wrote(
    desk: Desk,
) -> None:
    number = resolved(desk, "Note the hour of every flight.")
    expert = desk.actor(EXPERT)
    document_id = curation.draft_from_ticket(desk.services, number, expert, title="Drones")
    edited(desk, document_id, "## First hour\n\nKeep a log of the noise.")
    assert "every flight" in everything_of(desk, document_id)
    need_to_know.seal(desk.services, number, expert, "It names a colleague.", channel="console")
    text = everything_of(desk, document_id)
    assert "every flight" not in text
    assert "neighbour" not in text
    assert "Keep a log of the noise." in text
    with pytest.raises(NotPublishable), transaction(desk.services.engine) as session:
        library.publish(session, document_id, desk.clock())
    with reading(desk.services.engine) as session:
        assert library.history(session, document_id)[0].act is library.Act.MATERIAL_TAKEN_BACK


def test_an_erased_person_leaves_no_words_in_drafts(
    desk: Desk,
) -> None:
    number = resolved(desk, "Note the hour of every flight.")
    ask(desk, COMPOST)
    drones = curation.draft_from_ticket(desk.services, number, desk.actor(EXPERT), title="Drones")
    group = next(group for group in look(desk).open if COMPOST in {one.text for one in group.questions})
    compost = curation.draft_for_gap(desk.services, group.id, OPERATOR, title="Zoo compost", language="en")
    assert COMPOST in everything_of(desk, compost)
    for text in ("drone", COMPOST):
        asked = next(message for message in desk.rows(Message) if text in message.masked)
        owner = next(one.person_id for one in desk.rows(HelpRequest) if one.id == asked.request_id)
        person_data.erase(desk.services, owner, OPERATOR, "They asked.", channel="console")
    assert COMPOST not in everything_of(desk, compost)
    assert "drone" not in everything_of(desk, drones).casefold().replace("drones", "")
