"""The few words that belong to Slack's own surfaces, in English and French."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's labels and sentences. `{number}` and the like are filled in by the views."""

    about_request: str
    about_a_request: str
    you_may_not: str
    went_wrong: str
    press_again: str
    thanks: str
    sorry: str
    feedback_yes: str
    feedback_no: str
    talk: str
    reasons: tuple[str, str, str]
    state: str
    states: dict[str, str]
    nobody: str
    reply_title: str
    reply_label: str
    reply_hint: str
    reply_empty: str
    note: str
    hand_over: str
    wait: str
    to_whom: str
    why: str
    note_hint: str
    wait_choice: str
    wait_official: str
    wait_other: str
    wait_words: str
    wait_hint: str
    outcome: str
    remark: str
    keep: str
    send: str
    cancel: str
    close: str
    notice_title: str
    queue: str
    queue_empty: str
    requests: str
    requests_empty: str
    how_to: str
    due: str
    asked: str
    updated: str
    more: str
    claim: str
    reply: str
    resolve: str
    open_ticket: str
    page_short: str
    source: str
    unsafe: str
    unsafe_sure: str
    unsafe_stop: str
    noted: str
    contact_title: str
    contact_label: str
    contact_hint: str
    answering_privately: str
    command_help: str
    prompts_title: str
    prompts: tuple[tuple[str, str], ...]


EN = Wording(
    about_request="New message about your request {number}",
    about_a_request="New message from the help desk",
    you_may_not="You can't do this. If you should be able to, ask the lead of the desk.",
    went_wrong="That did not work just now. Please try again in a moment.",
    press_again="Slack took too long to open the form. Please press the button again.",
    thanks="Thank you. We are glad it helped.",
    sorry="Thank you for telling us. Write back in other words, or ask to talk to a person.",
    feedback_yes="This helped",
    feedback_no="This did not help",
    talk="Talk to a person",
    reasons=("Another subject", "Not for my city", "Too general"),
    state="{number}: {state}. Owner: {owner}.",
    states={
        "new": "new",
        "open": "being worked on",
        "waiting_requester": "waiting for the official",
        "waiting_third_party": "waiting for somebody else",
        "solved": "done",
        "closed": "closed",
        "cancelled": "cancelled",
    },
    nobody="nobody yet",
    reply_title="Reply to {number}",
    reply_label="Your reply",
    reply_hint="The official reads these words, under your name, in their own conversation.",
    reply_empty="Write something first.",
    note="Note",
    hand_over="Hand over",
    wait="Wait",
    to_whom="To whom",
    why="Why",
    note_hint="Internal: the official never sees this.",
    wait_choice="For whom",
    wait_official="The official, after this question",
    wait_other="Somebody outside the hub",
    wait_words="Your question, or whom it waits for",
    wait_hint="A question is sent to the official word for word. Whom it waits for is kept inside.",
    outcome="How did it end?",
    remark="Remark",
    keep="OK",
    send="Send",
    cancel="Cancel",
    close="Close",
    notice_title="Help desk",
    queue="Requests for experts",
    queue_empty="No request is waiting. Well done.",
    requests="Your requests",
    requests_empty="You have not asked anything yet.",
    how_to="Write to the desk in the *Messages* tab, as you would to a colleague. It quotes its library, "
    "and you can ask to talk to a person at any time. *If anyone may be in danger, call 911 first.*",
    due="due {when}",
    asked="asked {when}",
    updated="Updated {when}",
    more="{count} more are in the console.",
    claim="Claim",
    reply="Reply",
    resolve="Mark as done",
    open_ticket="Open",
    page_short="p. {page}",
    source="Source",
    unsafe="My phone or mailbox isn't safe",
    unsafe_sure="We stop sending you anything, here and by mail, sign you out everywhere, and ask a person to reach "
    "you another way.",
    unsafe_stop="Stop everything",
    noted="Thank you, this is noted.",
    contact_title="Reaching you safely",
    contact_label="How can we reach you safely, and who must not know?",
    contact_hint="It is stored encrypted, and each time somebody opens it is on record.",
    answering_privately="Your answer comes in your direct messages with the desk. "
    "If anyone may be in danger, call 911 first.",
    command_help="Write your question after the command, or send the desk a direct message. "
    "If anyone may be in danger, call 911 first.",
    prompts_title="What is going on?",
    prompts=(
        ("A council meeting is being disrupted", "Our council meeting is being disrupted. What do we do?"),
        (
            "Private details were posted",
            "Someone posted an official's home address online. What do we do first?",
        ),
        ("A threat was received", "An elected official received a threat. What are the first steps?"),
        ("A hate incident happened", "There was a hate incident in our city. How should we respond?"),
    ),
)

