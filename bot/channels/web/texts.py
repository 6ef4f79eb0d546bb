"""Every sentence of the chat pages, in English and French, each written for its reader."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from bot.browser.language import Language, typeset


@dataclass(frozen=True, slots=True)
class ChatTexts:
    """One language's sentences. `{...}` is filled in where the sentence is used."""

    danger_now: str
    danger_call: str
    thoughts: str
    thoughts_call: str
    leave: str
    skip: str
    language_switch: str
    tagline: str
    ask_title: str
    ask_lead: str
    ask_label: str
    ask_hint: str
    ask_send: str
    ask_keys: str
    empty: str
    too_long: str
    stale_form: str
    how_title: str
    how_library: str
    how_person: str
    how_private: str
    good_to_know: str
    earlier: str
    conversation: str
    back: str
    you: str
    desk: str
    safety_from: str
    expert: str
    looking: str
    looking_note: str
    reload: str
    from_library: str
    in_other_language: str
    source: str
    page_label: str
    read_in_place: str
    new_tab: str
    unreviewed: str
    more_steps: str
    copy: str
    copied: str
    in_doubt: str
    show_steps: str
    helped: str
    yes: str
    no: str
    helped_yes: str
    helped_no: str
    person_title: str
    person_lead: str
    person_button: str
    reach_title: str
    reach_label: str
    reach_hint: str
    follow_up_label: str
    follow_up_send: str
    ticket_title: str
    ticket_who: str
    ticket_new: str
    ticket_open: str
    ticket_waiting: str
    ticket_third_party: str
    ticket_solved: str
    ticket_closed: str
    ticket_by: str
    ticket_late: str
    ticket_answered: str
    ticket_keep: str
    rate_title: str
    rate_low: str
    rate_high: str
    rate_comment: str
    rate_thanks: str
    rate_over: str
    rate_as_message: str
    rate_failed: str
    call_911: str
    call_988: str
    text_988: str
    signed_in_as: str
    sign_out: str
    forget_title: str
    forget_lead: str
    forget_button: str
    forgotten_title: str
    forgotten: str
    unsafe_title: str
    unsafe_lead: str
    unsafe_button: str
    unsafe_done_title: str
    unsafe_done: str
    not_found_title: str
    not_found: str
    refused_title: str
    refused: str
    broken_title: str
    broken: str
    closed_title: str
    closed: str
    busy_title: str
    busy: str
    too_large_title: str
    library: str
    library_version: str
    library_updated: str
    library_sources: str
    library_read: str
    library_cited: str
    library_old: str
    library_withdrawn: str
    demonstration: str
    erased: str


