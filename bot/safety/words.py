"""Turn a message into folded words and sentences, the same way for training and for reading.

Folding removes what a frightened or hostile writer varies: case, accents, zero-width characters,
look-alike letters, stretched letters, chat spellings. Meaning is never taken from the raw text.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 200_000
# A run of words without a stop is cut, so that two ends of a page are not read as one sentence.
_LONGEST = 60

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвкмнтАВЕКМНОРСТХІЈЅοαεικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwbkmhtabekmhopctxijsoaeiknptuxabezhikmnoptyx",
)
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?;\n\r…]+(?=\s|$|[\"'»”)])|\n+")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_EMOJI = {
    "😂": " haha ", "🤣": " haha ", "😅": " haha ", "😆": " haha ", "😜": " haha ", "🙄": " haha ", "😉": " haha ",
    "😵": " haha ", "💀": " haha ", "😭": " sob ", "🔪": " knife ", "🔫": " gun ", "💣": " bomb ", "🆘": " sos ",
    "🚨": " urgent ",
}  # fmt: skip
CHAT = {
    "ppl": "people", "rn": "right now", "atm": "right now", "smth": "something", "sth": "something",
    "sb": "somebody", "sum1": "someone", "som1": "someone", "sm1": "someone", "some1": "someone", "w": "with",
    "wth": "with", "pls": "please", "plz": "please", "u": "you", "ur": "your", "r": "are", "thru": "through",
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tomorow": "tomorrow", "tommorow": "tomorrow",
    "2moro": "tomorrow", "2nite": "tonight", "tonite": "tonight", "nite": "night", "cuz": "because", "bc": "because",
    "dont": "don t", "cant": "can t", "wont": "won t", "isnt": "isn t", "doesnt": "doesn t", "didnt": "didn t",
    "arent": "aren t", "wasnt": "wasn t", "couldnt": "couldn t", "shouldnt": "shouldn t", "wouldnt": "wouldn t",
    "havent": "haven t", "hasnt": "hasn t", "hes": "he s", "shes": "she s", "theyre": "they re", "thats": "that s",
    "theres": "there s", "im": "i m", "ive": "i ve", "whats": "what s", "gonna": "going to", "gunna": "going to",
    "wanna": "want to", "gotta": "have to", "outta": "out of", "kinda": "kind of", "bldg": "building",
    "yrs": "years", "yr": "year", "mins": "minutes", "min": "minutes", "hrs": "hours", "hr": "hour", "wk": "week",
    "wks": "weeks", "mtg": "meeting", "vm": "voicemail", "pd": "police", "omw": "on my way", "idk": "i don t know",
    "cud": "could", "shud": "should", "wud": "would", "abt": "about", "govt": "government", "prkg": "parking",
    "lol": "haha", "lmao": "haha", "lmfao": "haha", "rofl": "haha", "hahaha": "haha", "hehe": "haha", "hah": "haha",
    "jk": "haha", "mdr": "haha", "ptdr": "haha", "xd": "haha", "pcq": "parce que", "pck": "parce que",
    "qqn": "quelqu un", "qq1": "quelqu un", "qqun": "quelqu un", "kelkun": "quelqu un", "quelquun": "quelqu un",
    "jsuis": "je suis", "chui": "je suis", "chu": "je suis", "jai": "j ai", "jpeux": "je peux", "jveux": "je veux",
    "jsais": "je sais", "jpense": "je pense", "ya": "il y a", "cest": "c est", "pis": "puis",
    "svp": "s il vous plait", "stp": "s il vous plait", "bcp": "beaucoup", "tjrs": "toujours", "tjs": "toujours",
    "mnt": "maintenant", "mtn": "maintenant", "auj": "aujourd hui", "ajd": "aujourd hui", "dmain": "demain",
    "dvt": "devant", "bjr": "bonjour", "msg": "message",
    "msgs": "messages", "mec": "gars", "mecs": "gars", "icitte": "ici", "sos": "help", "halp": "help",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A folded message: its sentences as tuples of words, and the shape of the original."""

    sentences: tuple[tuple[str, ...], ...]
    characters: int
    question: bool
    shouting: bool


def fold(text: str) -> str:
    """Return `text` in lower case without accents, hidden characters or look-alike letters."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    for emoji, word in _EMOJI.items():
        if emoji in text:
            text = text.replace(emoji, word)
    if not text.isascii():
        text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")
        if _mostly_latin(text):
            text = text.translate(_LOOKALIKES)
        text = "".join(
            c
            for c in unicodedata.normalize("NFD", text)
            if unicodedata.category(c) not in ("Mn", "Cf", "Cc") or c in "\n\r\t"
        )
    return _STRETCHED.sub(r"\1\1", text.lower()) if _STRETCHED.search(text.lower()) else text.lower()


def read(text: str) -> Words:
    """Split `text` into sentences of folded words; any input gives a result, an empty one none."""
    folded = fold(text)
    sentences: list[tuple[str, ...]] = []
    for part in _SENTENCE_END.split(folded):
        words: list[str] = []
        for word in _WORD.findall(part):
            known = CHAT.get(word)
            if known is None:
                words.append(word)
            else:
                words.extend(known.split())
        sentences.extend(tuple(words[at : at + _LONGEST]) for at in range(0, len(words), _LONGEST))
    letters = [c for c in text[:2000] if c.isalpha()]
    shouting = len(letters) > 12 and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    return Words(tuple(sentences), len(text), "?" in text, shouting)


def _mostly_latin(text: str) -> bool:
    sample = text[:4000]
    latin = sum("a" <= c <= "z" or "A" <= c <= "Z" for c in sample)
    return latin * 2 > sum(c.isalpha() for c in sample)
