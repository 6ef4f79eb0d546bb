"""The passages and documents behind an index: what a hit shows, and who may see it.

Rows are passages, the passages of a document side by side in reading order. Text is decoded
from the mapped file only for the rows that are shown.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import accumulate
from operator import attrgetter
from typing import Any

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.moments import Moment, moment_of_section
from knowledge_base.places import fits

_MOMENTS: tuple[Moment | None, ...] = (None, *Moment)


@dataclass(frozen=True, slots=True)
class CatalogDocument:
    """What hits show of their document. `synonyms` are phrases that people use for it."""

    document_id: str
    slug: str
    title: str
    language: str
    kind: str = "article"
    topics: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ("public",)
    reviewed: bool = False
    version: int = 1
    published_at: dt.datetime | None = None
    synonyms: tuple[str, ...] = ()
    # What must be said with every quotation: a translation behind its original, how a briefing is to be
    # handled, the day a referral was last tried.
    behind: bool = False
    handling: str = ""
    verified: str = ""

    @property
    def public(self) -> bool:
        return "public" in self.visibility


@dataclass(frozen=True, slots=True)
class CatalogPassage:
    """What hits show of a passage. `document` is the place of its document in the catalog."""

    passage_id: int
    document: int
    text: str
    language: str
    heading: tuple[str, ...] = ()
    kind: str = "text"
    step: int | None = None
    page: str | None = None
    recommendation: str | None = None
    jurisdiction: tuple[str, ...] = ()


# `asdict` copies every value, and `json.dumps` makes an encoder each time: of a large library that takes a second.
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FIELDS = tuple(field.name for field in fields(CatalogPassage))


class Headings:
    """The distinct headings of passages, as paths; each is decoded when it is asked for."""

    def __init__(self, offsets: Array, records: Array) -> None:
        self._offsets = offsets
        self._records = records

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, place: int) -> tuple[str, ...]:
        return tuple(json.loads(self._records[self._offsets[place] : self._offsets[place + 1]].tobytes()))


class Catalog:
    """Documents and passages by row. Immutable, safe to share between threads."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = dict(arrays)
        tables = json.loads(arrays["documents"].tobytes())
        self.documents = tuple(_document(raw) for raw in tables["documents"])
        self._visibilities = tuple(frozenset(tags) for tags in tables["visibilities"])
        self._jurisdictions = tuple(tuple(codes) for codes in tables["jurisdictions"])
        self.document_of = arrays["document_of"]
        self.section_of = arrays["section_of"]
        self.kind_of = arrays["kind_of"]
        self._language_of = arrays["language_of"]
        self._spoken = tuple(tables["languages"])
        self._section_starts = arrays["section_starts"]
        self._section_moments = arrays["section_moments"]
        self.heading_of = arrays["heading_of"]
        self.headings = Headings(arrays["heading_offsets"], arrays["heading_records"])
        self._document_visibility = arrays["document_visibility"]
        self._kinds = tuple(tables["kinds"])
        self._visibility_of = arrays["visibility_of"]
        self._jurisdiction_of = arrays["jurisdiction_of"]
        self._first_rows = arrays["first_rows"]
        self._offsets = arrays["offsets"]
        self._records = arrays["records"]
        self.languages: Mapping[str, int] = tables["languages"]
        self._about: dict[tuple[str, str], list[int]] = {}
        for place, document in enumerate(self.documents):
            for topic in document.topics:
                self._about.setdefault((document.language, topic), []).append(place)

    def __len__(self) -> int:
        return len(self.document_of)

    @classmethod
    def build(cls, documents: Sequence[CatalogDocument], passages: Sequence[CatalogPassage]) -> "Catalog":
        """Build from documents and their passages, which must be in the order of the documents."""
        places = [passage.document for passage in passages]
        if places != sorted(places):
            raise ValueError("passages must be in the order of their documents")
        visibilities = _Codes()
        jurisdictions = _Codes()
        sections: list[int] = []
        previous: tuple[int, tuple[str, ...]] | None = None
        for passage in passages:
            section = (passage.document, passage.heading)
            sections.append(sections[-1] + (section != previous) if sections else 0)
            previous = section
        section_starts = [
            row for row in range(len(sections)) if not row or sections[row] != sections[row - 1]
        ]
        moments = [moment_of_section(passages[row].heading) for row in section_starts]
        headings = _Codes()
        heading_of = [headings.code(passages[row].heading) for row in section_starts]
        kinds = _Codes()
        kind_of = [kinds.code((passage.kind,)) for passage in passages]
        document_visibility = [visibilities.code(document.visibility) for document in documents]
        visibility_of = [document_visibility[place] for place in places]
        jurisdiction_of = [jurisdictions.code(passage.jurisdiction) for passage in passages]
        records = [
            _encoded(dict(zip(_FIELDS, values, strict=True))).encode()
            for values in map(attrgetter(*_FIELDS), passages)
        ]
        languages = Counter(passage.language for passage in passages)
        spoken = list(languages)
        tables = {
            "documents": [asdict(document) for document in documents],
            "visibilities": visibilities.values,
            "jurisdictions": jurisdictions.values,
            "kinds": [kind for (kind,) in kinds.values],
            "languages": languages,
        }
        paths = [_encoded(path).encode() for path in headings.values]
        return cls(
            {
                "documents": np.frombuffer(json.dumps(tables, default=_instant).encode(), dtype=np.uint8),
                "document_of": np.array(places, dtype=np.int32),
                "section_of": np.array(sections, dtype=np.int32),
                "section_starts": np.array([*section_starts, len(sections)], dtype=np.int64),
                "heading_of": np.array(heading_of, dtype=np.int32),
                "section_moments": np.array([_MOMENTS.index(moment) for moment in moments], dtype=np.int8),
                "document_visibility": np.array(document_visibility, dtype=np.int16),
                "kind_of": np.array(kind_of, dtype=np.int16),
                "language_of": np.array([spoken.index(one.language) for one in passages], dtype=np.int8),
                "visibility_of": np.array(visibility_of, dtype=np.int16),
                "jurisdiction_of": np.array(jurisdiction_of, dtype=np.int16),
                "first_rows": np.searchsorted(places, range(len(documents) + 1)).astype(np.int64),
                "heading_offsets": _offsets(paths),
                "heading_records": np.frombuffer(b"".join(paths), dtype=np.uint8),
                "offsets": _offsets(records),
                "records": np.frombuffer(b"".join(records), dtype=np.uint8),
            }
        )

    def passage(self, row: int) -> CatalogPassage:
        """Return the passage at a row."""
        raw = json.loads(self._records[self._offsets[row] : self._offsets[row + 1]].tobytes())
        return CatalogPassage(
            **{**raw, "heading": tuple(raw["heading"]), "jurisdiction": tuple(raw["jurisdiction"])}
        )

    def document(self, row: int) -> CatalogDocument:
        """Return the document of the passage at a row."""
        return self.documents[int(self.document_of[row])]

    def topics(self, language: str) -> frozenset[str]:
        """Return the topics that documents of a language carry."""
        return frozenset(topic for spoken, topic in self._about if spoken == language)

    def documents_about(self, topic: str, language: str) -> Sequence[int]:
        """Return the places of the documents of a language that carry a topic."""
        return self._about.get((language, topic), ())

    def rows_of(self, document: int) -> range:
        """Return the rows of a document's passages."""
        return range(int(self._first_rows[document]), int(self._first_rows[document + 1]))

    def rows_of_section(self, section: int) -> range:
        """Return the rows that stand under one heading; sections are numbered by `section_of`."""
        return range(int(self._section_starts[section]), int(self._section_starts[section + 1]))

    def moment(self, section: int) -> Moment | None:
        """Return which part of an article a section is."""
        return _MOMENTS[int(self._section_moments[section])]

    def kind(self, row: int) -> str:
        """Return the kind of the passage at a row."""
        return str(self._kinds[self.kind_of[row]])

    def in_language(self, language: str) -> Array:
        """Return one bool per row: is it in this language?"""
        code = self._spoken.index(language) if language in self._spoken else -1
        found: Array = self._language_of == code
        return found

    def visible(
        self, audience: frozenset[str], jurisdiction: str | None, *, without: frozenset[str] = frozenset()
    ) -> Array | None:
        """Return one bool per row, or None for all.

        A row may be shown to these tags, at that place, and is of no kind in `without`.
        """
        seen = np.array([_open_to(tags, audience) for tags in self._visibilities], dtype=np.bool_)
        fitting = np.array([fits(codes, jurisdiction) for codes in self._jurisdictions], dtype=np.bool_)
        wanted = np.array([kind not in without for kind in self._kinds], dtype=np.bool_)
        if seen.all() and fitting.all() and wanted.all():
            return None
        mask: Array = seen[self._visibility_of] & fitting[self._jurisdiction_of] & wanted[self.kind_of]
        return mask

    def visible_documents(self, audience: frozenset[str]) -> Array | None:
        """Return one bool per document: may it be shown to these tags? None for all."""
        seen = np.array([_open_to(tags, audience) for tags in self._visibilities], dtype=np.bool_)
        if seen.all():
            return None
        mask: Array = seen[self._document_visibility]
        return mask


def _offsets(records: Sequence[bytes]) -> Array:
    """Return where each record begins when they lie side by side, and where the last one ends."""
    return np.array([0, *accumulate(map(len, records))], dtype=np.int64)


def _open_to(tags: frozenset[str], audience: frozenset[str]) -> bool:
    """Tell whether one of the audience's tags is among these; "!x" in an audience shuts out what carries x."""
    return bool(tags & audience) and not any(f"!{tag}" in audience for tag in tags)


class _Codes:
    """Small numbers for distinct tuples, in order of appearance."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}

    def code(self, value: tuple[str, ...]) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[tuple[str, ...]]:
        return list(self._numbers)


def _instant(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a catalog")


def _document(raw: Mapping[str, Any]) -> CatalogDocument:
    published_at = raw["published_at"]
    return CatalogDocument(
        **{
            **raw,
            "topics": tuple(raw["topics"]),
            "visibility": tuple(raw["visibility"]),
            "synonyms": tuple(raw["synonyms"]),
            "published_at": dt.datetime.fromisoformat(published_at) if published_at else None,
        }
    )
