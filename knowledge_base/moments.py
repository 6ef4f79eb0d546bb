"""Which part of an article a question is after: the first hour, the contacts, the law, ...

Read from the question's own words and from the headings of sections, in both languages.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from knowledge_base.tokens import fold
from knowledge_base.wanted import CONTACTS


class Moment(StrEnum):
    NOW = "now"
    FIRST_DAY = "first_day"
    FIRST_WEEK = "first_week"
    CONTACTS = "contacts"
    LAW = "law"
    AVOID = "avoid"
    MEANING = "meaning"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_HEADINGS = (
    (
        Moment.NOW,
        _any_of(
            r"first (?:hour|minutes|steps)|right now|immediately",
            r"premieres? (?:heures?|minutes|etapes|gestes)|tout de suite|sur le moment|dans l'immediat",
        ),
    ),
    (
        Moment.FIRST_DAY,
        _any_of(r"first (?:day|24 hours)|same day", r"premiere journee|premier jour|premieres 24 heures"),
    ),
    (
        Moment.FIRST_WEEK,
        _any_of(
            r"first week|next days|following days",
            r"premiere semaine|prochains jours|jours suivants",
        ),
    ),
    (
        Moment.CONTACTS,
        _any_of(
            r"who(?:m)? to (?:call|contact)|contacts?\b", r"qui (?:appeler|joindre|contacter)|coordonnees"
        ),
    ),
    (Moment.LAW, _any_of(r"\blaw\b|\blegal\b", r"\bloi\b|\bdroit\b|juridique")),
    (Moment.AVOID, _any_of(r"what not to do|mistakes|do not\b", r"a eviter|ne (?:faut )?pas faire|erreurs")),
    (
        Moment.MEANING,
        _any_of(
            r"what (?:this|it) is|definition|what is\b",
            r"de quoi il s'agit|ce que c'est|c'est quoi|qu'est-ce",
        ),
    ),
)

_QUESTIONS = (
    (
        Moment.AVOID,
        _any_of(
            r"what (?:should|must|can) (?:i|we) not\b|(?:should|must) (?:i|we) avoid|what not to",
            r"mistakes? to avoid|a eviter|eviter de",
            r"\bwhat (?:should|must|can|do) (?:\w+ ){1,5}(?:not|never|avoid)\b|what not to\b",
            r"\bwhat (?:mistakes|errors)\b|\bget wrong\b",
            r"\bque (?:faut-il|doit(?: \w+){0,3}|devrait(?: \w+){0,3}) eviter|que ne (?:pas|doit|faut|devrait)",
            r"(?:doit|faut|doivent) (?:surtout )?(?:pas|jamais) (?:faire|dire|toucher)|quelles? erreurs?\b",
            r"ne (?:faut|dois|doit|devons|devrait|devrais)[- ](?:il |je |on |nous )?(?:surtout )?pas",
        ),
    ),
    (
        Moment.CONTACTS,
        _any_of(
            r"\bwho (?:do|should|can|must) (?:i|we) (?:call|phone|contact|tell|ring|reach)",
            r"who(?:m)? to (?:call|contact)|phone number (?:for|of)|number (?:for|to call)",
            r"\bqui (?:dois|faut|peut|puis|doit|devons)[^.?!]{0,20}(?:appeler|joindre|contacter|prevenir|aviser)",
            r"\bqui (?:appeler|joindre|contacter|prevenir)|a qui (?:parler|m'adresser|telephoner)",
            r"numero (?:de telephone|a composer)",
            r"\bwho (?:can|could) (?:help|assess|advise|assist|mediate)\b|\bwho (?:offers|provides|handles|funds)\b",
            r"\bwhere (?:can|could|should|do|does) [^.?!]{1,40}\b(?:report|complain|turn)\b",
            r"\bqui (?:peut|pourrait) (?:\w+ )?(?:aider|evaluer|conseiller)|\bqui (?:offre|finance|s'occupe)\b",
            r"\bou (?:\w+ ){0,3}(?:peut|peuvent|puis-je)[^.?!]{0,20}(?:signaler|denoncer|se plaindre|porter plainte)",
            r"\bappelle[rz]? qui\b|\ba qui (?:denoncer|signaler|le dire)\b",
            CONTACTS.pattern,
        ),
    ),
    (
        Moment.LAW,
        _any_of(
            r"\b(?:is|are) (?:\w+ ){1,3}(?:legal|illegal|a crime|lawful|against the law|allowed)",
            r"what (?:does the|is the) law|\blaws?\b|\blegal(?:ly)?\b|\bstatute|\bsection \d|\bs\. ?\d",
            r"(?:est-ce|c'est) (?:bien )?(?:legal|illegal|un crime|permis)|\blois?\b|\billega|\blegal",
            r"\bart(?:icle|\.) ?\d",
            r"\bcriminal code\b|\bthe charter\b|\bpenalt(?:y|ies)\b|\bdoes the first amendment\b",
            r"\bcode criminel\b|\bla charte\b|\bquelles? peines?\b|\bpeines? plus severe",
        ),
    ),
    (
        Moment.FIRST_WEEK,
        _any_of(
            r"\b(?:this|next|the|over the) (?:coming |first )?(?:week|weeks|month)|long(?:er)?[- ]term|later on",
            r"semaines?\b|mois prochain|a long terme|par la suite",
        ),
    ),
    (
        Moment.FIRST_DAY,
        _any_of(r"\btoday\b|tomorrow|first day|next day|24 hours", r"aujourd'?hui|demain|premiere journee"),
    ),
    (
        Moment.MEANING,
        _any_of(
            r"\bwhat(?: i|')s (?:a |an |the )?\w+ ?\?*$|what does .{1,40} mean",
            r"what (?:exactly )?(?:is|are) \w+(?: \w+)? ?\?*$|definition",
            r"c'est quoi|qu'est-ce que (?:c'est|le |la |l')|que (?:veut dire|signifie)",
        ),
    ),
)

_URGENT = _any_of(
    r"\bright now\b|\bnow\b|\bhelp\b|\burgent|\bemergency\b|\basap\b|what (?:do|should) (?:i|we) do\b",
    r"\bjust (?:got|been|now|saw|found)|\bhappening\b|\b(?:is|are) here\b|\boutside (?:my|our|the)\b",
    r"\bon (?:the|their|his|her) way\b|\bscared\b|\bafraid\b|\btonight\b|\bminutes? ago\b",
    r"\bthis (?:morning|afternoon|evening)\b|\bin \d+ minutes\b",
    r"\bmaintenant\b|en ce moment|tout de suite|\burgence\b|que (?:dois-je |doit-on )?faire|quoi (?:faire|dire)",
    r"(?:on|je) fai[st] quoi|qu'est-ce qu(?:e je|'on) fai[st]|vien(?:t|nent) de|\bj'ai peur|\bce (?:soir|matin)\b|cet apres-midi",
    r"\bdevant (?:chez|ma|la|notre)\b|a l'aide|aidez",
)
_PLANNING = _any_of(
    r"\bpolic(?:y|ies)\b|\bplan(?:s|ning)?\b|\bprepar\w+|\btrain(?:ing)?\b|\btemplates?\b|\bexamples?\b",
    r"\bbest practices?\b|\bother (?:cities|towns|municipalities)\b|\bguidelines?\b|\bin advance\b",
    r"\bbefore (?:the|our|we)\b|\bprevent\w*|\bdraft\w*",
    r"\bpolitiques?\b|\bplanifi\w+|\bprevoir\b|\bse preparer\b|\bformation\b|\bgabarit|\bmodeles?\b",
    r"\bexemples?\b|\bautres (?:villes|municipalites)\b|\ba l'avance\b|\bprevention\b|\bredig\w+",
)
# Asks for a fact or a rule rather than telling what happened.
_ASKING = _any_of(
    r"\A\W*(?:and |so |ok |hi |hello |please )*(?:can|could|may|must|shall|should|is|are|does|do|did|who|what|which|how|why)\b",
    r"\A\W*(?:et |bonjour )*(?:peut|doit|devons|pouvons|puis|faut|comment|quel|est-ce|pourquoi|combien|qui)",
    r"\b(?:peut|doit|faut|va|est|sont|a)-(?:on|il|elle|ils|elles)\b",
)


def moment_of_section(heading: Sequence[str]) -> Moment | None:
    """Return which part of an article a heading path stands over."""
    for part in reversed(heading):
        folded = fold(part)
        for moment, pattern in _HEADINGS:
            if pattern.search(folded):
                return moment
    return None


def moments_wanted(question: str) -> dict[Moment, float]:
    """Return how strongly, 0 to 1, a question asks for each part; {} when it does not say.

    Somebody who tells what is happening wants the first hour even without saying so,
    unless the words are those of a person who plans.
    """
    folded = fold(question)
    wanted = {moment: 1.0 for moment, pattern in _QUESTIONS if pattern.search(folded)}
    if _URGENT.search(folded):
        wanted[Moment.NOW] = 0.6 if wanted else 1.0
    elif not wanted and not _PLANNING.search(folded) and not _ASKING.search(folded):
        wanted[Moment.NOW] = 0.7
    return wanted
