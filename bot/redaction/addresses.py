"""Postal addresses of the United States and Canada, in English and French, as people type them.

A street without a number is a public place and stays. What follows the street (unit, city, region, postal
code) goes with it. Every repetition in the patterns is bounded, so hostile input costs linear time.
"""

import re
from collections.abc import Iterator

from bot.redaction.parts import (
    CA_POST,
    CITY,
    CLEAR,
    DIRECTION,
    HEAD,
    NUMBER,
    ORDINARY,
    POST,
    REGION,
    TAIL,
    UNIT,
)
from bot.redaction.patterns import Pattern
from bot.redaction.values import Found, Kind

_PAUSE = r"(?=[ ]?(?:[,.;:!?)\n]|\Z))"

# "9920 108 St": streets that are numbers, as Edmonton has them.
_WORD_EN = r"(?:\d{1,3}[A-Za-z]?(?=[ ](?:st|street|ave|avenue|av|a)\b)|[A-Za-z][A-Za-z'.]{0,20}(?:-[A-Za-z]{1,20}){0,3}|\d{1,3}(?:st|nd|rd|th))"
_EN_CLEAR = Pattern(
    rf"{HEAD}{NUMBER}[ ,]{{1,2}}(?:{DIRECTION}[ ])?(?P<name>{_WORD_EN}(?:[ ]{_WORD_EN}){{0,3}}?)[ ](?P<type>{CLEAR})\b\.?"
    rf"(?:[ ]{DIRECTION}(?![\w']))?(?:[ ]\d{{1,4}}(?=[ ,.;]|$))?{TAIL}",
    re.IGNORECASE,
)
_EN_ORDINARY = Pattern(
    rf"{HEAD}{NUMBER}[ ,]{{1,2}}(?:{DIRECTION}[ ])?(?P<name>{_WORD_EN}(?:[ ]{_WORD_EN}){{0,2}}?)[ ](?P<type>{ORDINARY})\b\.?"
    rf"(?:[ ]{DIRECTION}(?![\w']))?{TAIL}",
    re.IGNORECASE,
)
_EN_NUMBERED = Pattern(
    rf"{HEAD}{NUMBER}[ ,]{{1,2}}(?:{DIRECTION}[ ])?(?:old[ ])?(?:county|range|township|twp|state|forest|forestry|rural|us|provincial|farm[ ]to[ ]market|fm|co|rge|cr|tr|rr|hwy|highway|sr|side ?road|(?-i:Line|Concession|Conc\.?|Con\.?))"
    rf"[ -](?:(?:road|rd|route|rte|highway|hwy)[ ])?#?[A-Z]?\d{{1,4}}[A-Za-z]?\b(?:[ ]1/2)?(?:[ ]{DIRECTION}(?![\w']))?{TAIL}",
    re.IGNORECASE,
)
_EN_BARE_ORDINAL = Pattern(
    rf"{HEAD}{NUMBER}[ ](?:{DIRECTION}[ ])?\d{{1,3}}(?:st|nd|rd|th)\b(?:[ ]{DIRECTION}(?![\w']))?{TAIL}",
    re.IGNORECASE,
)
_BROADWAY = Pattern(
    rf"{HEAD}{NUMBER}[ ](?:{DIRECTION}[ ])?(?:broadway|the esplanade|the parkway|esplanade|bowery|grande all[eé]e(?:[ ](?:est|ouest))?)\b(?:[ ]{DIRECTION}(?![\w']))?{TAIL}",
    re.IGNORECASE,
)
# "I live at 88 Kilmarnock": only a cue makes a bare number and name an address.
_CUED = Pattern(
    rf"(?:liv(?:e|es|ed|ing) (?:over )?(?:at|on|in)|resid(?:e|es|ing) at|home(?: is)? (?:at|is)|house (?:is )?(?:at|is)|address(?: is| was|:|,)?(?: at)?|stay(?:s|ing)? at"
    rf"|moved to|my place(?: is)?(?: at)?|(?:cabin|cottage|condo|apartment|farm|trailer|house|home|place) (?:is )?(?:at|on)|(?:chalet|maison|appartement|logement|condo)(?: est)? (?:au|à)|adresse(?: est|:| au)?(?: le| au)?|(?:j')?(?:habit|demeur|rest|log)(?:e|es|ons|ez|ent)(?: (?:au|a|à|dans le))?|domicile (?:est )?(?:au|:)|[ée]tage (?:du|au)|chez (?:moi|nous|elle|lui),? (?:au|a|à))"
    rf"[ :\"']{{1,3}}(?P<core>{HEAD}\d{{1,6}}[A-Za-z]?,?[ ](?:{DIRECTION}[ ])?(?:(?:de la|de l'|des|du|de)[ ]?)?(?P<name>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'-]{{2,20}}(?:[ ](?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ'-]{{1,20}}){{0,2}}){TAIL})",
    re.IGNORECASE,
)

