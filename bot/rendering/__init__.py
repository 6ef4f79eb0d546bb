"""Templates into text: one plain text per message kind and language, and what richer formats add."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.rendering import caveats, notes, times
from bot.rendering.contexts import (
    AlarmContext,
    AnswerContext,
    Context,
    DigestContext,
    LineContext,
    NudgeLine,
    NudgesContext,
    OtherLanguage,
    PageContext,
    PagesContext,
    PoliceLine,
    TicketContext,
    WordsContext,
)

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "messages"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message, ready for any channel."""

    subject: str
    text: str


class Renderer:
    """The messages' Jinja environment. Only files ending in .html are escaped as HTML."""

    def __init__(self, hub_name: str, *, keep_days: int = 90) -> None:
        self._hub_name = hub_name
        self._keep_days = keep_days
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "when": times.when,
            "by_when": times.by_when,
            "how_long": times.how_long,
        }

    def render(self, kind: str, language: str, context: Context, now: datetime) -> Rendered:
        """Return the message of that kind; any language but French is served in English."""
        language = "fr" if language == "fr" else "en"
        values = {
            "c": context,
            "now": now,
            "hub": self._hub_name,
            "days": self._keep_days,
            "language": language,
        }
        text = self._environment.get_template(f"{kind}/{language}/text.txt").render(values).strip()
        subject = self._environment.get_template(f"{kind}/{language}/subject.txt").render(values)
        return Rendered(subject=" ".join(subject.split()), text=text)

    def page(self, text: str, language: str) -> str:
        """Return a message's text as the HTML that mail carries beside it."""
        values = {"text": text, "language": "fr" if language == "fr" else "en"}
        return self._environment.get_template("layout/email.html").render(values)


__all__ = [
    "AlarmContext",
    "AnswerContext",
    "Context",
    "DigestContext",
    "LineContext",
    "NudgeLine",
    "NudgesContext",
    "OtherLanguage",
    "PageContext",
    "PagesContext",
    "PoliceLine",
    "Rendered",
    "Renderer",
    "TicketContext",
    "WordsContext",
    "caveats",
    "notes",
    "times",
]
