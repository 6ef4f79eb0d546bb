"""Hold every article on a topic to one form: what it is, first hour, first day, first week, and so on."""

import re

import pytest

from tests.support.starter import SEE_ALSO, StarterFile, starter_documents

TOPICS = {
    "anti-government-extremism",
    "council-meeting-disruption",
    "crisis-communications",
    "divisive-resolutions",
    "doxing",
    "election-related-threats",
    "global-crisis-local-impact",
    "hate-crime-reporting",
    "hate-incident-response",
    "impersonation-and-deepfakes",
    "interfaith-and-community-trust",
    "mass-violence-aftermath",
    "mis-and-disinformation",
    "online-harassment",
    "online-threat-monitoring",
    "prevention-framework",
    "protests-and-demonstrations",
    "staff-and-family-wellbeing",
    "suspicious-mail-and-bomb-threats",
    "swatting",
    "threat-assessment",
    "threats-and-personal-safety",
}
HEADINGS = {
    "en": (
        "What this is",
        "First hour",
        "First day",
        "First week",
        "Who to call",
        "What not to do",
        "Law in brief",
        "When to ask a person",
    ),
    "fr": (
        "De quoi il s'agit",
        "Première heure",
        "Premier jour",
        "Première semaine",
        "Qui appeler",
        "À ne pas faire",
        "Le droit en bref",
        "Quand parler à une personne",
    ),
}
INSIDE_CITY_HALL = {
    "en": "When the abuse comes from inside city hall",
    "fr": "Quand le harcèlement vient de l'intérieur de l'hôtel de ville",
}
TOPICS_WITH_INSIDE_SECTION = {"threats-and-personal-safety", "staff-and-family-wellbeing"}
COUNTRIES = {"en": ["United States", "Canada"], "fr": ["Canada", "États-Unis"]}

ARTICLES = [document for document in starter_documents() if document.meta["id"] in TOPICS]
every_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.name)


def numbered(text: str) -> list[str]:
    return re.findall(r"^\d+\. (.+)$", text, re.MULTILINE)


def test_every_topic_has_its_article_in_both_languages() -> None:
    for language in ("en", "fr"):
        assert {a.meta["id"] for a in ARTICLES if a.language == language} == TOPICS


@every_article
def test_an_article_is_about_its_own_topic(article: StarterFile) -> None:
    assert article.meta["kind"] == "article"
    assert article.meta["topics"] == [article.meta["id"]]


@every_article
def test_headings_are_the_same_in_the_same_order(article: StarterFile) -> None:
    expected = list(HEADINGS[article.language])
    if article.meta["id"] in TOPICS_WITH_INSIDE_SECTION:
        expected.append(INSIDE_CITY_HALL[article.language])
    assert article.headings() == [*expected, SEE_ALSO[article.language], "Sources"]


@every_article
def test_every_section_holds_text(article: StarterFile) -> None:
    for heading in set(article.headings()) - {SEE_ALSO[article.language]}:
        assert len(article.section(heading).split()) >= 10, heading


@every_article
def test_length_is_700_to_1400_words(article: StarterFile) -> None:
    assert 700 <= article.words() <= 1400


@every_article
def test_first_hour_day_and_week_are_numbered_steps(article: StarterFile) -> None:
    for heading in HEADINGS[article.language][1:4]:
        steps_before_subheadings = article.section(heading).split("\n### ")[0]
        numbers = [int(n) for n in re.findall(r"^(\d+)\. ", steps_before_subheadings, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1)), heading
        assert len(numbers) >= 3, heading
        assert re.sub(r"^\d+\. .+$", "", steps_before_subheadings, flags=re.MULTILINE).strip() == "", heading


@every_article
def test_first_step_of_the_first_hour_says_when_to_call_911(article: StarterFile) -> None:
    first = numbered(article.section(HEADINGS[article.language][1]))[0]
    local = "local emergency number" if article.language == "en" else "numéro d'urgence local"
    assert re.match(r"Call 911|Composez le 911", first)
    assert re.search(r"\bif\b|\bsi\b", first)
    assert local in first


@every_article
def test_who_to_call_names_both_countries_and_911_in_each(article: StarterFile) -> None:
    section = article.section(HEADINGS[article.language][4])
    assert re.findall(r"^### (.+)$", section, re.MULTILINE) == COUNTRIES[article.language]
    for country in section.split("\n### ")[1:]:
        assert "911" in country


@every_article
def test_an_article_is_found_by_many_words_that_officials_type(article: StarterFile) -> None:
    assert len(article.meta["synonyms"]) >= 15
