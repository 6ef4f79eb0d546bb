"""The library over a real SQLite file: add, publish, withdraw, and the index that follows."""

import datetime as dt
import fcntl
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

import bot.tables
import escalation.tables
from knowledge_base import library, tables
from knowledge_base.documents import Attributes, Block, BlockKind, StructuredDocument, from_json, to_json
from knowledge_base.errors import DocumentNotFound, VersionNotFound
from knowledge_base.generations import fingerprint, senses
from knowledge_base.library import Library
from knowledge_base.readers.markdown import read_markdown
from knowledge_base.search import search
from knowledge_base.synonyms import Synonym
from tests.support.desk import DeskFactory

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)

DOXING = b"""---
id: doxing-en
title: When your address is published
kind: article
language: en
topics: [doxing]
jurisdiction: [US, CA]
visibility: public
owner: Editors
reviewed: true
review_date: 2027-05-01
sources:
  - {name: A guide, address: guide.example.org, read_by: 2026-11-01}
synonyms: [leaked address]
---

# When your address is published

## First hour

1. Call 911 if somebody is on the way.
2. Save the post with its date.
3. Report the post to the platform.

## Law in brief

In the United States the rules differ by state.

In Canada, harassment may be a crime.
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'library.db'}")
    tables.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _doxing() -> StructuredDocument:
    return read_markdown("doxing.md", DOXING)


def _add(engine: Engine, document: StructuredDocument, **more: object) -> library.Added:
    with Session(engine) as session:
        added = library.add(session, document, source_name="doxing.md", by="editor", now=NOW, **more)  # type: ignore[arg-type]
        session.commit()
    return added


def _opened(engine: Engine, tmp_path: Path) -> Library:
    shelf = Library(tmp_path / "index")
    shelf.refresh(engine, NOW)
    return shelf


def test_each_package_has_its_tables_to_itself() -> None:
    metadatas = [tables.metadata, escalation.tables.metadata, bot.tables.metadata]
    names = [name for metadata in metadatas for name in metadata.tables]
    assert len(names) == len(set(names))
    assert all(name.startswith("kb_") for name in tables.metadata.tables)


def test_the_database_refuses_values_that_no_reader_knows(engine: Engine) -> None:
    _add(engine, _doxing())
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("UPDATE kb_document SET kind = 'leaflet'"))


def test_adding_publishes_with_the_front_matter(engine: Engine) -> None:
    added = _add(engine, _doxing())
    assert (added.document_id, added.version, added.changed, added.passages) == ("doxing-en", 1, True, 5)
    with Session(engine) as session:
        found = library.get_document(session, "doxing-en")
    assert (found.slug, found.language, found.kind, found.state) == ("doxing", "en", "article", "published")
    assert (found.topics, found.jurisdiction, found.visibility) == (("doxing",), ("US", "CA"), ("public",))
    assert (found.reviewed, found.review_date, found.owner) == (True, dt.date(2027, 5, 1), "Editors")
    assert found.sources[0].read_by == "2026-11-01"
    assert (found.published_at, found.withdrawn_at) == (NOW, None)


def test_adding_the_same_file_again_changes_nothing(engine: Engine) -> None:
    _add(engine, _doxing())
    with Session(engine) as session:
        before = library.get_passages(session, "doxing-en")
    again = _add(engine, replace(_doxing(), source_bytes=1))
    assert (again.version, again.changed, again.passages) == (1, False, 5)
    with Session(engine) as session:
        assert library.get_passages(session, "doxing-en") == before


def test_a_changed_file_is_a_new_version_and_the_old_one_stays_readable(engine: Engine) -> None:
    _add(engine, _doxing())
    changed = replace(_doxing(), blocks=(Block(BlockKind.PARAGRAPH, "All new."),))
    assert _add(engine, changed).version == 2
    with Session(engine) as session:
        assert [passage.text for passage in library.get_passages(session, "doxing-en")] == ["All new."]
        old = library.get_passages(session, "doxing-en", 1)
        assert old[0].text == "Call 911 if somebody is on the way."
        assert library.withdrawn_among(session, [passage.passage_id for passage in old]) == frozenset()


def test_an_older_version_can_be_published_again(engine: Engine) -> None:
    _add(engine, _doxing())
    _add(engine, replace(_doxing(), title="Other title"))
    with Session(engine) as session:
        library.publish(session, "doxing-en", LATER, version=1)
        session.commit()
        found = library.get_document(session, "doxing-en")
    assert (found.version, found.title, found.published_at) == (1, "When your address is published", LATER)


def test_a_draft_is_not_found_until_it_is_published(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing(), publish=False)
    shelf = _opened(engine, tmp_path)
    assert search(shelf.index, "leaked address").abstain_reason == "empty_library"
    assert _add(engine, _doxing()).changed
    assert shelf.refresh(engine, LATER)
    assert search(shelf.index, "leaked address").hits


def test_steps_and_places_are_passages_with_stable_anchors(engine: Engine) -> None:
    _add(engine, _doxing())
    with Session(engine) as session:
        passages = library.get_passages(session, "doxing-en")
        assert [(p.kind, p.step, p.heading) for p in passages[:3]] == [
            ("step", n, ("First hour",)) for n in (1, 2, 3)
        ]
        assert [p.jurisdiction for p in passages[3:]] == [("US",), ("CA",)]
        assert [p.position for p in passages] == [0, 1, 2, 3, 4]
        one = library.get_passage(session, passages[2].passage_id)
        assert one == passages[2]
        assert passages[2].anchor == f"p{passages[2].passage_id}"
        assert library.get_passage(session, 999_999) is None


def test_a_withdrawn_document_may_not_be_quoted_and_is_marked(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing())
    shelf = _opened(engine, tmp_path)
    with Session(engine) as session:
        ids = [passage.passage_id for passage in library.get_passages(session, "doxing-en")]
        assert library.withdrawn_among(session, ids) == frozenset()
        library.withdraw(session, "doxing-en", LATER)
        session.commit()
        assert library.withdrawn_among(session, [*ids, 999_999]) == frozenset([*ids, 999_999])
        assert library.get_document(session, "doxing-en").withdrawn_at == LATER
        assert all(passage.withdrawn_at == LATER for passage in library.get_passages(session, "doxing-en"))
    assert shelf.refresh(engine, LATER)
    assert search(shelf.index, "leaked address").abstained


def test_a_retired_document_leaves_new_answers_without_a_mark(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing())
    with Session(engine) as session:
        library.retire(session, "doxing-en", LATER)
        session.commit()
        assert library.get_document(session, "doxing-en").withdrawn_at is None
    assert len(_opened(engine, tmp_path).index.catalog) == 0


def test_unknown_documents_and_versions_are_named(engine: Engine) -> None:
    _add(engine, _doxing())
    with Session(engine) as session:
        assert library.find_document(session, "nothing-en") is None
        with pytest.raises(DocumentNotFound, match="nothing-en"):
            library.get_passages(session, "nothing-en")
        with pytest.raises(VersionNotFound, match="no version 7"):
            library.get_passages(session, "doxing-en", 7)


def test_a_file_without_front_matter_gets_an_id_and_a_language(engine: Engine) -> None:
    plain = StructuredDocument(
        "Guide", "", blocks=(Block(BlockKind.PARAGRAPH, "Quelqu'un a publié mon adresse."),)
    )
    with Session(engine) as session:
        added = library.add(session, plain, source_name="dossier/Guide d'été.fr.pdf", by="x", now=NOW)
        assert added.document_id == "guide-d-ete-fr"


def test_sections_in_the_other_language_are_found_in_that_language(engine: Engine) -> None:
    french = (
        "Appelez la police tout de suite si quelqu'un vous menace devant chez vous, puis gardez les messages. "
        * 2
    )
    mixed = StructuredDocument(
        "Guide",
        "en",
        Attributes(slug="guide"),
        (
            Block(BlockKind.HEADING, "English", level=1),
            Block(
                BlockKind.PARAGRAPH, "Call the police at once if somebody threatens you at your door. " * 3
            ),
            Block(BlockKind.HEADING, "Français", level=1),
            Block(BlockKind.PARAGRAPH, french),
        ),
    )
    _add(engine, mixed)
    with Session(engine) as session:
        assert [passage.language for passage in library.get_passages(session, "guide-en")] == ["en", "fr"]


def test_a_structured_document_survives_its_json() -> None:
    document = _doxing()
    assert from_json(to_json(document)) == document


def test_an_index_that_was_lost_or_damaged_is_built_again(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing())
    first = _opened(engine, tmp_path)
    generation = first.index.note.generation
    for damage in ("lost", "cut"):
        for file in (tmp_path / "index").iterdir():
            file.write_bytes(file.read_bytes()[:50]) if damage == "cut" else file.unlink()
        again = _opened(engine, tmp_path)
        assert again.index.note.generation == generation
        assert search(again.index, "leaked address").hits


def test_refresh_changes_nothing_when_the_library_has_not_changed(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing())
    shelf = _opened(engine, tmp_path)
    index = shelf.index
    assert not shelf.refresh(engine, LATER)
    assert shelf.index is index
    with Session(engine) as session:
        assert library.current_generation(session) == index.note.generation
        assert library.load(tmp_path / "index", index.note.generation).note == index.note


def test_old_index_files_are_removed(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing())
    shelf = _opened(engine, tmp_path)
    for number in range(6):
        _add(engine, replace(_doxing(), title=f"Title {number}"))
        assert shelf.refresh(engine, LATER)
    kept = [file.suffix for file in sorted((tmp_path / "index").glob("generation-*"))]
    assert kept == [".index", ".senses"] * 3
    assert shelf.index.note.generation == 7


def test_a_large_library_is_indexed_in_a_process_of_its_own(engine: Engine, tmp_path: Path) -> None:
    items = tuple(f"Step {number} says ring r{number}x." for number in range(3100))
    _add(engine, replace(_doxing(), blocks=(Block(BlockKind.STEPS, items=items),)))
    index = _opened(engine, tmp_path).index
    assert len(index.catalog) == 3100
    assert index.passages.rank({"r300x": 1.0}, "en", limit=3).rows == (300,)


def test_a_synonym_changes_the_library_and_the_answers(engine: Engine, tmp_path: Path) -> None:
    _add(engine, _doxing())
    shelf = _opened(engine, tmp_path)
    assert search(shelf.index, "they blasted my digs everywhere").abstained
    with Session(engine) as session:
        before = fingerprint(session)
        library.add_synonym(
            session, Synonym("en", "blasted my digs", "address published post"), by="admin", now=NOW
        )
        library.add_synonym(
            session, Synonym("en", "blasted my digs", "address published post"), by="admin", now=NOW
        )
        session.commit()
        assert len(library.list_synonyms(session)) == 1
        assert fingerprint(session) != before
    assert shelf.refresh(engine, LATER)
    assert search(shelf.index, "they blasted my digs everywhere").hits


def test_only_the_audience_of_a_document_finds_it(engine: Engine, tmp_path: Path) -> None:
    document = _doxing()
    attributes = replace(document.attributes, visibility=("member", "city:boise"))
    _add(engine, replace(document, attributes=attributes))
    index = _opened(engine, tmp_path).index
    assert search(index, "leaked address").hits == ()
    assert search(index, "leaked address").topics == ()
    for tag in ("member", "city:boise"):
        assert search(index, "leaked address", audience=frozenset({"public", tag})).hits


def test_what_a_published_document_means_is_known_at_once_and_not_made_again(
    engine: Engine, tmp_path: Path
) -> None:
    _add(engine, _doxing())
    shelf = _opened(engine, tmp_path)
    assert not shelf.index.understood
    assert shelf.understand()
    assert shelf.index.understood
    (kept,) = (tmp_path / "index").glob("*.senses")
    written = kept.stat().st_mtime_ns
    again = Library(tmp_path / "index")
    again.refresh(engine, NOW)
    assert again.index.understood
    assert not again.understand()
    assert kept.stat().st_mtime_ns == written


def test_a_large_import_answers_by_its_words_until_a_process_apart_has_read_it(
    engine: Engine, tmp_path: Path
) -> None:
    many = tuple(
        Block(BlockKind.BULLETS, items=(f"Bylaw {number} speaks of snowploughs in ward {number}.",))
        for number in range(310)
    )
    _add(engine, replace(_doxing(), blocks=many, attributes=Attributes(slug="bylaws")))
    shelf = _opened(engine, tmp_path)
    assert not shelf.index.understood
    assert search(shelf.index, "snowploughs in ward 77").hits
    (file,) = (tmp_path / "index").glob("*.index")
    senses.begin(file).join(300)
    assert shelf.understand()
    assert shelf.index.understood


def test_what_was_read_for_one_generation_serves_the_next(engine: Engine, tmp_path: Path) -> None:
    many = tuple(
        Block(BlockKind.BULLETS, items=(f"Bylaw {number} speaks of snowploughs in ward {number}.",))
        for number in range(310)
    )
    _add(engine, replace(_doxing(), blocks=many, attributes=Attributes(slug="bylaws")))
    shelf = _opened(engine, tmp_path)
    (before,) = (tmp_path / "index").glob("*.index")
    _add(engine, _doxing())
    assert shelf.refresh(engine, LATER)
    assert not shelf.index.understood
    senses.begin(before).join(300)
    (after,) = (file for file in (tmp_path / "index").glob("*.index") if file != before)
    senses.catch_up(after)
    assert not senses.is_complete(after)
    assert shelf.understand()
    assert shelf.index.understood


def test_while_an_index_is_built_another_look_at_the_library_ends_at_once(
    engine: Engine, tmp_path: Path
) -> None:
    shelf = _opened(engine, tmp_path)
    _add(engine, _doxing())
    with ThreadPoolExecutor(2) as pool:
        with (tmp_path / "index" / "building.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            looks = [pool.submit(shelf.refresh, engine, LATER) for _ in range(2)]
            ended, building = wait(looks, 60, FIRST_COMPLETED)
            assert [look.result() for look in ended] == [False]
            assert not search(shelf.index, "address published").hits
        assert [look.result(60) for look in building] == [True]
    assert search(shelf.index, "address published").hits


def test_a_new_desk_knows_what_every_sentence_of_its_library_means(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        assert desk.services.library.index.understood
