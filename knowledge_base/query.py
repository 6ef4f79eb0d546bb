"""A question and the turns before it, as weighted terms, likely topics and meaning."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from knowledge_base.index import Index
from knowledge_base.questions import asked_in
from knowledge_base.senses import Sense
from knowledge_base.senses.making import sense_of
from knowledge_base.subject import PASTED_WORDS, Turn, earlier, subject_of
from knowledge_base.synonyms import EXPANSION_WEIGHT, Reading
from knowledge_base.tokens import analyse, telling
from knowledge_base.topics import topic_model

# Earlier messages of the same person say what this one is about, but less and less. A short
# question leans on them more; one with nothing of its own stands on them alone.
_HISTORY_WEIGHT = 0.2
_HISTORY_WEIGHT_SHORT = 0.5
_HISTORY_WEIGHT_ALONE = 1.0
_HISTORY_FADE = 0.5
_HISTORY_TURNS = 6
_SHORT_TERMS = 4

# A question most of whose words the library has never seen, after talk that it knew, has
# left the subject.
_NEW_SUBJECT_KNOWN = 0.6

# A pasted text in another language is no list of slips.
_MOST_RESPELLED = 40
# What stands in a long text beside the sentences that ask something: a story, or an article about other things.
_STORY_SHARE = 0.4
_PASTED_SHARE = 0.2
_MEANING_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Query:
    """A question's terms with their weights, in one language.

    `telling` are the terms of the question, or failing that of the last message before it,
    that say something about its subject; `required`, those of which a passage must hold one.
    `topics` are the shares of the topics that the words speak for, empty where nothing does.
    `sense` is what question and earlier turns mean, None where the index has no senses.
    """

    language: str
    terms: Mapping[str, float]
    telling: frozenset[str]
    required: frozenset[str]
    readings: tuple[Reading, ...] = ()
    topics: Mapping[str, float] = field(default_factory=dict)
    sense: Sense | None = None


def make_query(
    index: Index, question: str, history: Sequence[str], language: str, *, written_in: str | None = None
) -> Query:
    """Turn a question and the requester's earlier messages, oldest first, into terms.

    `language` is that of the text to search; `written_in`, where it differs, that of the question.
    """
    terms: dict[str, float] = defaultdict(float)
    asked = asked_in(question)
    beside = _PASTED_SHARE if len(question.split()) > PASTED_WORDS else _STORY_SHARE
    written = analyse(question, language)
    meant_most = frozenset(analyse(asked, language))
    for term, repeats in Counter(written).items():
        # A pasted text says the same many times over, and mostly of something else than what is asked.
        terms[term] += (1 + log(repeats)) * (1.0 if term in meant_most else beside)
    subject = telling(asked, language) or telling(question, language)
    readings = index.thesaurus.read(written, language)
    meant = {term for reading in readings for term in reading.meaning}.difference(written)
    respelled = tuple(_respelled(index, subject, language))
    guessed = {term for reading in respelled for term in reading.meaning}.difference(written, meant)
    required = subject | meant | guessed
    for term in guessed:
        terms[term] += EXPANSION_WEIGHT
    for term in meant:
        terms[term] += EXPANSION_WEIGHT
    weight = _history_weight(index, subject, language)
    turns = {asked: 1.0}
    if asked != question:
        turns[question] = beside
    for said in list(reversed(history))[:_HISTORY_TURNS] if weight else ():
        recalled = telling(said, language)
        if not recalled:
            # "Yes." and "thanks" are no turn away from the subject.
            continue
        for term in recalled:
            terms[term] += weight
        turns.setdefault(said, weight)
        if not required:
            subject = required = recalled
        weight *= _HISTORY_FADE
    return Query(
        language,
        dict(terms),
        subject,
        frozenset(required),
        (*readings, *respelled),
        _topics(index, question, frozenset(meant), history, language, written_in or language),
        sense_of(turns) if index.senses else None,
    )


def _respelled(index: Index, subject: frozenset[str], language: str) -> Iterator[Reading]:
    """Yield words that the library does not know, each with those of its own that may be meant."""
    for term in sorted(subject)[:_MOST_RESPELLED]:
        found = index.passages.respelled(term, language)
        yield from (Reading((term,), (word,)) for word in found)


def _topics(
    index: Index, question: str, meant: frozenset[str], history: Sequence[str], language: str, written_in: str
) -> Mapping[str, float]:
    """Return the shares of topics, when the library has any of them in this language."""
    model = topic_model(written_in)
    if model is None or index.catalog.topics(language).isdisjoint(model.topics):
        return {}
    others = ((" ".join(sorted(meant)), _MEANING_WEIGHT),) if meant else ()
    before = [earlier(text, written_in) for text in history[-_HISTORY_TURNS:]]
    return subject_of((*before, Turn(question, written_in, others)))


def _history_weight(index: Index, subject: frozenset[str], language: str) -> float:
    if not subject:
        return _HISTORY_WEIGHT_ALONE
    known = sum(index.passages.knows(term, language) for term in subject)
    if len(subject) > 1 and known < _NEW_SUBJECT_KNOWN * len(subject):
        return 0.0
    return _HISTORY_WEIGHT_SHORT if len(subject) <= _SHORT_TERMS else _HISTORY_WEIGHT