FR = Wording(
    about_request="Nouveau message au sujet de votre demande {number}",
    about_a_request="Nouveau message du service d’aide",
    you_may_not="Vous ne pouvez pas faire cela. Si vous devriez le pouvoir, parlez-en à la personne "
    "responsable du service.",
    went_wrong="Cela n’a pas fonctionné. Veuillez réessayer dans un instant.",
    press_again="Slack a mis trop de temps à ouvrir le formulaire. Appuyez de nouveau sur le bouton.",
    thanks="Merci. Nous sommes heureux d’avoir pu vous aider.",
    sorry="Merci de nous le dire. Reformulez votre question, ou demandez à parler à une personne.",
    feedback_yes="Cela m’a aidé",
    feedback_no="Cela ne m’a pas aidé",
    talk="Parler à une personne",
    reasons=("Un autre sujet", "Pas pour ma ville", "Trop général"),
    state="{number} : {state}. Responsable : {owner}.",
    states={
        "new": "nouvelle",
        "open": "en traitement",
        "waiting_requester": "en attente de la personne élue",
        "waiting_third_party": "en attente d’un tiers",
        "solved": "réglée",
        "closed": "fermée",
        "cancelled": "annulée",
    },
    nobody="personne pour l’instant",
    reply_title="Répondre à {number}",
    reply_label="Votre réponse",
    reply_hint="La personne lira ces mots, sous votre nom, dans sa propre conversation.",
    reply_empty="Écrivez d’abord votre réponse.",
    note="Note",
    hand_over="Confier",
    wait="Attendre",
    to_whom="À qui",
    why="Motif",
    note_hint="Interne : la personne ne la verra jamais.",
    wait_choice="Qui",
    wait_official="La personne, après cette question",
    wait_other="Quelqu’un hors du réseau",
    wait_words="Votre question, ou qui l’on attend",
    wait_hint="Une question part telle quelle à la personne. Qui l’on attend reste à l’interne.",
    outcome="Comment cela s’est-il terminé?",
    remark="Remarque",
    keep="OK",
    send="Envoyer",
    cancel="Annuler",
    close="Fermer",
    notice_title="Service d’aide",
    queue="Demandes pour les experts",
    queue_empty="Aucune demande en attente. Bravo.",
    requests="Vos demandes",
    requests_empty="Vous n’avez encore rien demandé.",
    how_to="Écrivez au service dans l’onglet *Messages*, comme à un ou une collègue. Il cite sa "
    "bibliothèque, et vous pouvez demander à parler à une personne en tout temps. *Si quelqu’un pourrait "
    "être en danger, appelez d’abord le 911.*",
    due="échéance : {when}",
    asked="demandé : {when}",
    updated="Mis à jour : {when}",
    more="{count} autres se trouvent dans la console.",
    claim="Prendre en charge",
    reply="Répondre",
    resolve="Marquer comme réglée",
    open_ticket="Ouvrir",
    page_short="p. {page}",
    source="Source",
    unsafe="Mon téléphone ou ma boîte de courriel n’est pas sûr",
    unsafe_sure="Nous ne vous envoyons plus rien, ni ici ni par courriel, nous fermons toutes vos sessions et nous "
    "demandons à une personne de vous joindre autrement.",
    unsafe_stop="Tout arrêter",
    noted="Merci, c’est noté.",
    contact_title="Vous joindre en sécurité",
    contact_label="Comment vous joindre en sécurité, et qui ne doit pas le savoir?",
    contact_hint="C’est conservé chiffré, et chaque ouverture est notée.",
    answering_privately="La réponse arrive dans vos messages directs avec le service. "
    "Si quelqu’un pourrait être en danger, appelez d’abord le 911.",
    command_help="Écrivez votre question après la commande, ou envoyez un message direct au service. "
    "Si quelqu’un pourrait être en danger, appelez d’abord le 911.",
    prompts_title="Que se passe-t-il?",
    prompts=(
        ("Une séance du conseil est perturbée", "Notre séance du conseil est perturbée. Que faire?"),
        (
            "Des renseignements privés sont publiés",
            "L’adresse personnelle d’une personne élue a été publiée en ligne. Que faire en premier?",
        ),
        ("Une menace a été reçue", "Une personne élue a reçu une menace. Quelles sont les premières étapes?"),
        (
            "Un incident haineux s’est produit",
            "Un incident haineux s’est produit dans notre ville. Comment réagir?",
        ),
    ),
)


def wording(language: str | None) -> Wording:
    """Return the words of that language; any but French is served in English."""
    return FR if language == "fr" else EN
