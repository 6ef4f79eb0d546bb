"""Why something was refused, in French: the domain says it in English, with a code."""

from escalation.errors import (
    AlreadyClaimed,
    AlreadyDone,
    EscalationError,
    NoTicket,
    NotOpenYet,
    Refused,
    WrongState,
)

_FRENCH = {
    "experts_only": "Seuls les experts et expertes peuvent prendre en charge une demande ou y travailler ({0}).",
    "claim_by_nobody": "Une demande est prise en charge par une personne.",
    "has_it_already": "{1} est déjà entre les mains de {0}.",
    "not_yours": "{0} est à {1} : seule cette personne ou une ou un responsable peut le faire.",
    "cant_take": "{0} ne peut pas prendre {1} : ce n’est pas une experte ou un expert, ou il y aurait conflit d’intérêts.",
    "off_duty": "{0} n’est pas de service : choisissez quelqu’un d’autre. {1}",
    "away": "{0} est en congé jusqu’au {1} : choisissez quelqu’un d’autre. {2}",
    "asked_nothing": "Personne n’a encore écrit à la personne de {0} : posez-lui d’abord une question.",
    "wait_for_whom": "Indiquez qui ou quoi l’on attend.",
    "past": "Ce moment est passé. Choisissez-en un plus tard.",
    "snooze_past_due": "{0} ne peut pas dormir au-delà de sa prochaine promesse.",
    "no_reason": "Indiquez le motif, en quelques mots.",
    "no_topic": "{0} n’est pas un sujet.",
    "language": "Le service répond en français ou en anglais.",
    "verified_how": "Indiquez comment vous avez vérifié : qui vous avez appelé, et où le numéro est publié.",
    "verified": "L’identité est déjà vérifiée pour {0}.",
    "merge_sealed": "Une demande sous scellé se traite seule : elle ne peut pas être jointe.",
    "link_sealed": "Une demande sous scellé se traite seule : elle ne peut pas être reliée.",
    "merge_itself": "C’est deux fois la même demande.",
    "link_itself": "C’est deux fois la même demande.",
    "itself": "C’est deux fois la même demande.",
    "no_outcome": "Indiquez comment cela s’est terminé.",
    "too_many_sources": "Nommez {0} sources au plus.",
    "bad_score": "Choisissez un nombre de 1 à 5.",
    "not_rated": "{0} n’est pas évaluée.",
    "no_item": "{0} n’a pas ce point dans sa liste.",
    "no_findings": "Indiquez ce qui a été trouvé, même si ce n’est rien.",
    "monitoring_analyst": "Veille : nommez d’abord la personne qui s’en charge.",
    "monitoring_consent": "Veille : notez d’abord le consentement de la personne.",
    "monitoring_scope": "Veille : dites d’abord ce qui est regardé.",
    "monitoring_start": "Veille : elle n’a pas encore commencé.",
    "may_not_know": "{0} ne peut pas voir {1}.",
    "not_joined": "Cette demande n’a pas été jointe à {0}.",
    "not_in_fr": "La personne de {0} écrit en français et n’a pas accepté une autre langue. Répondez en français, ou "
    "confiez la demande à quelqu’un qui le peut.",
    "not_in_en": "La personne de {0} écrit en anglais et n’a pas accepté une autre langue. Répondez en anglais, ou "
    "confiez la demande à quelqu’un qui le peut.",
    "empty": "Écrivez d’abord quelque chose.",
    "too_long": "Le texte est trop long : {0} caractères au plus.",
    "reason_too_long": "{0} caractères au plus.",
    "busy": "Quelqu’un d’autre modifie cette demande en ce moment. Réessayez.",
    "reply_by_nobody": "Une réponse est signée par une personne.",
}
_STATES = {
    "new": "n’a pas encore de responsable : prenez-la d’abord en charge",
    "open": "est en cours",
    "waiting_requester": "attend la personne",
    "waiting_third_party": "attend quelqu’un d’autre",
    "solved": "est déjà réglée",
    "closed": "est fermée",
    "cancelled": "a été annulée",
}
_OTHERWISE = "Ce n’est pas possible, ou plus maintenant. Rien n’a été changé."


def said(error: EscalationError, language: str, otherwise: str = _OTHERWISE) -> str:
    """Return a refusal in words; `otherwise` is for what has none in French."""
    if language != "fr":
        return str(error)
    match error:
        case AlreadyDone():
            state = _STATES.get(error.state, otherwise)
            return f"{error.number} {state} ({error.by}, {error.at:%H h %M} UTC). Rien n’a été changé."
        case AlreadyClaimed():
            return f"{error.number} est déjà entre les mains de {error.by}, depuis {error.at:%H h %M} UTC."
        case WrongState() if error.state in _STATES:
            return f"{error.number} {_STATES[error.state]}. Rien n’a été changé."
        case NoTicket():
            return f"Il n’y a pas de demande {error.number}."
        case NotOpenYet():
            return "La demande n’est pas encore ouverte. Réessayez dans quelques secondes."
        case Refused() if error.code in _FRENCH:
            return f"{_FRENCH[error.code].format(*error.values).strip()} Rien n’a été changé."
    return otherwise
