"""Index generations: build one from the published library, load it, swap it in.

An index is derived data. Its file is immutable and named after the state of the library
that it holds (the fingerprint), so that processes that build the same one at the same time
do no harm, and a lost file is built again.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import Engine
from sqlmodel import Session

from knowledge_base.approved import ApprovedAnswers, load_approved
from knowledge_base.arrays import BadArrayFile
from knowledge_base.generations import senses
from knowledge_base.generations.assembly import assemble
from knowledge_base.generations.building import (
    READING,
    build_generation,
    current_generation,
    fingerprint,
    kept,
    write_index,
)
from knowledge_base.generations.sense_files import known_codes
from knowledge_base.index import Index
from knowledge_base.search import PUBLIC, SearchResult, search
from knowledge_base.senses.making import make

__all__ = [
    "Library",
    "build_generation",
    "current_generation",
    "fingerprint",
    "kept",
    "load",
    "understood",
    "with_drafts",
    "write_index",
]


class Library:
    """The current index of this process. `index` is swapped at once; readers take no lock."""

    def __init__(self, index_dir: Path) -> None:
        self._index_dir = index_dir
        self._index = Index.build((), ())
        self._approved = ApprovedAnswers(())
        self._file: Path | None = None
        self._encoding: Thread | None = None
        self._encoded_for: Path | None = None
        self._refreshing = Lock()

    @property
    def index(self) -> Index:
        return self._index

    @property
    def index_dir(self) -> Path:
        return self._index_dir

    def search(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        audience: frozenset[str] = PUBLIC,
        language: str | None = None,
        jurisdiction: str | None = None,
        limit: int = 6,
    ) -> SearchResult:
        """Answer a question: with the approved answer where there is one, else as `search.search` does."""
        approved = self._approved.find(question, language=language, audience=audience)
        return approved or search(
            self._index,
            question,
            history=history,
            audience=audience,
            language=language,
            jurisdiction=jurisdiction,
            limit=limit,
        )

    def is_behind(self, engine: Engine) -> bool:
        """Say whether the published library has changed since the index was built."""
        with Session(engine.execution_options(**READING)) as session:
            return fingerprint(session) != self._index.note.fingerprint

    def refresh(self, engine: Engine, now: dt.datetime) -> bool:
        """Bring the index up to the published library; say whether it changed.

        Builds the index file when there is none. Does nothing while another thread does it.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            with Session(engine.execution_options(**READING)) as session:
                wanted = fingerprint(session)
            if wanted == self._index.note.fingerprint:
                return False
            path = build_generation(engine, self._index_dir, now)
            try:
                opened = Index.open(path)
            except (BadArrayFile, FileNotFoundError):
                path.unlink(missing_ok=True)
                path = build_generation(engine, self._index_dir, now)
                opened = Index.open(path)
            # Only now: while it was built, an answer may have been taken back. What is newer than the index is looked
            # at again soon, because its name differs then.
            with Session(engine.execution_options(**READING)) as session:
                approved = load_approved(session)
            self._file, self._approved = path, approved
            self._index = senses.attach(opened, path)
            return True
        finally:
            self._refreshing.release()

    def understand(self) -> bool:
        """Encode what is new in the library; say whether the index knows more now.

        Little is done at once; much by a process apart, and a later call takes it up. Until then
        new passages answer by their words alone. For processes that stay.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            return self._understand()
        finally:
            self._refreshing.release()

    def _understand(self) -> bool:
        file = self._file
        if file is None or self._index.understood:
            return False
        if not senses.is_complete(file):
            if self._encoding is not None:
                if self._encoding.is_alive():
                    return False
                # It may have worked for a generation before this one, which holds most of the same.
                self._encoding = None
                senses.catch_up(file)
            if not senses.is_complete(file):
                if self._encoded_for == file:
                    # Its process has failed, or another desk's is at work.
                    return False
                if not senses.make_soon(self._index, file):
                    self._encoded_for, self._encoding = file, senses.begin(file)
                    return False
        self._index = senses.attach(self._index, file)
        return True


def load(index_dir: Path, generation: int) -> Index:
    """Open a built index by its number; raise FileNotFoundError or BadArrayFile."""
    found = sorted(index_dir.glob(f"generation-{generation:08d}-*.index"))
    if not found:
        raise FileNotFoundError(f"no index of generation {generation} in {index_dir}")
    return senses.attach(Index.open(found[-1]), found[-1])


def with_drafts(session: Session, index_dir: Path) -> Index:
    """Return an index of the library as it would be if every draft were published, held in memory."""
    return understood(assemble(session, drafts=True), index_dir)


def understood(index: Index, index_dir: Path) -> Index:
    """Return an index with all its senses, made now where they are not known; minutes for a large one."""
    if index.understood:
        return index
    return index.with_senses(make(index.texts(), known_codes(index_dir)))
