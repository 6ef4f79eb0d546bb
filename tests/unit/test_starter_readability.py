"""Hold the starter library to words that a frightened person can read on a phone, about grade 8."""

from statistics import mean

import pytest

from tests.support.readability import figure
from tests.support.starter import StarterFile, starter_documents

# The school grade in English, the reading ease in French: what the whole may reach, and one document or
# one paragraph of twenty words at most.
LIBRARY = {"en": 6.5, "fr": 78.0}
DOCUMENT = {"en": 8.0, "fr": 72.0}
PARAGRAPH = {"en": 13.0, "fr": 40.0}
_PARAGRAPH_WORDS = 20

# What is harder than that, and why it has to be.
OUTLIERS = {
    "en/referrals-provinces": "names of commissions and boards, which can't be shortened",
    "fr/referrals-provinces": "names of commissions and boards, which can't be shortened",
    "fr/referrals-federal": "names of federal bodies, which can't be shortened",
}
PARAGRAPH_OUTLIERS = {
    ("en/referrals-officials-support", "- **Territories:"): "the names of three associations in full",
}


def harder(figure_of_text: float, limit: dict[str, float], language: str) -> bool:
    return figure_of_text > limit[language] if language == "en" else figure_of_text < limit[language]


def documents(language: str) -> list[StarterFile]:
    return [document for document in starter_documents() if document.language == language]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_library_as_a_whole_reads_easily(language: str) -> None:
    figures = [figure(document.prose(), language) for document in documents(language)]
    assert not harder(mean(figures), LIBRARY, language)


def test_every_document_reads_easily_but_for_those_with_a_reason() -> None:
    hard = {
        document.name
        for document in starter_documents()
        if harder(figure(document.prose(), document.language), DOCUMENT, document.language)
    }
    assert hard == set(OUTLIERS)


def test_every_paragraph_reads_easily_but_for_those_with_a_reason() -> None:
    hard = [
        (document.name, line)
        for document in starter_documents()
        for line in document.prose().splitlines()
        if len(line.split()) >= _PARAGRAPH_WORDS
        and harder(figure(line, document.language), PARAGRAPH, document.language)
    ]
    unexplained = [
        (name, line)
        for name, line in hard
        if not any(name == where and line.startswith(opening) for where, opening in PARAGRAPH_OUTLIERS)
    ]
    assert unexplained == []
    assert len(hard) == len(PARAGRAPH_OUTLIERS)


@pytest.mark.parametrize(
    ("language", "easy", "hard"),
    [
        (
            "en",
            "Call the police. Keep the letter. Tell a friend.",
            "Notwithstanding jurisdictional considerations, municipal administrations should institutionalize "
            "multidisciplinary threat assessment capabilities in consultation with appropriate authorities.",
        ),
        (
            "fr",
            "Appelez la police. Gardez la lettre. Parlez à un ami.",
            "Nonobstant les considérations juridictionnelles, les administrations municipales devraient "
            "institutionnaliser des capacités multidisciplinaires d'évaluation des comportements préoccupants.",
        ),
    ],
)
def test_the_figure_tells_plain_words_from_an_office(language: str, easy: str, hard: str) -> None:
    assert not harder(figure(easy, language), LIBRARY, language)
    assert harder(figure(hard, language), PARAGRAPH, language)


def test_a_text_without_words_has_no_figure() -> None:
    with pytest.raises(ValueError, match="without words"):
        figure("## 1\n\n[name]", "en")
