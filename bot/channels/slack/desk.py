"""What the listeners ask of the desk: a small seam, so that Slack's side can be run by itself.

Every act names the Slack user; rights are looked up on each one, since a button may be old. Refusals
are EscalationError: sentences for the person who pressed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Case, Inbound


@dataclass(frozen=True, slots=True)
class Who:
    """A Slack user: the workspace they belong to, and their id there."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that could not be stored. `safety_text` must reach the person at once, if there is one.

    `lasting` says that a redelivery will fare no better, so `notice` should be said.
    """

    safety_text: str | None
    notice: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """Where a ticket stands after an act."""

    number: str
    state: str
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What an expert filled in about a ticket: which act, the words, and what was chosen."""

    act: str
    words: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class HomeTicket:
    """One line of an expert's queue. `summary` is masked."""

    number: str
    priority: str
    state: str
    summary: str
    assignee: str | None
    due_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class HomeRequest:
    """One of the asker's own requests. `summary` is masked; `number` is set once people took it."""

    number: str | None
    state: str | None
    summary: str
    asked_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What one person sees in the Home tab. `queue` is None for whoever may not see it."""

    language: str
    at: datetime
    queue: tuple[HomeTicket, ...] | None = None
    requests: tuple[HomeRequest, ...] = ()
    queue_left_out: int = 0


class Desk(Protocol):
    """The acts that Slack people can cause."""

    def receive(self, inbound: Inbound) -> Refusal | None:
        """Store a message; None means committed (or known already), so Slack may be told so."""
        ...

    def answers_in(self, thread_key: str) -> bool:
        """Tell whether the desk already has a conversation in that thread."""
        ...

    def case_of(self, channel: str, thread_ts: str) -> Case | None:
        """Return the case a thread of the experts' channel hangs from, as an internal one."""
        ...

    def language_of(self, who: Who) -> str | None:
        """Return the language the directory has for that person, or None."""
        ...

    def escalate(self, who: Who, request_id: int, source_id: str) -> None:
        """Hand the request to people."""
        ...

    def claim(self, who: Who, number: str, source_id: str) -> Worked:
        """Make this expert the ticket's owner."""
        ...

    def check_reply(self, who: Who, number: str) -> None:
        """Raise EscalationError when this person may not reply to the ticket."""
        ...

    def reply(self, who: Who, number: str, text: str, source_id: str) -> Worked:
        """Send an expert's words to the official."""
        ...

    def colleagues(self, who: Who) -> tuple[tuple[str, str], ...]:
        """Return the experts a ticket may be handed to: what stands for each, and the name."""
        ...

    def work(self, who: Who, number: str, deed: Deed, source_id: str) -> Worked:
        """Do what a form says: note, hand over, wait, resolve."""
        ...

    def feedback(self, who: Who, message_id: str, *, helpful: bool, reason: str | None = None) -> None:
        """Record whether an answer helped, and why it did not."""
        ...

    def choose_language(self, who: Who, request_id: int, language: str, source_id: str) -> None:
        """Keep the language an official wants to be answered in."""
        ...

    def unsafe(self, who: Who, source_id: str) -> None:
        """Stop everything of this person: their phone or mailbox isn't safe."""
        ...

    def safe_contact(self, who: Who, request_id: int, text: str) -> None:
        """Keep how this person can be reached safely, and who must not know."""
        ...

    def home(self, who: Who, language: str | None) -> HomePage:
        """Return what the person sees in the Home tab."""
        ...
