"""Which country, state or province a heading or a line speaks of.

Codes are "US", "CA", or one of these with a subdivision, such as "US-CA" or "CA-QC".
"""

import re
from collections.abc import Sequence

from knowledge_base.stopwords import ENGLISH_WEAK, FRENCH_WEAK
from knowledge_base.tokens import fold, words

_COUNTRIES = (
    ("US", r"united states|american|etats[- ]unis|americaine?s?"),
    ("CA", r"canada|canadian|canadien(?:ne)?s?"),
)
_PROVINCES = {
    "AB": "alberta",
    "BC": "british columbia|colombie[- ]britannique",
    "MB": "manitoba",
    "NB": "new brunswick|nouveau[- ]brunswick",
    "NL": "newfoundland(?: and labrador)?|terre[- ]neuve(?:[- ]et[- ]labrador)?",
    "NS": "nova scotia|nouvelle[- ]ecosse",
    "NT": "northwest territories|territoires du nord[- ]ouest",
    "NU": "nunavut",
    "ON": "ontario",
    "PE": "prince edward island|ile[- ]du[- ]prince[- ]edouard",
    "QC": "quebec",
    "SK": "saskatchewan",
    "YT": "yukon",
}
_STATES = {
    "AL": "alabama", "AK": "alaska", "AZ": "arizona", "AR": "arkansas", "CA": "california|californie",
    "CO": "colorado", "CT": "connecticut", "DE": "delaware", "FL": "florida|floride", "GA": "georgia|georgie",
    "HI": "hawaii", "ID": "idaho", "IL": "illinois", "IN": "indiana", "IA": "iowa", "KS": "kansas",
    "KY": "kentucky", "LA": "louisiana|louisiane", "MD": "maryland", "MA": "massachusetts", "MI": "michigan",
    "MN": "minnesota", "MS": "mississippi", "MO": "missouri", "MT": "montana", "NE": "nebraska",
    "NV": "nevada", "NH": "new hampshire", "NJ": "new jersey", "NM": "new mexico|nouveau[- ]mexique",
    "NY": "new york", "NC": "north carolina|caroline du nord", "ND": "north dakota|dakota du nord",
    "OH": "ohio", "OK": "oklahoma", "OR": "oregon", "PA": "pennsylvania|pennsylvanie", "RI": "rhode island",
    "SC": "south carolina|caroline du sud", "SD": "south dakota|dakota du sud", "TN": "tennessee",
    "TX": "texas", "UT": "utah", "VT": "vermont", "VA": "(?<!west )virginia", "WV": "west virginia",
    "WI": "wisconsin", "WY": "wyoming",
}  # fmt: skip
# "Maine" and "Washington" are also other things in French and in law names: left to the attributes.

# Folded, "US" would be the word "us".
_US_INITIALS = re.compile(r"(?<!\w)(?:U\.S\.(?:A\.)?|USA?|É\.-U\.)(?!\w)")

