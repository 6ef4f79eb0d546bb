"""Phones, national numbers, plates, birth dates, e-mails, linked accounts."""

import re
from collections.abc import Iterator

import phonenumbers

from bot.redaction.patterns import Pattern
from bot.redaction.values import Found, Kind

# Ten digits in a row are a case number as often as a phone: the word before decides.
_PHONE = Pattern(
    r"(?<![\w.$#-])(?:\+|00)?(?:\((?=\d{3}\)))?\d(?:(?![.][ ])[ .()/_\u00a0-]{0,3}\d){6,14}(?![\w-]*\w@)(?!\d)"
)
# Ten digits in their usual groups, whatever number follows: "208-555-0142 412 Maple Street".
_GROUPED = Pattern(
    r"(?<![\w.$#/-])(?:\+?1[ .-]{1,2})?(?:\(\d{3}\)[ \n]{0,2}|\d{3}[-. ·•\n])\d{3}(?:[-. ·•]|-\n)\d{4}(?![\w-])"
)
# "2026-018833" is a file of that year.
_FILE_NUMBER = Pattern(r"(?:19|20)\d{2}-\d{4,7}\Z")
_EXTENSION = Pattern(r"\A[ ,]{0,2}(?:x|ext|extension|poste|p\.)\.?[ ]?\d{1,6}\b", re.IGNORECASE)
_LOCAL = Pattern(r"(?<![\w.$#/-])[2-9]\d{2}[-. ]\d{4}(?![\w/-])")
_SPACED = Pattern(r"(?<!\d)(?:\d[ ._-]){9}\d(?!\d)")
# "403 five five five 0142": digits and number words, ten in all.
_DIGIT_WORDS = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "zéro": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9,
}  # fmt: skip
_DICTATED = Pattern(
    rf"(?<![\w-])(?:(?:{'|'.join(_DIGIT_WORDS)}|\d{{1,4}})[ ,.-]{{1,2}}){{3,11}}(?:{'|'.join(_DIGIT_WORDS)}|\d{{1,4}})(?![\w-])",
    re.IGNORECASE,
)
_NOT_A_PHONE = Pattern(
    r"(?:\b(?:file|case|dossier|report|incident|event|ticket|tracking|invoice|permit|badge|docket|claim|policy|account|acct|order|po|ref(?:erence)?|bylaw|by-law|"
    r"r[eè]glement|résolution|resolution|facture|constat|permis|plainte|cause|compte|hd|rfp|section|article|statute|bill|budget|isbn|serial|parcel(?: id)?|"
    r"file number|case number|num[eé]ro de (?:dossier|plainte|cas)|dossier no|rapport|code)\b[^\n]{0,14}|[#№])\Z",
    re.IGNORECASE,
)
_LOCAL_CUE = Pattern(
    r"\b(?:call|phone|cell|mobile|tel|text|home|number|reach|ring|fax|landline|whatsapp|at|cellulaire|cell|t[eé]l|num[eé]ro|appel\w*|texto|rejoin\w*|joindre|au|sur)\b[^\n]{0,25}\Z",
    re.IGNORECASE,
)
_OFFICIAL_LINE = Pattern(
    r"\b(?:city hall(?:'s)?|town hall|main (?:line|number|desk)|switchboard|non-?emergency(?: line| number)?|front desk|reception|dispatch(?: line)?|tip ?line|hot ?line|crisis line|crime ?stoppers|"
    r"police (?:station|detachment|line|non-?emergency)|public line|info(?:rmation)? line|clerk's office|311|988|h[oô]tel de ville|ligne (?:d'[eé]coute|info|principale|d'information|non urgente)|standard t[eé]l[eé]phonique|"
    r"accueil|r[eé]ception|info-?crime|poste de police|rcmp|fbi|grc|sq|opp|poison control|toll[- ]free|sans frais|employee assistance|eap|pae|library|hospital|school)\b[^.;!?\n]{0,22}\Z",
    re.IGNORECASE,
)
_PRIVATE_LINE = Pattern(
    r"\b(?:cell|mobile|home|my|personal|priv|cellulaire|mon|personnel|maison)\b[^.;!?\n]{0,22}\Z",
    re.IGNORECASE,
)
_TOLL_FREE = frozenset({"800", "888", "877", "866", "855", "844", "833", "822"})
_COUNTRIES = ("US", "CA")
_LONGEST_PHONE = 17

