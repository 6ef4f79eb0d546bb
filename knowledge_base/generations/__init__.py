"""Index generations: build one from the published library, load it, swap it in.

An index is derived data. Its file is immutable and named after the state of the library
that it holds (the fingerprint), so that processes that build the same one at the same time
do no harm, and a lost file is built again.
"""

import datetime as dt
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread

from sqlalchemy import Engine, create_engine, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from knowledge_base.approved import ApprovedAnswers, load_approved
from knowledge_base.arrays import BadArrayFile
from knowledge_base.generations import senses
from knowledge_base.generations.assembly import assemble
from knowledge_base.index import Index, IndexNote
from knowledge_base.search import PUBLIC, SearchResult, search
from knowledge_base.senses.making import make
from knowledge_base.tables import (
    Document,
    DocumentState,
    DocumentVersion,
    Generation,
    GenerationState,
    LibraryEvent,
    Passage,
    VersionState,
)
from knowledge_base.tables import Synonym as SynonymRow
from knowledge_base.tokens import ANALYSIS_VERSION

# Raise when the layout or the meaning of an index file changes.
_FORMAT = 3

# A process that is a little behind may still be about to open the one before.
_KEPT_FILES = 3

_CLAIM_ATTEMPTS = 5

_PURGED = "purged"
_EDITS = (_PURGED, "synonym_added", "synonym_removed", "answer_approved", "answer_removed")

# From here on building takes longer than a question may wait.
_LARGE_LIBRARY = 3000
# Whoever asks comes before whoever builds.
_POLITE = 2
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from knowledge_base.generations import main; main()"
)

__all__ = [
    "Library",
    "build_generation",
    "current_generation",
    "fingerprint",
    "kept",
    "load",
    "main",
    "understood",
    "with_drafts",
    "write_index",
]

# Tells an engine that begins SQLite transactions with the write lock that this one only reads.
_READING = {"helpdesk_reading": True}


