"""From the published library to an index file, in a process of its own where that takes long."""

import datetime as dt
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from knowledge_base.generations import senses
from knowledge_base.generations.assembly import assemble
from knowledge_base.index import IndexNote
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
_FORMAT = 4

# A process that is a little behind may still be about to open the one before.
_KEPT_FILES = 3

_CLAIM_ATTEMPTS = 5

_PURGED = "purged"
_EDITS = (_PURGED, "synonym_added", "synonym_removed", "answer_approved", "answer_removed")

# From here on building takes longer than a question may wait.
_LARGE_LIBRARY = 3000
# Where building takes long anyway, whoever asks comes before whoever builds; else it is over in two seconds.
_VERY_LARGE_LIBRARY = 30_000
_POLITE = 10
# Of millions of small values none holds itself: looking for some that do takes half of the time.
_BOOT = (
    "import gc, sys, json; gc.disable(); sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from knowledge_base.generations.building import main; main()"
)

# Tells an engine that begins SQLite transactions with the write lock that this one only reads.
READING = {"helpdesk_reading": True}


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
    with _one_builder(index_dir):
        # Only now: while another process built, the library may have changed again.
        with Session(engine.execution_options(**READING)) as session:
            wanted = fingerprint(session)
        number = _claim(engine, wanted, now)
        path = index_dir / _file_name(number, wanted)
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
    stay = _wanted(engine, index_dir)
    for file in index_dir.glob("generation-*"):
        # Newer ones may be under way.
        if _number(file) < number and _number(file) not in stay:
            file.unlink(missing_ok=True)
    return path


@contextmanager
def _one_builder(index_dir: Path) -> Iterator[None]:
    """Let one process build in a folder; the others wait, and find it made."""
    with (index_dir / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wanted(engine: Engine, index_dir: Path) -> frozenset[int]:
    """Return the generations whose files stay: the newest, but none that holds what was purged since."""
    with Session(engine.execution_options(**READING)) as session:
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
    return frozenset(number for number in kept(index_dir)[-_KEPT_FILES:] if number > (before or 0))


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
    reading = engine.execution_options(**READING)
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
        "polite": _POLITE if passages >= _VERY_LARGE_LIBRARY else 0,
    }
    paths = json.dumps([entry for entry in sys.path if entry])
    built = subprocess.run(  # noqa: S603  our own code, no shell
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
    senses.carry_over(index, path)
    # Last: whoever finds an index finds what is known of its senses.
    index.save(path)
    return len(index.catalog)


def main() -> None:
    """Build an index in a process of its own: the order comes on standard input, as JSON."""
    order = json.load(sys.stdin)
    os.nice(order["polite"])
    engine = create_engine(order["url"], hide_parameters=True)
    note = IndexNote(order["generation"], order["fingerprint"])
    sys.stdout.write(str(write_index(engine, Path(order["path"]), note)))
