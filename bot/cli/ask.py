"""`helpdesk ask`: the same conversation as on any other channel, at the terminal."""

import getpass
import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from bot import safety
from bot.app import real_clock
from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    actor_named,
    desk,
    err,
    one_line_errors,
    out,
    plain,
    send_due,
)
from bot.conversation import Accepted, assess, receive_and_answer
from bot.database import reading
from bot.delivery.sealing import open_body, vault_of
from bot.messages import LONGEST_TEXT, Inbound, SenderIdentity, ThreadKey
from bot.provisioning import NotReady
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import OPERATOR
from escalation.errors import NotFound
from escalation.tables import (
    Answer,
    Author,
    ChannelName,
    Citation,
    Identity,
    IdentityKind,
    Message,
    MessageKind,
    Thread,
)


@dataclass(frozen=True, slots=True)
class CitationOut:
    """One citation as printed."""

    document_id: str
    title: str
    section: str
    page: str | None
    url: str
    excerpt: str
    score: float


@dataclass(frozen=True, slots=True)
class AnswerOut:
    """One answer as printed; the fields of `--json`."""

    request_id: int
    thread: str
    language: str
    topics: list[str]
    answer: str
    citations: list[CitationOut]
    confidence: float
    abstained: bool
    abstain_reason: str | None
    urgency: str
    immediate_danger: bool
    self_harm: bool
    wants_human: bool
    escalated: bool
    ticket: str | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(ask)


@one_line_errors
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know; - reads it from standard input.")],
    thread: Annotated[
        str | None,
        typer.Option(help="Go on with an earlier conversation: the thread that was printed with it."),
    ] = None,
    who: AsWhom = None,
    language: Annotated[
        str | None, typer.Option(help="Answer in this language (en, fr) whatever is written.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Ask the help desk a question.

    The answer quotes the library, with its sources. Danger gets 911, thoughts of suicide get 988, first.
    """
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if question == "-" else question
    if not text.strip():
        err.print("helpdesk: the question is empty. Write what is happening, in a sentence.")
        raise typer.Exit(2)
    if len(text) > LONGEST_TEXT:
        err.print(f"helpdesk: the question is too long: {len(text)} characters, {LONGEST_TEXT} at most.")
        raise typer.Exit(2)
    with _danger_first(text), desk(data_dir) as services:
        now = services.clock()
        inbound = _inbound(services, text, thread, who, language, now)
        accepted = receive_and_answer(services, inbound)
        with reading(services.engine) as session:
            answer = _answer(session, services, accepted)
        send_due(services)
    if as_json:
        out.print(json.dumps(asdict(answer), ensure_ascii=False, indent=2))
    else:
        _show(answer)


@contextmanager
def _danger_first(text: str) -> Iterator[None]:
    """Give the safety reply even where the desk itself can't start."""
    try:
        yield
    except NotReady:
        found, _ = assess(text, language=None, history=(), sent_at=real_clock())
        if found.situation is not None:
            out.print(plain(safety.reply(found.situation, found.language, stored=False)))
        raise


def _inbound(
    services: Services, text: str, thread: str | None, who: str | None, language: str | None, now: datetime
) -> Inbound:
    with reading(services.engine) as session:
        sender = _sender(session, who)
        known = _thread(session, thread) if thread else None
    key = known.key if known else f"terminal:{secrets.token_hex(8)}"
    if known is not None:
        with reading(services.engine) as session:
            sender = _sender_of(session, known)
    return Inbound(
        key=f"terminal:{secrets.token_hex(16)}",
        kind=MessageKind.MESSAGE,
        thread=ThreadKey(ChannelName.TERMINAL, key, sender.external_id),
        sender=sender,
        text=text,
        occurred_at=now,
        language=language if language in {"en", "fr"} else None,
    )


def _sender(session: Session, who: str | None) -> SenderIdentity:
    """Return who asks: the named person of the directory, or whoever is at this terminal."""
    actor = actor_named(session, who)
    if actor is OPERATOR:
        return SenderIdentity(IdentityKind.TERMINAL, "terminal", getpass.getuser(), name=getpass.getuser())
    identity = session.exec(
        select(Identity).where(Identity.person_id == actor.person_id).order_by(col(Identity.id))
    ).first()
    if identity is None:
        raise NotFound("That person has no identity to ask under.")
    return SenderIdentity(identity.kind, identity.issuer, identity.external_id, verified=True)


def _sender_of(session: Session, thread: Thread) -> SenderIdentity:
    identity = session.exec(
        select(Identity).where(Identity.person_id == thread.person_id).order_by(col(Identity.id))
    ).first()
    if identity is None:
        raise NotFound("That conversation has no owner any more.")
    return SenderIdentity(identity.kind, identity.issuer, identity.external_id)


def _thread(session: Session, thread: str) -> Thread:
    found = session.get(Thread, thread.strip())
    if found is None and thread.strip().isascii() and thread.strip().isdigit() and len(thread) < 12:
        found = request_log.requester_thread(session, int(thread))
    if found is None or found.channel is not ChannelName.TERMINAL:
        raise NotFound(f"There is no conversation {thread.strip()[:40]!r} at this terminal.")
    return found


def _answer(session: Session, services: Services, accepted: Accepted) -> AnswerOut:
    question = request_log.get_message(session, accepted.message_id)
    replies = session.exec(
        select(Message)
        .where(
            Message.thread_id == question.thread_id,
            Message.author == Author.BOT,
            Message.id > question.id,
        )
        .order_by(col(Message.id))
    ).all()
    texts = [open_body(session, vault_of(services), reply) for reply in replies]
    facts = session.exec(select(Answer).where(Answer.question_id == question.id)).first()
    cited = (
        session.exec(
            select(Citation).where(Citation.message_id == facts.message_id).order_by(col(Citation.number))
        ).all()
        if facts
        else []
    )
    ticket = tickets.latest(session, question.request_id)
    abstained = facts.abstained if facts else True
    return AnswerOut(
        request_id=question.request_id,
        thread=question.thread_id or "",
        language=question.language,
        topics=[topic for topic in facts.topics.split(",") if topic] if facts and not abstained else [],
        answer="\n\n".join(texts),
        citations=[
            CitationOut(row.document_id, row.title, row.section, row.page, row.url, row.excerpt, row.score)
            for row in cited
        ],
        confidence=round(facts.confidence, 4) if facts else 0.0,
        abstained=abstained,
        abstain_reason=facts.abstain_reason if facts else "not_a_question",
        urgency=question.urgency or "P4",
        immediate_danger=question.immediate_danger,
        self_harm=question.self_harm,
        wants_human=question.wants_human,
        escalated=ticket is not None,
        ticket=tickets.number_of(ticket.id or 0) if ticket else None,
    )


def _show(answer: AnswerOut) -> None:
    out.print(plain(answer.answer))
    out.print()
    if answer.ticket:
        err.print(f"Ticket {answer.ticket}: helpdesk tickets show {answer.ticket}")
    err.print(f'To go on: helpdesk ask --thread {answer.thread} "..."')