# "Sherry Lane, number 44", "rue des Pins, au 44": the number comes last.
_NUMBER_LAST = Pattern(
    rf"(?-i:[A-Z])[A-Za-z'-]{{1,20}}(?:[ ](?-i:[A-Z])[A-Za-z'-]{{1,20}}){{0,2}}[ ](?:{CLEAR}|way|place|square|loop|row|close|grove)\b\.?,?[ ](?:number|no\.|#|house(?: number)?|apt\.?|unit)[ ]?\d{{1,5}}[A-Za-z]?\b"
    r"|\b(?:rue|avenue|boulevard|chemin|rang|montée|côte|croissant|place|route)[ ](?:(?:de la|de l'|des|du|de|d')[ ]?)?[A-Za-zÀ-ÿ'-]{2,25},?[ ](?:au|num[eé]ro|no\.?|le)[ ]\d{1,5}[A-Za-z]?\b"
    # "Maple Crescent 14", "rue des Ormes 1423": without a word between, only where the words pause.
    rf"|(?-i:[A-Z])[A-Za-z'-]{{1,20}}[ ](?-i:Street|Avenue|Road|Drive|Lane|Court|Crescent|Boulevard|Terrace|Circle)[ ]\d{{1,5}}[A-Za-z]?{_PAUSE}"
    rf"|\b(?:rue|avenue|boulevard|chemin|rang|montée|croissant)[ ](?:(?:de la|de l'|des|du|de|d')[ ]?)?(?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ'-]{{2,25}},?[ ]\d{{2,5}}[A-Za-z]?{_PAUSE}",
    re.IGNORECASE,
)
# "1200 S 400 W": the grid of Utah and its neighbours.
_GRID = Pattern(rf"(?<![\w.,-])\d{{1,5}}[ ][NSEW]\.?[ ]\d{{1,5}}[ ][NSEW]\b\.?{TAIL}")
# "unit 9, 310 Dunbar": the unit says that the bare number and name are a home.
_UNIT_AND_NAME = Pattern(
    rf"\b{UNIT}(?:[, -]{{1,2}}|[ ]at[ ])\d{{1,5}}[A-Za-z]?[ ](?-i:[A-Z])[A-Za-z'-]{{2,20}}(?:[ ](?-i:[A-Z])[A-Za-z'-]{{1,20}})?{TAIL}",
    re.IGNORECASE,
)

