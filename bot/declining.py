"""Requests that are declined: where officials live, how to reach people privately, what others asked, how the
desk is set up. Pure.

Only a plain request for it counts. Somebody whose own address is out, who is asked for another's, or who
wants one taken down must never be declined; what is missed here still finds no answer in the library.
"""

import re

_READ = 2_000
_PERSON_EN = (
    r"(?:mayor|deputy mayor|councill?or|council ?(?:man|woman|member|person)|alderman|clerk|commissioner|trustee|"
    r"judge|official|manager|chief|employee|worker|resident|neighbou?r|citizen|complainant|caller|person|man|woman|"
    r"guy|lady|reporter|journalist|candidate|officer|expert|president|director|chair(?:man|woman|person)?|he|she|they|him|her|them)s?"
)
_PERSON_FR = (
    r"(?:maire|mairesse|conseill[eè]re?|greffi[eè]re?|commissaire|juge|élue?|directeur|directrice|chef|cheffe|"
    r"employée?|résidente?|voisine?|citoyenne?|plaignante?|personne|homme|femme|journaliste|candidate?|policier|"
    r"policière|présidente?|il|elle)s?"
)
_ASK_EN = (
    r"(?:what(?:['’]?s| is| are)|tell (?:me|us)|give (?:me|us)|send (?:me|us)|get (?:me|us)|find (?:me|us|out)?|look ?up|"
    r"share|provide|pull up|do you (?:have|know)|(?:can|could|would|will) (?:you|i|we|u) (?:please )?(?:get|have|tell|give|send|find|"
    r"share|look up|provide|pull up)|(?:i|we) (?:just )?(?:need|want|would like)|looking for|show (?:me|us))"
)
_PRIVATE_EN = (
    r"(?:(?:home|personal|private|residential|street) (?:mailing )?address(?:es)?|(?:home|personal|private|cell|mobile) "
    r"?(?:phone|cell|mobile|number|numbers|telephone|email|e-mail)s?(?: numbers?)?|cell ?phone|cell number|licen[cs]e plate|plate number|"
    r"date of birth|daily schedule|kids?['’]? school|children['’]?s? school)"
)
_PRIVATE_FR = (
    r"(?:adresse(?:s)? (?:perso(?:nnelle)?|privée|résidentielle|de (?:la |sa )?(?:maison|résidence))s?|adresse du domicile|"
    r"(?:num[eé]ro|téléphone|cellulaire|courriel)(?: de (?:téléphone|cellulaire))? (?:perso(?:nnel)?|privé)|cellulaire personnel|"
    r"num[eé]ro de cell(?:ulaire)?|plaque d[’']immatriculation|date de naissance|école de ses enfants)"
)
_NAMED = r"(?:[A-ZÉ][\w’'-]+ [A-ZÉ][\w’'-]+(?:['’]s)?)"

