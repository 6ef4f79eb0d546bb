"""What the desk answers: the unit that is asked for, more of it, a question back, and nothing it must not say."""

from datetime import UTC, datetime

import pytest

from bot.rendering import LineContext, Renderer
from escalation.tables import Answer, Citation
from tests.support.desk import Desk

DOXED = "Someone published my home address. What should I do in the first hour?"


def reply(desk: Desk, text: str, **more: object) -> str:
    desk.say(text, **more)
    desk.deliver()
    told = [sent for sent in desk.carriers_sent() if not sent.kind.startswith(("ticket_", "language_"))]
    return told[-1].text


def quoted(desk: Desk) -> list[Citation]:
    rows = desk.rows(Citation)
    return [row for row in rows if row.message_id == rows[-1].message_id]


def test_more_goes_on_where_the_last_answer_ended(desk: Desk) -> None:
    reply(desk, DOXED)
    first = [row.passage_id for row in quoted(desk)]
    reply(desk, "more please")
    second = [row.passage_id for row in quoted(desk)]
    assert len(first) == 3
    assert second[0] == first[-1] + 1
    assert not set(first) & set(second)


def test_somebody_in_the_middle_of_it_gets_the_first_hour_and_no_template(desk: Desk) -> None:
    text = reply(desk, "they put our street and the kids school on telegram an hour ago, what now")
    assert {row.section for row in quoted(desk)} == {"First hour"}
    assert "What to do first" in text


def test_somebody_who_needs_words_gets_a_template_whole(desk: Desk) -> None:
    text = reply(desk, "I need a script the chair can read when people will not stop shouting")
    (only,) = quoted(desk)
    assert only.document_id == "template-chair-script-en"
    assert only.excerpt in text


def test_several_matters_get_a_short_part_each(desk: Desk) -> None:
    reply(
        desk,
        "Two things: someone published my home address, and the council meeting was shouted down. What do we do?",
    )
    assert len({row.document_id for row in quoted(desk)}) == 2


@pytest.mark.parametrize("text", ["How should we vote, for or against the ceasefire resolution?"])
def test_a_contested_question_gets_process_and_no_side(desk: Desk, text: str) -> None:
    assert "takes no side" in reply(desk, text)


def test_a_question_of_law_is_told_what_the_answer_is_not(desk: Desk) -> None:
    assert "not legal advice" in reply(desk, "Is it a crime to publish the home address of a councillor?")


def test_a_question_about_the_desk_is_answered_and_opens_no_ticket(desk: Desk) -> None:
    assert "automatic desk" in reply(desk, "are you a real person?")
    assert desk.tickets == []


def test_a_language_asked_for_gives_the_last_answer_in_it(desk: Desk) -> None:
    reply(desk, DOXED)
    text = reply(desk, "en français svp")
    assert {row.document_id for row in quoted(desk)} == {"doxing-fr"}
    assert "tiré de notre bibliothèque" in text


@pytest.mark.parametrize(
    ("asked", "then", "topic", "language"),
    [
        ("Somebody sprayed slurs on the mosque, what should the city do?", "and for my staff?", "hate-incident-response", "en"),
        ("We get insulting comments under every post. Can we block people?", "what about in Michigan?", "online-harassment", "en"),
        ("Un homme dit que nos lois ne le concernent pas.", "et au Nouveau-Brunswick c'est pareil?", "anti-government-extremism", "fr"),
        ("Des gens campent devant l'hôtel de ville depuis trois semaines.", "qui leur parle, la police ou nous", "protests-and-demonstrations", "fr"),
    ],
)  # fmt: skip
def test_a_turn_without_a_subject_of_its_own_keeps_the_one_before(
    desk: Desk, asked: str, then: str, topic: str, language: str
) -> None:
    reply(desk, asked)
    reply(desk, then)
    assert desk.rows(Answer)[-1].topics.split(",")[0] == topic
    assert {row.language for row in quoted(desk)} == {language}


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        (DOXED, "And for my staff?"),
        ("On a publié l'adresse de la conseillère sur Facebook, que faire?", "et pour mon personnel?"),
    ],
)
def test_the_same_steps_are_not_said_again_to_who_asks_for_others(desk: Desk, asked: str, then: str) -> None:
    reply(desk, asked)
    first = {row.excerpt for row in quoted(desk)}
    reply(desk, then)
    rows = quoted(desk)
    assert rows
    assert first.isdisjoint(row.excerpt for row in rows)


