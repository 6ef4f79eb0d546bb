"""In which language each part of a section is written: documents of a bilingual country mix them. Pure."""

from collections import Counter
from collections.abc import Sequence

from knowledge_base.language import SUPPORTED, detect

# Fewer words say too little by themselves: they are in the language of what is around them.
_TELLING_WORDS = 12
# Another language is told from a quotation or a list of names by how much of it there is.
_ENOUGH_WORDS = 30
_ENOUGH_SHARE = 0.25


def languages_of(texts: Sequence[str], otherwise: str) -> list[str]:
    """Return the language of each text of one section; `otherwise` is the document's."""
    told: list[str] = []
    words: Counter[str] = Counter()
    for text in texts:
        count = len(text.split())
        found = detect(text) if count >= _TELLING_WORDS else ""
        told.append(found if found in SUPPORTED else "")
        if told[-1]:
            words[told[-1]] += count
    if sum(words.values()) < _ENOUGH_WORDS:
        # Many short items say together what none says alone.
        whole = " ".join(texts)
        found = detect(whole) if len(whole.split()) >= _ENOUGH_WORDS else otherwise
        return [found if found in SUPPORTED else otherwise] * len(texts)
    total = sum(words.values())
    there = {
        language
        for language, count in words.items()
        if count >= _ENOUGH_WORDS and count >= _ENOUGH_SHARE * total
    }
    main = otherwise if otherwise in there or not there else words.most_common(1)[0][0]
    languages: list[str] = []
    for text, language in zip(texts, told, strict=True):
        long = len(text.split()) >= _ENOUGH_WORDS
        sure = language and (language in there or long)
        # A short line goes with what stands before it.
        languages.append(language if sure else languages[-1] if languages else main)
    return languages
