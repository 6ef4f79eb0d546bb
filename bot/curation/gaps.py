"""Gaps: what people asked and the library could not answer, grouped by meaning; a group becomes a draft.

Groups are made anew at every look, from masked text alone, and nothing of them is kept until somebody takes
one on. The vectors put English and French questions of one sense into one group.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from sqlmodel import Session

from bot.curation import rights
from bot.database import transaction
from bot.services import Services
from escalation import directory, gaps
from escalation.access import Actor
from escalation.errors import NotFound
from escalation.gaps import Unanswered
from escalation.tables import KnowledgeGap
from knowledge_base import library, meaning
from knowledge_base.documents import Attributes, Block, BlockKind, StructuredDocument
from knowledge_base.errors import NotTaken
from knowledge_base.meaning import Vectors

LOOK_BACK = dt.timedelta(days=180)

# Rewordings of one question lie at 0.6 and above, in either language; other subjects of the desk below 0.5.
_ONE_MEANING = 0.6
# What a group is judged by: long messages tell much beside their question.
_READ = 400
_SHOWN = 20
_ID = 8


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Questions of one meaning, oldest first. `document_id` is set once somebody writes the answer."""

    id: str
    questions: tuple[Unanswered, ...]
    document_id: str | None = None
    assignee: str | None = None
    answered_at: dt.datetime | None = None

    @property
    def count(self) -> int:
        """Return how often it was asked."""
        return len(self.questions)

    @property
    def first_asked_at(self) -> dt.datetime:
        """Return when it was first asked."""
        return self.questions[0].asked_at

    @property
    def thumbs_down(self) -> int:
        """Return how many got an answer that did not help."""
        return sum(question.thumbs_down for question in self.questions)

    @property
    def languages(self) -> tuple[tuple[str, int], ...]:
        """Return the languages it was asked in, the commonest first."""
        return tuple(Counter(question.language for question in self.questions).most_common())

    @property
    def jurisdictions(self) -> tuple[tuple[str, int], ...]:
        """Return the states and provinces it came from, the commonest first."""
        places = Counter(question.jurisdiction for question in self.questions if question.jurisdiction)
        return tuple(places.most_common())


@dataclass(frozen=True, slots=True)
class Gaps:
    """Every group, and how long people waited. `to_answer` is the median time from the first unanswered
    question to the published answer, None before the first."""

    open: tuple[GapGroup, ...]
    being_written: tuple[GapGroup, ...]
    answered: tuple[KnowledgeGap, ...]
    to_answer: dt.timedelta | None


@dataclass
class _Cluster:
    gap: KnowledgeGap | None = None
    members: list[int] = field(default_factory=list)
    total: Vectors | None = None

    def near(self, vector: Vectors) -> float:
        if self.total is None:
            return 0.0
        return float(self.total @ vector / np.linalg.norm(self.total))

    def add(self, place: int, vector: Vectors) -> None:
        self.members.append(place)
        self.total = vector if self.total is None else self.total + vector


def look(session: Session, actor: Actor, now: dt.datetime) -> Gaps:
    """Return the gaps that the actor may know of, the most asked first."""
    rights.check_editor(actor)
    asked = gaps.unanswered(session, actor, now - LOOK_BACK)
    taken = gaps.taken(session)
    clusters = _grouped(asked, taken)
    groups = [_group(session, cluster, asked) for cluster in clusters if cluster.members]
    groups.sort(key=lambda group: (-group.count, group.first_asked_at))
    spans = [gap.answered_at - gap.first_asked_at for gap in taken if gap.answered_at]
    return Gaps(
        open=tuple(group for group in groups if group.document_id is None),
        being_written=tuple(group for group in groups if group.document_id and not group.answered_at),
        answered=tuple(gap for gap in taken if gap.answered_at),
        to_answer=dt.timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None,
    )


