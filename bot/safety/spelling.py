"""Repair misspelt danger words, and only those: "kinfe", "behnd me", "fusl"."""

import functools

from bot.safety.common_words import COMMON
from bot.safety.lexicon import plain_words

# Words whose misspelling can cost something. Five letters and more: shorter words have too many neighbours.
_WORTH_REPAIRING = frozenset(
    """
    gun knife rifle pistol weapon armed machete crowbar hammer bullet powder envelope package parcel bomb explosive
    device grenade outside inside driveway porch parking doorstep backyard hallway lobby behind following follows
    breaking smashing kicking pounding banging window windows shooting shooter shots gunfire stabbed stabbing punched
    attacked attacking choking strangling bleeding breathing unconscious collapsed unresponsive seizure hiding locked
    barricaded trapped threatened threatening threat kill killing murder burning gasoline suicide suicidal pills
    goodbye burden tonight screaming stranger intruder officers police swat hostage scared terrified emergency someone
    somebody bathroom closet overdose stalking tailing evacuate fentanyl molotov ticking leaking stabs hurts bleeding
    fusil couteau pistolet arme armee bombe colis enveloppe poudre explosif menace menacent menaces tuer dehors porte
    fenetre stationnement derriere defonce frappe cogne suivent agresse poignarde etrangle saigne respire inconscient
    effondre cache cachee caches enferme enfermes barricade suicider mourir pilules fardeau policiers brulent brule
    quelqu voiture camion essence blesse blessee fusillade tireur otage peur entree masque
    """.split()  # noqa: SIM905 - a table of words
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST = 5


@functools.cache
def _corrections() -> dict[str, str]:
    known = COMMON | plain_words()
    table: dict[str, str] = {}
    for word in sorted(_WORTH_REPAIRING):
        for variant in _one_edit_away(word):
            if variant not in known and variant[:1] == word[:1]:
                table.setdefault(variant, word)
    return table


def repair(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return `words` with danger words that are one slip away put right."""
    table = _corrections()
    return tuple(table.get(word, word) for word in words)


def _one_edit_away(word: str) -> set[str]:
    cuts = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    variants = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    if len(word) >= _LEAST:
        variants |= {a + b[1:] for a, b in cuts if b}
        variants |= {a + c + b[1:] for a, b in cuts if b for c in _LETTERS}
        variants |= {a + c + b for a, b in cuts for c in _LETTERS}
    variants.discard(word)
    return variants
