"""Every sentence of the chat pages, in English and French, each written for its reader."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from bot.browser.language import Language, typeset
from bot.channels.web.texts.english import ENGLISH
from bot.channels.web.texts.french import FRENCH
from bot.channels.web.texts.sentences import ChatTexts


def _set(texts: ChatTexts, language: Language) -> ChatTexts:
    return replace(
        texts, **{field.name: typeset(getattr(texts, field.name), language) for field in fields(texts)}
    )


TEXTS: Final[Mapping[Language, ChatTexts]] = {
    Language.EN: _set(ENGLISH, Language.EN),
    Language.FR: _set(FRENCH, Language.FR),
}

__all__ = ["TEXTS", "ChatTexts"]
