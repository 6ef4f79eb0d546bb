"""Tell the language of a message: English, French, or another one.

Two witnesses: function words, sure on short messages and cheap, and py3langid, good from
about five words on. py3langid is asked without restriction: held to English and French it
calls a Spanish message French.
"""

import re
from collections.abc import Sequence

import py3langid

from knowledge_base.stopwords import ENGLISH_WEAK, FRENCH_WEAK
from knowledge_base.tokens import fold, words

SUPPORTED = ("en", "fr")

# Below this many words a message is English or French: too little says otherwise.
ENOUGH_WORDS = 5

# Up to so many words the model's guess is poor: "and just for one person?" is no Pidgin.
_FEW_WORDS = 9
_NEARLY_ALL = 0.7

# A pasted article tells its language in its first lines.
_READ_CHARACTERS = 2000

_NOISE = re.compile(r"https?://\S+|\S+@\S+|<[^>\s]*>|:[a-z0-9_+-]+:|[#@]\w+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_SYLLABICS = re.compile("[\u1400-\u167f]")
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u1cff\u2c00-\ua69f\ua6a0-\ua71f\ua800-\uabff\uac00-\ud7af\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufeff]"
)

# Words that one of the two has and the other, and its cousins, mostly do not.
_ENGLISH = frozenset(
    """
    the and is are was were of to in it my our your they them this that what who how why with from someone
    have has had not dont cant can should would could will do does did we i you he she me at by or be been
    hello hi help please thanks thank about there their his her any anyone now need want
    threat threats police council mayor meeting letter call online house home
    """.split()  # noqa: SIM905 - a word list reads better as text
)
_FRENCH = frozenset(
    """
    je tu il nous vous ils elle elles le les des du et est suis sont etes avez avons ai ont pour dans avec
    sur chez qui quoi que comment pourquoi quand pas ne une un ma mon mes notre nos votre vos sa son ses ce
    cette ces aux au ou mais bonjour merci svp aide aidez aider besoin urgence urgent menace menaces quelqu
    j l d c qu n m s jai cest quel quelle faire faut doit peut peux ville maire mairesse conseil seance
    plainte adresse maison
    """.split()  # noqa: SIM905 - a word list reads better as text
)
_ACCENTS = re.compile("[àâçéèêëîïôùûœ]", re.IGNORECASE)
_ELIDED = re.compile(
    r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['\u2019](?=[aeiouyhàâéèêîôœ])", re.IGNORECASE
)


# "en français svp", "in English please": the whole message, for it may stand in any sentence.
_WISH = re.compile(
    r"\W*(?:(?:can|could) (?:you|i) (?:answer|say that|have (?:it|that|this)) |(?:et|and|or) |(?:repondez|reponds|redites?|answer|again)(?: moi)? |(?:la )?(?:meme|same)(?: chose| thing)? )?"
    r"(?:(?:en|in) )?(?:(francais|french)|(anglais|english))(?: (?:version))?\W*(?:svp|s'il (?:vous|te) plait|please|pls|merci|thanks|maintenant|now)?\W*"
)


def language_wished(text: str) -> str | None:
    """Return the language that a message asks to be answered in, when it asks nothing else."""
    wish = _WISH.fullmatch(fold(text[:200]).strip())
    if wish is None:
        return None
    return "fr" if wish[1] else "en"


def detect(text: str) -> str:
    """Return "en", "fr", or the ISO code of another language of five or more words.

    Text without words gives "en"; a short message gives the better guess of "en" and "fr",
    unless it is written in a script that neither uses.
    """
    text = _NOISE.sub(" ", text[: 4 * _READ_CHARACTERS])[:_READ_CHARACTERS]
    found = _WORD.findall(text)
    if not found:
        return "en"
    letters = sum(map(len, found))
    if len(_SYLLABICS.findall(text)) > letters / 2:
        return "iu"
    if len(_OTHER_SCRIPT.findall(text)) > letters / 2:
        return str(py3langid.classify(text)[0])
    english, french = _evidence(found)
    if len(found) < ENOUGH_WORDS:
        return _closer(text, english, french)
    best = str(py3langid.classify(text)[0])
    if best in SUPPORTED:
        # Slang, names and missing accents mislead the model; function words seldom do.
        if best == "en" and french >= 2 * english + 2:
            return "fr"
        if best == "fr" and english >= 2 * french + 2:
            return "en"
        return best
    if len(found) <= _FEW_WORDS and (plain := _plainly(found)):
        return plain
    strong = max(3, len(found) * 0.3)
    if english >= strong and english > french:
        return "en"
    if french >= strong and french > english and _is_close(text, best):
        return "fr"
    return best


def warm_up() -> None:
    """Load the model now, so that the first message does not wait for it."""
    py3langid.classify("warm up")


def _evidence(found: Sequence[str]) -> tuple[float, float]:
    english = french = 0.0
    for word in found:
        if _ELIDED.match(word):
            french += 1.5
            continue
        plain = fold(word).replace("'", "")
        if plain in _ENGLISH:
            english += 1
        if plain in _FRENCH:
            french += 1
        if _ACCENTS.search(word):
            french += 0.5
    return english, french


def _plainly(found: Sequence[str]) -> str | None:
    """Return the language that nearly every word of a short message belongs to, if it is one of the two."""
    folded = [word for one in found for word in words(one)]
    shares = {
        code: sum(word in known for word in folded) / max(len(folded), 1)
        for code, known in (("en", ENGLISH_WEAK | _ENGLISH), ("fr", FRENCH_WEAK | _FRENCH))
    }
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= _NEARLY_ALL else None


def _closer(text: str, english: float, french: float) -> str:
    if english != french:
        return "en" if english > french else "fr"
    ranked = [code for code, _ in py3langid.rank(text) if code in SUPPORTED]
    # The model knows nothing of one or two letters: it then ranks by the alphabet.
    return str(ranked[0]) if ranked and len(text.strip()) > 3 else "en"


def _is_close(text: str, best: str) -> bool:
    """Say whether French comes right behind: Spanish shares too many of its short words."""
    order = [code for code, _ in py3langid.rank(text)[:4]]
    return best not in ("es", "pt", "it", "ca", "ro", "ht", "gl") and "fr" in order
