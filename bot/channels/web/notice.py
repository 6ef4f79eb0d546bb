"""A page of the chat that says one thing."""

from dataclasses import dataclass

from bot.browser.transcript import Paragraph


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page that says one thing."""

    title: str
    words: str
    safety: tuple[Paragraph, ...] = ()
    text: str = ""
