"""Hold every document of the starter library to pairs, owners, sources, checked numbers and sound links."""

import re
from collections import defaultdict
from datetime import date

import pytest

from knowledge_base.documents import DocumentKind, PassageKind
from knowledge_base.generations.sense_files import known_codes, starter_file
from knowledge_base.passages import DraftPassage, cut
from knowledge_base.readers.markdown import read_markdown
from knowledge_base.senses.making import count_missing
from knowledge_base.starter import starter_files
from knowledge_base.starter.encode import texts
from tests.support.starter import PHONE, STARTER, StarterFile, starter_documents

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
READ_FOR_OUR_NOTES = {
    "en": "read for our notes by 22 November 2026",
    "fr": "lu pour nos notes au plus tard le 22 novembre 2026",
}
# A reader in danger must never be told these, in any document.
NEVER_SAID = re.compile(
    r"\byou are safe\b(?! to)|\bprobably nothing\b|\bvous êtes en sécurité\b|\bsans doute rien\b",
    re.IGNORECASE,
)

TEMPLATES = {
    "template-chair-script",
    "template-evidence-log",
    "template-holding-statement",
    "template-motion-night-plan",
    "template-platform-report",
    "template-police-summary",
    "template-school-and-family-notice",
    "template-staff-note",
}

PROVINCES = {
    f"CA-{code}" for code in ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")
}

DOCUMENTS = starter_documents()
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)


def test_every_document_has_a_twin_of_the_same_kind_and_topics() -> None:
    pairs: dict[str, dict[str, StarterFile]] = defaultdict(dict)
    for document in DOCUMENTS:
        pairs[document.meta["id"]][document.language] = document
    for identifier, pair in pairs.items():
        assert set(pair) == {"en", "fr"}, identifier
        for key in ("kind", "topics", "reviewed", "visibility"):
            assert pair["en"].meta[key] == pair["fr"].meta[key], identifier
        assert pair["en"].links() == pair["fr"].links(), identifier


def test_no_paragraph_stands_in_two_places() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for document in DOCUMENTS:
        for paragraph in document.paragraphs():
            places[paragraph].append(document.name)
    assert {text: where for text, where in places.items() if len(where) > 1} == {}


@every_document
def test_front_matter_is_complete_and_fits_the_folder(document: StarterFile) -> None:
    meta = document.meta
    assert set(meta) == KEYS
    assert meta["id"] == document.path.stem
    assert meta["language"] == document.language
    assert meta["jurisdiction"] == {"en": ["US", "CA"], "fr": ["CA"]}[document.language]
    assert meta["title"].strip()
    assert meta["visibility"] == "public"


@every_document
def test_nobody_has_reviewed_the_starter_texts_yet(document: StarterFile) -> None:
    assert document.meta["reviewed"] is False


@every_document
def test_somebody_owns_the_document_and_will_review_it(document: StarterFile) -> None:
    assert document.meta["owner"].strip()
    assert isinstance(document.meta["review_date"], date)
    assert all(source["read_by"] < document.meta["review_date"] for source in document.meta["sources"])


@every_document
def test_sources_have_address_and_date_and_are_named_in_the_text(document: StarterFile) -> None:
    listed = re.findall(r"^- (.+)$", document.section("Sources"), re.MULTILINE)
    assert len(listed) == len(document.meta["sources"]) >= 1
    for source, line in zip(document.meta["sources"], listed, strict=True):
        assert set(source) == {"name", "address", "read_by"}
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", source["address"]), source["address"]
        assert isinstance(source["read_by"], date)
        assert source["name"] in line
        assert source["address"] in line
        assert READ_FOR_OUR_NOTES[document.language] in line or source["read_by"] != date(2026, 11, 22)


@every_document
def test_synonyms_are_distinct_words_for_search(document: StarterFile) -> None:
    synonyms = [str(word).casefold() for word in document.meta["synonyms"]]
    assert len(synonyms) >= 5
    assert len(synonyms) == len(set(synonyms))


@every_document
def test_links_lead_to_other_documents_of_the_library(document: StarterFile) -> None:
    beside = {other.meta["id"] for other in DOCUMENTS if other.language == document.language}
    links = document.links()
    assert len(links) == len(set(links)) >= 2
    assert set(links) <= beside - {document.meta["id"]}


def test_every_document_can_be_reached_from_another() -> None:
    linked = {(document.language, link) for document in DOCUMENTS for link in document.links()}
    assert {(document.language, document.meta["id"]) for document in DOCUMENTS} == linked


def of_kind(kind: DocumentKind, language: str) -> list[StarterFile]:
    return [d for d in DOCUMENTS if d.meta["kind"] == kind and d.language == language]


