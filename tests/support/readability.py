"""How hard a text is to read, by the formulas that are common for each language.

English: Flesch and Kincaid's school grade, low is easy. French: Kandel and Moles's reading ease, high is
easy, 60 and more is plain. Syllables are counted by groups of vowels, which is near enough for a page.
"""

import re

_SENTENCE = re.compile(r"[.!?…]+[\"'”»)*]*(?=\s|$)")
_NO_PROSE = re.compile(r"^#+ .*$|^```.*$|\[[^\]]*\]|\*\*", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = {"en": re.compile(r"[aeiouy]+"), "fr": re.compile(r"é|[aeiouyàâäèêëîïôöùûüÿœæ]+")}
_SILENT = {
    # A final e is heard after l ("table") but not otherwise; -es and -ed seldom are.
    "en": re.compile(r"(?<=[^aeiouylt])(?:e|es|ed)$|(?<=[aeiouy]l)e$|(?<=[aeiouy]t)e$"),
    "fr": re.compile(r"(?<=[^aeiouyàâéèêëîïôùûœ])(?:e|es|ent)$|(?<=[éiu])e(?:s|nt)?$"),
}


def figure(text: str, language: str) -> float:
    """Give the school grade of an English text, the reading ease of a French one.

    Each line is a sentence at least. Headings, and what a template leaves to be filled in, don't count.
    """
    lines = _NO_PROSE.sub("", text).splitlines()
    sentences = [words for line in lines for part in _SENTENCE.split(line) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        raise ValueError("a text without words is neither easy nor hard")
    length = len(words) / len(sentences)
    weight = sum(_syllables(word.casefold(), language) for word in words) / len(words)
    if language == "en":
        return 0.39 * length + 11.8 * weight - 15.59
    return 207 - 1.015 * length - 73.6 * weight


def _syllables(word: str, language: str) -> int:
    heard = _SILENT[language].sub("", word)
    return max(1, len(_VOWELS[language].findall(heard)))
