"""The chat in French, for its French reader."""

from typing import Final

from bot.channels.web.texts.sentences import ChatTexts

FRENCH: Final = ChatTexts(
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
    "Rien n'a été envoyé. Envoyez un texte plus court. En danger? Appelez le 911.",
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
