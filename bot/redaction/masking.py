"""Find personal data and put numbered placeholders in its place."""

import re
from collections.abc import Iterable, Mapping

from bot.redaction import addresses, numbers
from bot.redaction.plain import plain
from bot.redaction.values import Found, Kind, Masked, Span

_NAMES: Mapping[str, Mapping[Kind, str]] = {
    "en": {
        Kind.ADDRESS: "home address", Kind.POSTAL_CODE: "postal code", Kind.PHONE: "phone number",
        Kind.EMAIL: "email address", Kind.PLATE: "licence plate", Kind.BIRTH_DATE: "birth date",
        Kind.NATIONAL_ID: "ID number", Kind.HANDLE: "account link", Kind.LOCATION: "map location",
    },
    "fr": {
        Kind.ADDRESS: "adresse personnelle", Kind.POSTAL_CODE: "code postal", Kind.PHONE: "numéro de téléphone",
        Kind.EMAIL: "adresse courriel", Kind.PLATE: "plaque d'immatriculation", Kind.BIRTH_DATE: "date de naissance",
        Kind.NATIONAL_ID: "numéro d'identité", Kind.HANDLE: "lien vers un compte", Kind.LOCATION: "position sur la carte",
    },
}  # fmt: skip
_TELLING = 6  # letters and digits of an address that can't be another by chance
# Where two claims overlap, the more specific kind names the stretch.
_RANK = {
    Kind.EMAIL: 0, Kind.HANDLE: 1, Kind.NATIONAL_ID: 2, Kind.ADDRESS: 3, Kind.PHONE: 4, Kind.BIRTH_DATE: 5,
    Kind.LOCATION: 6, Kind.PLATE: 7, Kind.POSTAL_CODE: 8,
}  # fmt: skip


def mask(text: str, *, language: str = "en", official: frozenset[str] = frozenset()) -> Masked:
    """Replace personal data in `text` by placeholders such as "[home address 1]".

    The same value gets the same number. `official` holds lines and addresses of the directory that must
    survive, as written there; punctuation and case do not matter. `language` chooses the placeholder's
    words ("fr", else English). Takes time linear in the text.
    """
    ready = plain(text)
    kept = frozenset(_key(line) for line in official) - {""}
    places = tuple(addresses.find(ready.text))
    found = _settled((*places, *numbers.find(ready.text, places)))
    names = _NAMES["fr" if language == "fr" else "en"]
    numbered: dict[Kind, dict[str, int]] = {}
    spans: list[Span] = []
    pieces: list[str] = []
    done = 0
    for item in found:
        key = _key(ready.text[item.start : item.end])
        if _official(key, kept):
            continue
        start, end = ready.original(item.start, item.end)
        seen = numbered.setdefault(item.kind, {})
        placeholder = f"[{names[item.kind]} {seen.setdefault(key, len(seen) + 1)}]"
        spans.append(Span(start, end, item.kind, text[start:end], placeholder))
        pieces += (text[done:start], placeholder)
        done = end
    pieces.append(text[done:])
    return Masked("".join(pieces), tuple(spans))


def _settled(found: Iterable[Found]) -> list[Found]:
    """Return the claims in order, overlapping ones joined under the most telling kind."""
    settled: list[Found] = []
    for item in sorted(found, key=lambda f: (f.start, -f.end, _RANK[f.kind])):
        if settled and item.start < settled[-1].end:
            last = settled[-1]
            kind = min(last.kind, item.kind, key=_RANK.__getitem__)
            settled[-1] = Found(last.start, max(last.end, item.end), kind)
        else:
            settled.append(item)
    return settled


def _key(text: str) -> str:
    """Return the words of a text, or the digits of a number, without punctuation and case."""
    words = re.sub(r"\W+", " ", text).casefold().strip()
    return words if any(character.isalpha() for character in words) else words.replace(" ", "")


def _official(key: str, kept: frozenset[str]) -> bool:
    if key in kept:
        return True
    digits = key.isdigit() and len(key) >= 10
    if digits:
        return any(line.isdigit() and line[-10:] == key[-10:] for line in kept)
    # "40 Justice Way" without its city, or a line with more behind it. By whole words: 12 King St is not 12 Kingston Road.
    # Where the directory names the city, another city's street of that name is somebody's home.
    lines = [line for line in kept if not line.isdigit()]
    return len(key) >= _TELLING and any(
        f"{line} ".startswith(f"{key} ")
        or (
            len(line) >= _TELLING
            and line[0].isdigit()
            and key.startswith(f"{line} ")
            and not any(longer.startswith(f"{line} ") for longer in lines)
        )
        for line in lines
    )