def test_what_was_said_to_the_desk_itself_does_not_blur_the_question(desk: Desk) -> None:
    reply(desk, "Allo, comment ça marche ici?")
    reply(desk, "notre réunion zoom a été piratée")
    assert {row.document_id for row in quoted(desk)} == {"council-meeting-disruption-fr"}


@pytest.mark.parametrize("text", ["who do I call", "Qui dois-je appeler?"])
def test_who_asks_whom_to_call_and_no_more_is_told_911(desk: Desk, text: str) -> None:
    assert "911" in reply(desk, text)
    assert desk.tickets == []


def test_another_officials_case_is_not_spoken_of(desk: Desk) -> None:
    assert "nothing about what others ask" in reply(desk, "tell me about the case of councillor Smith")


def test_a_supposition_of_danger_keeps_the_first_steps(desk: Desk) -> None:
    reply(desk, DOXED)
    reply(desk, "what if he comes to my house")
    assert "911" in quoted(desk)[0].excerpt


@pytest.mark.parametrize(
    "text", ["a threat came by phone this morning", "vidéo truquée de moi, journaliste au téléphone, vite"]
)
def test_an_event_by_phone_is_answered_beside_the_person_who_comes(desk: Desk, text: str) -> None:
    reply(desk, text)
    assert quoted(desk)
    assert len(desk.tickets) == 1


def test_a_letter_for_a_lawyer_to_write_is_not_replaced_by_another_form(desk: Desk) -> None:
    reply(desk, "wording for a trespass letter")
    assert {row.document_id for row in quoted(desk)} == {"threats-and-personal-safety-en"}
    assert "lawyer" in quoted(desk)[0].excerpt


def test_the_emergency_number_comes_first_of_those_to_call(desk: Desk) -> None:
    reply(desk, "on a publié l'adresse de la conseillère sur facebook")
    reply(desk, "qui dois-je appeler?")
    assert "911" in quoted(desk)[0].excerpt


@pytest.mark.parametrize("text", ["'; DROP TABLE message; --", "<script>alert('the mayor')</script>"])
def test_code_is_searched_for_nothing(desk: Desk, text: str) -> None:
    said = reply(desk, text)
    assert desk.rows(Citation) == []
    assert "closest to what you need" not in said


def test_a_new_subject_leaves_the_one_before(desk: Desk) -> None:
    reply(desk, DOXED)
    reply(
        desk,
        "Different question: a crowd is planning a march past city hall in two weeks, do they need a permit?",
    )
    assert desk.rows(Answer)[-1].topics.split(",")[0] == "protests-and-demonstrations"


def test_a_place_after_a_change_of_language_asks_the_same_question_there(desk: Desk) -> None:
    reply(desk, "Who do I call if one of our poll workers gets a threat by phone?")
    desk.say("en français svp")
    reply(desk, "et en Ontario?")
    assert {row.document_id[-2:] for row in quoted(desk)} == {"fr"}
    assert desk.rows(Answer)[-1].topics.split(",")[0] == "election-related-threats"


@pytest.mark.parametrize("text", ["what about it and so then", "de la et puis donc"])
def test_small_words_alone_are_no_question(desk: Desk, text: str) -> None:
    reply(desk, text)
    assert desk.rows(Citation) == []


def test_calm_turns_do_not_add_up_to_a_crisis(desk: Desk) -> None:
    desk.say("A camera crew of one filmed our counter last month. Can we tell him to leave?")
    desk.say("and if he films the screens?")
    desk.say("what should the sign say")
    assert [message.urgency for message in desk.messages if message.urgency] == ["P3", "P3", "P3"]
    assert desk.tickets == []


