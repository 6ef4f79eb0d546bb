"""Time one asker's message from its arrival to the reply's outbox row, and write docs/answers.md.

.venv/bin/python -m benchmarks.answers                        the times, at 10,000 passages (some minutes to prepare)
.venv/bin/python -m benchmarks.answers --passages 0           the times with the starter library alone
.venv/bin/python -m benchmarks.answers --page docs/answers.md the page of real replies, written anew
"""

import argparse
import random
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot import conversation
from bot.app import build
from bot.database import transaction
from bot.evaluation.labelled import Dialogue, Labels, Turn
from bot.evaluation.rehearsal import rehearse
from bot.messages import Inbound, SenderIdentity, ThreadKey
from bot.services import Services
from bot.settings import load
from escalation.tables import ChannelName, IdentityKind, MessageKind
from knowledge_base import library
from knowledge_base.documents import Attributes, Block, BlockKind, StructuredDocument

QUESTIONS = (
    "Someone published my home address. What should I do in the first hour?",
    "How do we keep order when people shout during a council meeting?",
    "Who do I call about a threat to a poll worker?",
    "Give me a statement to paste about the graffiti on the temple",
    "A fake video of the mayor is out. How do we answer it? And what do we tell the press?",
    "Quelqu'un menace la mairesse en ligne. Que faire d'abord?",
    "Nous voulons une politique pour la période de questions. Par où commencer?",
)
# Language, where the writer holds office, and the turns of one conversation.
CONVERSATIONS = (
    (
        "en",
        "CA-ON",
        ("they put my street and my kids school on a telegram channel, 200 people in it. what now", "more"),
    ),
    (
        "en",
        "US-OH",
        ("Council wants a written policy on public comment before the spring session. Where do we start?",),
    ),
    (
        "en",
        "US-PA",
        ("who do I call if one of our poll workers gets a threat by phone", "what about in Ontario?"),
    ),
    ("en", "CA-AB", ("I need a short script the chair can read when people will not stop shouting",)),
    (
        "en",
        "US-CO",
        (
            "Two things: a cloned voice of our mayor asked the finance clerk for money, and people plan to march to city hall on Sunday. What should we do?",
        ),
    ),
    ("en", "US-WI", ("Should we vote for or against the ceasefire resolution on Tuesday?",)),
    ("en", "CA-MB", ("is it illegal to post where a councillor lives",)),
    (
        "en",
        "CA-QC",
        ("My home address is all over Facebook since last night. What do I do first?", "en français svp"),
    ),
    (
        "en",
        "US-IA",
        (
            "What is the private cell number of the police chief?",
            "are you a real person?",
            "I want to talk to someone",
        ),
    ),
    ("en", "US-NM", ("How do I get a building permit for a deck?", "so where is the permit form")),
    (
        "fr",
        "CA-QC",
        (
            "ma rue et l'école de mes filles circulent sur un groupe facebook depuis tantôt, je fais quoi",
            "la suite svp",
        ),
    ),
    (
        "fr",
        "CA-QC",
        (
            "On veut se doter d'une politique contre le harcèlement des élus avant l'automne. Par où commencer?",
        ),
    ),
    (
        "fr",
        "CA-NB",
        ("Qui dois-je appeler si une employée du bureau de vote reçoit des menaces?", "et en Ontario?"),
    ),
    ("fr", "CA-QC", ("Il me faut un texte à lire par la présidence quand le public refuse de se taire",)),
    (
        "fr",
        "CA-ON",
        (
            "Deux choses : une fausse vidéo du préfet circule, et une manifestation est prévue dimanche devant la mairie. Que faire?",
        ),
    ),
    ("fr", "CA-QC", ("Devrions-nous voter pour ou contre la résolution sur le cessez-le-feu?",)),
    ("fr", "CA-QC", ("est-ce illégal de publier où habite une conseillère",)),
    (
        "fr",
        "CA-QC",
        ("Mon équipe n'en peut plus depuis les courriels haineux. Comment les aider?", "in English please"),
    ),
    (
        "fr",
        "CA-NB",
        (
            "Donnez-moi le cellulaire personnel de la cheffe de police",
            "êtes-vous un robot?",
            "je veux parler à quelqu'un",
        ),
    ),
    ("fr", "CA-QC", ("Comment obtenir un permis pour un cabanon?", "mais où est le formulaire du permis")),
)
_HEAD = """# Answers, whole

Ten conversations in each language, with every word the desk writes back, made by
`.venv/bin/python -m benchmarks.answers --page docs/answers.md` from the starter library. Run it again after a change to
the library, the search or the templates, and read what changed as a frightened councillor would.

The people and events are invented. `>` is what the official writes. Web addresses are shortened to their end.
"""
_STEPS = 200
_LANGUAGES = {"en": "English", "fr": "Français"}
_ADDRESS = re.compile(r"https?://[^/\s]+(/library/)")
_DAY = re.compile(r"\b(?:version of|version du) \d{1,2}(?:er)? \S+ \d{4}")


