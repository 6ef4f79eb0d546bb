"""What the library has for one message: searched as it is meant, with what was said before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.checking import assess
from bot.choosing import lead_of, moment_of
from bot.dialogue import Findings, Part
from bot.parts import parts_of, without_code
from bot.services import Services
from bot.wishes import (
    asks_for_a_side,
    asks_for_more,
    asks_for_steps,
    asks_what_law_says,
    asks_who_answers,
    is_greeting,
    is_thanks,
    language_choice,
    option_chosen,
)
from escalation.request_log import LastAnswer
from knowledge_base.approved import KIND as APPROVED
from knowledge_base.documents import BRIEFING_TAG, DocumentKind, PassageKind
from knowledge_base.following import following, part
from knowledge_base.language import SUPPORTED, detect
from knowledge_base.moments import Moment, moments_wanted
from knowledge_base.of_kind import of_kind
from knowledge_base.places import only_place
from knowledge_base.questions import asked_in
from knowledge_base.search import Hit, SearchResult
from knowledge_base.tokens import telling
from knowledge_base.wanted import wants_words

# A briefing is never quoted in mail, which anybody may forward.
_NO_BRIEFINGS = frozenset({f"!{BRIEFING_TAG}"})
# So weak an evidence names nothing worth offering.
_WORTH_ASKING = 0.12
_OPTIONS = 3
_ELLIPTIC = re.compile(
    r"\W*(?:ok |yes |so |oui |bon )*(?:and|what about|how about|same|what if|but|or|et|même|mais|ou|qu[’']en est-il|si) ?\b",
    re.IGNORECASE,
)
# "What if he comes here?" may need the first steps after all.
_SUPPOSES = re.compile(r"\b(?:if|si|s[’']ils?|in case|au cas où)\b", re.IGNORECASE)
_SHORT_FOLLOW_UP = 8  # words
# Enough candidates to choose the right unit from, beyond what is shown.
_CANDIDATES = 14
_PARTS = frozenset({Moment.NOW, Moment.CONTACTS, Moment.LAW})
_IN_WORDS = {"en": "In English please", "fr": "En français svp"}
# Words to copy are handed out before the steps where their subject is at least this likely.
_LIKELY_SUBJECT = 0.1
CLARIFIED = "clarify"


@dataclass(frozen=True, slots=True)
class Asker:
    """One message and what is known of its writer. `danger` are the words of the danger whose steps are wanted.

    `last` is the latest answer of this conversation, which "more" and "the second one" speak of.
    """

    text: str
    history: tuple[str, ...]
    danger: str | None
    audience: frozenset[str]
    language: str | None
    region: str | None
    by_mail: bool
    sent_at: datetime
    last: LastAnswer | None

    @property
    def may_see(self) -> frozenset[str]:
        return self.audience | _NO_BRIEFINGS if self.by_mail else self.audience


def look_up(services: Services, asker: Asker) -> Findings:
    """Return what the library has for the message. Reads the index and nothing else."""
    asker = replace(asker, history=tuple(turn for turn in asker.history if not _of_the_desk(turn)))
    if asker.danger is not None:
        return _whole(services, replace(asker, history=()), asker.danger)
    last = asker.last
    if last is not None and last.after and asks_for_more(asker.text):
        document_id, passage_id = last.after
        rest = following(
            services.library.index, document_id, passage_id, audience=asker.may_see, jurisdiction=asker.region
        )
        return Findings(question=asker.text, rest=rest)
    if last is not None and last.reason == CLARIFIED:
        options = _titles(services, asker, last.topics)
        number = option_chosen(asker.text) or _place_in(options, asker.text)
        if 0 < number <= len(options):
            said = " ".join((options[number - 1], *asker.history[-1:]))
            return _whole(services, replace(asker, history=asker.history[:-1]), said)
    wished = language_choice(asker.text)
    if wished is not None and asker.history:
        at = _meant(asker.history)
        at = len(asker.history) - 1 if at is None else at
        meant, history = asker.history[at], asker.history[: at + 1]
        found = _search(services, replace(asker, history=history, language=wished), _IN_WORDS[wished], meant)
        return Findings(question=meant, found=found)
    if not asker.history and not telling(asker.text, asker.language or "en"):
        return Findings(question=asker.text)  # nothing but small words, and nothing before them
    if not telling(without_code(asker.text), asker.language or "en"):
        return Findings(
            question=asker.text
        )  # an attack on some database, or a page's markup: nobody asks anything
    findings = _follow_up(services, asker) or _whole(services, asker, asker.text)
    pieces = parts_of(asker.text)
    if len(pieces) > 1:
        findings = replace(findings, parts=_parts(services, asker, pieces))
    return findings


def _follow_up(services: Services, asker: Asker) -> Findings | None:
    """Return the answer to a turn that leans on the one before; None for one that asks something of its own.

    "What about in Ontario?" asks the earlier question of another place; "and for my staff?" asks more of it.
    """
    place = _elsewhere(asker.text)
    leans = bool(_ELLIPTIC.match(asker.text)) and len(asker.text.split()) <= _SHORT_FOLLOW_UP
    at = _meant(asker.history) if leans or place else None
    if at is None:
        return None
    earlier = asker.history[at]
    whole = f"{earlier}\n{asker.text}"
    if place is None:
        if not _goes_past(asker, earlier):
            return replace(_whole(services, asker, asker.text, meant=whole), question=whole)
        findings = _whole(services, asker, asker.text)
        return replace(findings, found=_later(findings.found))
    there = replace(asker, region=place)
    if asker.language in _IN_WORDS and asker.language != detect(earlier):  # asked again in the other language
        asked = replace(there, history=asker.history[: at + 1])
        return Findings(question=whole, found=_search(services, asked, _IN_WORDS[asker.language], whole))
    # Only the place is new: the words around it would say more of the subject than they know.
    return _whole(services, replace(there, history=asker.history[:at]), earlier, meant=whole)


def _goes_past(asker: Asker, earlier: str) -> bool:
    """Tell whether a turn that names something of its own follows a question of what to do first.

    Its writer has those steps: "and for my staff?" is not answered by the same three once more.
    """
    before = moments_wanted(earlier)
    first_steps = Moment.NOW in before and Moment.CONTACTS not in before and Moment.LAW not in before
    at_once = moments_wanted(asker.text).get(Moment.NOW, 0.0) >= 1.0
    own = telling(asker.text, asker.language or "en") and not _SUPPOSES.search(asker.text)
    return first_steps and bool(own) and not at_once and not wants_words(earlier)


def _later(found: SearchResult | None) -> SearchResult | None:
    """Return what was found without the first steps, where anything else is left."""
    if found is None:
        return None
    later = tuple(hit for hit in found.hits if moment_of(hit) is not Moment.NOW)
    articles = any(hit.document_kind == DocumentKind.ARTICLE.value for hit in later)
    return replace(found, hits=later) if articles else found


def _elsewhere(text: str) -> str | None:
    """Return the place that the same question is asked of, with or without a word on why."""
    head, _, why = text.partition(",")
    explained = _ELLIPTIC.match(text) and "?" not in why and len(why.split()) <= _SHORT_FOLLOW_UP
    return only_place(text) or (only_place(head) if explained else None)


def _meant(history: Sequence[str]) -> int | None:
    """Return where the last question stands that says what is asked, and not only where or in which language."""
    return next(
        (
            at
            for at in reversed(range(len(history)))
            if _says_something(history[at]) and not _elsewhere(history[at])
        ),
        None,
    )


def _whole(services: Services, asker: Asker, question: str, *, meant: str | None = None) -> Findings:
    found = _search(services, asker, question, meant)
    options: tuple[str, ...] = ()
    if found.abstained and found.confidence >= _WORTH_ASKING:
        options = _titles(services, asker, found.topics)
    return Findings(question=question, found=found, options=options if len(options) > 1 else ())


def _search(services: Services, asker: Asker, question: str, meant: str | None = None) -> SearchResult:
    found = services.library.search(
        question,
        history=asker.history,
        audience=asker.may_see,
        language=asker.language,
        jurisdiction=asker.region,
        limit=_CANDIDATES * 3 if wants_words(question) else _CANDIDATES,
    )
    if found.abstained:
        found = _asked_by_kind(services, asker, meant or question) or found
    return _completed(services, asker, meant or question, found)


def _asked_by_kind(
    services: Services, asker: Asker, question: str, *, least_share: float = 0.0
) -> SearchResult | None:
    """Return a template, or people to turn to, for somebody who asks for these and says little of the matter."""
    asked = asked_in(question)
    for kind, wanted in (
        (DocumentKind.TEMPLATE, wants_words(asked)),
        (DocumentKind.REFERRAL, Moment.CONTACTS in moments_wanted(asked)),
    ):
        found = wanted and of_kind(
            services.library.index,
            asked,
            kind.value,
            history=asker.history,
            audience=asker.may_see,
            language=asker.language or "en",
            jurisdiction=asker.region,
            limit=_CANDIDATES,
            least_share=least_share,
        )
        if found:
            return found
    return None


def _completed(services: Services, asker: Asker, question: str, found: SearchResult) -> SearchResult:
    """Return what was found with the rest of its lists, and with the part of the article that is asked for."""
    if found.abstained or found.hits[0].kind == APPROVED:
        return found
    index, lead = services.library.index, lead_of(found.hits)
    more: list[Hit] = []
    asked = asked_in(question)
    wanted = dict.fromkeys(moment for moment in moments_wanted(asked) if moment in _PARTS)
    if asks_for_a_side(asked):
        wanted[Moment.FIRST_DAY] = None
    if asks_what_law_says(asked):
        wanted[Moment.LAW] = None
    for moment in wanted:
        more += part(index, lead.document_id, moment, audience=asker.may_see, jurisdiction=asker.region)
    first = found.hits[0]
    if first.kind == PassageKind.STEP.value:
        more += following(
            index, first.document_id, first.passage_id, audience=asker.may_see, jurisdiction=asker.region
        )
    front: tuple[Hit, ...] = ()
    if wants_words(asked) and found.hits[0].document_kind != DocumentKind.TEMPLATE.value:
        template = _asked_by_kind(services, asker, asked, least_share=_LIKELY_SUBJECT)
        front = template.hits[:1] if template else ()
    held = {hit.passage_id for hit in found.hits}
    added = {hit.passage_id: hit for hit in more if hit.passage_id not in held}
    hits = (*front, *(hit for hit in found.hits if hit not in front), *added.values())
    return replace(found, hits=hits)


def _parts(services: Services, asker: Asker, pieces: Sequence[str]) -> tuple[Part, ...]:
    alone = replace(asker, history=())
    found = []
    for piece in pieces:
        told, _ = assess(
            piece, language=asker.language, history=(), sent_at=asker.sent_at, checks=services.checks
        )
        found.append(Part(piece, _search(services, alone, piece), told.urgency))
    return tuple(found)


def _titles(services: Services, asker: Asker, topics: Sequence[str]) -> tuple[str, ...]:
    language = asker.language or detect(asker.text)
    return offered(services, topics, asker.may_see, language)


def offered(
    services: Services, topics: Sequence[str], may_see: frozenset[str], language: str
) -> tuple[str, ...]:
    """Return the titles of the articles on these topics that somebody may see: what they are asked to choose from."""
    catalog = services.library.index.catalog
    titles: dict[str, None] = {}
    for topic in topics:
        for place in catalog.documents_about(topic, language if language in SUPPORTED else "en"):
            document = catalog.documents[place]
            if document.kind == DocumentKind.ARTICLE.value and may_see & set(document.visibility):
                titles.setdefault(document.title)
    return tuple(titles)[:_OPTIONS]


def _place_in(options: Sequence[str], text: str) -> int:
    """Return which of the offered titles a button said, counted from 1; 0 for none."""
    return options.index(text) + 1 if text in options else 0


def _of_the_desk(text: str) -> bool:
    """Tell whether an earlier turn greeted, thanked or asked what the desk is: it says nothing of the matter."""
    return is_greeting(text) or is_thanks(text) or asks_who_answers(text)


def _says_something(text: str) -> bool:
    small = is_thanks(text) or asks_for_steps(text) or asks_for_more(text)
    return not small and language_choice(text) is None
