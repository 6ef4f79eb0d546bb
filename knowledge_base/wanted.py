"""What kind of text somebody asks for: words to copy, or somebody to turn to. Told from words, in both languages.

Each is a way of asking beside the name of the thing: neither "a letter came" nor "a group is on its way" asks.
"""

import re

from knowledge_base.tokens import fold

_THING_EN = (
    r"(?:(?:holding |press |public |media |short |written |sample |standard |joint )*(?:statements?|releases?)|(?:written |sample |form )?letters?|notices?|e-?mails?|"
    r"messages?|posts?|announcements?|scripts?|wordings?|templates?|samples?|notes?|memos?|blurbs?|paragraphs?|talking points|talk track|"
    r"key messages|repl(?:y|ies)|responses?|forms?|logs?|log sheets?|checklists?|run sheets?|boilerplate|handouts?|flyers?)"
)
_THING_FR = (
    r"(?:mots?|textes?|notes?|messages?|lettres?|courriels?|avis|communiques?|declarations?|publications?|annonces?|scripts?|gabarits?|"
    r"modeles?|formulaires?|registres?|fiches?|phrases?|reponses?|canevas|aide-memoire|lignes|enonces?|depliants?)"
)
_NEED_EN = (
    r"(?:draft(?:ing)?|write|word|compose|prepare|give|send|share|show|need|want|looking for|get|find|have|is there|are there|any|use|borrow|"
    r"help (?:me|us)(?: with)?|put together|come up with)"
)
_NEED_FR = (
    r"(?:rediger?z?|redige-moi|ecrire|ecrivez|ecris-moi|composer?z?|preparer?z?|donnez|donner|donne-(?:moi|nous)|donne moi|envoyez|envoyer|envoie-(?:moi|nous)|envoie moi|partagez|besoin|veux|voudrai\w*|aimerai\w*|cherch\w+|"
    r"faut|fau\w*|trouve\w*|avez-vous|as-tu|avez vous|tu as|vous avez|existe|y a-t-il|y a-tu|il y a|auriez-vous)"
)
_SAY_EN = r"(?:say|read(?: out)?|write(?: back)?|post|announce|answer|reply|respond|put out|publish|print)"
_AUDIENCE_EN = r"(?:the )?(?:press|media|reporters?|journalists?|residents?|parents?|staff|public|employees|team|neighbou?rs?|school|families|caller)"
_WORDS = re.compile(
    # a thing that is asked for: "can you draft a statement", "do you have a sample notice to parents"
    rf"\b{_NEED_EN}\b(?: (?!that\b|who\b|said\b|about\b)[\w'-]+){{0,6}}? {_THING_EN}\b(?! (?:came|arrived|says|said|saying|was|were|is|are|from|that (?:says|said|told)|we got|i got)\b)"
    # something to put somewhere: "something to put on the website", "an announcement I can read"
    rf"|\b(?:something|anything|words?|text|{_THING_EN})(?: short| simple| quick| ready)? (?:to|that (?:i|we|they|the \w+) can|(?:i|we|they|the \w+) can|for (?:me|us) to|for the \w+ to) "
    r"(?:paste|copy|use|send(?: out)?|post|read(?: out)?|say|publish|put|hand out|give|share|print|announce|email|fill)\b"
    rf"|\bwhat (?:exactly |else )?(?:do|does|should|can|could|would|must|shall) (?:i|we|they|he|she|our|the|my)(?: [\w'-]+){{0,5}}? {_SAY_EN}\b"
    rf"|\bwhat (?:to|do i|do we|should i|should we|can i|can we) tell {_AUDIENCE_EN}\b|\bwhat to (?:say|write|post|read|answer)\b"
    r"|\bhow (?:do|should|can|would) (?:i|we) (?:word|phrase|put it|write|answer (?:the )?(?:press|media|reporters?|e-?mails?))\b"
    r"|\b(?:draft|write|word|compose) (?:out |up )?what (?:[\w'-]+ ){1,3}(?:reads?|says?|posts?|sends?|announces?)\b"
    rf"|\bhelp (?:me|us) (?:to )?(?:answer|write|reply|word|phrase|draft)\b"
    r"|\btemplates?\b|\bholding (?:statement|line)s?\b|\bboilerplate\b|\bfill[- ]in\b|\b(?:exact|right) words\b|\bwording for\b|\bscript for\b"
    r"|\bsample (?:statement|letter|message|script|notice|note|e-?mail|post|form|log)\b|\b(?:blank|printable) \w+"
    # en français
    rf"|\b{_NEED_FR}\b(?:[ -](?!qui\b|que\b|disant\b|dit\b|votre\b|ton\b)[\w'-]+){{0,6}}?[ '-]{_THING_FR}\b(?! (?:est|sont|etait|arrive|recu|dit|disant|de menaces?|haineu\w+|anonymes?)\b)"
    r"|\b(?:quelque chose|de quoi|textes?|mots?|messages?|notes?|phrases?|lettres?|annonces?|avis|communiques?|courriels?|publications?)(?: [\w-]+){0,2}? "
    r"(?:a|pour|que (?:je|on|nous) (?:peux|puisse|peut|pourrait))(?: (?:les?|la|l'))? ?"
    r"(?:copier|coller|envoyer|publier|lire|utiliser|dire|afficher|mettre|remplir|parents?|familles?|employes?|personnel|equipe|site|micro|journalistes?|voisins?|medias)\b"
    r"|\b(?:mots?|notes?|messages?|textes?|annonces?|communiques?|courriels?|lettres?)(?: [\w-]+){0,2}? (?:aux?|a l'|a la|au) (?:parents?|familles?|employes?|personnel|equipe|citoyens?|residents?|medias?|journalistes?|voisins?|ecole)\b"
    r"|\b(?:deja|tout(?:e?s?)?) (?:prets?|pretes?|faits?|faites?)\b"
    r"|\b(?:que|quoi)(?: (?:dois-je|doit-on|faut-il|puis-je|peut-on|devrait-on|devrais-je|devons-nous))? (?:dire|lire|ecrire|repondre|publier|annoncer)\b"
    r"|\bqu'est-ce (?:que|qu')(?: ?[\w'-]+){1,4}? (?:lire|lit|lis|dire|ecrire|ecrit|ecris|publier|repondre|repond|reponds|dis au|dit au|dis aux|dit aux)\b"
    r"|\bquel(?:le)?s? (?:phrases?|mots?|message|texte|formulation)(?: \w+){0,2} (?:dire|utiliser|lire|employer|ecrire|choisir|prononcer)\b"
    r"|\bcomment (?:formuler|rediger|ecrire|tourner|le dire|repondre aux? (?:journalistes?|medias?))\b"
    r"|\b(?:envoyer|publier|afficher|distribuer) quelque chose\b|\bgabarits?\b|\bmodeles? (?:de|d'|pour)\b|\bcanevas\b|\ba imprimer\b|\ba remplir\b|\baide\w*[- ](?:moi|nous) a (?:repondre|ecrire|rediger)\b"
)
_LAW_EN = (
    r"(?:laws?|codes?|charters?|acts?|statutes?|constitutions?|amendments?|courts?|sections?|by-?laws?|ordinances?|polic(?:y|ies)|"
    r"guides?|guidance|guidelines|library|research|stud(?:y|ies))"
)
# "I need a policy on statements" plans, "the statement was" tells, and "take a stand" decides. "What does the code
# say" asks what is written already, and "do we have to release the names" whether one must.
_NO_WORDS = re.compile(
    rf"\bwhat (?:do|does|did) (?:[\w'-]+ ){{0,5}}?{_LAW_EN} (?:[\w'-]+ ){{0,3}}?say\b"
    r"|(?<!what )(?<!how )(?<!who )\b(?:do|does|did) (?:i|we|they|he|she|council|the \w+) (?:\w+ )?(?:have|need) to\b"
    r"|\bque (?:dit|disent) (?:la |le |les |l')(?:lois?|codes?|chartes?|politiques?|guides?|reglements?|articles?|jurisprudence|bibliotheque)\b"
    r"|\b(?:oblige\w*|tenue?s?) (?:de|d'|a)(?: |\b)"
    r"|\bpolic(?:y|ies)\b|\bpolitiques?\b|\b(?:a|the|his|her|their|its|'s) (?:statement|post|message|letter|e-?mail) (?:was|is|said|made|says|came|got)\b"
    r"|\bshould (?:we|council|the council|the city|i|the mayor) (?:make|issue|put out|publish|sign|write|release)\b"
    r"|\b(?:doit-on|devrait-on|faut-il|devons-nous|le conseil doit|le conseil devrait) (?:\w+ )?(?:publier|faire|signer|emettre)\b"
    r"|\b(?:got|received|found|recu|trouve|envoye par)\b[^.?!]{0,30}\b(?:letters?|notices?|e-?mails?|messages?|lettres?|avis|courriels?)\b(?![^.?!]*\bneed)"
)