@contextmanager
def scratch_desk() -> Iterator[Services]:
    """Yield a desk of its own with the starter library."""
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-answers-"))
    (folder / "empty.env").touch()
    services = build(
        load({"HELPDESK_DATA_DIR": str(folder / "data"), "HELPDESK_ENV_FILE": str(folder / "empty.env")}),
        senders={},
    )
    try:
        yield services
    finally:
        services.pool.shutdown()
        services.engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def page(services: Services) -> str:
    """Return the page: every conversation with its replies."""
    dialogues = [
        Dialogue(
            id=f"c{number}",
            channel=ChannelName.SLACK,
            language=language,
            role="councillor",
            jurisdiction=where,
            turns=tuple(Turn(f"c{number}#{at}", text, Labels()) for at, text in enumerate(turns)),
        )
        for number, (language, where, turns) in enumerate(CONVERSATIONS)
    ]
    replies = {prediction.id: prediction.reply for prediction in rehearse(services, dialogues, history=True)}
    parts = [_HEAD]
    spoken = ""
    for number, dialogue in enumerate(dialogues):
        if dialogue.language != spoken:
            spoken = dialogue.language or "en"
            parts.append(f"## {_LANGUAGES[spoken]}\n")
        parts.append(f"### {number % 10 + 1}. ({dialogue.jurisdiction})\n")
        for turn in dialogue.turns:
            # what is hidden in a detail, the day of publishing, would change the page every day
            reply = _DAY.sub(
                lambda found: found.group().rsplit(" ", 3)[0] + " [day]",
                _ADDRESS.sub(r"\1", replies[turn.id]),
            )
            parts.append(f"> {turn.text}\n\n```text\n{reply}\n```\n")
    return "\n".join(parts)


def grow(services: Services, passages: int) -> int:
    """Add invented documents until the library holds so many passages, and return how many it holds."""
    chance = random.Random(7)
    held = len(services.library.index.catalog)
    words = sorted(
        {word for text in services.library.index.texts() for word in text.split() if word.isalpha()}
    )
    now = datetime.now(UTC)
    number = 0
    with transaction(services.engine) as session:
        while held < passages:
            steps = tuple(" ".join(chance.choices(words, k=30)) for _ in range(_STEPS))
            document = StructuredDocument(
                title=f"Invented {number} {chance.choice(words)}",
                language="en",
                attributes=Attributes(slug=f"invented-{number}"),
                blocks=(Block(BlockKind.STEPS, items=steps),),
            )
            library.add(session, document, source_name=f"invented-{number}.md", by="benchmark", now=now)
            held, number = held + _STEPS, number + 1
    services.library.refresh(services.engine, now)
    return len(services.library.index.catalog)


def times(services: Services, messages: int) -> tuple[list[float], list[float]]:
    """Return the seconds from each message's arrival until its reply is in the outbox, and its processor's, sorted.

    On a busy machine the second says what the first would be on a free one.
    """
    taken, worked = [], []
    for number in range(messages + 10):
        name = f"asker-{number}"
        inbound = Inbound(
            key=f"bench:{number}",
            kind=MessageKind.MESSAGE,
            thread=ThreadKey(ChannelName.WEB, name, name),
            sender=SenderIdentity(IdentityKind.WEB, "site", name),
            text=QUESTIONS[number % len(QUESTIONS)],
            occurred_at=services.clock(),
        )
        began, working = time.perf_counter(), time.process_time()
        conversation.handle(services, conversation.accept(services, inbound).message_id)
        taken.append(time.perf_counter() - began)
        worked.append(time.process_time() - working)
    return sorted(taken[10:]), sorted(worked[10:])  # the first ones load the models


def main() -> None:
    """Measure, or write the page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--passages", type=int, default=10_000)
    options.add_argument("--messages", type=int, default=300)
    options.add_argument("--page", type=Path)
    chosen = options.parse_args()
    with scratch_desk() as services:
        if chosen.page:
            chosen.page.write_text(page(services), "utf-8")
            return
        held = grow(services, chosen.passages) if chosen.passages else len(services.library.index.catalog)
        for name, seconds in zip(("elapsed", "processor"), times(services, chosen.messages), strict=True):
            p99 = seconds[int(len(seconds) * 0.99)]
            print(
                f"{name}, {len(seconds)} messages, {held} passages: "
                f"median {statistics.median(seconds) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
            )


if __name__ == "__main__":
    main()
