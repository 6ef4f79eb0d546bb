"""Which passages answer: first steps, contacts, the law, a plan, or a template to copy. Pure.

The library ranks; this decides what is shown first, and how much of it. A frightened reader gets at most
three passages before "more", and a planner is not told to call 911 first.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.wishes import asks_for_a_side, asks_what_law_says
from knowledge_base.documents import DocumentKind
from knowledge_base.moments import Moment, moment_of_section, moments_wanted
from knowledge_base.questions import asked_in
from knowledge_base.search import SECTION_SEPARATOR, Hit, SearchResult
from knowledge_base.tokens import fold
from knowledge_base.wanted import wants_lawyers_letter, wants_words

STEPS_FIRST = 3
# What is quoted before "more" fits a phone: with its frame a reply stays near 900 characters.
ROOM = 560
ROOM_OF_A_PART = 300
ROOM_OF_PARTS = 640
ROOM_OF_MORE = 700
PARTS = 3

_STEP = "step"
_CONTACT = "contact"
_EMERGENCY = "911"
# Said by the frame of the answer, once and in the reader's language.
_DISCLAIMER = re.compile(
    r"\b(?:not|isn't) legal advice\b|\bavis juridique\b|\bconseil juridique\b"
    r"|\A(?:this is background|these lines are general|only (?:police|prosecutors|courts|a lawyer)|this page is|"
    r"ces lignes|ce qui suit est|seuls? (?:la police|les tribunaux|un tribunal|les procureurs)|il s'agit d'information)\b",
    re.IGNORECASE,
)
_LONGEST_DISCLAIMER = 160
_PLANS = re.compile(
    r"\bpolic(?:y|ies)\b|\bplan(?:s|ning)?\b|\bprepar\w+|\btraining\b|\bbest practices?\b|\bother (?:cities|towns|municipalities)\b|\bguidelines?\b"
    r"|\bin advance\b|\bprevent\w*|\bset(?:ting)? up\b|\bput in place\b|\bnext (?:year|spring|fall|summer|winter|month|term|time|session|council meeting)\b|\bordinance\b|\bframework\b"
    r"|\bpolitiques?\b|\bplanifi\w+|\bprevoir\b|\bse preparer\b|\bformation\b|\bautres (?:villes|municipalites)\b|\ba l'avance\b|\bprevention\b"
    r"|\bmettre (?:en place|sur pied)\b|\bl'an prochain\b|\b(?:prochaine (?:fois|seance|assemblee|reunion)|la prochaine)\b|\ba l'avenir\b|\breglement\b|\bcadre de\b"
)
_LAWYER = re.compile(
    r"\b(?:lawyers?|attorneys?|solicitors?|avocat\w*|(?:conseill\w+|conseil|service) juridiques?)\b"
)
_LETTER = re.compile(
    r"\b(?:letters?|notices?|injunctions?|lettres?|mises? en demeure|avis ecrits?|injonctions?)\b"
)
_NOT_FOR_PLANS = frozenset({Moment.NOW, Moment.CONTACTS, Moment.AVOID, Moment.LAW})


class Unit(StrEnum):
    """What an answer is made of; the frame says so in a word."""

    NOW = "now"
    STEPS = "steps"
    MORE = "more"
    SEVERAL = "several"
    CONTACTS = "contacts"
    LAW = "law"
    PLAN = "plan"
    WORDS = "words"
    PASSAGES = "passages"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Passages to quote, what comes after them, and what they are."""

    unit: Unit = Unit.PASSAGES
    quotes: tuple[Hit, ...] = ()
    more: Hit | None = None


def plans(question: str) -> bool:
    """Tell whether somebody prepares for later, and nothing in the words says that it happens now."""
    return bool(_PLANS.search(fold(question))) and Moment.NOW not in moments_wanted(question)


def choose(found: SearchResult | None, question: str, *, room: int = ROOM, most: int = STEPS_FIRST) -> Chosen:
    """Return what to quote of what was found: at most `most` passages, and no more than fit `room`."""
    question = asked_in(question)
    if found is None or found.abstained or not found.hits:
        return Chosen()
    if wants_words(question) and (template := _fitting_template(found)):
        return Chosen(Unit.WORDS, (template,))
    hits = _without(found.hits, lambda hit: _is_template(hit) or _is_disclaimer(hit))
    if _is_template(hits[0]):
        return Chosen(Unit.WORDS, (hits[0],))
    if found.topics:  # what is surely about the subject goes before what is only near
        hits = sorted(hits, key=lambda hit: found.topics[0] not in hit.topics)
    unit, hits = _of_unit(hits, question)
    first = hits[0]
    if first.kind == _STEP:
        hits = _list_of(first, hits)
    quotes = fitting(hits[:most], room)
    rest = hits[len(quotes) :]
    return Chosen(unit, quotes, rest[0] if rest else None)


