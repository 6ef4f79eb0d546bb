"""The frozen bundle that every entry point is handed: what the desk works with."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine

from bot import safety
from bot.messages import Sender
from bot.policies import Policies
from bot.redaction import Masked, mask
from bot.rendering import Renderer
from bot.safety.assessment import Assessment
from bot.settings import Settings
from bot.vault import Vault
from escalation.sla import Policy
from escalation.tables import ChannelName
from knowledge_base.library import Library


class Check(Protocol):
    """One way of judging a message."""

    def __call__(
        self,
        text: str,
        language: str | None = None,
        history: Sequence[str] = (),
        sent_at: datetime | None = None,
    ) -> Assessment:
        """Return what it makes of the message."""
        ...


CHECKS: tuple[Check, ...] = (safety.assess, safety.plain_rules)


class Masker(Protocol):
    """What takes private details out of words."""

    def __call__(self, text: str, *, language: str = "en", official: frozenset[str] = frozenset()) -> Masked:
        """Return the masked words and what was found. What is `official` survives."""
        ...


class Signal:
    """Tell every delivery loop at once that something was committed; each loop has its own event."""

    def __init__(self) -> None:
        self._events: list[threading.Event] = []

    def listen(self) -> threading.Event:
        """Return a new event that is set whenever the signal is."""
        event = threading.Event()
        self._events.append(event)
        return event

    def set(self) -> None:
        """Wake every listener."""
        for event in self._events:
            event.set()


@dataclass(frozen=True, slots=True)
class Services:
    """What the desk works with.

    `vault` is None when the master key is missing or wrong: the desk then gives safety replies and
    stores nothing. `clock` is the only source of the present. `pool` runs `handle` after a commit.
    `senders` has an entry for each channel that is on. `outbox_ready` wakes the delivery loops. `checks`
    are the safety checks: the first decides, the next one when it fails.
    """

    settings: Settings
    engine: Engine
    vault: Vault | None
    library: Library
    renderer: Renderer
    policies: Policies
    clock: Callable[[], datetime]
    pool: Executor
    senders: Mapping[ChannelName, Sender]
    vault_fault: str | None = None
    mask: Masker = mask
    outbox_ready: Signal = field(default_factory=Signal)
    checks: tuple[Check, ...] = CHECKS

    @property
    def policy(self) -> Policy:
        """Return the policy that new tickets get. Each ticket keeps its own until another is applied."""
        return self.policies.current