_ENGLISH: Final = ChatTexts(
    danger_now="Danger now?",
    danger_call="Call 911",
    thoughts="Thoughts of suicide:",
    thoughts_call="call or text 988",
    leave="Leave this page",
    skip="Skip to the conversation",
    language_switch="Français",
    tagline="Help for city officials in a crisis",
    ask_title="What is happening?",
    ask_lead="Ask in your own words. You get short steps from the hub's library, with their sources. "
    "You can talk to a person at any time.",
    ask_label="Your question",
    ask_hint="Leave out addresses, phone numbers and names where you can. What you write is stored encrypted.",
    ask_send="Ask",
    ask_keys="Ctrl or ⌘ + Enter sends.",
    empty="Write a few words first, so that we know what you need. In danger now? Call 911.",
    too_long="Your text is too long for one message (the limit is 200,000 characters). Nothing was sent. "
    "Please send a shorter text.",
    stale_form="This page was open too long or your browser blocks our cookie. Nothing was sent. "
    "Your text is still here: press the button again.",
    how_title="How this works",
    how_library="The answer quotes the hub's library word for word. You can open each source.",
    how_person="If the library can't help, or you prefer it, an expert at the hub answers you here.",
    how_private="No sign-in is needed. Only this browser, and the experts who help you, can read what you write. "
    "Your own words are deleted {days} days after your request is closed.",
    good_to_know="Good to know, when you have time: this desk is automatic, only the hub's staff and this browser can "
    "read what you write, your own words are deleted {days} days after your request is closed, and mail from a city "
    "account may be a public record.",
    earlier="Your earlier conversations",
    conversation="Your conversation",
    back="Ask something else",
    you="You",
    desk="Help desk",
    safety_from="Help desk: your safety first",
    expert="Reply from an expert at the hub",
    looking="Looking in the library...",
    looking_note="Your message has arrived. The answer appears here by itself.",
    reload="Reload this page",
    from_library="From the library:",
    in_other_language="Our library has this in French only.",
    source="Source",
    page_label="page",
    read_in_place="Read it in place",
    new_tab="opens in a new tab",
    unreviewed="Starter text, not yet reviewed by your hub",
    more_steps="The steps go on here",
    copy="Copy this text",
    copied="Copied",
    show_steps="Show steps",
    in_doubt="If anyone may be in danger right now, call 911 (or your local emergency number) first. "
    "If it is about suicide, call or text 988.",
    helped="Did this help?",
    yes="Yes",
    no="No",
    helped_yes="Thank you. You said that this helped.",
    helped_no="Thank you. You said that this did not help. Write again in other words, or talk to a person.",
    person_title="Talk to a person",
    person_lead="An expert at the hub reads this conversation and answers you here.",
    person_button="Talk to a person",
    reach_title="Is there a safer way to reach you?",
    reach_label="How can we reach you safely, and who must not know? (optional)",
    reach_hint="For example: call my own phone after 6, leave no message, my office must not know. It is stored "
    "encrypted, and each time somebody opens it is on record. Leave it empty and we answer here.",
    follow_up_label="Add to this conversation",
    follow_up_send="Send",
    ticket_title="Your request",
    ticket_who="Who answers: an expert at the hub",
    ticket_new="A person has been asked to take it.",
    ticket_open="An expert is working on it.",
    ticket_waiting="The expert is waiting for your answer. Write it below.",
    ticket_third_party="The expert is waiting for somebody else and will come back to you here.",
    ticket_solved="It is marked as done. If it is not, write below: the same request opens again.",
    ticket_closed="It is closed. Write below if you need us again.",
    ticket_by="First reply: {when}.",
    ticket_late="We promised a reply {when}. We are late, and the lead of the desk is told. "
    "Do not wait for us if anyone may be in danger: call 911.",
    ticket_answered="Next reply: {when}.",
    rate_title="How did it go?",
    rate_low="not satisfied",
    rate_high="very satisfied",
    rate_comment="Anything to add? (optional)",
    rate_thanks="Thank you. Your answer is kept for the people of the desk.",
    rate_over="There is nothing to answer here any more. Thank you all the same.",
    rate_as_message="We read what you wrote as a message to us. You get a reply where you wrote to us before.",
    rate_failed="We could not keep what you wrote. Please write to us where you wrote before.",
    ticket_keep="The reply appears on this page. You can close it and come back with the same browser.",
    call_911="Call 911",
    call_988="Call 988",
    text_988="Text 988",
    signed_in_as="Signed in as {name}",
    sign_out="Sign out",
    forget_title="On a shared device?",
    forget_lead="This takes your conversations off this browser. You won't see later replies here, "
    "and an expert who is working on your request keeps it.",
    forget_button="Forget me on this browser",
    forgotten_title="This browser has forgotten you",
    forgotten="Your conversations can no longer be opened here. Clear the browser's history too "
    "if others use this device.",
    unsafe_title="My phone or mailbox isn't safe",
    unsafe_lead="Press this if somebody else may read your phone, your mailbox or this browser. We stop sending "
    "you anything, sign you out everywhere, and ask a person at the hub to reach you another way.",
    unsafe_button="Stop everything now",
    unsafe_done_title="Everything has stopped",
    unsafe_done="We send nothing more to your phone, your mailbox or this browser, and a person at the hub is told. "
    "Write to us again from a device that nobody else can open. In danger now? Call 911. Clear this browser's "
    "history too.",
    not_found_title="There is no such page",
    not_found="There is nothing at this address, or it can't be opened from this browser.",
    refused_title="This was not sent",
    refused="The form was not made for this browser. Go back, reload the page, and try again.",
    broken_title="This could not be read",
    broken="What arrived is not a form of this page. Nothing was sent.",
    closed_title="The desk can't keep messages right now",
    closed="Nobody at the hub will see what you write here until this is mended. In danger now? Call 911. "
    "Thoughts of suicide: call or text 988. For anything else, please try again later.",
    busy_title="Your message was not stored",
    busy="The desk could not store your message just now. Please try again in a minute.",
    too_large_title="This is too long",
    library="Library",
    library_version="Version {number}",
    library_updated="Updated {date}",
    library_sources="Sources",
    library_read="read on {date}",
    library_cited="This is the passage that was quoted",
    library_old="This is an earlier version. The text has changed since.",
    library_withdrawn="This text was withdrawn. Do not rely on it.",
    demonstration="Demonstration: made-up people and cities.",
    erased="(This text was erased.)",
)