def _fitting_template(found: SearchResult) -> Hit | None:
    """Return the template that was chosen for the question, or one on the likeliest subject."""
    about = found.topics[:1]
    return _first(
        found.hits,
        lambda hit: _is_template(hit) and (hit is found.hits[0] or not about or about[0] in hit.topics),
    )


def lead_of(hits: Sequence[Hit]) -> Hit:
    """Return the hit whose document answers: the best article, or failing that the best of all."""
    return next((hit for hit in hits if hit.document_kind == DocumentKind.ARTICLE.value), hits[0])


def _of_unit(hits: Sequence[Hit], question: str) -> tuple[Unit, Sequence[Hit]]:
    wanted = moments_wanted(question)
    lead = lead_of(hits)
    if wants_lawyers_letter(question) and (
        ask := [
            hit for hit in hits if _LAWYER.search(fold(hit.excerpt)) and _LETTER.search(fold(hit.excerpt))
        ]
    ):
        return Unit.PASSAGES, ask[:1]
    if Moment.CONTACTS in wanted and (found := _of(hits, Moment.CONTACTS)):
        return Unit.CONTACTS, _one_section_first(found)
    if (Moment.LAW in wanted or asks_what_law_says(question)) and (found := _of(hits, Moment.LAW)):
        own = [hit for hit in found if hit.document_id == lead.document_id]
        return Unit.LAW, own or found
    if asks_for_a_side(question) and (steps := [hit for hit in hits if _is_process(hit, lead)]):
        return Unit.PLAN, steps
    if plans(question):
        later = [hit for hit in hits if moment_of(hit) not in _NOT_FOR_PLANS]
        if later:
            return Unit.PLAN, later
    if Moment.NOW in wanted:
        now = [
            hit for hit in _of(hits, Moment.NOW) if hit.kind == _STEP and hit.document_id == lead.document_id
        ]
        if now and wanted[Moment.NOW] >= max(wanted.values()):
            return Unit.NOW, sorted(now, key=lambda hit: hit.step or 0)
    return (Unit.STEPS if hits[0].kind == _STEP else Unit.PASSAGES), hits


def _is_process(hit: Hit, lead: Hit) -> bool:
    """Tell whether a passage is a step of the article's first day: how to decide, and not what."""
    return hit.kind == _STEP and hit.document_id == lead.document_id and moment_of(hit) is Moment.FIRST_DAY


def _one_section_first(hits: Sequence[Hit]) -> list[Hit]:
    """Return the section of the first hit in its own order, then the others."""
    first = hits[0]
    own = [hit for hit in hits if (hit.document_id, hit.section) == (first.document_id, first.section)]
    own.sort(key=lambda hit: hit.passage_id)
    ordered = [*own, *(hit for hit in hits if hit not in own)]
    emergency = _first(ordered, lambda hit: hit.document_id == first.document_id and _is_emergency(hit))
    if emergency is not None and not _is_emergency(ordered[0]):
        # A remark on the whole list may come nearest to the question, and 911 stands before everything.
        ordered = [emergency, *(hit for hit in ordered if hit is not emergency)]
    return ordered


def _is_emergency(hit: Hit) -> bool:
    return hit.kind == _CONTACT and _EMERGENCY in hit.excerpt


def moment_of(hit: Hit) -> Moment | None:
    """Return which part of an article a passage stands in."""
    if hit.document_kind == DocumentKind.REFERRAL.value:
        return Moment.CONTACTS
    return moment_of_section(hit.section.split(SECTION_SEPARATOR))


def _of(hits: Iterable[Hit], moment: Moment) -> list[Hit]:
    return [hit for hit in hits if moment_of(hit) is moment]


def _list_of(first: Hit, hits: Iterable[Hit]) -> list[Hit]:
    same = [
        hit
        for hit in hits
        if hit.kind == _STEP and (hit.document_id, hit.section) == (first.document_id, first.section)
    ]
    return sorted(same, key=lambda hit: hit.step or 0)


def fitting(hits: Sequence[Hit], room: int = ROOM_OF_MORE) -> tuple[Hit, ...]:
    """Return the hits that fit, in their order; the first one whatever its length."""
    kept: list[Hit] = []
    for hit in hits:
        room -= len(hit.excerpt)
        if kept and room < 0:
            break
        kept.append(hit)
    return tuple(kept)


def _is_template(hit: Hit) -> bool:
    return hit.document_kind == DocumentKind.TEMPLATE.value


def _is_disclaimer(hit: Hit) -> bool:
    return len(hit.text) <= _LONGEST_DISCLAIMER and bool(_DISCLAIMER.search(hit.text))


def _first(hits: Iterable[Hit], test: Callable[[Hit], bool]) -> Hit | None:
    return next((hit for hit in hits if test(hit)), None)


def _without(hits: Sequence[Hit], test: Callable[[Hit], bool]) -> Sequence[Hit]:
    """Return the hits that fail the test; all of them where nothing would be left."""
    return [hit for hit in hits if not test(hit)] or hits
