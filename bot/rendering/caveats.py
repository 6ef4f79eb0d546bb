"""What must be said with a quotation: short codes that are kept beside it, and their words for a reader."""

from collections.abc import Sequence
from datetime import date

from bot.rendering import times
from knowledge_base.approved import KIND as APPROVED
from knowledge_base.search import Hit

_BEHIND, _VERIFIED, _HANDLING = "behind", "verified", "handling"
_SEPARATOR = "\n"
_WORDS = {
    "en": {
        _BEHIND: "The original was updated after this translation.",
        _VERIFIED: "Last verified {}.",
        _HANDLING: "Handling: {}.",
        APPROVED: "A reply your hub has approved.",
    },
    "fr": {
        _BEHIND: "L’original a été mis à jour après cette traduction.",
        _VERIFIED: "Vérifié la dernière fois le {}.",
        _HANDLING: "Diffusion\u00a0: {}.",
        APPROVED: "Une réponse approuvée par votre réseau.",
    },
}


def caveats_of(hit: Hit) -> tuple[str, ...]:
    """Return the codes of what must be said with this quotation."""
    found = (
        APPROVED if hit.kind == APPROVED else "",
        _BEHIND if hit.behind else "",
        f"{_VERIFIED}:{hit.verified}" if hit.verified else "",
        f"{_HANDLING}:{hit.handling}" if hit.handling else "",
    )
    return tuple(code for code in found if code)


def kept(codes: Sequence[str]) -> str:
    """Return codes as one text, to be stored."""
    return _SEPARATOR.join(codes)


def read(stored: str) -> tuple[str, ...]:
    """Return the codes that `kept` stored."""
    return tuple(code for code in stored.split(_SEPARATOR) if code)


def say(codes: Sequence[str], language: str) -> tuple[str, ...]:
    """Return the codes as sentences in the reader's language."""
    language = "fr" if language == "fr" else "en"
    said = []
    for code in codes:
        name, _, value = code.partition(":")
        if name == _VERIFIED:
            value = times.date_in_words(date.fromisoformat(value), language)
        if name in _WORDS[language]:
            said.append(_WORDS[language][name].format(value))
    return tuple(said)
