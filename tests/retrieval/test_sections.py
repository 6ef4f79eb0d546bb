"""Whether a question brings the section that answers it: of an article, a template, a referral, a brief.

`sections.jsonl` names what is right as "document > heading"; a heading stands for all below it. The
articles' own sections are asked for in `questions.jsonl` too, by the part of the article.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge_base.evaluate import read_questions
from knowledge_base.index import Index
from knowledge_base.readers.cleaning import clean
from knowledge_base.search import Hit, search
from tests.retrieval.test_questions import QUESTIONS, starter_index
from tests.support.starter import starter_documents

SECTIONS = Path(__file__).with_name("sections.jsonl")
SHOWN = 3


@dataclass(frozen=True, slots=True)
class SectionQuestion:
    """A question, and the sections of which one must be among the first three hits."""

    id: str
    language: str
    text: str
    right: tuple[tuple[str, str], ...]
    split: str

    def answered_by(self, hit: Hit) -> bool:
        return any(slug == hit.slug and clean(heading) in hit.section for slug, heading in self.right)


def _read() -> list[SectionQuestion]:
    found = []
    for line in SECTIONS.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        right = tuple((slug, heading) for slug, heading in (one.split(" > ") for one in raw["right"]))
        found.append(SectionQuestion(raw["id"], raw["lang"], raw["text"], right, raw["split"]))
    return found


@pytest.fixture(scope="module")
def index() -> Index:
    return starter_index()


def test_a_third_of_the_questions_for_a_section_is_held_back_and_every_topic_has_its_share() -> None:
    own = _read()
    labelled = [question for question in read_questions(QUESTIONS) if question.section]
    assert len(own) + len(labelled) >= 264
    for language in ("en", "fr"):
        splits = [one.split for one in own if one.language == language]
        splits += [one.split for one in labelled if one.language == language]
        assert splits.count("held") >= len(splits) / 3
        topics = Counter(one.acceptable[0] for one in labelled if one.language == language)
        assert min(topics.values()) >= 3
        assert len(topics) == 22


def test_every_section_that_is_expected_exists() -> None:
    headings = {(document.language, document.meta["id"]): document.body for document in starter_documents()}
    for question in _read():
        for slug, heading in question.right:
            assert f"# {heading}" in headings[question.language, slug], (question.id, slug, heading)


def test_every_document_beside_the_articles_is_asked_for() -> None:
    asked = {(question.language, slug) for question in _read() for slug, _ in question.right}
    for document in starter_documents():
        if document.meta["topics"] != [document.meta["id"]]:
            assert (document.language, document.meta["id"]) in asked, document.name


def test_no_question_repeats_a_sentence_of_its_document() -> None:
    texts = {(document.language, document.meta["id"]): document.body for document in starter_documents()}
    for question in _read():
        for slug, _ in question.right:
            assert question.text.casefold() not in texts[question.language, slug].casefold(), question.id


@pytest.mark.parametrize(
    ("language", "split", "floor"),
    [("en", "tune", 0.5), ("en", "held", 0.5), ("fr", "tune", 0.42), ("fr", "held", 0.46)],
)
def test_the_section_that_answers_is_among_the_first_three(
    index: Index, language: str, split: str, floor: float
) -> None:
    asked = [one for one in _read() if (one.language, one.split) == (language, split)]
    missed = [
        question.id
        for question in asked
        if not any(
            question.answered_by(hit) for hit in search(index, question.text, language=language).hits[:SHOWN]
        )
    ]
    assert 1 - len(missed) / len(asked) >= floor, missed
