"""What a short message wants of the desk itself: a greeting back, more, the steps, to know who answers. Pure."""

import re

# What a button says for its presser, on every channel.
SHOW_STEPS = {"en": "Show steps", "fr": "Montrer les étapes"}
MORE = {"en": "More", "fr": "La suite"}

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|bonjour|bonsoir|salut|coucou|allo|allô|all|"
    r"there|again|team|everyone|folks|tout le monde|à tous|l équipe|how are you|how s it going|ça va|comment ça va|"
    r"comment allez vous)\W*)+",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great|perfect|good|super|parfait|excellent|d accord|thanks?|thank you|thx|ty|cheers|merci|"
    r"un (?:gros|grand)|so much|very much|a lot|a million|again|beaucoup|bien|infiniment|mille fois|encore|"
    r"for (?:your|the|all the|all your) help|for everything|pour (?:votre|l|ton) aide|pour tout|got it|"
    r"that helps|this helps|that helped|that s (?:very |really )?(?:helpful|great|all)|(?:very|really) helpful|"
    r"much appreciated|i appreciate it|(?:you|this) (?:have been|were|was) (?:very |so )?(?:helpful|great)|"
    r"c est (?:noté|tout|très utile|apprécié|gentil)|ça aide|ça m aide|très utile|très apprécié|all set|all good|bye|"
    r"goodbye|au revoir|(?:that s|that is) (?:it|all|enough|fine|good)(?: (?:for )?(?:now|tonight|today))?|for (?:now|tonight|today)|"
    r"will do|noted|understood|sounds good|good to know|makes sense|no worries|never mind|see you(?: tomorrow| soon| later)?|"
    r"(?:talk|speak) (?:later|soon|tomorrow)|i m (?:good|fine|ok|all set)|we re (?:good|fine|ok|all set)|"
    r"(?:(?:i|we) ll|i will|we will) (?:do|try|start with|get on|look at|read|share|pass on|follow) (?:that|this|it|them|those)(?: (?:now|today|tonight|tomorrow|first|on|out))*|"
    r"(?:i|we) (?:ll|will) (?:share|pass) (?:it|this|that) (?:on )?(?:with|to) (?:my|our|the) (?:\w+)|"
    r"noté|compris|je comprends|c est (?:bon|parfait|clair|tout)(?: pour (?:ce soir|maintenant|aujourd hui))?|pour (?:ce soir|maintenant|aujourd hui)|"
    r"je m en occupe|on s en occupe|(?:je|on) (?:vais|va) (?:faire|essayer|lire|regarder|commencer par) (?:ça|cela|ceci)|à (?:demain|bientôt|plus tard|plus)|"
    r"(?:je|on) (?:transmets|partage)(?: ça| cela)? (?:à|avec) (?:mon|ma|mes|notre|nos|l) \w+|"
    r"bonne (?:journée|soirée|nuit)|have a good (?:day|night|evening)|good night|from all of us)\W*)+",
    re.IGNORECASE,
)
_LONGEST_SMALL_TALK = 90
_POLITE_BEFORE = r"(?:(?:please|ok|yes|and|can you|could you|s il vous plaît|svp|oui|et) )*"
_POLITE_AFTER = r"(?: please| now| s il vous plaît| svp| merci| thanks)*"
_STEPS = re.compile(
    _POLITE_BEFORE + r"(?:(?:show|give|send|see)(?: me| us)?(?: the)? steps|what are the steps|steps|"
    r"(?:montre[rz]?|donne[rz]?|envoye[rz]|voir)(?: moi| nous)?(?: les)? étapes|quelles sont les étapes|étapes)"
    + _POLITE_AFTER,
    re.IGNORECASE,
)
_MORE = re.compile(
    _POLITE_BEFORE
    + r"(?:more|(?:show|give|send|tell|see|read)(?: me| us)? (?:more|the rest|the next(?: steps?| ones?)?)|more steps|"
    r"(?:the )?next(?: steps?| ones?)?|the rest|go on|keep going|continue|what(?: is| s| comes)? (?:next|else)|then what|what then|"
    r"anything else|(?:la )?suite|plus|encore|continue[rz]?|le reste|"
    r"(?:montre[rz]?|donne[rz]?|envoye[rz]|voir|lire)(?: moi| nous)? (?:la suite|plus|le reste)|"
    r"(?:et )?(?:après|ensuite|puis)|quoi d autre|autre chose|les? (?:étapes suivantes|prochaines étapes)|"
    r"(?:les )?autres étapes)" + _POLITE_AFTER,
    re.IGNORECASE,
)
# Asked of the desk: what it is. "Is there a real person there?" is a wish for one, and is not among these.
_WHO_ANSWERS = re.compile(
    r"\b(?:are|r) (?:you|u) (?:an? |even |really |just |still )*(?:real |actual |live )*(?:human|person|people|bot|robot|machine|"
    r"ai|a i|chatbot|computer|program|chatgpt)\b"
    r"|\bis this (?:an? |just |really )*(?:real |actual |live )*(?:human|person|bot|robot|machine|ai|chatbot|computer|program|automatic|automated)\b"
    r"|\bam i (?:talking|speaking|chatting|writing|texting) (?:to|with) (?:an? )?(?:real |actual )*(?:human|person|bot|robot|machine|ai|chatbot|computer)\b"
    r"|\b(?:what|who) are you\b|\bwho am i (?:talking|writing|speaking) (?:to|with)\b|\bwho (?:wrote|writes|answers) (?:this|these|me)\b"
    r"|\b(?:es tu|êtes vous|etes vous|t es|vous êtes) (?:une? |juste |vraiment )*(?:vraie? )?(?:humaine?|personne|robot|machine|ia|intelligence artificielle|ordinateur|programme)\b"
    r"|\b(?:est ce|c est) (?:que c est )?(?:une? |juste )*(?:vraie? )?(?:humaine?|robot|machine|ia|intelligence artificielle|ordinateur)\b"
    r"|\b(?:est ce que )?je parle (?:à|avec) (?:une? )?(?:vraie? )?(?:humaine?|robot|machine|ia|ordinateur)\b"
    r"|\b(?:how (?:do you|does (?:this|it|that)(?: (?:desk|help desk|service|bot|thing|chat|page))?) work|what (?:can|do) you (?:do|help with)|"
    r"what is this (?:desk|service|bot|place|chat|page))(?: here| exactly)?$"
    r"|\b(?:comment (?:ça|ceci|cela|ce service|le service|ce robot) (?:marche|fonctionne)(?: t il)?|comment (?:marche|fonctionne) (?:ce|le) (?:service|robot)|"
    r"(?:que|qu est ce que) (?:pouvez vous|peux tu|vous pouvez|tu peux) faire|c est quoi (?:ce service|ce robot|ici))(?: ici| au juste)?$"
    r"|\bqui (?:es tu|êtes vous|etes vous|me répond|répond ici|a écrit (?:ça|ceci|cela))\b",
    re.IGNORECASE,
)
_LONGEST_ABOUT_DESK = 14  # words: a longer message has something else to say
_WISH = re.compile(
    r"\b(?:want|need|like|prefer|rather|let me|give me|get me|put me|connect|call me|veux|voudrais|aimerais|besoin|préfère|passe[rz])\b",
    re.IGNORECASE,
)
_PERSON_NAMED = re.compile(
    r"\b(?:person\w*|humans?|people|some(?:one|body)|any(?:one|body)|talk\w*|speak\w*|chat|call (?:me|us|back)|(?:phone|ring|text|contact|reach|ping|connect) (?:me|us)|"
    r"(?:transfer|escalate|put|pass) (?:me|us|this|it)|experts?|agents?|operators?|representatives?|advis[eo]rs?|specialists?|colleagues?|(?:the|a|your|hub) (?:team|staff|hub)|"
    r"(?:call|phone|ring) (?:back|please|asap|now)|humaine?s?|quelqu|gens|parle\w*|discute\w*|(?:r?appel\w*|contact\w*|joi\w+|transf\w+)(?: moi| nous)|"
    r"(?:me|m|nous) (?:r?appel\w*|joindre|contacte\w*|parle\w*|transf\w+)|exper\w+|conseill[eè]re?s?|interven\w+|équipe|spécialistes?|collègues?|(?:un|le|votre) réseau)\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:i|me|we|us|je|j|moi|nous|on|m)\b", re.IGNORECASE)
