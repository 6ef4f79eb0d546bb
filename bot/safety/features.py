"""What the model looks at: words, pairs of words, letter groups, concepts in combination, and what the rules say."""

from itertools import combinations, pairwise

from bot.safety import rules
from bot.safety.reading import DANGER_CONCEPTS, Reading

# Read across the whole message: context in one sentence changes the danger words of another.
_CONTEXT = frozenset({
    "past", "yesterday", "closed", "drill", "hypo", "elsewhere", "idiom", "laugh", "film", "sport", "no_threat", "asks_material",
    "planning", "sh_topic", "out_of_scope", "now", "soon", "near", "approach", "sh_third",
})  # fmt: skip
# The time of the verbs: "a rifle over his arm" is one thing when he greets, another when he greeted.
_PAST_WORDS = frozenset(
    """
    was were had did got came went said told took left sent wrote found threw broke saw heard gave made ran drove
    etait etaient avait avaient avions etions disait criait voulait faisait
    """.split()  # noqa: SIM905 - a table of words
)
_PRESENT_WORDS = frozenset(
    """
    is are am s re m has keeps says wants won isn aren can don stays just still
    est sont suis ont vient viennent veut veulent dit disent crie crient fait font essaie bloque tient peut peux
    """.split()  # noqa: SIM905 - a table of words
)
_NOT_PAST = frozenset(
    {
        "need",
        "feed",
        "speed",
        "indeed",
        "red",
        "bed",
        "shed",
        "armed",
        "scared",
        "locked",
        "blocked",
        "parked",
        "masked",
        "trapped",
        "worried",
        "concerned",
        "tired",
        "pointed",
        "unattended",
        "injured",
    }
)
_ING_LEAST = 5
_GRAM = 4
_LONG_WORD = 5
_SHORT, _MEDIUM = 12, 40


def names(reading: Reading) -> dict[str, float]:
    """Return the features of a message with their values; the same names in training and in use."""
    found: dict[str, float] = {}
    total = sum(len(sentence.words) for sentence in reading.sentences)
    sentences = reading.sentences
    for sentence in sentences:
        _add_words(found, sentence.words)
    for place, sentence in enumerate(sentences):
        for concept in sentence.concepts:
            found[f"k={concept}"] = 1.5
        following = sentences[place + 1].concepts if place + 1 < len(sentences) else ()
        here = sorted({*sentence.concepts, *following})
        time = _time(sentence.words)
        found[f"t={time}"] = 1.0
        for concept in sentence.concepts:
            if concept in DANGER_CONCEPTS:
                found[f"t={time}+{concept}"] = 1.0
        for first, second in combinations(here, 2):
            found[f"p={first}+{second}"] = 1.0
    everywhere = sorted(reading.concepts)
    context = [concept for concept in everywhere if concept in _CONTEXT]
    for first in everywhere:
        for second in context:
            if first != second:
                found[f"m={first}+{second}"] = 0.7
    for letter, finding in (("r", rules.find(reading)), ("h", rules.self_harm(reading))):
        if finding is not None:
            found[f"{letter}={'certain' if finding.certain else 'doubtful'}"] = 2.0
    found["s=question"] = float(reading.words.question)
    found["s=shouting"] = float(reading.words.shouting)
    found["s=short" if total <= _SHORT else "s=medium" if total <= _MEDIUM else "s=long"] = 1.0
    found["s=nothing seen"] = float(not everywhere)
    return {name: value for name, value in found.items() if value}


def _add_words(found: dict[str, float], words: tuple[str, ...]) -> None:
    for written in words:
        word = "0" if written.isdigit() else written
        found[f"w={word}"] = 1.0
        if len(word) >= _LONG_WORD:
            padded = f"^{word}$"
            for at in range(len(padded) - _GRAM + 1):
                found[f"c={padded[at : at + _GRAM]}"] = 0.4
    for first, second in pairwise(words):
        found[f"b={first} {second}"] = 1.0


def _time(words: tuple[str, ...]) -> str:
    past = present = 0
    for word in words:
        past += word in _PAST_WORDS or (
            word.endswith("ed") and len(word) >= _ING_LEAST and word not in _NOT_PAST
        )
        present += word in _PRESENT_WORDS or (word.endswith("ing") and len(word) > _ING_LEAST)
    if past and not present:
        return "past"
    if present and not past:
        return "present"
    return "mixed" if past else "none"