_FRENCH: Final = ChatTexts(
    danger_now="En danger?",
    danger_call="Appelez le 911",
    thoughts="Idées suicidaires :",
    thoughts_call="appelez ou textez le 988",
    leave="Quitter cette page",
    skip="Aller à la conversation",
    language_switch="English",
    tagline="De l'aide pour les élus et le personnel des villes en temps de crise",
    ask_title="Que se passe-t-il?",
    ask_lead="Posez votre question dans vos mots. Vous recevrez de courtes étapes tirées de la bibliothèque "
    "du réseau, avec leurs sources. Vous pouvez parler à une personne en tout temps.",
    ask_label="Votre question",
    ask_hint="Si possible, n'écrivez ni adresse, ni numéro de téléphone, ni nom. Votre texte est conservé chiffré.",
    ask_send="Envoyer",
    ask_keys="Ctrl ou ⌘ + Entrée pour envoyer.",
    empty="Écrivez d'abord quelques mots pour nous dire ce qu'il vous faut. En danger? Appelez le 911.",
    too_long="Votre texte est trop long pour un seul message (la limite est de 200 000 caractères). "
    "Rien n'a été envoyé. Envoyez un texte plus court.",
    stale_form="Cette page est restée ouverte trop longtemps, ou votre navigateur bloque notre témoin. "
    "Rien n'a été envoyé. Votre texte est toujours là : appuyez de nouveau sur le bouton.",
    how_title="Comment ça marche",
    how_library="La réponse cite mot à mot la bibliothèque du réseau. Vous pouvez ouvrir chaque source.",
    how_person="Si la bibliothèque ne suffit pas, ou si vous préférez, une experte ou un expert vous répond ici.",
    how_private="Aucun compte n'est nécessaire. Seuls ce navigateur et les personnes qui vous aident "
    "peuvent lire ce que vous écrivez. Vos propres mots sont supprimés {days} jours après la fermeture de votre "
    "demande.",
    good_to_know="À lire quand vous aurez le temps : ce service est automatique, seuls le personnel du réseau et ce "
    "navigateur peuvent lire ce que vous écrivez, vos propres mots sont supprimés {days} jours après la fermeture de "
    "votre demande, et un courriel d'un compte municipal peut être un document public.",
    earlier="Vos conversations précédentes",
    conversation="Votre conversation",
    back="Poser une autre question",
    you="Vous",
    desk="Service d'aide",
    safety_from="Service d'aide : votre sécurité d'abord",
    expert="Réponse d'une experte ou d'un expert du réseau",
    looking="Recherche dans la bibliothèque...",
    looking_note="Votre message est arrivé. La réponse s'affichera ici d'elle-même.",
    reload="Actualiser la page",
    from_library="Dans la bibliothèque :",
    in_other_language="Notre bibliothèque traite ce sujet en anglais seulement.",
    source="Source",
    page_label="page",
    read_in_place="Lire le passage dans le document",
    new_tab="s'ouvre dans un nouvel onglet",
    unreviewed="Texte de départ, pas encore révisé par votre réseau",
    more_steps="La suite des étapes",
    copy="Copier ce texte",
    copied="Copié",
    show_steps="Montrer les étapes",
    in_doubt="Si quelqu'un pourrait être en danger en ce moment, appelez d'abord le 911 "
    "(ou votre numéro d'urgence local). S'il s'agit de suicide, appelez ou textez le 988.",
    helped="Est-ce que cela vous a aidé?",
    yes="Oui",
    no="Non",
    helped_yes="Merci. Vous avez indiqué que cela vous a aidé.",
    helped_no="Merci. Vous avez indiqué que cela ne vous a pas aidé. Reformulez votre question, "
    "ou parlez à une personne.",
    person_title="Parler à une personne",
    person_lead="Une experte ou un expert du réseau lira cette conversation et vous répondra ici.",
    person_button="Parler à une personne",
    reach_title="Y a-t-il une façon plus sûre de vous joindre?",
    reach_label="Comment vous joindre en sécurité, et qui ne doit pas le savoir? (facultatif)",
    reach_hint="Par exemple : appelez mon cellulaire personnel après 18 h, sans laisser de message; mon bureau ne "
    "doit pas le savoir. C'est conservé chiffré, et chaque ouverture est notée. Si vous n'écrivez rien, "
    "nous répondons ici.",
    follow_up_label="Ajouter à cette conversation",
    follow_up_send="Envoyer",
    ticket_title="Votre demande",
    ticket_who="Qui vous répond : une experte ou un expert du réseau",
    ticket_new="Nous avons demandé à une personne de s'en occuper.",
    ticket_open="Une personne s'en occupe.",
    ticket_waiting="On attend votre réponse. Écrivez-la ci-dessous.",
    ticket_third_party="On attend des nouvelles d'ailleurs; nous vous reviendrons ici.",
    ticket_solved="Elle est marquée comme réglée. Si ce n'est pas le cas, écrivez ci-dessous : "
    "la même demande sera rouverte.",
    ticket_closed="Elle est fermée. Écrivez ci-dessous si vous avez encore besoin de nous.",
    ticket_by="Première réponse : {when}.",
    ticket_late="Nous avions promis une réponse {when}. Nous sommes en retard, et la personne responsable du "
    "service en est avertie. Si quelqu'un pourrait être en danger, ne nous attendez pas : appelez le 911.",
    ticket_answered="Prochaine réponse : {when}.",
    rate_title="Comment cela s'est-il passé?",
    rate_low="pas satisfait",
    rate_high="très satisfait",
    rate_comment="Quelque chose à ajouter? (facultatif)",
    rate_thanks="Merci. Votre réponse est transmise à l'équipe.",
    rate_over="Il n'y a plus rien à répondre ici. Merci quand même.",
    rate_as_message="Nous avons lu vos mots comme un message. Vous recevrez une réponse là où vous nous aviez écrit.",
    rate_failed="Nous n'avons pas pu garder vos mots. Écrivez-nous là où vous nous aviez écrit.",
    ticket_keep="La réponse s'affichera sur cette page. Vous pouvez la fermer et revenir avec le même navigateur.",
    call_911="Appeler le 911",
    call_988="Appeler le 988",
    text_988="Texter le 988",
    signed_in_as="Session de {name}",
    sign_out="Fermer la session",
    forget_title="Sur un appareil partagé?",
    forget_lead="Vos conversations ne pourront plus être ouvertes dans ce navigateur. Vous n'y verrez pas les "
    "réponses à venir; la personne qui s'occupe de votre demande la garde.",
    forget_button="M'oublier dans ce navigateur",
    forgotten_title="Ce navigateur vous a oublié",
    forgotten="Vos conversations ne peuvent plus être ouvertes ici. Effacez aussi l'historique du navigateur "
    "si d'autres personnes utilisent cet appareil.",
    unsafe_title="Mon téléphone ou ma boîte de courriel n'est pas sûr",
    unsafe_lead="Appuyez ici si quelqu'un d'autre peut lire votre téléphone, votre boîte de courriel ou ce "
    "navigateur. Nous ne vous envoyons plus rien, nous fermons toutes vos sessions et nous demandons à une "
    "personne du réseau de vous joindre autrement.",
    unsafe_button="Tout arrêter maintenant",
    unsafe_done_title="Tout est arrêté",
    unsafe_done="Nous n'envoyons plus rien à votre téléphone, à votre boîte de courriel ni à ce navigateur, et une "
    "personne du réseau est avertie. Réécrivez-nous d'un appareil que personne d'autre ne peut ouvrir. En danger? "
    "Appelez le 911. Effacez aussi l'historique de ce navigateur.",
    not_found_title="Cette page n'existe pas",
    not_found="Il n'y a rien à cette adresse, ou la page ne peut pas être ouverte dans ce navigateur.",
    refused_title="Rien n'a été envoyé",
    refused="Ce formulaire n'a pas été préparé pour ce navigateur. Revenez en arrière, actualisez la page "
    "et réessayez.",
    broken_title="Nous n'avons pas pu lire l'envoi",
    broken="Ce qui est arrivé n'est pas un formulaire de cette page. Rien n'a été envoyé.",
    closed_title="Le service ne peut pas conserver de messages en ce moment",
    closed="Personne au réseau ne verra ce que vous écrivez ici avant que ce soit réparé. En danger? Appelez le "
    "911. Idées suicidaires : appelez ou textez le 988. Pour le reste, réessayez plus tard.",
    busy_title="Votre message n'a pas été conservé",
    busy="Le service n'a pas pu conserver votre message. Réessayez dans une minute.",
    too_large_title="C'est trop long",
    library="Bibliothèque",
    library_version="Version {number}",
    library_updated="Mise à jour le {date}",
    library_sources="Sources",
    library_read="consultée le {date}",
    library_cited="Voici le passage cité",
    library_old="Ceci est une version antérieure. Le texte a changé depuis.",
    library_withdrawn="Ce texte a été retiré. Ne vous y fiez pas.",
    demonstration="Démonstration : personnes et villes fictives.",
    erased="(Ce texte a été effacé.)",
)


def _set(texts: ChatTexts, language: Language) -> ChatTexts:
    return replace(
        texts, **{field.name: typeset(getattr(texts, field.name), language) for field in fields(texts)}
    )


TEXTS: Final[Mapping[Language, ChatTexts]] = {
    Language.EN: _set(_ENGLISH, Language.EN),
    Language.FR: _set(_FRENCH, Language.FR),
}