def passages_of(document: StarterFile) -> tuple[DraftPassage, ...]:
    return cut(read_markdown(document.path.name, document.path.read_bytes()))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_template_can_be_copied_whole(language: str) -> None:
    templates = of_kind(DocumentKind.TEMPLATE, language)
    assert {template.meta["id"] for template in templates} == TEMPLATES
    for template in templates:
        texts = re.findall(r"^```text\n(.*?)\n```$", template.body, re.MULTILINE | re.DOTALL)
        assert len(texts) >= 3, template.name
        passages = [passage.text for passage in passages_of(template)]
        for text in texts:
            assert text in passages, (template.name, text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_province_has_its_police_and_its_reporting_bodies(language: str) -> None:
    contacts: dict[str, list[str]] = defaultdict(list)
    for document in of_kind(DocumentKind.REFERRAL, language):
        for passage in passages_of(document):
            if passage.kind is PassageKind.CONTACT and len(passage.jurisdiction) == 1:
                contacts[passage.jurisdiction[0]].append(passage.text)
    assert set(contacts) >= PROVINCES
    for province in PROVINCES:
        assert len(contacts[province]) >= 3, province
        assert any(text.startswith("Police") for text in contacts[province]), province


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_referral_with_a_number_says_when_it_was_verified(language: str) -> None:
    verified = {"en": "Last verified: 22 November 2026", "fr": "Vérifié le 22 novembre 2026"}[language]
    for document in of_kind(DocumentKind.REFERRAL, language):
        for passage in passages_of(document):
            if re.search(r"\b1[- ]8\d\d[- ]\d{3}-\d{4}\b", passage.text):
                assert verified in passage.text, (document.name, passage.text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_toolkit_numbers_its_recommendations_without_a_gap_and_each_is_cited_alone(language: str) -> None:
    (toolkit,) = of_kind(DocumentKind.TOOLKIT, language)
    numbered = [passage for passage in passages_of(toolkit) if passage.recommendation]
    assert len(numbered) >= 60
    assert [passage.recommendation for passage in numbered] == [f"S-{n}" for n in range(1, len(numbered) + 1)]
    assert {passage.kind for passage in numbered} == {PassageKind.RECOMMENDATION}
    parts = {"en": ("Prevent", "Counter", "Respond"), "fr": ("Prévenir", "Contrer", "Intervenir")}[language]
    people = {"en": ("individuals", "councils"), "fr": ("personne", "conseil")}[language]
    for part in parts:
        for whom in people:
            under = [p for p in numbered if p.heading[0].startswith(part) and whom in p.heading[0]]
            assert len(under) >= 9, (part, whom)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_of_the_ten_services_says_what_it_is_who_may_have_it_and_how_to_ask(language: str) -> None:
    (guide,) = (d for d in DOCUMENTS if d.name == f"{language}/how-this-help-desk-works")
    opening = {
        "en": ("What", "Who may have", "How to ask"),
        "fr": ("Ce que c'est", "Qui y a droit", "Comment demander"),
    }[language]
    bullets = [
        re.findall(r"^- (.+?) : |^- (.+?): ", guide.section(h), re.MULTILINE) for h in guide.headings()
    ]
    services = [["".join(label) for label in labels] for labels in bullets if len(labels) == len(opening)]
    assert len(services) == 10
    for labels in services:
        assert all(label.startswith(start) for label, start in zip(labels, opening, strict=True)), labels
    endings = guide.section(guide.headings()[1])
    assert re.findall(r"^(\d)\. ", endings, re.MULTILINE) == ["1", "2", "3", "4"]


@every_document
def test_phone_numbers_are_only_those_that_were_checked(document: StarterFile) -> None:
    assert document.unchecked_numbers() == set()


# What nobody has found out yet stands in the owners' notes as a question, and nowhere as a fact.
OPEN_QUESTIONS = ("Community Relations Service", "EI-ISAC", "CPRMV")


@every_document
def test_what_is_not_known_yet_is_not_published(document: StarterFile) -> None:
    for name in OPEN_QUESTIONS:
        assert name not in document.body


@pytest.mark.parametrize("language", ["en", "fr"])
def test_open_questions_stand_in_the_owners_notes_and_no_answer_can_quote_those(language: str) -> None:
    notes = (STARTER / f"owners-notes.{language}.md").read_text(encoding="utf-8")
    for name in OPEN_QUESTIONS:
        assert name in notes
    assert all("owners-notes" not in name for name, _ in starter_files())


@every_document
def test_no_document_promises_safety(document: StarterFile) -> None:
    assert NEVER_SAID.search(document.body) is None


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


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d.language == "fr"], ids=lambda d: d.name)
def test_french_keeps_colons_and_quotation_marks_beside_their_words(document: StarterFile) -> None:
    for line in document.body.splitlines():
        if not line.startswith("#"):
            assert not re.search(r" :(?=\s|$)|« | »|\d [$%]", line), line


def test_the_library_is_encoded_as_it_is_now() -> None:
    """A new desk would otherwise spend its first minute on it: python -m knowledge_base.starter.encode."""
    assert count_missing(texts(), known_codes(starter_file().parent)) == 0
