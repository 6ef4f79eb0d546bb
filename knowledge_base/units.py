"""What stands by itself in a document and is cited by itself: recommendations, contacts, definitions. Pure."""

import re

from knowledge_base.tokens import fold

_NUMBER = r"((?:[a-z]{1,2}-)?\d{1,3}(?:\.\d{1,2})?[a-z]?)\b"
_RECOMMENDATION = re.compile(
    rf"\A(?:recommendations?|recommandations?|rec\.)\s+(?:(?:n[o\u00b0\u00ba]|no|number|num[e\u00e9]ro)\.?\s*|#\s*)?{_NUMBER}",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\A(\d{1,3})[.)]\s+(?=\S)")
_RECOMMENDATIONS = re.compile(
    r"\A(?:[\divx]+[.)]?\s+)?(?:(?:our|key|main|all|list of|summary of|nos|principales?|liste des?|sommaire des?|toutes les)\s+){0,2}"
    r"(?:recommendations|recommandations)\W*\Z"
)
_CONTACTS = re.compile(
    r"\b(who to (?:call|contact)|whom to call|contacts?|phone numbers?|help ?lines?"
    r"|qui (?:appeler|joindre|contacter)|a qui (?:parler|telephoner)|coordonnees|personnes?-ressources?)\b"
)
_GLOSSARY = re.compile(
    r"\A(?:[\d.]+\s+)?(?:definitions?|glossary|key terms|terms used|glossaire|lexique|terminologie|termes(?: cles)?)\W*\Z"
)
# Where to read more: shown on the document's page, but no answer in itself.
_SOURCES = re.compile(
    r"\A(?:[\d.]+ )?(?:sources|references|bibliograph\w+|see also|a lire aussi|voir aussi"
    r"|footnotes|endnotes|notes de bas de page|notes de fin)\W*\Z"
)
_DEFINES = re.compile(
    r"\A[\"\u201c\u00ab]?\s?[^\W\d_][^.;:!?]{1,60}?\s?[\"\u201d\u00bb]?\s+(?:means|refers to|is defined as|is when somebody"
    r"|d\u00e9signe|signifie|s[\u2019']entend d\w*|se d\u00e9finit comme)\s"
)
# How somebody is reached: a telephone number of ten or seven digits, an email address.
_REACHED = re.compile(
    r"(?<![\d-])(?:\+?1[-. ]?)?(?:\(\d{3}\)\s?|\d{3}[-. ])?\d{3}[-. ]\d{4}(?![\d-])|[\w.+-]+@[\w-]+\.[\w.]+"
)
_LONGEST_CONTACT = 45


def recommendation_of(text: str) -> str | None:
    """Return the number with which a text begins as a recommendation."""
    found = _RECOMMENDATION.match(text)
    return found[1] if found else None


def listed_recommendation(heading: tuple[str, ...], text: str) -> str | None:
    """Return the number of a paragraph "12. Do this." under a heading "Recommendations"."""
    found = _BARE_NUMBER.match(text)
    return found[1] if found and lists_recommendations(heading) else None


def lists_recommendations(heading: tuple[str, ...]) -> bool:
    """Say whether the items under a heading are the recommendations themselves."""
    return bool(heading) and bool(_RECOMMENDATIONS.match(fold(heading[-1])))


def is_contacts(heading: tuple[str, ...]) -> bool:
    """Say whether a heading, or one above it, stands over people and numbers to call."""
    return any(_CONTACTS.search(fold(part)) for part in heading)


def is_sources(heading: tuple[str, ...]) -> bool:
    """Say whether a heading stands over what to read elsewhere."""
    return bool(heading) and bool(_SOURCES.match(fold(heading[-1])))


def is_contact(text: str) -> bool:
    """Say whether a short text says how somebody is reached."""
    return len(text.split()) <= _LONGEST_CONTACT and bool(_REACHED.search(text))


def is_definition(heading: tuple[str, ...], text: str) -> bool:
    """Say whether a text tells what a word means."""
    in_glossary = bool(heading) and bool(_GLOSSARY.match(fold(heading[-1])))
    return in_glossary or bool(_DEFINES.match(text))