_EMAIL = Pattern(
    r"(?<![\w.+-])[A-Za-z0-9_][\w.+%'-]{0,63}(?:@|[ ]@[ ]?|@[ ])(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)
_EMAIL_SPELLED = Pattern(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,40}(?:[ ](?:dot|point)[ ][\w+-]{1,30}){0,2}[ ]?(?:[\[({][ ]?(?:at|arobase|@|a)[ ]?[\])}]|[ ](?:at|arobase)[ ]|_(?:at|arobase)_)[ ]?[A-Za-z0-9-]{1,40}(?:[ ]?(?:[\[({][ ]?(?:dot|point|\.)[ ]?[\])}]|[ ](?:dot|point)[ ]|\.)[ ]?[A-Za-z0-9-]{2,30}){0,2}(?:[ ]?(?:[\[({][ ]?(?:dot|point|\.)[ ]?[\])}]|[ ](?:dot|point)[ ]|\.)[ ]?(?:com|ca|org|net|gov|edu|us|qc|info|test|example|me|io|co))\b",
    re.IGNORECASE,
)
# "owen . pratt @ example . com"
_EMAIL_SPACED = Pattern(
    r"(?<![\w.+-])\w{1,40}(?:[ ]?[.][ ]?\w{1,40}){0,2}[ ]?@[ ]?[A-Za-z0-9-]{1,40}(?:[ ][.][ ]?|[.][ ])(?:com|ca|org|net|us|info)\b",
    re.IGNORECASE,
)
_ROLE_MAIL = Pattern(
    r"\A(?:info|clerk|cityclerk|townclerk|council|mayor|mairie|greffe|media|communications|contact|police|records|tips|311|accueil|reception|noreply|no-reply|help|support|elections)@"
    r"(?:[\w-]+\.)*(?:gov|gc\.ca|gouv\.qc\.ca|gov\.[a-z]{2}\.ca|(?:city|ci|town|ville)[\w.-]*\.[a-z.]{2,12}|[\w-]*(?:city|ville|town|county)[\w-]*\.(?:ca|us|org|com|qc\.ca))\Z",
    re.IGNORECASE,
)

