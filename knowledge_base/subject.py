"""What a conversation is about, followed from turn to turn.

A turn of few telling words says little of its subject: "and for my staff?" is about what was asked before.
Each turn is read by itself, and what it says is weighed against the subject so far: a long message is likely
to have one of its own, a short one is likely to go on. Only what the same person wrote is read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from knowledge_base.language import ENOUGH_WORDS, SUPPORTED, detect
from knowledge_base.questions import asked_in
from knowledge_base.tokens import stem, telling
from knowledge_base.topics import NONE, topic_model

Shares = Mapping[str, float]

# Chosen on conversations and on pairs of messages about different things: how likely a turn leaves the
# subject, more with each word beyond a short question, less where it opens as a continuation.
_LEAVES = 0.3
_LEAVES_A_WORD = 0.06
_LEAVES_AT_MOST = 0.9
_SHORT = 8
_GOES_ON = 0.3
# How much of what a turn says is believed: some of it, and more with each word that tells something.
_BELIEVED = 0.2
_BELIEVED_A_WORD = 0.12
# Common words look like talk of nothing, and in the middle of a conversation that is weak evidence.
_BELIEVED_OF_NOTHING = 0.8
# The share of messages about nothing that the model knows.
_NOTHING = 0.15

# A mail is read whole, and what it asks once more. What was pasted above a question says less than the question.
_ASKED_SHARE = 0.2
PASTED_WORDS = 250
_PASTED_SHARE = 0.5
_LEAST = 1e-6

# Asks for something, and does not say of what: "give me the words to say", "who should talk to them".
_ASKING = {
    "en": frozenset(
        """
        answer ask begin call come contact do find first get give go happen help keep know later look make next okay
        phone put reach read ring said say send show sooner speak start stop take talk tell text thing think today
        tomorrow try use word words work write
        """.split()  # noqa: SIM905 - a word list reads better as text
    ),
    "fr": frozenset(
        """
        aider aller appel appeler arriver commencer contacter demander dire dis dit donner ecrire ensuite envoyer
        essayer garder joindre lire mettre montrer mot mots parler penser premier prendre prevenir previens regarder
        repondre savoir texte trouver utiliser venir
        """.split()  # noqa: SIM905 - a word list reads better as text
    ),
}
_CONTINUES = re.compile(
    r"\W*(?:ok |yes |so |oui |bon |alors )*(?:and|what about|how about|same|what if|but|or|et|même|mais|ou|qu[’']en est-il|si)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as it is read for its subject: its text, and other words for the same thing with their weights."""

    text: str
    language: str
    others: tuple[tuple[str, float], ...] = ()


def subject_of(turns: Iterable[Turn]) -> Shares:
    """Return how likely each topic is after these turns, oldest first; {} where nothing says anything."""
    belief: Shares = {}
    for turn in turns:
        said = _said(turn)
        words = len(telling(turn.text, turn.language) - _asking(turn.language))
        if not said or (belief and not words):
            continue
        belief = _followed(belief, said, turn.text, words) if belief else said
    return belief


def earlier(text: str, language: str) -> Turn:
    """Return an earlier message as a turn; it may be in the other language than the one being read now."""
    told = detect(text) if len(text.split()) >= ENOUGH_WORDS else language
    return Turn(text, told if told in SUPPORTED else language)


def _followed(before: Shares, said: Shares, text: str, words: int) -> Shares:
    leaves = min(_LEAVES_AT_MOST, _LEAVES + _LEAVES_A_WORD * max(0, len(text.split()) - _SHORT))
    if _CONTINUES.match(text):
        leaves *= _GOES_ON
    believed = min(1.0, _BELIEVED + _BELIEVED_A_WORD * words)
    # Talk about nothing in particular is no subject that could go on.
    stays = {topic: (1 - leaves) * share for topic, share in before.items() if topic != NONE}
    left = 1 - sum(stays.values())
    usual = {topic: _NOTHING if topic == NONE else (1 - _NOTHING) / max(1, len(said) - 1) for topic in said}
    weighed = {
        topic: (stays.get(topic, 0.0) + left * usual[topic])
        * (max(share, _LEAST) / usual[topic]) ** (believed * (_BELIEVED_OF_NOTHING if topic == NONE else 1))
        for topic, share in said.items()
    }
    whole = sum(weighed.values())
    return {topic: share / whole for topic, share in weighed.items()}


@cache
def _asking(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in _ASKING.get(language, ()))


@lru_cache(maxsize=1024)
def _said(turn: Turn) -> Shares:
    """Return what one message says by itself."""
    model = topic_model(turn.language)
    if model is None:
        return {}
    read: dict[str, float] = {}
    for text, weight in ((turn.text, 1.0), *turn.others):
        asked = asked_in(text)
        if asked == text:
            read[text] = weight
            continue
        pasted = len(text.split()) > PASTED_WORDS
        read[text] = weight * (_PASTED_SHARE if pasted else 1.0)
        read[asked] = weight * (1.0 if pasted else _ASKED_SHARE)
    return model.read(read, turn.language)