def draft(
    services: Services,
    group_id: str,
    actor: Actor,
    *,
    title: str,
    language: str,
    assignee_id: int | None = None,
) -> str:
    """Begin the answer to a group as a draft that somebody owns; return its id.

    The masked questions are in it as material, and keep it from being published until they are removed.
    Raise NotFound for an unknown group, NotTaken for a title that a document has already.
    """
    rights.check_editor(actor)
    now = services.clock()
    with transaction(services.engine) as session:
        group = find(session, actor, group_id, now)
        owner = directory.get_person(session, assignee_id).name if assignee_id is not None else ""
        questions = tuple(question.text for question in group.questions[:_SHOWN])
        material = (Block(BlockKind.BULLETS, items=questions),)
        sources = [question.message_id for question in group.questions[:_SHOWN]]
        document_id = add_draft(session, actor, title, language, owner, material, sources, now)
        gaps.take(
            session,
            [question.message_id for question in group.questions],
            document_id=document_id,
            assignee_id=assignee_id,
            first_asked_at=group.first_asked_at,
            now=now,
        )
    return document_id


def find(session: Session, actor: Actor, group_id: str, now: dt.datetime) -> GapGroup:
    """Return an open group by its id; raise NotFound."""
    for group in look(session, actor, now).open:
        if group.id == group_id:
            return group
    raise NotFound(f"There is no open gap {group_id[:20]!r}. See: helpdesk kb gaps")


def add_draft(
    session: Session,
    actor: Actor,
    title: str,
    language: str,
    owner: str,
    material: Sequence[Block],
    sources: Sequence[str],
    now: dt.datetime,
    *,
    topics: tuple[str, ...] = (),
) -> str:
    """Add a draft that holds nothing but its material, of the messages named as sources; raise NotTaken when the title has a document."""
    title = " ".join(title.split())
    if not title:
        raise NotTaken("a draft needs a title")
    language = "fr" if language == "fr" else "en"
    heading = Block(BlockKind.HEADING, library.MATERIAL[language], level=2)
    document = StructuredDocument(
        title, language, Attributes(owner=owner, topics=topics), (heading, *material)
    )
    added = library.add(
        session, document, source_name=f"{title}.md", by=rights.by_of(actor), now=now, publish=False
    )
    if not added.first:
        raise NotTaken(f"{added.document_id} is there already: choose another title")
    gaps.note_sources(session, added.document_id, sources)
    return added.document_id


def _grouped(asked: Sequence[Unanswered], taken: Sequence[KnowledgeGap]) -> list[_Cluster]:
    """Put each question to the nearest group that means the same, oldest first; else it begins its own.

    A question that came after a gap was answered shows that the answer did not do: it begins anew.
    """
    vectors = meaning.vectors([question.text[:_READ] for question in asked])
    clusters = {gap.id: _Cluster(gap) for gap in taken}
    for place, question in enumerate(asked):
        if question.gap_id in clusters:
            clusters[question.gap_id].add(place, vectors[place])
    found = list(clusters.values())
    for place, question in enumerate(asked):
        if question.gap_id in clusters:
            continue
        fitting = [
            (cluster.near(vectors[place]), -number, cluster)
            for number, cluster in enumerate(found)
            if cluster.gap is None or cluster.gap.answered_at is None
        ]
        near, _, cluster = max(fitting, key=lambda one: one[:2], default=(0.0, 0, None))
        if cluster is None or near < _ONE_MEANING:
            cluster = _Cluster()
            found.append(cluster)
        cluster.add(place, vectors[place])
    return found


def _group(session: Session, cluster: _Cluster, asked: Sequence[Unanswered]) -> GapGroup:
    questions = tuple(asked[place] for place in sorted(cluster.members))
    gap = cluster.gap
    assignee = None
    if gap is not None and gap.assignee_id is not None:
        assignee = directory.get_person(session, gap.assignee_id).name
    return GapGroup(
        id=questions[0].message_id[-_ID:],
        questions=questions,
        document_id=gap.document_id if gap else None,
        assignee=assignee,
        answered_at=gap.answered_at if gap else None,
    )
