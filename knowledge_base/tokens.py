"""Text to index terms, for English and French.

The same analysis serves passages and questions: accents folded, elisions split, hyphen and
apostrophe variants unified, function words dropped, Snowball stems. Folding comes before
stemming, so that a message typed without accents meets the text written with them.
"""

import re
import unicodedata
from functools import lru_cache
from threading import local

from Stemmer import Stemmer

from knowledge_base.stopwords import ENGLISH, ENGLISH_WEAK, FRENCH, FRENCH_WEAK

# Raise whenever the same text may give other terms: stored stems are then made again.
ANALYSIS_VERSION = 2

LONGEST_TOKEN = 40

_ALGORITHMS = {"en": "english", "fr": "french"}
_STOPWORDS = {"en": ENGLISH, "fr": FRENCH}
_WEAK = {"en": ENGLISH_WEAK, "fr": FRENCH_WEAK}

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\u00b4\u0060\uff07\u2032", "'"))
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"))
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "\u00ad": None, "\u200b": None, "ß": "ss"})


class _Marks(dict[int, int | None]):
    """For `str.translate`: combining marks go, everything else stays. Filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.combining(chr(code)) else code
        self[code] = kept
        return kept


_MARKS = _Marks()
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu)'(?=\w)")
_DOTTED_ACRONYM = re.compile(r"\b(?:[a-z]\.){2,}[a-z]?")
_DOTTED_NUMBER = re.compile(r"\b\d(?:-\d)+\b(?!-)")
# "élu·e·s", "élu(e)s": the inclusive endings say nothing more than the word does.
_INCLUSIVE = re.compile(r"(?<=[a-z])(?:[\u00b7\u2022\u2027]\w{1,5}){1,2}|(?<=[a-z])\((?:e|s|ne|le|es)\)s?")
_SINGLE_PREFIX = re.compile(r"\b([a-z])-(?=[a-z])")
_POSSESSIVE = re.compile(r"'(?:s|re|ve|ll|d|m)?(?!\w)")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|\w+")

_stemmers = local()


def fold(text: str) -> str:
    """Return text in lower case without accents, with one kind of apostrophe and hyphen."""
    text = text.translate(_APOSTROPHES).translate(_HYPHENS).casefold()
    if text.isascii():
        return text
    text = text.translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", text)
    # Again: a mathematical or full-width capital is a capital only once it is decomposed.
    return decomposed.translate(_MARKS).casefold()


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text in order, function words included, stems not yet taken."""
    text = fold(text)
    text = _DOTTED_ACRONYM.sub(lambda match: match[0].replace(".", "") + " ", text)
    text = _DOTTED_NUMBER.sub(lambda match: match[0].replace("-", ""), text)
    text = _INCLUSIVE.sub("", text)
    text = _ELISION.sub(" ", text)
    text = _SINGLE_PREFIX.sub(r"\1", text)
    text = text.replace("n't", "nt")
    text = _POSSESSIVE.sub(" ", text).replace("'", "").replace("_", " ")
    return tuple(token for token in _TOKEN.findall(text) if len(token) <= LONGEST_TOKEN)


def analyse(text: str, language: str) -> tuple[str, ...]:
    """Return the index terms of a text in order, repeats kept.

    Languages other than "en" and "fr" are folded but neither stemmed nor stripped of
    function words. Analysing the joined result again gives the same terms.
    """
    if language not in _ALGORITHMS:
        return words(text)
    stopwords = _STOPWORDS[language]
    stems = (stem(word, language) for word in words(text) if word not in stopwords)
    return tuple(term for term in stems if term not in stopwords)


def telling(text: str, language: str) -> frozenset[str]:
    """Return those terms of a text that say something about its subject."""
    weak = _WEAK.get(language, frozenset())
    return frozenset(
        term
        for word in words(text)
        if word not in weak
        for term in _terms(word, language)
        if term not in weak
    )


@lru_cache(maxsize=65536)
def _terms(word: str, language: str) -> tuple[str, ...]:
    return analyse(word, language)


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """Return the stem of one folded word; the stem of a stem is itself."""
    if not word.isalpha():
        return word
    stemmer = _stemmer(language)
    for _ in range(4):
        shorter = stemmer.stemWord(word)
        if shorter == word:
            break
        word = shorter
    return word


def _stemmer(language: str) -> Stemmer:
    """Return this thread's stemmer: the C object may not be shared between threads."""
    stemmer = getattr(_stemmers, language, None)
    if stemmer is None:
        # Its own cache is off: ours is bounded and shared.
        stemmer = Stemmer(_ALGORITHMS[language], 0)
        setattr(_stemmers, language, stemmer)
    return stemmer