def test_a_message_in_a_third_language_is_told_what_is_served(desk: Desk) -> None:
    text = reply(desk, "Hola, alguien publicó la dirección de mi casa en internet, ¿qué hago?")
    assert "English and French only" in text
    assert desk.rows(Citation) == []


def test_nothing_found_twice_goes_to_a_person(desk: Desk) -> None:
    reply(desk, "How do I renew a licence for my dog?")
    assert desk.tickets == []
    reply(desk, "so where is the form for the dog licence")
    assert len(desk.tickets) == 1
    assert all(row.abstained for row in desk.rows(Answer))
    assert desk.rows(Citation) == []


@pytest.mark.parametrize(
    "text",
    [
        "is there somebody my staff can talk to for free?",
        "do you know a group that supports victims of hate",
        "which service takes down addresses from data brokers",
        "qui peut aider une famille visée",
        "connaissez-vous un groupe qui soutient les élues harcelées",
        "où trouver un psychologue pour mon équipe",
    ],
)
def test_somebody_who_asks_for_people_to_turn_to_is_told_whom_to_call(desk: Desk, text: str) -> None:
    said = reply(desk, text)
    assert "Whom to call" in said or "Qui appeler" in said
    assert {row.document_id[-2:] for row in quoted(desk)} == {desk.messages[0].language}


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("can you draft what the chair reads out when they shout", "template-chair-script-en"),
        ("something short to send the parents tonight, our address is out", "template-school-and-family-notice-en"),
        ("what do I say to reporters outside", "template-holding-statement-en"),
        ("une note au personnel, déjà prête", "template-staff-note-fr"),
        ("peux-tu me rédiger un communiqué", "template-holding-statement-fr"),
    ],
)  # fmt: skip
def test_words_to_copy_are_found_however_they_are_asked_for(desk: Desk, text: str, template: str) -> None:
    reply(desk, text)
    assert [row.document_id for row in quoted(desk)] == [template]


@pytest.mark.parametrize(
    "text",
    ["RFP template for road resurfacing", "I need a form for the dog licence", "who handles potholes?"],
)
def test_a_form_that_no_such_desk_has_is_not_made_up_for(desk: Desk, text: str) -> None:
    reply(desk, text)
    assert desk.rows(Citation) == []


def test_who_asks_for_a_person_again_is_not_left_without_a_word(desk: Desk) -> None:
    desk.say("I want to talk to a person")
    assert "people of the hub have your request" in reply(desk, "can somebody please call me")
    assert len(desk.tickets) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["no_answer", "clarify", "thanks", "small_talk", "declined"])
def test_a_line_of_doubt_stands_by_itself(kind: str, language: str) -> None:
    context = LineContext(in_doubt=True, options=("One", "Two"))
    text = Renderer("The hub").render(kind, language, context, datetime(2026, 11, 23, tzinfo=UTC)).text
    first, _, rest = text.partition("\n\n")
    assert "911" in first
    assert "\n" not in first
    assert rest


@pytest.mark.parametrize("repeats", [1, 4])
def test_a_pasted_article_is_answered_by_the_question_at_its_end(desk: Desk, repeats: int) -> None:
    article = (
        "City council in Riverton voted 5-2 on Monday to repave three streets before winter. Residents asked about "
        "parking during the work. Councillor Dana Reed said the budget should go to the library roof, which has "
        "leaked since spring. In other business, the clerk presented dates for the fall hearings. The fire chief "
        "reported on a new truck. A school band will play at the opening of the rink. The next meeting is on the 14th."
    )
    asked = "They put a councillor's home address in the comments under this. What should she do first?"
    reply(desk, "\n\n".join([*[article] * repeats, asked]))
    assert {row.document_id for row in quoted(desk)} == {"doxing-en"}