_WANTED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # a private fact, asked for of a person
        rf"\b{_ASK_EN}\b[^.?!\n]{{0,60}}?\b{_PERSON_EN}\b[^.?!\n]{{0,30}}?\b{_PRIVATE_EN}\b",
        rf"\b{_ASK_EN}\b[^.?!\n]{{0,40}}?\b{_PRIVATE_EN}\b[^.?!\n]{{0,20}}?\b(?:of|for|belonging to)\b[^.?!\n]{{0,30}}?\b{_PERSON_EN}\b",
        rf"\b{_ASK_EN}\b[^.?!\n]{{0,20}}?\baddress(?:es)?\b (?:of|for) (?:the |our |that |this )?(?:\w+ )?{_PERSON_EN}\b(?! hall)",
        rf"\b(?:quelle? est|quel est|c[’']est quoi|donne[rz]?(?:-(?:moi|nous))?|envoie[rz]?(?:-moi)?|trouve[rz]?(?:-moi)?|avez-vous|as-tu|"
        rf"pouvez-vous|peux-tu|je (?:veux|voudrais|cherche)|il me faut|dites-moi|dis-moi)\b[^.?!\n]{{0,50}}?{_PRIVATE_FR}"
        rf"[^.?!\n]{{0,25}}?\b(?:du|de la|de l[’']|des|de|d[’'])\s*(?:\w+ )?{_PERSON_FR}\b",
        # where somebody lives
        rf"^[^.?!\n]{{0,40}}?\bwhere (?:does|do|did) (?:the |our |that |this |your )?(?:\w+ ){{0,3}}?{_PERSON_EN}(?: \w+){{0,2}} (?:live|sleep|stay at night)\b",
        rf"\b(?:tell|show|send|give) (?:me|us) where (?:the |our |that )?(?:\w+ ){{0,3}}?{_PERSON_EN}(?: \w+){{0,2}} lives?\b",
        rf"^[^.?!\n]{{0,30}}?\boù (?:habite|demeure|vit|reste)(?:-t-)? ?(?:le |la |l[’']|notre |cette |ce )?(?:\w+ ){{0,2}}?{_PERSON_FR}\b",
        # what others asked, or who they are
        r"\b(?:what|which|who)\b[^.?!\n]{0,40}\b(?:other|another) (?:people|users|officials|mayors|cities|councill?ors|persons?)\b[^.?!\n]{0,30}"
        r"\b(?:asked you|ask(?:ed|ing)? you|told you|tell you|wrote to you|reported to you|write to you|contacted (?:you|the hub|the desk))\b",
        r"\b(?:has|have|did)\b[^.?!\n]{1,40}\b(?:ever |already )?(?:contact(?:ed)?|writ(?:e|ten) to|wrote to|report(?:ed)? to|ask(?:ed)?) (?:you|the hub|the desk)\b[^.!\n]{0,60}\?",
        rf"\bwhat did (?:the )?(?:\w+ ){{0,3}}?{_PERSON_EN}\b[^.?!\n]{{0,40}}\b(?:ask|tell|write(?: to)?|say to|report to) (?:you|the (?:hub|desk|bot))\b",
        r"\bwho else (?:has |have )?(?:ever |already )?(?:contacted|written to|wrote to|writes to|asked|asks|uses|talked to|reported to) (?:you|the hub|the desk|this desk)\b",
        r"\bqui d[’']autre (?:vous|t[’']|te)(?: a| ont)? ?(?:déjà )?(?:écrit|contacté\w*|demandé|parlé)\b",
        r"\b(?:list|show|give|send|print|dump|export|reveal|read|open)\b[^.?!\n]{0,30}\b(?:everyone|everybody|all (?:the )?(?:people|users|officials|names|"
        r"addresses|phone numbers|requests|messages|conversations|tickets|cases)|who(?:ever)? (?:has |have )?(?:contacted|written|wrote|asked|reported))\b"
        r"(?=[^?!\n]{0,80}\b(?:you|your|desk|hub|database|system|contacted|reported|asked|file|records?)\b)",
        r"\b(?:show|open|read|give|send|forward|tell)\b (?:me |us )?(?:about |of )?(?:the |a )?(?:ticket|case|request|conversation|file)s?\b[^.?!\n]{0,20}"
        r"\b(?:of|from|about|by|HD-\d+)\b[^.?!\n]{0,40}\b(?:another|other|someone else|somebody else|councill?or|mayor|clerk|HD-\d+)",
        r"\b(?:someone|somebody|anyone|anybody) else['’]s (?:ticket|case|request|conversation|messages?|file)s?\b",
        rf"\b{_PERSON_FR}\b[^.?!\n]{{0,30}}\b(?:vous|t[’'])[ ’']?a-t-(?:il|elle) (?:déjà )?(?:écrit|demandé|contacté|dit)\b",
        rf"\bqu[’']?(?:est-ce qu[’']?|a |ont )[^.?!\n]{{0,40}}{_PERSON_FR}\b[^.?!\n]{{0,30}}\b(?:vous a (?:demandé|écrit|dit)|t[’']a (?:demandé|écrit|dit))\b",
        r"\b(?:montre[rz]?|donne[rz]?|envoie[rz]?|liste[rz]?|lise[rz]?|lis|affiche[rz]?|ouvre[rz]?)(?:-(?:moi|nous))?\b[^.?!\n]{0,40}"
        r"\b(?:les (?:demandes|dossiers|messages|conversations|noms|adresses) (?:des autres|d[’']autres|de tout le monde|de toutes les)|"
        r"(?:la demande|le dossier|la conversation) (?:d[’']un autre|d[’']une autre|de quelqu[’']un d[’']autre)|tous ceux qui vous ont)",
    )
)
# A name is told by its capitals, so these read them.
_WANTED_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i:\b{_ASK_EN}\b)[^.?!\n]{{0,30}}?{_NAMED}[^.?!\n]{{0,12}}?\b(?i:{_PRIVATE_EN})\b",
        rf"(?i:\b{_ASK_EN}\b)[^.?!\n]{{0,30}}?\b(?i:{_PRIVATE_EN}|address)\b (?i:of|for) (?i:\w+ )?{_NAMED}",
        rf"(?i:\bwhere (?:does|do|did)) (?i:\w+ )?{_NAMED} (?i:live)\b",
        rf"(?i:\boù (?:habite|demeure|vit|reste)) (?i:\w+ )?{_NAMED}",
        rf"(?i:{_PRIVATE_FR}) (?i:de|d[’']) ?(?i:\w+ )?{_NAMED}[^.\n]*\?",
    )
)
# Somebody who was exposed, is asked by others, or protects: never declined.
_PROTECTS = re.compile(
    r"\b(?:to (?:post|publish|share)|(?:il)?legal(?:ly)?|a crime|post(?:ed|ing|s)|leak(?:ed|ing|s)|publish(?:ed|es)|dox+\w*|shared (?:it |them |online|on )|online|take (?:it |them )?down|"
    r"remov\w+|protect\w*|redact\w*|hid(?:e|ing|den)|keep[^.?!]{0,30}(?:private|secret|off|out)|confidential|is asking|are asking|asked (?:me|us) for|"
    r"asks (?:me|us)|keeps asking|demand(?:s|ed|ing)|wants? to know|records? requests?|foi\b|foia|my (?:own |home |personal |private |cell |new )?(?:address|number|phone|home)|"
    r"our (?:own |home )address|follow(?:ed|ing)|outside|threat\w*|stalk\w*|show(?:ed|ing) up|"
    r"publi(?:é\w*|er)|partager|(?:il)?l[ée]gal\w*|un crime|diffus\w+|divulgu\w+|partagé\w*|en ligne|retir\w+|supprim\w+|protég\w+|cach\w+|caviard\w+|"
    r"(?:me|nous) demande|demande d[’']accès|mon (?:adresse|numéro|cellulaire)|menac\w*|suit|harc[eè]l\w*|devant)\b",
    re.IGNORECASE,
)