class Library:
    """The current index of this process. `index` is swapped at once; readers take no lock."""

    def __init__(self, index_dir: Path) -> None:
        self._index_dir = index_dir
        self._index = Index.build((), ())
        self._approved = ApprovedAnswers(())
        self._file: Path | None = None
        self._filling: Thread | None = None
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

    def refresh(self, engine: Engine, now: dt.datetime) -> bool:
        """Bring the index up to the published library; say whether it changed.

        Builds the index file when there is none. Does nothing while another thread does it.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            with Session(engine.execution_options(**_READING)) as session:
                wanted = fingerprint(session)
                new = wanted != self._index.note.fingerprint
                approved = load_approved(session) if new else self._approved
            if wanted == self._index.note.fingerprint:
                return False
            path = build_generation(engine, self._index_dir, now)
            try:
                opened = Index.open(path)
            except (BadArrayFile, FileNotFoundError):
                path.unlink(missing_ok=True)
                path = build_generation(engine, self._index_dir, now)
                opened = Index.open(path)
            self._file, self._approved, self._filling = path, approved, None
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
        if file is None or self._index.understood or (self._filling and self._filling.is_alive()):
            return False
        if not senses.beside(file).exists():
            # A process that has ended without a file has failed, or another desk's is at work.
            if self._filling is not None:
                return False
            if not senses.make_soon(self._index, file):
                self._filling = senses.begin(file)
                return False
        self._filling = None
        self._index = senses.attach(self._index, file)
        return True


def fingerprint(session: Session) -> str:
    """Return a name for what the published library says now."""
    versions = session.exec(
        select(DocumentVersion.id, Document.changed_at)
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .where(
            col(Document.state) == DocumentState.PUBLISHED,
            col(DocumentVersion.state) == VersionState.PUBLISHED,
        )
        .order_by(col(DocumentVersion.id))
    ).all()
    synonyms = session.exec(
        select(SynonymRow.language, SynonymRow.phrase, SynonymRow.meaning).order_by(
            col(SynonymRow.language), col(SynonymRow.phrase), col(SynonymRow.meaning)
        )
    ).all()
    # A name never comes back: an index of old would be taken for the new one, and a purge of a retired
    # document would leave the files that hold it.
    edits = session.exec(
        select(func.count()).select_from(LibraryEvent).where(col(LibraryEvent.act).in_(_EDITS))
    ).one()
    digest = hashlib.sha256(f"{_FORMAT} {ANALYSIS_VERSION} {edits}".encode())
    for version_id, changed_at in versions:
        digest.update(f"|{version_id} {changed_at.isoformat()}".encode())
    for synonym in synonyms:
        digest.update(f"#{tuple(synonym)}".encode())
    return digest.hexdigest()


def current_generation(session: Session) -> int:
    """Return the number of the newest index that was built, 0 before the first."""
    return (
        session.exec(
            select(func.max(Generation.number)).where(col(Generation.state) == GenerationState.READY)
        ).one()
        or 0
    )


def build_generation(engine: Engine, index_dir: Path, now: dt.datetime) -> Path:
    """Build the index file of the published library, unless it is there, and return its path."""
    index_dir.mkdir(parents=True, exist_ok=True)
    with Session(engine.execution_options(**_READING)) as session:
        wanted = fingerprint(session)
    number = _claim(engine, wanted, now)
    path = index_dir / _file_name(number, wanted)
    with _one_builder(index_dir):
        if path.exists():
            return path
        passages = _write(engine, path, IndexNote(number, wanted))
    with engine.begin() as connection:
        connection.execute(
            update(Generation)
            .where(col(Generation.number) < number, col(Generation.state) == GenerationState.READY)
            .values(state=GenerationState.SUPERSEDED)
        )
        connection.execute(
            update(Generation)
            .where(col(Generation.number) == number)
            .values(state=GenerationState.READY, passages=passages)
        )
    for old in _outdated(engine, index_dir):
        old.unlink(missing_ok=True)
        for other in index_dir.glob(f"{old.stem}.*"):
            other.unlink(missing_ok=True)
    return path


@contextmanager
def _one_builder(index_dir: Path) -> Iterator[None]:
    """Let one process build in a folder; the others wait, and find it made."""
    with (index_dir / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _outdated(engine: Engine, index_dir: Path) -> list[Path]:
    """Return the index files to remove: old ones, and every one that holds what was purged since."""
    files = sorted(index_dir.glob("generation-*.index"))
    with Session(engine.execution_options(**_READING)) as session:
        purged_at = session.exec(
            select(func.max(LibraryEvent.occurred_at)).where(col(LibraryEvent.act) == _PURGED)
        ).one()
        before = (
            session.exec(
                select(func.max(Generation.number)).where(col(Generation.created_at) < purged_at)
            ).one()
            if purged_at
            else None
        )
    return [file for file in files if file in files[:-_KEPT_FILES] or _number(file) <= (before or 0)]


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
    return index.with_senses(make(index.texts(), senses.known_codes(index_dir)))


def kept(index_dir: Path) -> tuple[int, ...]:
    """Return the numbers of the generations that `load` can open, in order."""
    return tuple(sorted(_number(path) for path in index_dir.glob("generation-*.index")))


def _number(path: Path) -> int:
    return int(path.name.split("-")[1])


def _file_name(number: int, wanted: str) -> str:
    return f"generation-{number:08d}-{wanted[:16]}.index"


def _claim(engine: Engine, wanted: str, now: dt.datetime) -> int:
    """Return the number of the generation with this fingerprint, taking the next one if new."""
    for _ in range(_CLAIM_ATTEMPTS):
        try:
            with engine.begin() as connection, Session(connection) as session:
                known = session.exec(
                    select(Generation.number).where(col(Generation.fingerprint) == wanted)
                ).one_or_none()
                if known is not None:
                    return known
                number = (session.exec(select(func.max(Generation.number))).one() or 0) + 1
                session.add(
                    Generation(
                        number=number,
                        state=GenerationState.BUILDING,
                        fingerprint=wanted,
                        passages=0,
                        created_at=now,
                        file_name=_file_name(number, wanted),
                    )
                )
                session.flush()
                return number
        except IntegrityError:
            # Another process took the number, or this very fingerprint, first.
            continue
    raise RuntimeError("could not number an index generation")


def _write(engine: Engine, path: Path, note: IndexNote) -> int:
    """Write the index file and return how many passages it holds.

    A large library is indexed in a process of its own: it takes seconds of Python during
    which every answer of this process would wait.
    """
    reading = engine.execution_options(**_READING)
    with Session(reading) as session:
        passages = session.exec(select(func.count()).select_from(Passage)).one()
    in_memory = engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")
    if passages < _LARGE_LIBRARY or in_memory:
        return write_index(reading, path, note)
    order = {
        "url": engine.url.render_as_string(hide_password=False),
        "path": str(path),
        "generation": note.generation,
        "fingerprint": note.fingerprint,
    }
    paths = json.dumps([entry for entry in sys.path if entry])
    built = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-c", _BOOT, paths],
        input=json.dumps(order).encode(),
        capture_output=True,
        cwd="/",
        check=False,
    )
    if built.returncode != 0:
        reason = built.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"the index could not be built: {reason}")
    return int(built.stdout)


def write_index(engine: Engine, path: Path, note: IndexNote) -> int:
    """Build the index of the published library in this process, and write it to path."""
    with Session(engine) as session:
        index = assemble(session, note)
    index.save(path)
    return len(index.catalog)


def main() -> None:
    """Build an index in a process of its own: the order comes on standard input, as JSON."""
    os.nice(_POLITE)
    order = json.load(sys.stdin)
    engine = create_engine(order["url"], hide_parameters=True)
    note = IndexNote(order["generation"], order["fingerprint"])
    sys.stdout.write(str(write_index(engine, Path(order["path"]), note)))