_PLACES = tuple(
    (code, re.compile(rf"(?<!\w)(?:{names})(?!\w)"))
    for code, names in (
        *_COUNTRIES,
        *((f"CA-{code}", names) for code, names in _PROVINCES.items()),
        *((f"US-{code}", names) for code, names in _STATES.items()),
    )
)
# As people type them; two letters that are also a word ("in", "or", "me", "on") are left out.
_SHORT_FORMS = {
    "CA-AB": "AB|Alta", "CA-BC": r"BC|B\.C|C\.-B|(?<=in )bc|(?<=about )bc", "CA-MB": "MB|Man", "CA-NB": r"NB|N\.B|N\.-B", "CA-NL": "NL|NFLD|Nfld",
    "CA-NS": r"NS|N\.S|N\.-É", "CA-ON": "Ont", "CA-PE": r"PEI|P\.E\.I|Î\.-P\.-É", "CA-QC": "QC|Qc|Qué|(?<=au )qc|(?<=in )qc", "CA-SK": "SK|Sask",
    "US-CA": "Calif", "US-FL": "Fla", "US-MA": "Mass", "US-MI": "Mich", "US-MN": "Minn", "US-NJ": "NJ", "US-NY": "NY|NYC",
    "US-NC": "NC", "US-SC": "SC", "US-TX": "TX|Tex", "US-WA": "Washington State|Wash", "US-WI": "Wis",
}  # fmt: skip
_ABBREVIATED = tuple(
    (code, re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")) for code, names in _SHORT_FORMS.items()
)
_PREPOSITION = re.compile(
    r"(?<!\w)(?:in|within|en|au|aux|dans|pour|for)(?: the| l'| la| le| les)? \Z|(?<!\w)dans l'\Z"
)
_LONGEST_PLACE = 120
# What is said around a place by somebody who asks the same of it.
_BESIDE_A_PLACE = (
    ENGLISH_WEAK
    | FRENCH_WEAK
    | frozenset(
        """
        apply applies different differ difference hold holds true work works rule rules thing question answer ask asking case
        hi hello sorry ok okay so actually meant mean say live here side based province state country city town work located tell
        change changes valid good go goes look looks same else
        pareil pareille identique different differente vaut valable applique change regle regles question cas chose reponse
        province etat pays ville oui bon ok alors plutot habite demeure suis situe situee cote valoir marche pis qc aussi fonctionne
        """.split()  # noqa: SIM905 - a word list reads better as text
    )
)
# "Canada:", "In Ontario, ...", "Au Québec, ..." open a line that speaks of that place alone.
_LEAD = re.compile(r"\A(?:in |en |au |aux |dans )?(?:the |l'|les |le )?")


def jurisdiction_of_heading(heading: Sequence[str]) -> tuple[str, ...]:
    """Return the places that the deepest heading naming any confines its text to; () for anywhere."""
    return next((found for part in reversed(heading) if (found := places_named(part))), ())


def jurisdiction_of_opening(text: str) -> tuple[str, ...]:
    """Return the place that the first words of a text confine it to; () for anywhere."""
    opening = fold(text[:60])
    opening = opening[_LEAD.match(opening).end() :]  # type: ignore[union-attr]  # it matches anything
    if _US_INITIALS.match(text.removeprefix("In ").removeprefix("the ")):
        return ("US",)
    return next(((code,) for code, pattern in _PLACES if pattern.match(opening)), ())


def places_named(text: str) -> tuple[str, ...]:
    """Return the codes of the places that a short text names, countries first."""
    folded = fold(text)
    found = [code for code, pattern in _PLACES if pattern.search(folded)]
    found += [code for code, pattern in _ABBREVIATED if code not in found and pattern.search(text)]
    if "US" not in found and _US_INITIALS.search(text):
        found.insert(0, "US")
    inner = {code.partition("-")[0] for code in found if "-" in code}
    # "Quebec, Canada" confines to Quebec.
    return tuple(code for code in found if code not in inner)


def only_place(text: str) -> str | None:
    """Return the place that a message names when it says nothing else: "what about in Ontario?", "au Québec c'est pareil?"."""
    if len(text) > _LONGEST_PLACE:
        return None
    named = places_named(text)
    if len(named) != 1:
        return None
    rest = _US_INITIALS.sub(" ", text)
    for _, pattern in _ABBREVIATED:
        rest = pattern.sub(" ", rest)
    rest = fold(rest)
    for _, pattern in _PLACES:
        rest = pattern.sub(" ", rest)
    return named[0] if all(word in _BESIDE_A_PLACE for word in words(rest)) else None


def place_asked_about(text: str) -> str | None:
    """Return the one place that a message says it is about: "what about in Ontario?", "au Québec".

    A place that is only named ("a New York paper called") says nothing of where the asker is.
    """
    folded = fold(text)
    found = [
        code
        for code, pattern in _PLACES
        if any(_PREPOSITION.search(folded[: match.start()]) for match in pattern.finditer(folded))
    ]
    if _US_INITIALS.search(text):
        found.append("US")
    inner = {code.partition("-")[0] for code in found if "-" in code}
    confined = list(dict.fromkeys(code for code in found if code not in inner))
    return confined[0] if len(confined) == 1 else None


def fits(passage: Sequence[str], wanted: str | None) -> bool:
    """Say whether text confined to some places may be given to somebody in `wanted`.

    Text confined nowhere fits everybody; somebody whose place is unknown fits everything.
    A person in Ontario gets what is for Canada; a person known only by country gets what
    is for any of its provinces.
    """
    if not passage or not wanted:
        return True
    return any(
        place == wanted or wanted.startswith(f"{place}-") or place.startswith(f"{wanted}-")
        for place in passage
    )