_SSN = Pattern(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
# Nine digits in threes are a social insurance number, unless a check digit and the word before speak against it.
_SIN = Pattern(
    r"(?<![\w$€-])\d{3}([ -])\d{3}\1\d{3}(?![\w-]|[ ]?[$€]|[ ](?:\d|dollars?|habitants?|people|residents?)\b)"
)
_BUSINESS = Pattern(
    r"\b(?:invoice|permit|case|file|account|acct|reference|ref|po|ticket|order|tender|contract|tracking|claim|parcel|lot|by-?law|budget"
    r"|business|charity|gst|hst|facture|permis|dossier|compte|commande|r[eé]f[eé]rence|r[eé]f|suivi|contrat|lot|matricule|neq|tps|tvq)s?\b[^\n]{0,16}\Z",
    re.IGNORECASE,
)
_NEAR_BEFORE = 30
_ID_CUED = Pattern(
    r"\b(?:s\.?s\.?n|s\.?i\.?n|n\.?a\.?s|social security|social insurance|assurance sociale|health card|ohip|ramq|carte (?:soleil|d'assurance[ -]maladie)|assurance[ -]maladie|passport|passeport|driver'?s? licen[cs]e|driving licen[cs]e|permis de conduire|dl)\b"
    r"(?:[ ]?(?:is|was|number|num[eé]ro|no|n°|#|est|:|=|le|the|my|mon|du)[ .:]{0,2}){0,4}[ ]?(?P<id>[A-Za-z]{0,4}[ -]?\d[\dA-Za-z]{0,12}(?:[ -]\d{1,8}[A-Za-z]{0,2}){0,5}(?:-(?-i:[A-Z]{2})\b)?)",
    re.IGNORECASE,
)
_RAMQ = Pattern(r"(?<![\w-])[A-Z]{4}[ ]?\d{4}[ ]?\d{4}(?![\w-])")

_PLATE_CUE = Pattern(
    r"\b(?:licen[cs]e[ ]plates?|licence|license|plates?|plate[ ]number|plate[ ]no|lic|tags?|immatricul\w{1,9}|plaques?|reg|vanity plate)\b(?:[ ]?(?:(?:is|was|number|num[eé]ro|no|n°|#|est|c'est|reads|ending|on|of|the|her|his|my|our|their|car|truck|van|ontario|quebec|qu[eé]bec|de|du|la|le|son|sa|ma|mon|auto|d'immatriculation|immatricul[eé]e?|ont|bc|alberta|texas|florida|ohio)\b|[:=#(,\"'])[ ]?){0,6}[ ]?",
    re.IGNORECASE,
)
_PLATE_TOKENS = Pattern(r"[A-Za-z0-9]{1,8}(?:[ ·•-][A-Za-z0-9]{1,6}){0,2}(?![\w-])")
# "my plate says MAYORJO": letters alone, where the plate is named.
_VANITY = Pattern(
    r"\b(?i:vanity plate|personali[sz]ed plate|plate|plaque(?: personnalis[eé]e)?)(?:[ ](?i:is|was|says|reads|number|est|c'est|dit|indique))?[ :]{1,2}[\"']?(?P<plate>[A-Z]{4,8})\b"
)
_PLATE_BODY = r"(?=[A-Z0-9 -]{0,8}\d)(?:[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,4}(?:[ -][A-Z0-9]{1,3})?|[A-Z0-9]{5,8})"
_PLATE_BEFORE = Pattern(
    rf"(?<![\w-])(?P<plate>{_PLATE_BODY})(?=[ )\"']{{1,3}}(?:plates?|on (?:the|its) plate|licen[cs]e plate|tags?)\b)"
)
_PLATE_SHAPE = Pattern(
    r"(?<![\w#/-])(?:[A-Z]{2,4}[ -]?\d{2,4}|\d{2,4}[ -]?[A-Z]{2,4}|[A-Z]\d{2}[ -]?[A-Z]{3}|[A-Z]{1,2}\d[ -]?\d[A-Z]{2}|\d[A-Z]{3}\d{3}|[A-Z]{3}[ -]?\d[A-Z]\d{2}|[A-Z]\d{2}[ -]?\d[A-Z]{2}|(?=[A-Z0-9 -]{0,8}[A-Z])(?=[A-Z0-9 -]{0,8}\d)[A-Z0-9]{1,4}[ ·-][A-Z0-9]{1,6}(?:[ ·-][A-Z0-9]{1,4})?|(?=[A-Z0-9]{0,6}\d)(?=[A-Z0-9]{0,6}[A-Z])[A-Z0-9]{5,7})(?![\w-])"
)
_VEHICLE = Pattern(
    r"\b(?:plates?|plaques?|immatricul\w{0,9}|car|truck|pickup|pick-up|van|suv|sedan|jeep|ford|f-?150|honda|toyota|chevy|chevrolet|dodge|ram|tesla|nissan|hyundai|kia|subaru|mazda|civic|corolla|camry|hatchback|motorcycle|minivan|vehicle|coupe|cars|drives?|driving|drove|buick|gmc|pontiac|cadillac|lexus|acura|bmw|audi|volvo|volkswagen|jetta|golf|silverado|sierra|tacoma|tundra|explorer|caravan|sienna|rav4|cr-v|outback|forester|rogue|equinox|wrangler|mustang|escape|accent|elantra|sonata|chrysler|mercedes|mini|rv|trailer|snowmobile|atv|quad|"
    r"auto|voiture|char|camion|camionnette|fourgonnette|v[eé]hicule|berline|vus|moto|pick up|autos|conduit|conduisait|roule en|chars|skidoo|remorque|roulotte)\b",
    re.IGNORECASE,
)
_MODELS = frozenset({"F150", "F-150", "F250", "F-250", "RAV4", "CX5", "CX-5", "CRV", "X5", "Q5", "A4", "C-MAX", "RX350", "RAM 1500", "4X4", "4RUNNER"})  # fmt: skip
_NOT_PLATE_WORDS = frozenset({"AM", "PM", "COVID", "RCMP", "SWAT", "BILL", "ZOOM", "LOT", "RM", "APT", "UNIT", "PO", "RR", "HWY", "BOX", "AR", "AK", "USC", "CFR", "RSC", "CC", "HD", "OPP", "MAY", "JUNE", "JULY", "MARCH", "APRIL", "SEPT", "OCT", "NOV", "DEC", "JAN", "FEB", "IS", "ARE", "WAS", "FEE", "FEES", "FOR", "HAS", "PEOPLE", "MEN", "OLD", "NEW", "ALL", "ONLY", "FROM", "WITH", "COST", "COSTS", "LAW", "DAYS", "YEARS", "ENDS", "FULL", "AUG", "ROUTE", "US", "WARD", "WAV", "PDF", "KM", "MIN", "HRS", "USD", "CAD", "EST", "PST", "CST", "MST", "EDT", "PDT", "CH", "SS", "ART", "LRQ", "RSO", "AUX", "DES", "LES", "EN", "DE", "LE", "LA", "AU", "ET", "TO", "IN", "AT", "OF", "ON", "BY", "THE", "AND", "TV", "FM", "CP", "BC", "QC", "AB"})  # fmt: skip

_MONTH = r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?|janvier|f[eé]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[eé]cembre|janv\.?|f[eé]v\.?|juil\.?|d[eé]c\.?)"
_DATE = rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{1,2}}[-/]{_MONTH}[-/]\d{{2,4}}|\d{{4}}[/.-]\d{{1,2}}[/.-]\d{{1,2}}|{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ]\d{{2,4}}|\d{{1,2}}(?:er|st|nd|rd|th)?[ ](?:of[ ])?{_MONTH},?[ ]\d{{2,4}}|{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?\b|\d{{1,2}}(?:er)?[ ]{_MONTH})"
# "the fourth of May, nineteen seventy-two", "premier avril mille neuf cent soixante".
_DAY_WORDS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth"
    "|eighteenth|nineteenth|twentieth|twenty-[a-z]{4,7}|thirtieth|thirty-first|premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze"
    "|treize|quatorze|quinze|seize|dix-sept|dix-huit|dix-neuf|vingt(?:-[a-z]{2,6})?|vingt et un|trente(?: et un)?"
)
_YEAR_WORDS = r"(?:(?:nineteen|twenty|two thousand|mille|deux mille)(?:[ -](?:and|et|oh|[a-zé]{2,12}ty|[a-z]{3,9}teen|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|neuf|cents?|vingts?|trente|quarante|cinquante|soixante|quatre|dix|un|deux|trois|cinq|sept|huit|onze|douze|treize|quatorze|quinze|seize)){0,7})"
_DATE_IN_WORDS = rf"(?:(?:{_DAY_WORDS})(?:[ ]of)?[ ]{_MONTH}(?:,?[ ](?:{_YEAR_WORDS}|\d{{4}}))?|{_MONTH}[ ](?:the[ ])?(?:{_DAY_WORDS}),?[ ]{_YEAR_WORDS})"
_SHORT_DATE = r"\d{1,2}[/.-]\d{1,2}(?![/.-]?\d)"
# A city has birthdays too, and they are public.
_PUBLIC_BIRTHDAY = Pattern(
    r"\b(?:city|town|village|county|canada|country|nation|province|state|america|queen|king)(?:'s)?[ ]\Z",
    re.IGNORECASE,
)
_BORN = Pattern(
    rf"\b(?:born|d\.o\.b\.(?=[ :])|d\.?o\.?b\.?|turn(?:s|ed|ing)?[ ]\d{{1,3}}|(?:mes|ses)[ ]\d{{1,3}}[ ]ans|birth ?dates?|date of birth|birth ?days?|b-?day|n[eé]e?s?|date de naissance|naissance|ddn|anniversaire)(?:\b|(?<=b\.))(?:[ ]?(?:\b(?:on|en|is|was|the|le|est|my|her|his|on the|date|of|in|soit|du)\b|[:=(,-])[ ]?){{0,4}}[ ]?(?P<date>{_DATE}|{_DATE_IN_WORDS}|{_SHORT_DATE})(?![\d/])",
    re.IGNORECASE,
)
# "born 11/2/2016 and 3/4/2012", "05/03/81 is her birthday".
_NEXT_BORN = Pattern(
    rf"[ ]?(?:,|and|et|&|/)[ ](?:(?:on|le|the)[ ])?(?P<date>{_DATE})(?![\d/])", re.IGNORECASE
)
_BORN_AFTER = Pattern(
    rf"(?<![\d/.-])(?P<date>{_DATE})(?![\d/])(?:[ ](?:which |qui )?(?:is|was|est|c'est)|,|[ ]-)[ ](?:my|her|his|their|our|the|mon|ma|son|sa|leur|the[ ]\w{{2,12}}'s)?[ ]?(?:\w{{2,12}}'s[ ])?(?:date[ ]of[ ])?(?:birth|b-?day|anniversaire|f[eê]te|naissance|date de naissance)",
    re.IGNORECASE,
)
_FULL_DATE = Pattern(rf"(?<![\d/.-])(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19[2-9]\d|200\d|201[0-5])|(?:19[2-9]\d|200\d|201[0-5])[/.-]\d{{1,2}}[/.-]\d{{1,2}}|{_MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?,?[ ](?:19[2-9]\d|200\d)|\d{{1,2}}(?:er)?[ ]{_MONTH}[ ](?:19[2-9]\d|200\d))(?![\d/-])", re.IGNORECASE)  # fmt: skip
_NEAR_PERSONAL = 60

