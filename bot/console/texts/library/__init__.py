"""What the console says about the library, in both languages."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from bot.browser.language import Language, typeset
from bot.console.texts.library.english import ENGLISH
from bot.console.texts.library.french import FRENCH
from bot.console.texts.library.sentences import LibraryTexts

__all__ = ["LIBRARY", "LibraryTexts"]


def _set(texts: LibraryTexts, language: Language) -> LibraryTexts:
    """Return the sentences with their language's apostrophes and spaces; what is typed over stays plain."""
    done: dict[str, str | dict[str, str]] = {}
    for one in fields(texts):
        value: str | Mapping[str, str] = getattr(texts, one.name)
        if one.name == "skeleton":
            done[one.name] = str(value)
        elif isinstance(value, str):
            done[one.name] = typeset(value, language)
        else:
            done[one.name] = {name: typeset(words, language) for name, words in value.items()}
    return replace(texts, **done)  # type: ignore[arg-type]  # each value keeps its field's type


LIBRARY: Final[Mapping[Language, LibraryTexts]] = {
    Language.EN: _set(ENGLISH, Language.EN),
    Language.FR: _set(FRENCH, Language.FR),
}
