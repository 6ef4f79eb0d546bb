"""What the console says about working on a ticket, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.browser.language import Language


@dataclass(frozen=True, slots=True)
class WorkTexts:
    """One language's sentences. `{...}` is filled in where the sentence is used."""

    title: str
    not_accepted: str
    snoozed: str
    outcome: str
    rated: str
    second: str
    joined: str
    linked: str
    watchers: str
    reason: str
    reason_hint: str
    ask_title: str
    ask_label: str
    ask_button: str
    wait_title: str
    wait_official: str
    wait_label: str
    wait_button: str
    resume: str
    hand_title: str
    hand_label: str
    hand_button: str
    return_button: str
    choose: str
    facts_title: str
    priority: str
    topic: str
    service: str
    needed_by: str
    needed_hint: str
    change: str
    verify_title: str
    verify_lead: str
    verify_label: str
    verify_button: str
    snooze_title: str
    snooze_label: str
    snooze_hint: str
    snooze_button: str
    join_title: str
    number: str
    link_button: str
    merge_button: str
    merge_hint: str
    split_label: str
    split_button: str
    watch: str
    unwatch: str
    watch_button: str
    checklist: str
    tick: str
    untick: str
    monitoring: str
    monitoring_on: str
    monitoring_missing: str
    monitoring_ended: str
    monitoring_none: str
    step: str
    analyst: str
    words: str
    record: str
    end_title: str
    close_button: str
    close_hint: str
    cancel_label: str
    cancel_button: str
    sources_label: str
    sources_hint: str
    to_label: str
    done: str
    steps: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)