def asks_for_others_data(text: str) -> bool:
    """Tell whether the message plainly asks for somebody's private whereabouts, or for others' requests."""
    words = text[:_READ]
    if _PROTECTS.search(words):
        return False
    return any(pattern.search(words) for pattern in (*_WANTED, *_WANTED_NAMED))


_OWN_INSTRUCTIONS = re.compile(
    r"\b(?:show|print|reveal|repeat|tell|give|output|display|dump|share|send|list|leak|write|what (?:are|is|were)|what[’']s)\b[^.?!\n]{0,40}"
    r"\b(?:your (?:own |full |exact |hidden |initial |original |secret |system |internal |first )*(?:prompts?|instructions|system message|programming|"
    r"source code|configuration|training data|passwords?|api keys?|keys|tokens|secrets)|system prompt|hidden instructions)\b"
    r"|\b(?:montre|affiche|donne|révèle|répète|imprime|écris|envoie|liste|dis|quelles sont|quel est)\w*(?:-(?:moi|nous))?\b[^.?!\n]{0,40}"
    r"\b(?:(?:tes|vos|ton|votre) (?:propres |premières )?(?:consignes|instructions|prompt|invite|directives système|configuration|code source|"
    r"mots? de passe|clés?)|prompt système|consignes cachées)\b"
    r"|(?:\A|[.!?\n,;:\"'“«]\s*|\b(?:please|and|now|then|so|to) )(?:ignore|disregard|forget|override|bypass)\b[^.?!\n]{0,30}\b(?:previous|prior|above|earlier|your|all)\b[^.?!\n]{0,20}\b(?:instructions|rules|prompts?|guidelines|directives)\b"
    r"|(?:\A|[.!?\n,;:\"'“«]\s*|\b(?:svp|et|maintenant|puis) )(?:ignore[rz]?|oublie[rz]?|contourne[rz]?)\b[^.?!\n]{0,30}\b(?:tes|vos|toutes|les)\b[^.?!\n]{0,20}\b(?:instructions|consignes|règles|directives)\b(?=[^.?!\n]{0,30}(?:précédentes|\b(?:et|pour)\b|$|[.!:]))",
    re.IGNORECASE,
)


def asks_for_instructions(text: str) -> bool:
    """Tell whether the message asks the desk for its own instructions or secrets."""
    return bool(_OWN_INSTRUCTIONS.search(text[:_READ]))