_FR_TYPE = (
    r"rue|r\.|avenue|ave|av|boulevard|boul|blvd|bd|chemin|ch|che|route|rte|rang|rg|c[oô]te|croissant|crois|carr[eé]|cour|terrasse|tsse|promenade|prom"
    r"|ruelle|sentier|quai|square|mont[eé]e|place|pl|all[eé]e|impasse|imp|domaine|traverse|passage|pass|rond-point|cercle|esplanade|autoroute|aut"
    r"|concession|parc|faubourg|jardins?|terrasses?|voie|lieu-dit|plateau|plage|pointe|anse|drève|cap|lac|ligne"
)
# "house number 14 on Maple Crescent", "le numéro 12 sur la rue Noble".
_NUMBER_ON = Pattern(
    rf"\b(?:house(?: number| no\.?)?|number|civic number)[ ]\d{{1,5}}[A-Za-z]?[ ](?:on|of)[ ](?-i:[A-Z])[A-Za-z'-]{{1,20}}(?:[ ](?-i:[A-Z])[A-Za-z'-]{{1,20}}){{0,2}}[ ](?:{CLEAR}|way|place|loop|row|close|grove)\b"
    rf"|\b(?:num[eé]ro(?: civique)?|la maison|le)[ ]\d{{1,5}}[A-Za-z]?,?[ ](?:sur|de)[ ](?:la|le)[ ](?:{_FR_TYPE})[ ](?:(?:de la|de l'|des|du|de|d')[ ]?)?(?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ'-]{{2,25}}",
    re.IGNORECASE,
)
# "2240 Sherbrooke Ouest", "210 St-Jacques", "300 Carlton, Winnipeg R3C 2Z2": a side of the compass, a saint or
# a postal code stands for the type of street.
_TYPELESS = Pattern(
    rf"(?<![\w#$€£.,:/-])\d{{2,5}}[A-Za-z]?,?[ ](?:[A-ZÀ-Ý][A-Za-zÀ-ÿ'-]{{2,20}}[ ](?:Ouest|Est|Nord|Sud|West|East|North|South){_PAUSE}|(?:St|Ste|Saint|Sainte)-[A-ZÀ-Ý][A-Za-zÀ-ÿ-]{{2,25}}{_PAUSE}"
    rf"|[A-ZÀ-Ý][A-Za-zÀ-ÿ'-]{{2,20}}(?:[ ][A-ZÀ-Ý][A-Za-zÀ-ÿ'-]{{1,20}})?,[ ]{CITY},?[ ](?:[(]?{REGION}[)]?,?[ ])?{POST}\b){TAIL}"
)
# A stop ends the sentence, except after an abbreviation of three letters or fewer: "St. Jean".
_FR_WORD = r"(?:[A-Za-zÀ-ÿ]{1,3}\.(?=[- ][A-ZÀ-Ý])|[A-Za-zÀ-ÿ0-9][A-Za-zÀ-ÿ0-9']{0,20}(?:-(?:[A-Za-zÀ-ÿ]{1,3}\.-)?[A-Za-zÀ-ÿ0-9']{1,20}){0,5})"
_FR_LINK = r"(?:(?:de la|de l'|de|du|des|le|la|les|l'|d'|à|au|aux|en)(?:[ ]|(?<=')))"
# "rang Sainte-Rose est connu": in small letters the east is a direction only where the address ends.
_FR_DIRECTION = r"(?:(?-i:Est|Ouest|Nord|Sud|EST|OUEST|NORD|SUD|E\.?|O\.?|N\.?|S\.?)(?![\w'])|(?:est|ouest|nord|sud)(?=[ ]?(?:[,.;:)!?\n]|\Z)|[ ](?:est|sont|où)\b))"
_FR = Pattern(
    rf"{HEAD}{NUMBER}[ ]?,?[ ]{{0,2}}(?:de la |de l'|du |sur la |sur le )?(?P<type>{_FR_TYPE})\b\.?[ ](?P<name>{_FR_LINK}{{0,2}}(?:\d{{1,3}}(?:e|er|re|i[eè]me)\b(?:-[A-Za-zÀ-ÿ]{{2,20}}){{0,3}}|(?:st|ste|saint|sainte)[ ][a-zà-ÿ]{{3,20}}|{_FR_WORD})"
    rf"(?:[ ](?:{_FR_LINK}{{0,2}})(?-i:[A-ZÀ-Ý]){_FR_WORD}){{0,3}})(?:[ ]{_FR_DIRECTION})?{TAIL}",
    re.IGNORECASE,
)
_FR_ORDINAL_NUMBER = Pattern(r"\d(?:e|er|re|i?[eè]me)\Z", re.IGNORECASE)
_FR_CAPITALS = Pattern(r"[A-ZÀ-Ý]")
_FR_ORDINAL = Pattern(
    rf"{HEAD}{NUMBER}[ ]?,?[ ]{{0,2}}(?:la[ ])?\d{{1,3}}(?:e|er|re|i[eè]me)[ ](?:rue|avenue|ave|av|boulevard|boul|rang|concession|route|rte|chemin|ch|croissant|place|terrasse|montée|ligne)\b\.?(?:[ ]{_FR_DIRECTION})?{TAIL}",
    re.IGNORECASE,
)
_BOX = Pattern(
    rf"\b(?:(?:site[ ]\d{{1,4}},?[ ])?(?:p\.?[ ]?o\.?[ ]?(?:box|drawer|b\.?)|post[ ]office[ ]box|c\.?[ ]?p\.?|case[ ]postale|bo[iî]te[ ]postale|b\.?p\.?|pmb|postal[ ]box|comp(?:artment)?\.?)[ ]?#?(?:no\.?[ ])?\d{{1,6}}[A-Z]?"
    rf"|(?:r\.?[ ]?r\.?|rural[ ]route|route[ ]rurale|rfd|star[ ]route|(?:rte|rt|route)\.?(?=[ ]\d{{1,3}},?[ ](?:box|bo[iî]te)\b)|hcr?|highway[ ]contract|general[ ]delivery|sub)[ ]?(?:no\.?[ ]|#[ ]?)?\d{{1,4}}(?:,?[ ](?:box|bo[iî]te|site|comp|case)[ ]#?\d{{1,6}}[A-Z]?){{0,3}}"
    rf"|box[ ]\d{{1,6}}(?=,?[ ](?:{CITY},?[ ])?{REGION}\b)"
    rf"|(?:lot|lote)[ ]\d{{1,4}},?[ ](?:con(?:cession|c)?\.?|rang)[ ]\d{{1,3}})(?:,?[ ](?:succ(?:ursale|\.)|stn\.?|station)[ ][A-Za-zÀ-ÿ-]{{1,20}}(?:[ ](?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ-]{{1,15}})?)?{TAIL}",
    re.IGNORECASE,
)
# "Box 40, RR 2", "Site 12 Comp 9 RR4": at least two of these, in any order.
_RURAL_PARTS = Pattern(
    rf"\b(?:(?:box|bo[iî]te|group|grp|site|comp|case|stn|ss|r\.?r\.?|rural route|route rurale)[ ]?#?\d{{1,5}}[A-Za-z]?(?:,[ ]?|[ ])){{1,3}}(?:box|bo[iî]te|group|grp|site|comp|case|ss|r\.?r\.?|rural route|route rurale)[ ]?#?\d{{1,5}}\b{TAIL}",
    re.IGNORECASE,
)
# The prairie survey: "SW 14-32-7 W2", "NE-12-045-03-W5M" names one farm.
_LAND = Pattern(
    r"\b(?:(?:LSD[ ]?\d{1,2}[ -]|[NS][EW]|[NSEW]\.?[EW]?\.?[ ]?(?:1/4|½|¼|quarter)(?:[ ]of)?)[ -]{0,2}(?:section |sec\.? ?)?)\d{1,2}[ -]\d{1,3}[ -]\d{1,2}(?:[ -]{0,2}W[ ]?\d[ ]?M?)?\b",
    re.IGNORECASE,
)
_GENERAL_DELIVERY = Pattern(
    r"\b(?:general[ ]delivery|poste[ ]restante)\b(?:,[ ][A-Za-z-]{2,20}(?:[ ][A-Za-z-]{2,20})?(?=,))?(?:,?[ ]c/o\b)?"
    rf"{TAIL}",
    re.IGNORECASE,
)
# "civic number 4471", "fire number 88213", "numéro civique 12": the number that finds the house.
_CIVIC = Pattern(
    r"\b(?:(?:civic|fire|house|farm)[ ](?:(?:number|no\.?|address)[ ]?|(?=#))|(?:num[eé]ro|no\.?|n°)[ ]civique[ ])(?:(?:is|was|est|:)[ ]?)?(?:le[ ])?#?(?P<core>\d{2,6}[A-Za-z]?\b(?:,?[ ](?:on[ ])?(?:the[ ])?(?:highway|hwy|route|rte)[ ]\d{1,4}\b)?)",
    re.IGNORECASE,
)
# "20 birch is my house", "1185 des Pins, c'est chez moi": the words behind it say what it is.
_CUED_AFTER = Pattern(
    r"(?<![\w#$€£.,:/-])(?P<core>\d{1,5}[A-Za-z]?,?[ ](?:(?:des|du|de la|de l')[ ]?)?(?P<name>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'-]{2,20}(?:[ ][A-Za-zÀ-ÿ'-]{3,20}){0,2}?))\"?,?[ ](?:(?:is|was|that is|that's)[ ](?:my|our|her|his|their)[ ](?:house|home|address|place|apartment|condo|parents)|is[ ]where[ ](?:i|we)[ ]live|[^.\n]{0,20}(?:and[ ])?(?:i|we)[ ]live[ ]there|chez[ ](?:moi|nous)\b|c'est[ ](?:chez[ ](?:moi|nous)|ma[ ]maison|mon[ ](?:adresse|logement|appart|domicile))|est[ ](?:mon|notre)[ ](?:adresse|domicile|logement))",
    re.IGNORECASE,
)
_ZIP_CUED = Pattern(
    r"\bzip(?:[ ]?code)?[ ]?(?:is[ ]|was[ ]|[:=][ ]?)?(?P<core>\d{5}(?:-\d{4})?)\b", re.IGNORECASE
)
# "im at 44 larkspur, he's outside": a weaker cue, so the address must end where the words pause.
_CUED_LOOSELY = Pattern(
    rf"(?:(?:i|we|he|she|they)(?:'?m|'?re|'?s| am| are| is| was| were) (?:still |now |alone |home |back |over )?at|(?:come|coming|going|go|drove|walk(?:ed)?|went|showed up|sent|mailed|delivered) (?:over )?(?:to|at)|meet (?:me |us )?at|see (?:you|her|him|me|them) at|wait(?:ing|s)? (?:for (?:you|her|him|me) )?at|(?:map|directions|pin) (?:to|on|at)"
    rf"|(?:je suis|on est|elle est|il est|y est|chu|jsuis|venez|viens|allez|va) (?:encore |rendue? |toute? seule? )?au)[ ](?P<core>{HEAD}\d{{1,6}}[A-Za-z]?,?[ ](?:{DIRECTION}[ ])?(?P<name>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'-]{{2,20}})(?:[ ,]{{1,2}}{UNIT})?)(?=[ ]?(?:[,.;:!?)\n]|\Z|and\b|et\b|pis\b|rn\b|right now|now\b|tonight|tomorrow|ce soir|demain))",
    re.IGNORECASE,
)
# "401 e locust": a number, a direction and a name need no street type.
_DIRECTED = Pattern(
    rf"(?<![\w#$€£.,:/-])\d{{3,5}}[ ](?:[nsew]\.?|nw|sw|(?-i:NE|SE))[ ](?P<name>[A-Za-z][A-Za-z'-]{{3,20}})(?![ ](?:{CLEAR})\b){TAIL}",
    re.IGNORECASE,
)
# Streets of Spanish name: "88 camino del zorro".
_SPANISH = Pattern(
    rf"{HEAD}{NUMBER}[ ](?:camino|calle|avenida|paseo|v[ií]a|callej[oó]n|corte|rancho)(?:[ ](?:del|de|la|las|los|el)){{0,2}}[ ][A-Za-zÀ-ÿ]{{3,20}}(?:[ ](?-i:[A-ZÀ-Ý])[a-zà-ÿ]{{2,20}})?{TAIL}",
    re.IGNORECASE,
)
# "1000 Lakeside #1911", "1010 de la Gauchetière, appartement 3": and so does one that follows.
_NAME_AND_UNIT = Pattern(
    r"(?<![\w#$€£.,:/-])\d{1,5}[A-Za-z]?,?[ ](?:(?:de la|de l'|des|du|de)[ ]?)?(?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ'-]{2,20}(?:[ ](?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ'-]{1,20})?,?[ ](?:apt|apartment|unit|appt|app|appartement|logement|condo)\b\.?[ ]?(?:no\.?[ ]?|#[ ]?)?(?:[A-Za-z]?-?\d{1,5}[A-Za-z]?|[A-Za-z])\b"
    r"|(?<![\w#$€£.,:/-])\d{2,5}[ ](?-i:[A-ZÀ-Ý])[A-Za-zÀ-ÿ'-]{3,20},?[ ]#\d{1,5}[A-Za-z]?\b",
    re.IGNORECASE,
)
_UNIT_ALONE = Pattern(
    r"\b(?:lot|space|trailer|slip|apt|apartment|appt|appartement|app\.|logement|condo|unit|unité)\b\.?[ ]?(?:no\.?[ ]?|num[ée]ro[ ]|number[ ]|#[ ]?)?(?:\d{1,5}[A-Za-z]?|[A-Za-z]-?\d{1,4})\b",
    re.IGNORECASE,
)
_POST_ALONE = Pattern(rf"(?<![\w-]){CA_POST}(?![\w-])")
_ZIP_WITH_STATE = Pattern(rf"\b{CITY}, {REGION} \d{{5}}(?:-\d{{4}})?\b")
_COORDINATES = Pattern(r"(?<![\d.])-?\d{1,2}\.\d{3,8}°?[ ]?[NS]?[,;/ ][ ]?-?\d{1,3}\.\d{3,8}°?[ ]?[EWO]?\b")
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
    "|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