_HELPER_EN = (
    r"(?:(?:hot|help|crisis|support|phone|tip|advice|reporting)[- ]?lines?|phone numbers?|numbers?|organi[sz]ations?|groups?|services?|agenc(?:y|ies)|programs?|contacts?|"
    r"counsel(?:l?ing|l?ors?)|therap(?:y|ists?)|psychologists?|mediat(?:ion|ors?)|experts?|specialists?|charit(?:y|ies)|non-?profits?|lawyers?|liaisons?|support|resources?|compan(?:y|ies)|bod(?:y|ies))"
)
_SOMEONE_EN = r"(?:some(?:one|body)|any(?:one|body)|people|persons?)"
_HELPER_FR = (
    r"(?:lignes?(?: d'(?:ecoute|aide|urgence)| de (?:crise|signalement))?|numeros?|organismes?|organisations?|groupes?|services?|associations?|programmes?|ressources?|contacts?|"
    r"psychologues?|therapeutes?|mediat(?:ion|eurs?|rices?)|expert(?:e|s|es)?|specialistes?|avocate?s?|intervenante?s?|travailleu\w+ socia\w+|instances?|entreprises?)"
)
CONTACTS = re.compile(
    rf"\b(?:is there|are there|do you know(?: of)?|do you have|does any\w+ know|know of|can you (?:recommend|suggest|point (?:me|us) to|connect (?:me|us) (?:with|to))|"
    rf"looking for|where (?:can|do|should|could) (?:\w+ ){{1,3}}(?:find|get)|which|what|any|(?:i|we) (?:need|want)|what(?:'s| is| are)) "
    rf"(?!.{{0,40}}\b(?:threat|attack|target|insult|coming|outside|planning|screaming|shouting|protesting)\w*)(?:\w+ ){{0,4}}?{_HELPER_EN}\b(?= (?:can|could|that|who|which|to|for|at|on|of|in|helps?|supports?|does|do|takes?|offers?|provides?|we|i|my|our|people|here|there|near)\b|\W*\Z)"
    rf"|\b{_SOMEONE_EN} (?:(?:who|that|to|my|our|we|i|the|they|he|she)(?: [\w'-]+){{0,3}} )?(?:can|could|may|might) (?:\w+ )?(?:help|talk to|call|speak to|speak with|talk with|support|turn to|reach|advise|ring|contact|see|write to)\b"
    rf"|\b(?:is there|do you know|need|looking for|want) (?:\w+ )?{_SOMEONE_EN} (?:to|who can) (?:help|talk to|call|speak (?:to|with)|talk with|support|advise|train|check)\b"
    r"|\bdoes any(?:one|body) (?:offer|provide|do|run|help|handle)\b"
    r"|\bwho (?:can|could|should|do|does|would|must|will|is it) (?:[\w'-]+ ){0,4}?(?:turn to|call|talk to|speak to|speak with|report (?:it |this |that )?to|go to|complain to|ring|phone|contact|reach|write to|ask|tell)\b"
    r"|\bwho (?:offers|provides|handles|funds|runs|supports|helps|does (?:that|this)|trains|takes (?:reports?|complaints?|calls?))\b"
    r"|\bwhere (?:can|could|should|do|does) (?:[\w'-]+ ){1,4}(?:get|find|turn for|go for|go to get) (?:\w+ ){0,2}?(?:help|support|advice|counsel\w*|legal|training|therapy)\b"
    rf"|\b(?:y a-t-il|y a-tu|il y a-tu|est-ce qu'il (?:y a|existe)|existe-t-il|connaissez-vous|connais-tu|avez-vous|as-tu|ou (?:trouver|puis-je trouver|peut-on trouver)|cherche\w*|besoin d|il (?:me|nous) faut|quel(?:le)?s?|c'est quoi|"
    rf"recommandez-vous|pouvez-vous (?:me |nous )?(?:suggerer|recommander)) ?'?(?:[\w']+ ){{0,4}}?(?:\w')?{_HELPER_FR}\b(?! (?:qui (?:menace|crie|manifeste|attaque|vient|viennent|s'en prend)))"
    r"|\b(?:give|send|tell|get) (?:me|us) (?:the|a|their|that|an?) (?:[\w'-]+ )?(?:phone number|number|hot ?line|contacts?)\b"
    r"|\b(?:donnez|donne|envoyez|dites)[- ](?:moi|nous) (?:le|les|un|leurs?) (?:numeros?|contacts?|coordonnees)\b"
    r"|\bquelqu'un (?:qui|que|a qui|d'autre)?(?: [\w'-]+){0,4}? ?(?:aider|aide|parler|appeler|joindre|conseiller|accompagner|soutenir|ecouter|consulter)\b"
    r"|\b(?:a|avec|vers) qui (?:[\w'-]+ ){0,4}?(?:parler|s'adresser|m'adresser|nous adresser|telephoner|ecrire|demander|se tourner|me tourner|nous tourner|signaler|denoncer|se confier|parle)\b"
    r"|\b(?:parler|s'adresser|ecrire|telephoner|se confier|parle|appeler|demander) a qui\b|\bje previens qui\b|\bon (?:appelle|previent|avise|contacte) qui\b"
    r"|\bqui (?:peut|pourrait|pourra) (?:[\w']+ )?(?:aider|evaluer|conseiller|accompagner|soutenir|ecouter|former)|\bqui (?:offre|finance|s'occupe|donne|fournit|accompagne|soutient|aide|forme)\b"
    r"|\bqui (?:[\w'-]+ ){0,3}?(?:appeler|joindre|contacter|prevenir|aviser)\b"
    r"|\b(?:organismes?|associations?|services?|groupes?) (?:qui|pour) (?:[\w']+ )?(?:aide\w*|accompagne\w*|soutien\w*|offre\w*|souten\w*|retire\w*)"
)


