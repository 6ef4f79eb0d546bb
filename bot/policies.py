"""The policy in force, as this process knows it: read at start, and again when somebody applied another."""

import threading

from sqlalchemy import Engine

from bot.database import reading
from escalation import policy_store
from escalation.sla import Policy


class Policies:
    """Hold the policy in force. `current` never blocks; `refresh` asks the database whether it changed."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._lock = threading.Lock()

    @property
    def current(self) -> Policy:
        """Return the policy that new tickets get."""
        return self._policy

    def refresh(self, engine: Engine) -> bool:
        """Take up a version saved elsewhere; return whether there was one."""
        with self._lock, reading(engine) as session:
            number = policy_store.latest_version(session)
            if number is None or number == self._policy.version:
                return False
            self._policy = policy_store.of_version(session, number)
            return True