_ENGLISH: Final = WorkTexts(
    title="More to do",
    not_accepted="handed over, not accepted yet",
    snoozed="Asleep until {when}",
    outcome="Outcome",
    rated="The official rated it {score} of 5",
    second="Second best",
    joined="Joined to it",
    linked="Linked",
    watchers="Watchers",
    reason="Why",
    reason_hint="Kept with the act. No names or addresses, please.",
    ask_title="Ask, and wait",
    ask_label="Your question, sent to the official word for word",
    ask_button="Ask and wait",
    wait_title="Wait",
    wait_official="Wait for the official",
    wait_label="For whom or what outside the hub",
    wait_button="Wait for them",
    resume="Take it up again",
    hand_title="Hand over",
    hand_label="To whom",
    hand_button="Hand over",
    return_button="Return to the pool",
    choose="Choose...",
    facts_title="Urgency, topic, kind of help",
    priority="Urgency",
    topic="Topic",
    service="Kind of help",
    needed_by="Needed by",
    needed_hint="On your own clock. Leave it empty for no deadline.",
    change="Change",
    verify_title="Verify who is asking",
    verify_lead="Call back through the number that the city publishes, never one from the message.",
    verify_label="Whom you called, and where the number is published",
    verify_button="They are who they say",
    snooze_title="Snooze",
    snooze_label="Until",
    snooze_hint="On your own clock. It can't sleep past its next promise.",
    snooze_button="Snooze",
    join_title="Link, merge, split",
    number="The other request's number",
    link_button="Link",
    merge_button="Merge this one into it",
    merge_hint="The work goes on there. The two officials keep their own conversations and learn nothing of each other.",
    split_label="This message is about something else",
    split_button="Open another request for it",
    watch="Tell me of what happens here",
    unwatch="Don't tell me any longer",
    watch_button="Let them watch",
    checklist="Checklist",
    tick="Done",
    untick="Not done",
    monitoring="Monitoring",
    monitoring_on="Monitoring: on. {who}; {scope}; last look {when}.",
    monitoring_missing="Monitoring is not on yet. Missing: {steps}.",
    monitoring_ended="Monitoring ended {when}.",
    monitoring_none="Nobody monitors anything for this request.",
    step="Put on record",
    analyst="Analyst",
    words="In words",
    record="Put on record",
    end_title="Close or cancel",
    close_button="Close for good",
    close_hint="What the official writes next opens another request.",
    cancel_label="It was no request",
    cancel_button="Cancel the request",
    sources_label="Documents that helped (optional)",
    sources_hint="One on each line, such as doxing-en or an address.",
    to_label="To the official of",
    done="Done.",
    steps={
        "analyst": "who does it",
        "consent": "the official's consent",
        "scope": "what is looked at",
        "start": "the start",
        "look": "a look",
        "end": "the end",
    },
    services={
        "advice": "Advice",
        "monitoring": "Monitoring",
        "briefing": "Briefing",
        "peer_introduction": "Peer introduction",
        "training": "Training",
        "fund": "Fund",
        "assessment": "Assessment",
        "other": "Other",
    },
    why={"spam": "Spam", "duplicate": "A duplicate", "withdrawn": "The official took it back"},
)
_FRENCH: Final = WorkTexts(
    title="Autres gestes",
    not_accepted="confiée, pas encore acceptée",
    snoozed="En sommeil jusqu'à : {when}",
    outcome="Issue",
    rated="Évaluée {score} sur 5 par la personne",
    second="Deuxième choix",
    joined="Demandes jointes",
    linked="Demandes liées",
    watchers="Suivie par",
    reason="Motif",
    reason_hint="Conservé avec le geste. Ni nom ni adresse, s'il vous plaît.",
    ask_title="Poser une question et attendre",
    ask_label="Votre question, envoyée telle quelle à la personne",
    ask_button="Poser et attendre",
    wait_title="Attendre",
    wait_official="Attendre la personne",
    wait_label="Qui ou quoi, hors du réseau",
    wait_button="Attendre",
    resume="Reprendre le travail",
    hand_title="Confier à quelqu'un d'autre",
    hand_label="À qui",
    hand_button="Confier",
    return_button="Remettre dans la file",
    choose="Choisissez...",
    facts_title="Urgence, sujet, type d'aide",
    priority="Urgence",
    topic="Sujet",
    service="Type d'aide",
    needed_by="Échéance",
    needed_hint="À votre heure. Laissez vide s'il n'y en a pas.",
    change="Modifier",
    verify_title="Vérifier l'identité",
    verify_lead="Rappelez par le numéro que la ville publie, jamais par celui du message.",
    verify_label="Qui vous avez appelé, et où le numéro est publié",
    verify_button="C'est bien cette personne",
    snooze_title="Mettre en sommeil",
    snooze_label="Jusqu'à",
    snooze_hint="À votre heure. Jamais au-delà de la prochaine promesse.",
    snooze_button="Mettre en sommeil",
    join_title="Lier, joindre, séparer",
    number="Numéro de l'autre demande",
    link_button="Lier",
    merge_button="Y joindre celle-ci",
    merge_hint="Le travail se poursuit là-bas. Les deux personnes gardent leur conversation et n'apprennent rien l'une de "
    "l'autre.",
    split_label="Ce message porte sur autre chose",
    split_button="Ouvrir une autre demande",
    watch="M'avertir de ce qui s'y passe",
    unwatch="Ne plus m'avertir",
    watch_button="Avertir cette personne",
    checklist="Liste de contrôle",
    tick="Fait",
    untick="Pas fait",
    monitoring="Veille",
    monitoring_on="Veille : en cours. {who}; {scope}; dernier regard {when}.",
    monitoring_missing="La veille n'est pas encore en cours. Il manque : {steps}.",
    monitoring_ended="Veille terminée {when}.",
    monitoring_none="Personne ne fait de veille pour cette demande.",
    step="Consigner",
    analyst="Analyste",
    words="En mots",
    record="Consigner",
    end_title="Fermer ou annuler",
    close_button="Fermer pour de bon",
    close_hint="Le prochain mot de la personne ouvrira une autre demande.",
    cancel_label="Ce n'en était pas une",
    cancel_button="Annuler la demande",
    sources_label="Documents utiles (facultatif)",
    sources_hint="Un par ligne, comme doxing-fr ou une adresse.",
    to_label="À la personne de",
    done="C'est fait.",
    steps={
        "analyst": "qui s'en charge",
        "consent": "le consentement de la personne",
        "scope": "ce qui est regardé",
        "start": "le début",
        "look": "un regard",
        "end": "la fin",
    },
    services={
        "advice": "Conseils",
        "monitoring": "Veille",
        "briefing": "Note d'information",
        "peer_introduction": "Mise en contact avec une autre ville",
        "training": "Formation",
        "fund": "Fonds",
        "assessment": "Évaluation",
        "other": "Autre",
    },
    why={"spam": "Pourriel", "duplicate": "Un doublon", "withdrawn": "La personne y renonce"},
)

WORK: Final[Mapping[Language, WorkTexts]] = {Language.EN: _ENGLISH, Language.FR: _FRENCH}
