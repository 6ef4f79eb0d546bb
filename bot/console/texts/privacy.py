"""What the console says about who may know, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.browser.language import Language


@dataclass(frozen=True, slots=True)
class PrivacyTexts:
    """One language's sentences. `{...}` is filled in where the sentence is used."""

    sealed_title: str
    sealed: str
    sealed_nobody: str
    who_title: str
    who_open: str
    why: str
    why_hint: str
    seal: str
    unseal: str
    person: str
    choose: str
    name: str
    keep_away: str
    done_seal: str
    done_unseal: str
    done_name: str
    done_keep_away: str
    open_title: str
    open_lead: str
    open_reason: str
    open_reason_hint: str
    open_originals: str
    open_contact: str
    contact_title: str
    contact_none: str
    no_reason: str
    refused: str
    log: str
    log_lead: str
    log_empty: str
    log_who: str
    log_what: str
    log_about: str
    log_reason: str
    operator: str
    sealed_request: str
    what: Mapping[str, str] = field(default_factory=dict)


_ENGLISH: Final = PrivacyTexts(
    sealed_title="Sealed",
    sealed="Only these people can see that this request exists: {names}.",
    sealed_nobody="Nobody is named who can still see it. Name somebody now.",
    who_title="Who may know",
    who_open="Every expert who is not from the same city can see this request, with private details masked.",
    why="Why",
    why_hint="Kept in the access log. No names or addresses, please.",
    seal="Seal it",
    unseal="Open it to every expert",
    person="Person",
    choose="Choose...",
    name="Name this person",
    keep_away="Keep this person away",
    done_seal="The request is sealed.",
    done_unseal="The request is open to every expert again.",
    done_name="This person can see the request now, and may open the original words.",
    done_keep_away="This person can't see the request any more.",
    open_title="Original words",
    open_lead="What was written can hold a home address or worse. Each opening is kept in the access log, "
    "with your name and your reason.",
    open_reason="Why do you need to see it?",
    open_reason_hint="For example: to check which post she means.",
    open_originals="Open the original words",
    open_contact="Open how to reach them safely",
    contact_title="How to reach them safely, and who must not know",
    contact_none="They have not said.",
    no_reason="Say why first. The reason is kept in the access log.",
    refused="You may not do this with this request.",
    log="Access log",
    log_lead="Who opened what is private, when and why. Nobody can change or remove a line.",
    log_empty="Nothing was opened yet.",
    log_who="Who",
    log_what="What",
    log_about="About",
    log_reason="Why",
    operator="Operator's terminal",
    sealed_request="a sealed request",
    what={
        "originals": "opened the original words",
        "safe_contact": "opened how to reach the person",
        "sealed": "sealed",
        "unsealed": "opened to every expert",
        "named": "named a person",
        "kept_away": "kept a person away",
        "let_back": "took back who was named or kept away",
        "export": "exported a person's data",
        "erasure": "erased a person's data",
        "hold": "placed a legal hold",
        "hold_released": "released a legal hold",
        "suspended": "stopped all channels of a person",
        "reinstated": "gave a person their channels back",
    },
)

_FRENCH: Final = PrivacyTexts(
    sealed_title="Sous scellé",
    sealed="Seules ces personnes peuvent voir que cette demande existe : {names}.",
    sealed_nobody="Aucune personne désignée ne peut encore la voir. Désignez quelqu'un maintenant.",
    who_title="Qui peut savoir",
    who_open="Tous les experts qui ne viennent pas de la même ville voient cette demande; les renseignements "
    "privés y sont masqués.",
    why="Motif",
    why_hint="Il reste au journal des accès. N'y mettez ni nom ni adresse.",
    seal="Mettre sous scellé",
    unseal="Ouvrir à tous les experts",
    person="Personne",
    choose="Choisissez...",
    name="Désigner cette personne",
    keep_away="Écarter cette personne",
    done_seal="La demande est sous scellé.",
    done_unseal="Tous les experts voient de nouveau la demande.",
    done_name="Cette personne voit maintenant la demande et peut ouvrir le texte original.",
    done_keep_away="Cette personne ne voit plus la demande.",
    open_title="Texte original",
    open_lead="Le texte peut contenir une adresse personnelle, ou pire. Chaque ouverture reste au journal des "
    "accès, avec votre nom et votre motif.",
    open_reason="Pourquoi devez-vous le voir?",
    open_reason_hint="Par exemple : pour savoir de quelle publication il s'agit.",
    open_originals="Ouvrir le texte original",
    open_contact="Voir comment joindre la personne en sécurité",
    contact_title="Comment joindre la personne en sécurité, et qui ne doit pas savoir",
    contact_none="La personne ne l'a pas dit.",
    no_reason="Indiquez d'abord le motif. Il reste au journal des accès.",
    refused="Vous ne pouvez pas faire cela avec cette demande.",
    log="Journal des accès",
    log_lead="Qui a ouvert quoi, quand et pourquoi. Personne ne peut changer ni retirer une ligne.",
    log_empty="Rien n'a encore été ouvert.",
    log_who="Qui",
    log_what="Quoi",
    log_about="Au sujet de",
    log_reason="Motif",
    operator="Terminal de l'exploitant",
    sealed_request="une demande sous scellé",
    what={
        "originals": "a ouvert le texte original",
        "safe_contact": "a vu comment joindre la personne",
        "sealed": "a mis sous scellé",
        "unsealed": "a ouvert à tous les experts",
        "named": "a désigné une personne",
        "kept_away": "a écarté une personne",
        "let_back": "a annulé une désignation ou une mise à l'écart",
        "export": "a exporté les données d'une personne",
        "erasure": "a effacé les données d'une personne",
        "hold": "a posé une suspension d'effacement",
        "hold_released": "a levé une suspension d'effacement",
        "suspended": "a coupé tous les canaux d'une personne",
        "reinstated": "a rendu ses canaux à une personne",
    },
)

PRIVACY: Final[Mapping[Language, PrivacyTexts]] = {Language.EN: _ENGLISH, Language.FR: _FRENCH}
