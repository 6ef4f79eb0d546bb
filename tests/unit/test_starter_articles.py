"""Hold every starter article to one form, to named sources and to numbers that have been checked."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

STARTER = Path(__file__).resolve().parents[2] / "knowledge_base" / "starter"

KEYS = {
    "id",
    "title",
    "kind",
    "language",
    "topics",
    "jurisdiction",
    "visibility",
    "owner",
    "reviewed",
    "review_date",
    "sources",
    "synonyms",
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
        "Sources",
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
        "Sources",
    ),
}
INSIDE_CITY_HALL = {
    "en": "When the abuse comes from inside city hall",
    "fr": "Quand le harcèlement vient de l'intérieur de l'hôtel de ville",
}
TOPICS_WITH_INSIDE_SECTION = {"threats-and-personal-safety", "staff-and-family-wellbeing"}
COUNTRIES = {"en": ["United States", "Canada"], "fr": ["Canada", "États-Unis"]}
JURISDICTIONS = {"en": ["US", "CA"], "fr": ["CA"]}
READ_FOR_OUR_NOTES = {
    "en": "read for our notes by 22 November 2026",
    "fr": "lu pour nos notes au plus tard le 22 novembre 2026",
}

# Numbers that somebody has read at a named source, as digits; add one only together with its source.
CHECKED_NUMBERS = {
    "911",
    "988",
    "18004205805",  # RCMP National Security Information Network
    "18002228477",  # Crime Stoppers, as given by the RCMP in Nova Scotia
    "18334575463",  # British Columbia racist incident helpline
    "18005630808",  # VictimLinkBC
    "18009855990",  # Disaster Distress Helpline (United States)
}
PHONE = re.compile(
    r"""(?<![\w-])(?:
        (?:\+?1[-.\s]?)?\(?[2-9]\d{2}\)?[-.\s]?\d{3}[-.\s]?\d{4}  # whole numbers, with or without marks
      | 1[-.\s]8\d\d[-.\s][A-Z][A-Z-]+                            # numbers spelled as words
      | \d{3}-\d{4}                                               # local numbers
      | [2-9]11 | 9-1-1 | 988                                     # service codes
      | \d{5,6}                                                   # text codes
    )(?![\w-])""",
    re.VERBOSE,
)
# A reader in danger must never be told these, in any article.
NEVER_SAID = re.compile(
    r"\byou are safe\b(?! to)|\bprobably nothing\b|\bvous êtes en sécurité\b|\bsans doute rien\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Article:
    """One starter article as stored: its folder's language, its front matter and its text."""

    path: Path
    folder: str
    meta: dict[str, Any]
    body: str

    def headings(self) -> list[str]:
        return re.findall(r"^## (.+)$", self.body, re.MULTILINE)

    def section(self, heading: str) -> str:
        """Give the text under one `##` heading, without its heading; empty when there is none."""
        match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", self.body, re.MULTILINE | re.DOTALL)
        return match[1] if match else ""


def read(path: Path) -> Article:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return Article(path, path.parent.name, yaml.safe_load(front), body)


def numbered(text: str) -> list[str]:
    return re.findall(r"^\d+\. (.+)$", text, re.MULTILINE)


def paragraphs(body: str) -> Iterator[str]:
    """Yield each list item and paragraph of eight words or more outside Sources, normalised."""
    prose = re.split(r"^## Sources$", body, flags=re.MULTILINE)[0]
    for line in prose.splitlines():
        words = re.sub(r"^(?:[-*>]|\d+\.)\s+|^#+.*", "", line).casefold().split()
        if len(words) >= 8:
            yield " ".join(words)


FILES = sorted(STARTER.rglob("*.md"))
ARTICLES = [article for article in map(read, FILES) if article.meta.get("kind") == "article"]
every_article = pytest.mark.parametrize("article", ARTICLES, ids=lambda a: f"{a.folder}/{a.path.stem}")


def test_the_first_six_topics_are_there_in_both_languages() -> None:
    expected = {
        "doxing",
        "divisive-resolutions",
        "council-meeting-disruption",
        "threats-and-personal-safety",
        "hate-incident-response",
        "crisis-communications",
    }
    for language in ("en", "fr"):
        assert expected <= {a.meta["id"] for a in ARTICLES if a.folder == language}


def test_every_article_has_a_twin_with_the_same_topics() -> None:
    topics: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for article in ARTICLES:
        assert article.folder not in topics[article.meta["id"]], f"{article.path.name}: id used twice"
        topics[article.meta["id"]][article.folder] = article.meta["topics"]
    for identifier, by_language in topics.items():
        assert set(by_language) == {"en", "fr"}, identifier
        assert by_language["en"] == by_language["fr"], identifier


def test_no_paragraph_stands_in_two_places() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for article in ARTICLES:
        for paragraph in paragraphs(article.body):
            places[paragraph].append(f"{article.folder}/{article.path.name}")
    assert {text: where for text, where in places.items() if len(where) > 1} == {}