# 'he typed "4 Hilltop"': what is quoted as it was posted.
_QUOTED = Pattern(
    r"(?i:wrote|typed|posted|texted|a écrit|a mis|a publié|a affiché|ont mis|ont publié|ont écrit)[ :]{1,2}[\"][ ]?(?P<core>\d{1,5}[A-Za-z]?[ ](?P<name>[A-ZÀ-Ý][A-Za-zÀ-ÿ'-]{2,20}(?:[ ][A-ZÀ-Ý][A-Za-zÀ-ÿ'-]{1,20})?))(?=[ ]?[\",])"
)
_SPELLED = Pattern(
    rf"\b(?i:{_NUMBER_WORDS})(?:[ -](?i:hundred|and|{_NUMBER_WORDS})){{0,4}}[ ][A-Z][A-Za-z'-]{{2,20}}(?:[ ][A-Z][A-Za-z'-]{{1,20}}){{0,2}}[ ](?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Court|Crescent|Boulevard|Blvd|Way|Circle|Place|Terrace|Trail)\b{TAIL}"
)

_A_HOUSE = 4  # digits: "we are at 300 signatures" is no house, "he is at 2218 hawkins" is
_EMERGENCY = frozenset({"911", "988", "211", "311", "811", "112"})
# Words that never begin or fill a street name after a number: units of time and measure, function words.
_NOT_A_NAME = frozenset(
    """
    minute minutes min mins hour hours hr hrs day days week weeks month months year years yr yrs second seconds sec
    km kms kilometre kilometres kilometer kilometers mile miles metre metres meter meters m ft feet block blocks
    addresses adresses people persons person officers officer cops cars car trucks calls call callers emails email posts messages times
    time percent pct dollars bucks kids children men women residents members councillors councilors staff volunteers
    votes more other of the in on at to for with from by and or is are was were be been will has have had that this
    which who he she they we i you it his her their our my your its not no than then when where while about after
    before until am pm a an as if so but out up off over under into onto through across around along down near us
    am's million thousand hundred billion sq square cm mm lb lbs kg degrees pm's ways steps items things pages page
    remote signs protesters demonstrators supporters speakers agents troopers deputies cases reports threats tickets
    ans an jours jour semaines mois heures heure personnes fois dollars policiers agents manifestants messages appels
    """.split()  # noqa: SIM905 - a table of words
)
# After a weak cue ("he's at 5 today") more words are no street.
_NOT_A_LOOSE_NAME = _NOT_A_NAME | frozenset(
    """
    today tonight tomorrow sharp oclock o'clock noon midnight exactly again still just not too maybe yesterday now
    this morning evening afternoon big little different separate new old local city town council percent each all both
    depuis avec pour dans sans sur chez pendant avant apres après encore pis puis mais donc toujours demain hier heure
    """.split()  # noqa: SIM905 - a table of words
)
_CUE = Pattern(
    r"\b(?:live|lives|living|lived|reside|home|house|address|place|residence|moved|apartment|door|posted|leaked|my|her|his|their|our|at|to|deliver|pin|map)\b[^.\n]{0,25}$",
    re.IGNORECASE,
)
_PUBLIC = Pattern(
    r"\b(?:city hall|town hall|village hall|municipal (?:hall|building|office|centre|center)|civic (?:centre|center)|court ?house|police (?:station|headquarters|hq|detachment)|fire (?:hall|station)|"
    r"library|community (?:centre|center|hall)|rec(?:reation)? (?:centre|center)|arena|legion|(?:our|the|city|town|constituency|district|ward|campaign|field|main|head|county) offices?|headquarters|clerk's office|council chambers?|public works|federal building|legislature|"
    r"school|hospital|town office|city council meets|h[oô]tel de ville|mairie|bureau municipal|poste de police|caserne|biblioth[eè]que|centre communautaire|ar[ée]na|palais de justice|"
    r"[eé]cole|h[oô]pital|bureau d'arrondissement|salle du conseil|post office|polling (?:place|station)|bureau de vote|mosque|synagogue|church|temple|gurdwara|mosqu[ée]e|[ée]glise|"
    r"convention center|convention centre|event cent(?:er|re)|food bank|shelter)\b(?:[^.;!?\n]{0,30})$",
    re.IGNORECASE,
)
# A signature: the line before, or the words before the comma, are an office and nothing else.
_OFFICE_LINE = Pattern(
    r"(?:\A|\n)[^\n,.;]{0,50}\b(?:clerk|manager|cao|administrator|treasurer|director|mayor|office|department|reeve|greffe|greffi[eè]re?|dg|direction|direct(?:rice|eur)|service|relations publiques|mairesse|maire|centre civique)\b[^\n,.;]{0,40}[,\n][ ]{0,2}\Z",
    re.IGNORECASE,
)
_PUBLIC_AFTER = Pattern(
    r"\A(?:[ ]?[,(][ ]?|[ ](?=is |est |c'est ))(?:is |est |c'est |which is |i\.e\. )?(?:the |our |la |le |l')?(?:city hall|town hall|village hall|municipal (?:hall|building|office)|civic (?:centre|center)|court ?house|police (?:station|headquarters)|"
    r"library|community (?:centre|center|hall)|city offices?|h[oô]tel de ville|mairie|bureau municipal|poste de police|biblioth[eè]que|centre communautaire|palais de justice)\b",
    re.IGNORECASE,
)
_PRIVATE = Pattern(
    r"\b(?:home|house|live|lives|my place|my trailer|apartment|habite|chez|maison|domicile|reste au)\b[^.;!?\n]{0,30}$",
    re.IGNORECASE,
)