_PROFILE = Pattern(
    r"(?:https?://)?(?:www\.|m\.|mobile\.)?(?:twitter\.com|x\.com|facebook\.com|fb\.com|instagram\.com|tiktok\.com|t\.me|youtube\.com|linkedin\.com/in|threads\.net|reddit\.com/u(?:ser)?|snapchat\.com/add|bsky\.app/profile|truthsocial\.com|gab\.com|rumble\.com|vk\.com|discord\.gg|mastodon\.social|twitch\.tv|onlyfans\.com|github\.com|telegram\.me|wa\.me|pinterest\.com)/@?[\w.%-]{2,60}(?:\?[\w.=&%-]{1,80}|/[\w.?=&%-]{0,80})?",
    re.IGNORECASE,
)
_TARGET = Pattern(
    r"\b(?:my|our|her|his|their|wife'?s?|husband'?s?|daughter'?s?|son'?s?|kids?'?s?|mayor'?s?|councill?or'?s?|clerk'?s?|family|target\w*|dox\w*|go get|attack\w*|raid|swarm|harass\w*|brigade|spam\w*|attaqu\w+|harcel\w+|inond\w+|personal|private|mon|ma|mes|son|sa|ses|notre|nos|leurs?|fille|fils|conjointe?|personnel|profil|famille)\b[^\n]{0,60}\Z",
    re.IGNORECASE,
)