@every_article
def test_front_matter_is_complete_and_fits_the_folder(article: Article) -> None:
    meta = article.meta
    assert set(meta) == KEYS
    assert meta["id"] == article.path.stem
    assert meta["language"] == article.folder
    assert meta["jurisdiction"] == JURISDICTIONS[article.folder]
    assert meta["title"].strip()
    assert meta["topics"]
    assert meta["visibility"] == "public"
    assert isinstance(meta["reviewed"], bool)


@every_article
def test_somebody_owns_the_article_and_will_review_it(article: Article) -> None:
    assert article.meta["owner"].strip()
    assert isinstance(article.meta["review_date"], date)
    assert all(source["read_by"] < article.meta["review_date"] for source in article.meta["sources"])


@every_article
def test_sources_have_address_and_date_and_are_named_in_the_text(article: Article) -> None:
    listed = re.findall(r"^- (.+)$", article.section("Sources"), re.MULTILINE)
    assert len(listed) == len(article.meta["sources"]) >= 1
    for source, line in zip(article.meta["sources"], listed, strict=True):
        assert set(source) == {"name", "address", "read_by"}
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", source["address"]), source["address"]
        assert isinstance(source["read_by"], date)
        assert source["name"] in line
        assert source["address"] in line
        assert READ_FOR_OUR_NOTES[article.folder] in line or source["read_by"] != date(2026, 11, 22)


@every_article
def test_synonyms_are_distinct_words_for_search(article: Article) -> None:
    synonyms = [str(word).casefold() for word in article.meta["synonyms"]]
    assert len(synonyms) >= 5
    assert len(synonyms) == len(set(synonyms))


@every_article
def test_headings_are_the_same_in_the_same_order(article: Article) -> None:
    expected = list(HEADINGS[article.folder])
    if TOPICS_WITH_INSIDE_SECTION & set(article.meta["topics"]):
        expected.insert(-1, INSIDE_CITY_HALL[article.folder])
    assert article.headings() == expected


@every_article
def test_every_section_holds_text(article: Article) -> None:
    for heading in article.headings():
        assert len(article.section(heading).split()) >= 10, heading


@every_article
def test_length_is_700_to_1400_words(article: Article) -> None:
    words = [word for word in article.body.split() if re.search(r"\w", word)]
    assert 700 <= len(words) <= 1400


@every_article
def test_first_hour_day_and_week_are_numbered_steps(article: Article) -> None:
    for heading in HEADINGS[article.folder][1:4]:
        steps_before_subheadings = article.section(heading).split("\n### ")[0]
        numbers = [int(n) for n in re.findall(r"^(\d+)\. ", steps_before_subheadings, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1)), heading
        assert len(numbers) >= 3, heading
        assert re.sub(r"^\d+\. .+$", "", steps_before_subheadings, flags=re.MULTILINE).strip() == "", heading


@every_article
def test_first_step_of_the_first_hour_says_when_to_call_911(article: Article) -> None:
    first = numbered(article.section(HEADINGS[article.folder][1]))[0]
    local = "local emergency number" if article.folder == "en" else "numéro d'urgence local"
    assert re.match(r"Call 911|Composez le 911", first)
    assert re.search(r"\bif\b|\bsi\b", first)
    assert local in first


@every_article
def test_who_to_call_names_both_countries_and_911_in_each(article: Article) -> None:
    section = article.section(HEADINGS[article.folder][4])
    assert re.findall(r"^### (.+)$", section, re.MULTILINE) == COUNTRIES[article.folder]
    for country in section.split("\n### ")[1:]:
        assert "911" in country


@every_article
def test_phone_numbers_are_only_those_that_were_checked(article: Article) -> None:
    found = {re.sub(r"[^0-9A-Z]", "", match[0]) for match in PHONE.finditer(article.body)}
    found |= {re.sub(r"[^0-9A-Z]", "", m[0]) for m in PHONE.finditer(str(article.meta["synonyms"]))}
    found = {"1" + number if len(number) == 10 else number for number in found}
    assert (
        found
        - CHECKED_NUMBERS
        - set(re.findall(r"\d+", " ".join(s["address"] for s in article.meta["sources"])))
        == set()
    )


@every_article
def test_no_article_promises_safety(article: Article) -> None:
    assert NEVER_SAID.search(article.body) is None


@pytest.mark.parametrize(
    "text",
    [
        "1-800-225-5324",
        "1 800 225-5324",
        "(514) 687-7141",
        "514.687.7141",
        "5146877141",
        "1-800-CALL-FBI",
        "741741",
        "211",
    ],
)
def test_the_phone_check_sees_a_number_however_it_is_written(text: str) -> None:
    match = PHONE.search(f"Call {text}, at any hour.")
    assert match is not None
    assert match[0].strip("(") == text.strip("(")


@pytest.mark.parametrize(
    "text", ["P-42.1.1", "718.2(a)(i)", "$500 to $1,500", "500 $ à 1 500 $", "22 November 2026", "9 to 5"]
)
def test_the_phone_check_leaves_other_numbers_alone(text: str) -> None:
    assert PHONE.search(text) is None