_ORDINARY_FR = frozenset(
    "place pl cour passage pass voie ligne parc cap lac plage pointe plateau jardin jardins anse cercle ch av rg r.".split()  # noqa: SIM905 - a table of words
)


def find(text: str) -> Iterator[Found]:
    """Yield addresses, postal codes and coordinates in `text`, possibly overlapping."""
    yield from _english(text)
    yield from _french(text)
    yield from _cued(text)
    yield from _loose_parts(text)


def _english(text: str) -> Iterator[Found]:
    for pattern in (_EN_CLEAR, _EN_NUMBERED, _BROADWAY, _FR_ORDINAL):
        for match in pattern.finditer(text):
            if _is_address(text, match, capitals=False):
                yield Found(match.start(), _trim(text, match), Kind.ADDRESS)
    for match in _EN_ORDINARY.finditer(text):
        cued = _CUE.search(_before(text, match.start(), 60)) is not None
        if _is_address(text, match, capitals=not cued):
            yield Found(match.start(), _trim(text, match), Kind.ADDRESS)
    for match in _DIRECTED.finditer(text):
        if match.group("name").lower() not in _NOT_A_LOOSE_NAME and not _public(text, match.start()):
            yield Found(match.start(), _trim(text, match), Kind.ADDRESS)
    for match in _EN_BARE_ORDINAL.finditer(text):
        directed = re.match(r".{0,20}\d[ ](?:[nsew]|[ns][ew])\.?[ ]\d", match.group(0), re.IGNORECASE)
        cued = bool(match.group("tail") or directed or _CUE.search(_before(text, match.start(), 60)))
        if cued and not _public(text, match.start()):
            yield Found(match.start(), _trim(text, match), Kind.ADDRESS)
    for match in (
        *_BOX.finditer(text),
        *_SPELLED.finditer(text),
        *_NUMBER_LAST.finditer(text),
        *_NUMBER_ON.finditer(text),
        *_TYPELESS.finditer(text),
        *_GRID.finditer(text),
        *_UNIT_AND_NAME.finditer(text),
        *_NAME_AND_UNIT.finditer(text),
        *_RURAL_PARTS.finditer(text),
        *_GENERAL_DELIVERY.finditer(text),
        *_SPANISH.finditer(text),
        *_LAND.finditer(text),
    ):
        if not _public(text, match.start()):
            yield Found(match.start(), _trim(text, match), Kind.ADDRESS)


