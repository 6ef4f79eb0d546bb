"""What must be said with a quotation: short codes that are kept beside it, and their words for a reader."""

from collections.abc import Sequence
from datetime import date

from bot.rendering import places, times
from knowledge_base.approved import KIND as APPROVED
from knowledge_base.places import fits
from knowledge_base.search import Hit

_BEHIND, _VERIFIED, _HANDLING, _PLACE = "behind", "verified", "handling", "place"
_SEPARATOR = "\n"
_WORDS = {
    "en": {
        _BEHIND: "The original was updated after this translation.",
        _VERIFIED: "Last verified {}.",
        _HANDLING: "Handling: {}.",
        _PLACE: "For {}.",
        APPROVED: "A reply your hub has approved.",
    },
    "fr": {
        _BEHIND: "L’original a été mis à jour après cette traduction.",
        _VERIFIED: "Vérifié la dernière fois le {}.",
        _HANDLING: "Diffusion\u00a0: {}.",
        _PLACE: "Pour\u00a0: {}.",
        APPROVED: "Une réponse approuvée par votre réseau.",
    },
}


def caveats_of(hit: Hit, region: str | None = None) -> tuple[str, ...]:
    """Return the codes of what must be said with this quotation to somebody in `region`.

    Text that holds in some places alone says so to whoever is elsewhere; to one whose place nobody knows its
    heading does.
    """
    approved = (APPROVED,) if hit.kind == APPROVED else ()
    verified = date.fromisoformat(hit.verified) if hit.verified else None
    # what holds in both countries holds for everybody who asks
    confined = () if {"US", "CA"} <= set(hit.jurisdiction) else hit.jurisdiction
    elsewhere = bool(confined and region) and not fits(confined, region)
    place = (f"{_PLACE}:{' '.join(confined)}",) if elsewhere else ()
    return (*approved, *codes(behind=hit.behind, verified=verified, handling=hit.handling), *place)


def codes(*, behind: bool, verified: date | None, handling: str) -> tuple[str, ...]:
    """Return the codes of what must be said with any quotation of a document."""
    found = (
        _BEHIND if behind else "",
        f"{_VERIFIED}:{verified.isoformat()}" if verified else "",
        f"{_HANDLING}:{handling}" if handling else "",
    )
    return tuple(code for code in found if code)


def kept(said_with: Sequence[str]) -> str:
    """Return codes as one text, to be stored."""
    return _SEPARATOR.join(said_with)


def read(stored: str) -> tuple[str, ...]:
    """Return the codes that `kept` stored."""
    return tuple(code for code in stored.split(_SEPARATOR) if code)


def say(said_with: Sequence[str], language: str) -> tuple[str, ...]:
    """Return the codes as sentences in the reader's language."""
    language = "fr" if language == "fr" else "en"
    said = []
    for code in said_with:
        name, _, value = code.partition(":")
        if name == _VERIFIED:
            value = times.date_in_words(date.fromisoformat(value), language)
        if name == _PLACE:
            value = ", ".join(places.name(place, language) for place in value.split())
        if name in _WORDS[language]:
            said.append(_WORDS[language][name].format(value))
    return tuple(said)
