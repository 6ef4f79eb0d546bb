"""The sentences of the page behind a pager's link, in English and French."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.browser.language import Language


@dataclass(frozen=True, slots=True)
class PagerTexts:
    """One language's sentences."""

    title: str
    lead: str
    button: str
    yours: str
    theirs: str
    not_yet: str
    refused: str
    unknown: str
    open: str
    test_lead: str
    tested: str


TEXTS: Final[Mapping[Language, PagerTexts]] = {
    Language.EN: PagerTexts(
        title="You were paged",
        lead="Someone may be in danger. Press the button if you take this: the others stop being paged.",
        button="I have it",
        yours="{number} is yours. Open it now.",
        theirs="Noted. {number} is with {owner}.",
        not_yet="The request is still being opened. Press again in a few seconds.",
        refused="You can’t take this request. Somebody else is being paged.",
        unknown="This link is not one of ours, or has run out. Open the queue instead.",
        open="Open in the console",
        test_lead="This is a test. Nobody is in danger. Press the button to show that pages reach you.",
        tested="Thank you. The test has reached you.",
    ),
    Language.FR: PagerTexts(
        title="Vous avez été alerté",
        lead="Quelqu’un est peut-être en danger. Appuyez si vous vous en occupez : les autres ne seront plus alertés.",
        button="Je m’en occupe",
        yours="{number} est à vous. Ouvrez la demande maintenant.",
        theirs="C’est noté. {number} est avec {owner}.",
        not_yet="La demande est en train de s’ouvrir. Appuyez de nouveau dans quelques secondes.",
        refused="Vous ne pouvez pas prendre cette demande. Quelqu’un d’autre est alerté.",
        unknown="Ce lien n’est pas de nous, ou n’est plus valable. Ouvrez plutôt la file.",
        open="Ouvrir dans la console",
        test_lead="Ceci est un essai. Personne n’est en danger. Appuyez pour montrer que les alertes vous parviennent.",
        tested="Merci. L’essai vous est bien parvenu.",
    ),
}