def _cued(text: str) -> Iterator[Found]:
    for match in _CUED.finditer(text):
        first = match.group("name").split()[0]
        if match.group("core").split()[0] in _EMERGENCY:
            continue
        if first.lower() not in _NOT_A_NAME and not _public(text, match.start()):
            start, core = match.start("core"), match.group("core")
            yield Found(start, start + len(core.rstrip(" ,.;")), Kind.ADDRESS)

    for match in _CUED_LOOSELY.finditer(text):
        name = match.group("name")
        plural = name.endswith("s") and len(re.sub(r"\D", "", match.group("core"))) < _A_HOUSE
        if name.lower() in _NOT_A_LOOSE_NAME or plural or _public(text, match.start()):
            continue
        yield Found(match.start("core"), match.end("core"), Kind.ADDRESS)
    for match in _CUED_AFTER.finditer(text):
        words = match.group("name").lower().split()
        if not any(word in _NOT_A_LOOSE_NAME for word in words):
            yield Found(match.start("core"), match.end("core"), Kind.ADDRESS)
    for match in _QUOTED.finditer(text):
        if match.group("name").split()[0].lower() not in _NOT_A_LOOSE_NAME:
            yield Found(match.start("core"), match.end("core"), Kind.ADDRESS)
    for match in _CIVIC.finditer(text):
        if not _public(text, match.start()):
            yield Found(match.start("core"), match.end("core"), Kind.ADDRESS)


