"""The words in which a clock's story is told, in both languages. Pure.

An event is a clause after "because" or « parce que ».
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from escalation.kinds import TicketState
from escalation.sla.kinds import EventKind, Target

_DAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """Every word of a story in one language; braces are filled in."""

    language: str
    states: Mapping[TicketState, str]
    names: Mapping[Target, str]
    causes: Mapping[EventKind, str]
    pauses: Mapping[EventKind, str]
    title: str
    numbered: str
    by_deadline: str
    of_days: str
    of_elapsed: str
    of_hours: str
    day: tuple[str, str]
    round_the_clock: str
    began: str
    started: str
    started_at_opening: str
    paused: str
    waiting: str
    resumed: str
    because: str
    set_anew: str
    from_to: str
    breached: str
    due: str
    stopped_in_time: str
    stopped_late: str
    no_longer_promised: str
    learnt_late: str
    met: str
    done_late: str
    standing_paused: str
    overdue: str
    running: str
    holiday: str
    paused_or_closed: str
    closed: str
    counted: str
    so_far: str
    more_dates: str
    due_line: str
    nothing: str
    heading: str
    version: str


ENGLISH: Final = Wording(
    language="en",
    states={state: state.value.replace("_", " ") for state in TicketState},
    names={
        Target.ACKNOWLEDGE: "Taking the case",
        Target.FIRST_RESPONSE: "First reply",
        Target.NEXT_RESPONSE: "Next reply",
        Target.UPDATE: "Update",
        Target.RESOLUTION: "Resolution",
        Target.SILENCE: "Word from the official",
    },
    causes={
        EventKind.OPENED: "the request was handed to people",
        EventKind.ABSORBED: "another ticket was merged into this one, and its time counts",
        EventKind.POLICY_APPLIED: "another policy was applied to open tickets",
        EventKind.PRIORITY_CHANGED: "the priority changed",
        EventKind.REOPENED: "the ticket was opened again",
        EventKind.NEEDED_BY_SET: "the official stated a deadline",
        EventKind.REQUESTER_MESSAGE: "the official wrote",
        EventKind.CLAIMED: "an expert claimed it",
        EventKind.ACKNOWLEDGED: "an expert acknowledged it",
        EventKind.PUBLIC_REPLY: "an expert replied to the official",
        EventKind.SOLVED: "it was resolved",
        EventKind.HANDED_OVER: "it was handed over",
        EventKind.RETURNED: "it was returned to the pool",
        EventKind.RESUMED: "work went on",
        EventKind.WAITING_REQUESTER: "the official was asked something",
        EventKind.WAITING_THIRD_PARTY: "somebody outside was asked",
        EventKind.CLOSED: "it was closed",
        EventKind.CANCELLED: "it was cancelled",
        EventKind.MERGED: "it was merged into another ticket",
    },
    pauses={
        EventKind.WAITING_REQUESTER: "waiting for the official",
        EventKind.WAITING_THIRD_PARTY: "waiting for somebody else",
        EventKind.SOLVED: "it was resolved",
    },
    title="{name} ({priority}): {allowance}",
    numbered="{name} no. {cycle}",
    by_deadline="by the deadline the official stated",
    of_days="{amount}, each the opening hours of one date",
    of_elapsed="{amount} of elapsed time",
    of_hours="{amount} of opening hours",
    day=("1 day", "{days} days"),
    round_the_clock="round the clock: every minute counts, nights, weekends and holidays too",
    began="its time began",
    started="started, because {cause}",
    started_at_opening="started at the opening, because {cause} while nobody was on duty",
    paused="paused: {cause}",
    waiting="waiting",
    resumed="resumed",
    because=", because {cause}",
    set_anew="set anew, because {cause}",
    from_to=", {before} to {after}",
    breached="breached: its due instant passed; nothing later undoes that",
    due="due",
    stopped_in_time="stopped in time",
    stopped_late="stopped late",
    no_longer_promised="no longer promised",
    learnt_late="; learnt of only after the due instant",
    met="met",
    done_late="done, but late",
    standing_paused="paused; the due time shown is the one if it went on now",
    overdue="overdue",
    running="running",
    holiday="holiday",
    paused_or_closed="paused or closed",
    closed="closed",
    counted="Counted {calendar}; times below are {zone}.",
    so_far="{span}, {total} so far",
    more_dates="... {count} more dates (--json shows each)",
    due_line="Due {at}: {standing}.",
    nothing="nothing",
    heading="{number}  {priority}  {state}  policy {policy}{version}",
    version=", version {number}",
)

FRENCH: Final = Wording(
    language="fr",
    states={
        TicketState.NEW: "nouveau",
        TicketState.OPEN: "ouvert",
        TicketState.WAITING_REQUESTER: "en attente de la personne",
        TicketState.WAITING_THIRD_PARTY: "en attente d’un tiers",
        TicketState.SOLVED: "réglé",
        TicketState.CLOSED: "fermé",
        TicketState.CANCELLED: "annulé",
    },
    names={
        Target.ACKNOWLEDGE: "Prise en charge",
        Target.FIRST_RESPONSE: "Première réponse",
        Target.NEXT_RESPONSE: "Réponse suivante",
        Target.UPDATE: "Mise à jour",
        Target.RESOLUTION: "Résolution",
        Target.SILENCE: "Nouvelles de la personne",
    },
    causes={
        EventKind.OPENED: "la demande a été confiée à une équipe",
        EventKind.ABSORBED: "un autre dossier a été joint à celui-ci, et son temps compte",
        EventKind.POLICY_APPLIED: "une autre politique a été appliquée aux dossiers ouverts",
        EventKind.PRIORITY_CHANGED: "la priorité a changé",
        EventKind.REOPENED: "le dossier a été rouvert",
        EventKind.NEEDED_BY_SET: "la personne a indiqué une échéance",
        EventKind.REQUESTER_MESSAGE: "la personne a écrit",
        EventKind.CLAIMED: "le dossier a été pris en charge",
        EventKind.ACKNOWLEDGED: "un membre de l’équipe a confirmé qu’il s’en occupe",
        EventKind.PUBLIC_REPLY: "une réponse a été envoyée à la personne",
        EventKind.SOLVED: "le dossier a été réglé",
        EventKind.HANDED_OVER: "le dossier a été transmis",
        EventKind.RETURNED: "le dossier a été remis à l’équipe",
        EventKind.RESUMED: "le travail a repris",
        EventKind.WAITING_REQUESTER: "une question a été posée à la personne",
        EventKind.WAITING_THIRD_PARTY: "une question a été posée à un tiers",
        EventKind.CLOSED: "le dossier a été fermé",
        EventKind.CANCELLED: "le dossier a été annulé",
        EventKind.MERGED: "le dossier a été joint à un autre",
    },
    pauses={
        EventKind.WAITING_REQUESTER: "on attend la personne",
        EventKind.WAITING_THIRD_PARTY: "on attend un tiers",
        EventKind.SOLVED: "le dossier était réglé",
    },
    title="{name} ({priority}) : {allowance}",
    numbered="{name} n° {cycle}",
    by_deadline="avant l’échéance indiquée par la personne",
    of_days="{amount}, soit chaque fois les heures d’ouverture d’une date",
    of_elapsed="{amount} de temps réel",
    of_hours="{amount} d’heures d’ouverture",
    day=("1 jour", "{days} jours"),
    round_the_clock="jour et nuit : chaque minute compte, fins de semaine et jours fériés aussi",
    began="le délai a commencé",
    started="départ, parce que {cause}",
    started_at_opening="départ à l’ouverture, parce que {cause} pendant que personne n’était de garde",
    paused="pause : {cause}",
    waiting="attente",
    resumed="reprise",
    because=", parce que {cause}",
    set_anew="délai recalculé, parce que {cause}",
    from_to=", de {before} à {after}",
    breached="délai dépassé : rien de ce qui suit n’y change quoi que ce soit",
    due="échéance",
    stopped_in_time="arrêt à temps",
    stopped_late="arrêt en retard",
    no_longer_promised="n’est plus promis",
    learnt_late=" ; nous l’avons appris après l’échéance",
    met="tenu",
    done_late="fait, mais en retard",
    standing_paused="en pause ; l’échéance indiquée vaut si le délai reprenait maintenant",
    overdue="en retard",
    running="en cours",
    holiday="jour férié",
    paused_or_closed="pause ou fermé",
    closed="fermé",
    counted="Compté {calendar} ; heures de {zone}.",
    so_far="{span}, {total} en tout",
    more_dates="... {count} autres dates (--json les montre toutes)",
    due_line="Échéance {at} : {standing}.",
    nothing="rien",
    heading="{number}  {priority}  {state}  politique {policy}{version}",
    version=", version {number}",
)


def wording(language: str) -> Wording:
    """Return the words of a language; English for any that is not French."""
    return FRENCH if language == "fr" else ENGLISH


def weekday(on: date | datetime, language: str) -> str:
    """Return the short name of a day of the week."""
    return _DAYS["fr" if language == "fr" else "en"][on.weekday()]


def hours_in_words(text: str, language: str) -> str:
    """Return opening hours as `hours_text` writes them, with the language's days."""
    if language != "fr":
        return text
    for english, french in zip(_DAYS["en"], _DAYS["fr"], strict=True):
        text = text.replace(english, french)
    return text
