"""How soon a message needs a person, when nothing in it is danger: P2, P3 or P4."""

import re
from datetime import datetime, timedelta

from bot.safety.model import Scores
from bot.safety.reading import Reading
from bot.safety.thresholds import is_active_crisis
from escalation.sla import Priority

SOON = timedelta(hours=72)

_LOW = frozenset({Priority.P3, Priority.P4})
_READ = 4_000
_DEATH_THREAT = re.compile(
    r"\b(?:got|gets?|getting|received?|receives|receiving|sent|left|found|e?-?mailed|phoned|arrived|came)\b[^.?!\n]{0,40}\bdeath threats?\b"
    r"|\bdeath threats?\b[^.?!\n]{0,20}\b(?:(?:in|on|to|at) (?:my|our|his|her|their)|against (?:me|us|my|our|him|her)|by (?:e-?mail|phone|text|mail)|"
    r"came|arrived|today|tonight|this (?:morning|afternoon|evening))\b"
    r"|\b(?:reçu|reçue?s|reçois|reçoit|reçoivent|recevons|envoyé|laissé|trouvé)\b[^.?!\n]{0,40}\bmenaces? de mort\b"
    r"|\bmenaces? de mort\b[^.?!\n]{0,20}\b(?:(?:dans|sur|à) (?:ma|mon|mes|notre|nos|sa|son)|contre (?:moi|nous|elle|lui|ma|mon|notre)|"
    r"par (?:courriel|téléphone|texto|la poste)|aujourd[’']hui|ce (?:matin|soir)|cette nuit)\b",
    re.IGNORECASE,
)
# Somebody prepares, asks for others, or tells of long ago.
_NO_REPORT = re.compile(
    r"\b(?:if|when|whenever|in case|should (?:some|any)(?:one|body)|polic(?:y|ies)|plan(?:s|ning)?|training|templates?|exercise|drill|procedures?|"
    r"last (?:year|month|spring|summer|fall|winter)|(?:years?|months?) ago|arrested|charged|convicted|closed|"
    r"si|lorsqu\w*|quand|au cas où|politiques?|plans?|formation|gabarits?|modèles?|exercice|procédures?|l[’']an dernier|le mois dernier|"
    r"il y a (?:\w+ )?(?:mois|ans?)|arrêtée?|accusée?|condamnée?|classée?)\b",
    re.IGNORECASE,
)
_RANK = {Priority.P1: 0, Priority.P2: 1, Priority.P3: 2, Priority.P4: 3}
_CRISIS = frozenset(
    {"doxed", "media", "threat_speech", "threat_verb", "attack", "follow", "hoax_call", "break_in"}
)


def most_urgent(*priorities: Priority) -> Priority:
    """Return the most urgent of `priorities`."""
    return min(priorities, key=_RANK.__getitem__)


def by_rules(reading: Reading) -> Priority:
    """Judge urgency by concepts alone."""
    seen = reading.concepts
    if not seen or seen <= {"out_of_scope", "hostile", "ours", "near", "asks_material"}:
        return Priority.P4 if not reading.words.question or "out_of_scope" in seen else Priority.P3
    ordinary = bool(seen & {"drill", "hypo", "laugh", "no_threat", "elsewhere", "planning", "past", "closed"})
    fresh = bool(seen & {"recent", "now", "active", "event_soon", "soon"})
    if not ordinary and fresh and seen & _CRISIS:
        return Priority.P2
    if "event_soon" in seen and seen & {"hostile", "active", "media"} and not ordinary:
        return Priority.P2
    if "out_of_scope" in seen and not seen & _CRISIS:
        return Priority.P4
    if seen & {"laugh", "idiom"} and "asks_material" in seen:
        return Priority.P4
    return Priority.P3


def by_scores(scores: Scores) -> Priority:
    """Judge urgency by the learned scores."""
    _, third, fourth = scores.urgency
    if is_active_crisis(scores):
        return Priority.P2
    return Priority.P3 if third >= fourth else Priority.P4


def at_least(urgency: Priority, text: str) -> Priority:
    """Raise a death threat that somebody reports to P2: a person reads it, however calmly it is told."""
    said = text[:_READ]
    if urgency in _LOW and _DEATH_THREAT.search(said) and not _NO_REPORT.search(said):
        return Priority.P2
    return urgency


def with_deadline(urgency: Priority, needed_by: datetime | None, sent_at: datetime | None) -> Priority:
    """Raise work that needs judgement to P2 when its stated deadline lies within 72 hours."""
    if needed_by is None or sent_at is None or urgency is not Priority.P3:
        return urgency
    return Priority.P2 if needed_by - sent_at <= SOON else urgency