def _loose_parts(text: str) -> Iterator[Found]:
    for match in _UNIT_ALONE.finditer(text):
        word = match.group(0).lower()
        home = _PRIVATE.search(_before(text, match.start(), 50)) is not None
        sure = not word.startswith(("uni", "lot", "space", "trailer", "slip"))
        if home or sure or (word.startswith("uni") and re.search(r"\d[a-z]$|[a-z]-?\d+$", word)):
            yield Found(match.start(), match.end(), Kind.ADDRESS)
    for match in _POST_ALONE.finditer(text):
        code = match.group(0)
        if (code.isupper() or code.islower()) and not _public(text, match.start(), 90):
            yield Found(match.start(), match.end(), Kind.POSTAL_CODE)
    for match in _ZIP_CUED.finditer(text):
        yield Found(match.start("core"), match.end("core"), Kind.POSTAL_CODE)
    for match in _COORDINATES.finditer(text):
        yield Found(match.start(), match.end(), Kind.LOCATION)


def _before(text: str, place: int, reach: int) -> str:
    return text[max(0, place - reach) : place]


def _french(text: str) -> Iterator[Found]:
    for match in _FR.finditer(text):
        name = match.group("name")
        first = re.split(r"[ ']", name)[0].lower()
        kind = match.group("type").lower()
        # "3 place de stationnement", "20 route": an ordinary noun needs a capital or a cue to be a street.
        ordinary = kind in _ORDINARY_FR
        if first in {"et", "ou", "est", "sont", "pour", "avec", "dans", "sans", "qui", "que"}:
            continue
        abbreviated = text[match.end("type") : match.end("type") + 1] == "."
        if ordinary and not abbreviated and not _FR_CAPITALS.search(name):
            continue
        # "le gars du 3e rang": an ordinal names the road, not the house.
        if _FR_ORDINAL_NUMBER.search(match.group("number")):
            continue
        if not _public(text, match.start(), end=_trim(text, match)):
            yield Found(match.start(), _trim(text, match), Kind.ADDRESS)