def find(text: str, spans: tuple[Found, ...] = ()) -> Iterator[Found]:
    """Yield what is found in `text`; `spans` are addresses already found, which dates may lie beside."""
    yield from _emails(text)
    yield from _ids(text)
    yield from _phones(text)
    yield from _plates(text)
    yield from _dates(text, spans)
    for match in _PROFILE.finditer(text):
        if _TARGET.search(text[max(0, match.start() - 80) : match.start()]):
            yield Found(match.start(), match.end(), Kind.HANDLE)


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        if not _ROLE_MAIL.match(match.group(0)):
            yield Found(match.start(), match.end(), Kind.EMAIL)
    for match in _EMAIL_SPACED.finditer(text):
        yield Found(match.start(), match.end(), Kind.EMAIL)
    for match in _EMAIL_SPELLED.finditer(text):
        spelled = match.group(0).lower()
        if re.search(r"dot|point|\[|\(|\{|_at_|_arobase_", spelled) and re.search(
            r"(?:com|ca|org|net|gov|edu|us|qc|info|test|example|me|io|co)\Z", spelled
        ):
            yield Found(match.start(), match.end(), Kind.EMAIL)


def _phones(text: str) -> Iterator[Found]:
    for match in (*_GROUPED.finditer(text), *_PHONE.finditer(text)):
        start, raw = match.start(), match.group(0)
        digits = re.sub(r"\D", "", raw)
        if not 7 <= len(digits) <= _LONGEST_PHONE - 2 or not _is_phone(raw, digits):
            continue
        if _FILE_NUMBER.match(raw):
            continue
        before = text[max(0, start - 60) : start]
        bare = raw.isdigit()
        if (
            _NOT_A_PHONE.search(before[-40:])
            and (bare or not _PRIVATE_LINE.search(before))
            and not re.search(r"\b(?:cell|phone|call|tel|mobile|cellulaire)\b[^\n]{0,12}\Z", before, re.I)
        ):
            continue
        if _public_line(before, digits):
            continue
        end = match.end()
        extension = _EXTENSION.match(text[end : end + 20])
        yield Found(start, end + (extension.end() if extension else 0), Kind.PHONE)
    for match in _SPACED.finditer(text):
        digits = re.sub(r"\D", "", match.group(0))
        if _is_phone(digits, digits):
            yield Found(match.start(), match.end(), Kind.PHONE)
    for match in _DICTATED.finditer(text):
        parts = re.findall(r"\w+", match.group(0).lower())
        count = sum(len(part) if part.isdigit() else 1 for part in parts)
        if count in (10, 11) and not all(part.isdigit() for part in parts):
            yield Found(match.start(), match.end(), Kind.PHONE)
    for match in _LOCAL.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        alone = not text[: match.start()].strip() and not text[match.end() :].strip()
        if (
            (alone or _LOCAL_CUE.search(before))
            and not _NOT_A_PHONE.search(before)
            and not _public_line(before, "")
        ):
            yield Found(match.start(), match.end(), Kind.PHONE)