_SIDE = re.compile(
    r"\b(?:should|shall|must|do|would) (?:i|we|council|the council|the city|the mayor|they)(?: \w+){0,3} (?:vote|support|oppose|sign|back|"
    r"endorse|condemn|pass|adopt|approve|reject|side with|take (?:a|the) (?:side|stand|position))\b"
    r"|\b(?:which|what) side\b|\bwho(?: is| s) right\b|\b(?:vote|say) (?:yes or no|for or against)\b"
    r"|\b(?:dois je|doit on|devons nous|devrions nous|devrais je|faut il|le conseil (?:doit|devrait)(?: il)?)(?: \w+){0,3} (?:voter|appuyer|soutenir|"
    r"s opposer|signer|condamner|adopter|approuver|rejeter|prendre (?:parti|position))\b"
    r"|\bquel (?:camp|côté)\b|\bqui a raison\b|\b(?:voter )?(?:pour ou contre|oui ou non)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:is|are|was|would|isn t|can)\b[^?]{0,60}\b(?:legal|illegal|lawful|unlawful|a crime|criminal|against the law)\b"
    r"|\b(?:can|could|should|may|do) (?:i|we|they|he|she|the city|the council|the mayor)\b[^?]{0,40}\b(?:sue|press charges|be sued|go to jail|"
    r"get a restraining order|be arrested|have (?:him|her|them|someone) arrested)\b|\bam i liable\b|\bare we liable\b|\bmy rights\b"
    r"|\b(?:est ce|c est|est il|serait ce)\b[^?]{0,60}\b(?:légal|illégal|permis par la loi|un crime|criminel)\b|\bcontre la loi\b"
    r"|\b(?:puis je|peut on|pouvons nous|devrais je|peux je|je peux|on peut)\b[^?]{0,40}\b(?:poursuivre|porter plainte|faire arrêter|être poursuivi)\w*\b"
    r"|\b(?:est ce un crime|mes droits)\b",
    re.IGNORECASE,
)
_ORDINALS = (
    (
        "1",
        "one",
        "first",
        "the first one",
        "un",
        "une",
        "le premier",
        "la première",
        "première",
        "premier",
        "a",
    ),
    ("2", "two", "second", "the second one", "deux", "le deuxième", "la deuxième", "deuxième", "second", "b"),
    ("3", "three", "third", "the third one", "trois", "le troisième", "la troisième", "troisième", "c"),
)
_NUMBERING = re.compile(r"^(?:number|option|choice|numéro|no|choix|nº|réponse|answer) ")