# Written by a lawyer for one case: no text to fill in stands for it.
_LAWYERS_LETTER = re.compile(
    r"\b(?:(?:no[- ]?)?trespass(?:ing)?|no[- ]contact|cease[- ]and[- ]desist|ban(?:ning)?|exclusion|demand|retraction|legal|lawyer'?s|"
    r"resignation|termination|dismissal|disciplinary)(?: \w+)? (?:letters?|notices?|orders?|warnings?)\b"
    r"|\b(?:letters?|notices?|wording) (?:to|that|which|of|for) (?:an? |the )?(?:ban|bans|banning|exclude|bar|bars|barring|trespass|resignation|dismissal|resign)\b"
    r"|\bmises? en demeure\b|\b(?:lettres?|avis) (?:d'|de |pour )(?:interdiction|interdire|exclusion|exclure|expulsion|expulser|demission|congediement|bannir|renvoi)\b"
)


def wants_lawyers_letter(question: str) -> bool:
    """Tell whether somebody asks for a letter that bans, warns off or dismisses: one for a lawyer to write."""
    return bool(_LAWYERS_LETTER.search(fold(question)))


def wants_words(question: str) -> bool:
    """Tell whether somebody asks for words to copy rather than for what to do."""
    folded = fold(question)
    return bool(_WORDS.search(folded)) and not _NO_WORDS.search(folded) and not _LAWYERS_LETTER.search(folded)
