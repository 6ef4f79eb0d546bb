"""Every sentence of the console, in English and French, each written for its reader."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from bot.browser.language import Language, typeset
from bot.console.texts.english import ENGLISH
from bot.console.texts.french import FRENCH
from bot.console.texts.sentences import ConsoleTexts, Names


def _set(texts: ConsoleTexts, language: Language) -> ConsoleTexts:
    done: dict[str, str | Names] = {}
    for one in fields(texts):
        value: str | Names = getattr(texts, one.name)
        if isinstance(value, str):
            done[one.name] = typeset(value, language)
        else:
            done[one.name] = {name: typeset(words, language) for name, words in value.items()}
    return replace(texts, **done)  # type: ignore[arg-type]  # each value keeps its field's type


TEXTS: Final[Mapping[Language, ConsoleTexts]] = {
    Language.EN: _set(ENGLISH, Language.EN),
    Language.FR: _set(FRENCH, Language.FR),
}

__all__ = ["TEXTS", "ConsoleTexts"]
