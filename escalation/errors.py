"""The exceptions of this package.

    EscalationError
    |-- NotFound            there is no such ticket, request or person (or the asker may not know of it)
    |   `-- NoTicket        there is no such ticket
    |-- Forbidden           the person may not do this
    |-- IllegalMove         the ticket's state does not allow it
    |   |-- AlreadyClaimed  somebody else has it
    |   |-- AlreadyDone     somebody else's act was there first
    |   |-- WrongState      where the ticket stands, this can't be done
    |   |-- Refused         what was asked for can't be taken as it is
    |   `-- NotOpenYet      the request is about to become a ticket
    |-- DirectoryError      a CSV line or a person can't be taken

Every message is a sentence that may be shown to the person who caused it.
"""

from datetime import datetime


class EscalationError(Exception):
    """Something in the domain refused. The text is for people."""


class NotFound(EscalationError):
    """There is no such thing, or the asker may not know that there is."""


class NoTicket(NotFound):
    """There is no such ticket; `number` is what was asked for."""

    def __init__(self, number: str) -> None:
        self.number = number.strip()[:20]
        super().__init__(f"There is no ticket {self.number!r}.")


class Forbidden(EscalationError):
    """The person may not do this."""


class IllegalMove(EscalationError):
    """The ticket's state does not allow this move."""


class AlreadyClaimed(IllegalMove):
    """Somebody else owns the ticket; `by` and `at` say who and since when."""

    def __init__(self, number: str, by: str, at: datetime) -> None:
        super().__init__(f"{number} was already claimed by {by} at {at:%H:%M} UTC.")
        self.number = number
        self.by = by
        self.at = at


class AlreadyDone(IllegalMove):
    """Somebody's act came first; `by` and `at` say whose and when, `state` where the ticket is now."""

    def __init__(self, number: str, said: str, state: str, by: str, at: datetime) -> None:
        super().__init__(f"{number} {said} ({by}, {at:%H:%M} UTC). Nothing was changed.")
        self.number = number
        self.state = state
        self.by = by
        self.at = at


class WrongState(IllegalMove):
    """Where the ticket stands, this can't be done; `state` is where it stands."""

    def __init__(self, number: str, said: str, state: str) -> None:
        super().__init__(f"{number} {said}. Nothing was changed.")
        self.number = number
        self.state = state


class Refused(IllegalMove):
    """What was asked for can't be taken. `code` and `values` let the words be said in another language."""

    def __init__(self, code: str, english: str, *values: str) -> None:
        super().__init__(english)
        self.code = code
        self.values = values


class NotOpenYet(IllegalMove):
    """A page went out in the same commit as the message, and its ticket is opened a moment later."""


class DirectoryError(EscalationError):
    """A line of the directory can't be taken; nothing was changed."""