_LANGUAGE = re.compile(
    r"(?:(?:ok|yes|hi|hello|and|please|bonjour|et|oui|also|what|about|how|is|there|do|a|c|est|qu|en|il|version|possible|disponible|can|could|would|you|i|we|d|would|like|want|need|prefer|have|get|give|show|send|tell|write|"
    r"answer|reply|respond|it|this|that|the|me|us|again|same|steps|peux|pouvez|pourriez|pourrais|tu|vous|je|on|veux|voudrais|aimerais|préfère|préférerais|"
    r"avoir|lire|voir|répond|réponds|répondre|répondez|donne|donnez|montre|montrez|écris|écrivez|moi|nous|la|le|les|ça|cela|réponse|une|an|même|chose|"
    r"étapes|plutôt|rather) )*"
    r"(?:(?:en|in|to|into) )?(?:(?P<fr>français|francais|french)|(?P<en>anglais|english))"
    r"(?: (?:please|thanks|thank|you|now|too|version|is|fine|ok|instead|version|if|possible|s il|si|vous|te|plaît|svp|stp|merci|maintenant|ça|va|me|convient|"
    r"plutôt|possible|too|aussi))*"
    r"(?: (?:for|pour) (?:my|our|the|his|her|their|mon|ma|mes|notre|nos|le|la|les|l|son|sa|ses)(?: \w+){1,4})?",
    re.IGNORECASE,
)


def is_greeting(text: str) -> bool:
    """Tell whether the message greets and says nothing else."""
    plain = _plain(text)
    return len(plain) <= _LONGEST_SMALL_TALK and bool(_GREETING.fullmatch(plain))


def is_thanks(text: str) -> bool:
    """Tell whether the message thanks, or says goodbye, and says nothing else."""
    plain = _plain(text)
    return len(plain) <= _LONGEST_SMALL_TALK and bool(_THANKS.fullmatch(plain))


def language_choice(text: str) -> str | None:
    """Return the language that a message asks to be answered in, when that is all it says; else None."""
    match = _LANGUAGE.fullmatch(_plain(text)) if len(text) <= _LONGEST_SMALL_TALK else None
    if match is None:
        return None
    return "fr" if match["fr"] else "en"


def asks_for_steps(text: str) -> bool:
    """Tell whether the message is a plain wish for the steps of what was just told."""
    return bool(_STEPS.fullmatch(_plain(text)))


def asks_for_more(text: str) -> bool:
    """Tell whether the message is a plain wish for what comes after the last answer."""
    return len(text) <= _LONGEST_SMALL_TALK and bool(_MORE.fullmatch(_plain(text)))


def asks_who_answers(text: str) -> bool:
    """Tell whether the message asks what the desk is, and no more: a wish for a person is not such a question."""
    plain = _plain(text)
    short = len(plain.split()) <= _LONGEST_ABOUT_DESK
    return short and bool(_WHO_ANSWERS.search(plain)) and not _WISH.search(plain)


def names_a_person(text: str) -> bool:
    """Tell whether a message that was taken for a wish for a person has any word of one, or of talking."""
    return bool(_PERSON_NAMED.search(_plain(text)))


def speaks_of_self(text: str) -> bool:
    """Tell whether the writer asks for themselves: "can I talk to somebody", and not "can my staff"."""
    return bool(_SELF.search(_plain(text)))


def asks_for_a_side(text: str) -> bool:
    """Tell whether the message asks how to vote or whose side to take."""
    return bool(_SIDE.search(_plain(text)))


def asks_what_law_says(text: str) -> bool:
    """Tell whether the message asks for a conclusion in law."""
    return bool(_LEGAL.search(_plain(text, keep="?")))


def option_chosen(text: str) -> int | None:
    """Return the number, from 1, of the offered choice that the message names, when it says no more."""
    plain = _NUMBERING.sub("", _plain(text).casefold())
    return next((number for number, names in enumerate(_ORDINALS, 1) if plain in names), None)


def _plain(text: str, keep: str = "") -> str:
    return " ".join(re.sub(rf"[^\w\s{re.escape(keep)}]", " ", text[:4_000]).split())
