"""Which language a page is shown in. Pure."""

from enum import StrEnum


class Language(StrEnum):
    """The languages every page is written in."""

    EN = "en"
    FR = "fr"


def named(value: str | None) -> Language | None:
    """Return the language that a tag such as "fr-CA" names, or None when we have no pages in it."""
    tag = (value or "").strip().lower().replace("_", "-").split("-")[0]
    return Language(tag) if tag in {member.value for member in Language} else None


def choose(asked: str | None, remembered: str | None, accept_language: str | None) -> Language:
    """Return the language to show: asked for now, else chosen before, else the browser's, else English."""
    return named(asked) or named(remembered) or _preferred(accept_language or "") or Language.EN


def other(language: Language) -> Language:
    """Return the language that the switch on the page leads to."""
    return Language.FR if language is Language.EN else Language.EN


def _preferred(header: str) -> Language | None:
    best: tuple[float, Language] | None = None
    for part in header[:500].split(","):
        tag, _, parameters = part.partition(";")
        language = named(tag)
        quality = _quality(parameters)
        if language and quality > 0 and (best is None or quality > best[0]):
            best = (quality, language)
    return best[1] if best else None


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def typeset(text: str, language: Language) -> str:
    """Return `text` with its language's apostrophes, and in French its no-break spaces."""
    text = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    if language is Language.FR:
        gap = "\N{NO-BREAK SPACE}"
        for before, after in ((" :", f"{gap}:"), ("« ", f"«{gap}"), (" »", f"{gap}»")):
            text = text.replace(before, after)
    return text
