"""The starter library against labelled questions, with floors just under what was reached.

A third of the questions is held back: nothing was tuned on it, and the model never read it.
"""

from pathlib import Path

import pytest

from bot.choosing import choose
from knowledge_base import starter
from knowledge_base.catalog import CatalogDocument, CatalogPassage
from knowledge_base.evaluate import Report, evaluate, read_questions
from knowledge_base.generations.sense_files import known_codes, starter_file
from knowledge_base.index import Index
from knowledge_base.passages import cut
from knowledge_base.search import search
from knowledge_base.senses.making import make

QUESTIONS = Path(__file__).with_name("questions.jsonl")


def starter_index() -> Index:
    documents: list[CatalogDocument] = []
    passages: list[CatalogPassage] = []
    for _, article in starter.documents():
        about = article.attributes
        documents.append(
            CatalogDocument(
                f"{about.slug}-{article.language}",
                about.slug,
                article.title,
                article.language,
                about.kind.value,
                topics=about.topics,
                synonyms=about.synonyms,
            )
        )
        passages += [
            CatalogPassage(
                len(passages) + offset,
                len(documents) - 1,
                draft.text,
                article.language,
                draft.heading,
                draft.kind.value,
                draft.step,
                jurisdiction=draft.jurisdiction,
            )
            for offset, draft in enumerate(cut(article), 1)
        ]
    index = Index.build(documents, passages)
    return index.with_senses(make(index.texts(), known_codes(starter_file().parent)))


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(starter_index(), read_questions(QUESTIONS))


def test_the_set_is_large_enough_to_say_something() -> None:
    questions = read_questions(QUESTIONS)
    for language in ("en", "fr"):
        own = [question for question in questions if question.language == language]
        assert sum(question.answerable for question in own) >= 300
        assert sum(not question.answerable for question in own) >= 60
        assert sum("vocabulary_gap" in question.tags for question in own) >= len(own) / 3
    assert len({question.id for question in questions}) == len(questions)


@pytest.mark.parametrize(
    ("group", "floor"), [("en/held", 0.94), ("fr/held", 0.87), ("tag:vocabulary_gap/held", 0.87)]
)
def test_the_right_topic_comes_first_on_questions_held_back(report: Report, group: str, floor: float) -> None:
    assert report.groups[group].hit_at_1.share >= floor


@pytest.mark.parametrize("group", ["en/held", "fr/held"])
def test_what_the_library_can_answer_is_seldom_declined(report: Report, group: str) -> None:
    assert report.groups[group].wrong_abstention.share <= 0.06


@pytest.mark.parametrize(("group", "floor"), [("all/held", 0.94), ("en", 0.97), ("fr", 0.97)])
def test_what_the_library_can_not_answer_is_declined(report: Report, group: str, floor: float) -> None:
    assert report.groups[group].right_abstention.share >= floor


def test_confidence_is_about_the_share_of_right_answers(report: Report) -> None:
    for band in report.reliability:
        if band.right.whole >= 50:
            assert abs(band.mean - band.right.share) <= 0.2


def test_the_first_quote_is_from_an_article_on_the_first_topic() -> None:
    index = starter_index()
    for question in read_questions(QUESTIONS)[::7]:
        result = search(index, question.text, language=question.language)
        chosen = choose(result, question.text).quotes
        assert not chosen or result.topics[0] in chosen[0].topics


@pytest.mark.parametrize(("group", "floor"), [("en/held", 0.9), ("fr/held", 0.8)])
def test_the_part_of_the_article_that_was_asked_for_is_among_the_first_three(
    report: Report, group: str, floor: float
) -> None:
    assert report.groups[group].section_at_3.share >= floor