def _is_phone(raw: str, digits: str) -> bool:
    if raw.startswith(("+", "00")):
        try:
            number = phonenumbers.parse("+" + digits.removeprefix("00"), None)
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.is_valid_number(number)
    if not (len(digits) == 10 or (len(digits) == 11 and digits[0] == "1")):
        return False
    for country in _COUNTRIES:
        try:
            number = phonenumbers.parse(digits, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False


def _public_line(before: str, digits: str) -> bool:
    if digits and digits[-10:-7] in _TOLL_FREE:
        return True
    return _OFFICIAL_LINE.search(before) is not None and _PRIVATE_LINE.search(before) is None


def _ids(text: str) -> Iterator[Found]:
    for match in _SSN.finditer(text):
        yield Found(match.start(), match.end(), Kind.NATIONAL_ID)
    for match in _SIN.finditer(text):
        named = _BUSINESS.search(text[max(0, match.start() - _NEAR_BEFORE) : match.start()])
        digits = re.sub(r"\D", "", match.group(0))
        if _luhn(digits) or (named is None and not digits.endswith("00")):
            yield Found(match.start(), match.end(), Kind.NATIONAL_ID)
    for match in _ID_CUED.finditer(text):
        number = match.group("id").rstrip(" -")
        if sum(c.isdigit() for c in number) >= 5:
            yield Found(match.start("id"), match.start("id") + len(number), Kind.NATIONAL_ID)
    for match in _RAMQ.finditer(text):
        yield Found(match.start(), match.end(), Kind.NATIONAL_ID)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and digits[0] not in "08"


def _plates(text: str) -> Iterator[Found]:
    for cue in _PLATE_CUE.finditer(text):
        tokens = _PLATE_TOKENS.match(text, cue.end())
        plate = _longest_plate(tokens.group(0)) if tokens else ""
        if plate:
            yield Found(cue.end(), cue.end() + len(plate), Kind.PLATE)
    for match in _VANITY.finditer(text):
        if not text[max(0, match.start() - 40) : match.start()].isupper():
            yield Found(match.start("plate"), match.end("plate"), Kind.PLATE)
    for match in _PLATE_BEFORE.finditer(text):
        plate = match.group("plate").strip(" -")
        if _plate_like(plate):
            start = match.start("plate")
            yield Found(start, start + len(plate), Kind.PLATE)
    for match in _PLATE_SHAPE.finditer(text):
        around = text[max(0, match.start() - 70) : match.end() + 40]
        if _plate_like(match.group(0)) and _VEHICLE.search(around):
            yield Found(match.start(), match.end(), Kind.PLATE)


def _longest_plate(tokens: str) -> str:
    """Return the longest beginning of up to three groups that can be a plate: "ABX 4471 and" is "ABX 4471"."""
    for end in sorted({len(tokens), *(m.start() for m in re.finditer(r"[ ·•-]", tokens))}, reverse=True):
        plate = tokens[:end]
        last = re.split(r"[ ·•-]", plate)[-1]
        words_on = last.isalpha() and last.islower() and not plate.islower()
        if not words_on and _plate_like(plate):
            return plate
    return ""


def _plate_like(plate: str) -> bool:
    if _VEHICLE.fullmatch(plate) or plate.upper() in _MODELS:
        return False
    parts = re.findall(r"[A-Za-z]+", plate)
    digits = sum(c.isdigit() for c in plate)
    if not digits or any(group.upper() in _NOT_PLATE_WORDS for group in re.findall(r"\w+", plate)):
        return False
    longest = 9 if re.match(r"[A-Z]{2} \w+ \w", plate) else 8  # "GA RXJ 0417": the state stands before it
    return 4 <= len(re.sub(r"\W", "", plate)) <= longest and (bool(parts) or digits >= 5)


def _dates(text: str, spans: tuple[Found, ...]) -> Iterator[Found]:
    for match in (*_BORN.finditer(text), *_BORN_AFTER.finditer(text)):
        if _PUBLIC_BIRTHDAY.search(text[max(0, match.start() - 20) : match.start()]):
            continue
        yield Found(match.start("date"), match.end("date"), Kind.BIRTH_DATE)
        following = _NEXT_BORN.match(text, match.end("date"))
        while following:
            yield Found(following.start("date"), following.end("date"), Kind.BIRTH_DATE)
            following = _NEXT_BORN.match(text, following.end("date"))
    if not spans:
        return
    ends = [(span.start - _NEAR_PERSONAL, span.end + _NEAR_PERSONAL) for span in spans[:200]]
    for match in _FULL_DATE.finditer(text):
        if any(low <= match.start() <= high for low, high in ends):
            yield Found(match.start(), match.end(), Kind.BIRTH_DATE)