def _is_address(text: str, match: re.Match[str], *, capitals: bool) -> bool:
    """Say whether the match is an address and not ordinary language."""
    groups = match.groupdict()
    name, kind = groups.get("name"), groups.get("type")
    if name is not None and kind is not None:
        words = name.split()
        if any(word.lower().strip(".,'") in _NOT_A_NAME for word in words):
            return False
        if capitals and not (words[0][:1].isupper() or words[0][:1].isdigit()):
            return False
        if capitals and kind.islower() and not words[-1][:1].isupper():
            return False
        if any("." in word and len(word.strip(".")) > 4 for word in words):
            return False
    return not _public(text, match.start(), end=_trim(text, match))


def _public(text: str, start: int, reach: int = 60, end: int | None = None) -> bool:
    before = text[max(0, start - reach) : start]
    if _PRIVATE.search(before) is not None:
        return False
    if (
        _PUBLIC.search(before) is not None
        or _OFFICE_LINE.search(text[max(0, start - 110) : start]) is not None
    ):
        return True
    return end is not None and _PUBLIC_AFTER.match(text[end : end + 40]) is not None


def _trim(text: str, match: re.Match[str]) -> int:
    end = match.end()
    while end > match.start() and text[end - 1] in " ,.;:\n(":
        end -= 1
    return end
