"""What each message template may use: one frozen value per kind of message."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.messages import Quote


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """An answer: quoted passages, what is said before them, and where they go on.

    `lead` says what the passages are, `notes` what must be known first. `after` is said behind them. `handed_over`: people
    have it too, "new" since this message.
    """

    quotes: tuple[Quote, ...]
    more_url: str | None
    other_language: str | None
    unreviewed: bool
    in_doubt: bool
    first_contact: bool
    lead: str = ""
    notes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    handed_over: str = ""

    @property
    def groups(self) -> tuple[tuple[Quote, ...], ...]:
        """Return the quotes document by document, in their order."""
        return tuple(tuple(group) for _, group in groupby(self.quotes, key=lambda quote: quote.document_id))

    @property
    def whole(self) -> bool:
        """Tell whether one long text is handed out to be copied."""
        return len(self.quotes) == 1 and "\n" in self.quotes[0].excerpt and not self.quotes[0].section


@dataclass(frozen=True, slots=True)
class WordsContext:
    """Words already written: a safety reply, an expert's reply, a plain line. `steps`: say how to ask for them."""

    words: str
    number: str | None = None
    expert: str | None = None
    steps: bool = False


@dataclass(frozen=True, slots=True)
class PoliceLine:
    """How a city's own police are reached, for an expert whose 911 call would reach another city."""

    city: str
    dispatch: str | None
    contact: str | None
    checked: str | None
    has_911: bool


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """Nobody on duty speaks the official's language: they choose. `at` is when their own is promised for."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class TicketContext:
    """A ticket as the official or an expert is told of it. Nothing here is a message body."""

    number: str
    priority: str
    topic: str | None
    summary: str
    requester: str
    city: str | None
    unverified: bool
    reason: str
    who: str
    due_at: datetime | None
    zone: str
    url: str | None
    expert: str | None = None
    on_duty: bool = True
    opens_at: str | None = None
    late_for: datetime | None = None
    other_language: OtherLanguage | None = None
    event: str | None = None
    target: str | None = None
    breached: bool = False
    due_before: datetime | None = None
    why: str | None = None
    silent: bool = False
    next_check_in: datetime | None = None
    first_contact: bool = False
    in_doubt: bool = False
    has_911: bool = True
    police: tuple[PoliceLine, ...] | None = None
    rate_url: str | None = None


@dataclass(frozen=True, slots=True)
class NudgeLine:
    """One of several things somebody is reminded of."""

    number: str
    priority: str
    target: str
    due_at: datetime
    breached: bool


@dataclass(frozen=True, slots=True)
class NudgesContext:
    """Several reminders as one message."""

    lines: tuple[NudgeLine, ...]
    more: int
    late: int
    zone: str
    url: str


@dataclass(frozen=True, slots=True)
class DigestContext:
    """The morning's digest: somebody's own calm tickets, and those that nobody has."""

    mine: tuple[NudgeLine, ...]
    unowned: tuple[NudgeLine, ...]
    more: int
    zone: str
    url: str


@dataclass(frozen=True, slots=True)
class AlarmContext:
    """What the watchdog found."""

    sweep_late: bool
    numbers: tuple[str, ...]
    more: int
    url: str


@dataclass(frozen=True, slots=True)
class PageContext:
    """A page: content-free by design, it only says where to look."""

    url: str
    told: bool = True


@dataclass(frozen=True, slots=True)
class PagesContext:
    """Several pages as one: how many, and which requests they are about."""

    count: int
    numbers: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class LineContext:
    """A fixed line that needs little: is this the first contact, do people have it, what is offered to choose."""

    first_contact: bool = False
    in_doubt: bool = False
    handed_over: str = ""
    options: tuple[str, ...] = ()


Context = (
    AnswerContext
    | WordsContext
    | TicketContext
    | PageContext
    | PagesContext
    | NudgesContext
    | DigestContext
    | AlarmContext
    | LineContext
)
