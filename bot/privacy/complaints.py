"""Whether somebody complains about a colleague or superior: such requests are sealed at birth. Pure.

Rules over who does what to whom, a sentence at a time. A complaint put without naming either the person's
place or the deed is not seen: docs/privacy.md says so, and anybody who may can seal by hand.
"""

import re

_LONGEST = 8_000


def _words(text: str) -> str:
    return "|".join(text.split())


_WHO = _words(
    "boss bosses supervisor manager director superior colleague colleagues coworker coworkers co-worker teammate "
    "councillor councilor councillors councilors councilman councilwoman mayor mayors deputy-mayor CAO clerk "
    "treasurer solicitor superintendent commissioner foreman reeve warden alderman alderwoman alderperson "
    "selectman selectwoman sheriff registrar inspector"
) + (
    r"|(?:council|staff|team|crew|board) members?|city manager|town manager|chief(?: of \w+| \w+ officer)?|"
    r"(?:fire|police|deputy|battalion) (?:chief|mayor)|department head|head of \w+|team lead(?:er)?|HR(?: \w+)?|"
    r"senior (?:person|staff|official|colleague)|(?:someone|somebody)(?: high up| senior)? (?:in|from|at) (?:our|my) own (?:office|team|department)|"
    r"people (?:in|from|at) (?:our|my) own (?:office|team|department)|person i (?:work for|report to|sit next to)"
)
_INSIDER = (
    rf"(?:(?:(?:my|our|the|a|an|(?:one|two|three|some|several)(?: members)? of (?:my|our|the)|another|fellow|his|her|their) )"
    rf"(?:(?!(?:is|was|are|has|had|and|or|to|of|by|that|who) )[\w-]+ ){{0,2}}(?:{_WHO}|council|staff)"
    r"|(?:councill?or|mayor|chief|director|commissioner) [A-Z]\w+)"
    r"(?: who (?:\w+ ){2,5}me)?"
    r"(?: (?:i (?:work|sit|serve) (?:for|with)|i report to|here|(?:in|on|of|from) (?:my|our|this|the) (?:own )?\w+))?"
)
_DOING = (
    r"(?:harass|bull[yi]|touch(?!\w* (?:base|on))|grop|grab|push|slap|yell|scream|shout|threaten|humiliat|insult|belittl|demean|intimidat|retaliat|"
    r"stalk|discriminat|follow|sabotag|assault|molest|hit(?:s|ting)? on|mock|abus|blackmail|undress|corner(?:ed|s|ing)|"
    r"scar(?:es|ing) me|mak(?:e|es|ing) (?:passes|advances)|steal|stole|leak|lie[sd]? (?:about|to) (?:me|us)|"
    r"spread(?:s|ing)? (?:lies|rumou?rs)|puni(?:sh))\w*"
)
_TO_US = r"(?:me|us|her|him|them|my|our|every(?:one|body)|the (?:\w+ )?(?:women|interns|students?|staff|clerks?)|interns|staff|a (?:clerk|colleague|coworker|woman)|one of)"
_DONE = (
    r"(?:harassed|bullied|touched|groped|yelled at|screamed at|threatened|humiliated|insulted|belittled|intimidated|"
    r"punished|stalked|discriminated against|sabotaged|assaulted|abused|mistreated|retaliated against|cornered)"
)
_HELPS = r"(?: (?:is|are|keeps?|kept|has|have|been|was|were|started|will|won t|would|not|stop|who|that|constantly|always|often|again|openly|the one|one|in))*"
_PRONOUN = r"(?:he|she|they)"

_QUI = (
    _words(
        "patron patronne supérieur supérieure superviseur superviseure gestionnaire directeur directrice chef cheffe "
        "collègue collègues conseiller conseillère conseillers maire mairesse greffier greffière trésorier trésorière "
        "contremaître adjoint adjointe"
    )
    + r"|responsable (?:de|du) \w+|membre (?:du|de notre) (?:conseil|personnel)|élue?s?"
)
_INTERNE = (
    rf"(?:m(?:on|a|es)|notre|nos|le|la|l|un|une|une? autre|des) (?:(?:propre|autre|nouve(?:au|lle)|ancien(?:ne)?) )*(?:{_QUI})"
    r"(?: (?:général|générale|municipal|municipale|de service|du service(?: \w+){0,2}|d équipe|adjointe?))?"
    r"(?: (?:pour qui je travaille|avec qui je siège|de (?:mon|notre) (?:propre )?\w+))?"
)
_FAIT = (
    r"(?:harcèle|harcelle|intimide|touche(?! (?:un mot|à))|tripote|crie|hurle|menace|humilie|insulte|rabaisse|dénigre|se venge|discrimine|"
    r"sabote|agresse|suit partout|fait du chantage|détourne|vole|fait des avances|fait des blagues (?:racistes|sexistes)|"
    r"fait des commentaires|répand des|transmet nos|ment (?:sur|à))\w*"
)
_SUBI = r"(?:harcelée?s?|intimidée?s?|touchée?s?|menacée?s?|humiliée?s?|insultée?s?|rabaissée?s?|agressée?s?|dénigrée?s?)"
_NOUS = r"(?:me|m|nous|te|l|la|le|les)"

_COMPLAINTS = tuple(
    re.compile(rf"(?:^|(?<=\W)){pattern}(?!\w)", re.IGNORECASE)
    for pattern in (
        # somebody of ours does it
        rf"{_INSIDER}{_HELPS} {_DOING}(?: \w+){{0,2}} {_TO_US}",
        rf"{_INSIDER}{_HELPS} (?:retaliat|sexually|stealing|stole)\w*",
        rf"{_INSIDER}{_HELPS} (?:makes?|making|made|sends?|sending|sent|texts?) (?:me |us |her |my \w+ )?(?:\w+ )?"
        r"(?:racist|sexist|sexual|creepy|dirty|nude|inappropriate|obscene|offensive|homophobic|threatening)",
        rf"{_INSIDER}{_HELPS} (?:makes?|making|made) (?:\w+ )?(?:comments|remarks|jokes) about (?:my|her|our|me|us|them)",
        rf"{_INSIDER}{_HELPS} (?:racist|sexist|abusive|homophobic|violent|inappropriate) (?:to|towards?|with) {_TO_US}",
        rf"{_INSIDER}{_HELPS} sleep\w* with (?:an? |the )?(?:interns?|staff|employees?|assistants?)",
        rf"{_INSIDER}{_HELPS} (?:puts?|put|has|had|laid|lays) (?:his|her|their) hands? on",
        rf"{_INSIDER}{_HELPS} (?:comment(?:s|ing|ed)? on|star(?:es|ing|ed) at) (?:my|her|our) (?:body|looks|chest|legs|clothes)",
        rf"{_INSIDER}{_HELPS} (?:told|asked|ordered|pressured|wants|forces?|forced) (?:me|us) to (?:lie|falsify|hide|cover up|"
        r"hide \\w+|delete|destroy|look the other way|keep quiet|stay quiet|change the (?:report|numbers|minutes))",
        rf"{_INSIDER}{_HELPS} (?:covers? (?:for|up)|protects?|is behind)",
        rf"{_INSIDER} (?:said|says|told me|threatens|threatened)(?: \w+){{0,4}} (?:fire me|lose my job|end my career|regret it)",
        rf"(?:what|after what|how) {_INSIDER} (?:did to|does to|treats|treated) (?:me|us|her|him|them|my|our|staff)",
        # it is done by somebody of ours
        rf"{_DONE}(?: \w+){{0,2}} by {_INSIDER}",
        rf"(?:afraid|scared|terrified|frightened) of {_INSIDER}",
        # and it is to be reported
        rf"(?:complain(?:ts?|ing)?|grievances?|allegations?|misconduct|whistle ?blow\w*|harassment|bullying|abuse|retaliation)"
        rf"(?: \w+){{0,4}} (?:about|against|by|of|from|involving) (?:the behaviou?r of )?{_INSIDER}(?! (?:s|is|was|has) )",
        rf"(?:report(?:ing)?|denounce|expose|blow the whistle on|accuse) {_INSIDER}(?! (?:s|was|is|has|got|were)\b)",
        rf"(?:{_WHO}) is the one (?:who|that)",
        rf"(?:he|she) is (?:my|our) (?:own )?(?:{_WHO}) and (?:he|she)",
        # en français
        rf"{_INTERNE}(?: (?:qui|ne|n|continue de|n arrête pas de))* (?:{_NOUS} )?(?:{_FAIT})",
        rf"{_INTERNE} (?:{_NOUS} )?(?:a|ont|avait) (?:harcelé|intimidé|touché(?! un mot)|menacé|humilié|insulté|rabaissé|agressé|volé|détourné)\w*",
        rf"{_INTERNE} (?:{_NOUS} )?(?:a demandé|demande|force|oblige|ordonne|a ordonné)(?: à \w+)? (?:de |d |à )(?:mentir|falsifier|"
        r"cacher|détruire|effacer|fermer les yeux|me taire)",
        rf"{_SUBI}(?: \w+){{0,2}} par {_INTERNE}",
        rf"(?:harcèlement|intimidation|représailles|abus|inconduite|comportement)(?: \w+){{0,3}} (?:de|d|par|de la part d) ?(?:de )?{_INTERNE} ?(?:avec qui)?",
        rf"(?:plainte|grief|dénonciation)(?: \w+)? contre {_INTERNE}",
        rf"me plaindre d[eu] (?:la conduite d[eu] )?{_INTERNE}",
        rf"dénoncer {_INTERNE}(?! (?:a été|est|était)\b)",
        rf"peur d[eu] {_INTERNE}",
    )
)
# "My director ... he bullies everyone": said of an insider, in the same breath or the next
_LATER = re.compile(
    rf"(?:^|(?<=\W)){_INSIDER}(?!\w)(?: [\w-]+){{0,6}} {_PRONOUN}{_HELPS} {_DOING}(?: \w+){{0,1}} (?:me|us|every(?:one|body)|staff)(?!\w)",
    re.IGNORECASE,
)
_SOMEBODY_ELSE = re.compile(
    r"\b(?:man|men|woman|guy|someone|somebody|person|letter|group|caller)\b", re.IGNORECASE
)
# The words of somebody who looks after others: they ask how to help, they don't complain.
_ABOUT_OTHERS = re.compile(
    r"\b(?:residents?|voters?|trolls?|protesters?|strangers?|activists?|citizens?|parents?|callers?|people online|"
    r"citoyens?|inconnus?|manifestants?|résidents?|électeurs?|militants?|internautes?)\b",
    re.IGNORECASE,
)


def complains(text: str) -> bool:
    """Tell whether a message is a complaint about somebody who works or sits with its writer."""
    sentences = [
        plain
        for sentence in re.split(r"[.!?\n;]+", text[:_LONGEST])
        if (plain := " ".join(re.sub(r"[^\w\s-]", " ", sentence).split()))
    ]
    for number, plain in enumerate(sentences):
        if any(pattern.search(plain) for pattern in _COMPLAINTS) and not _ABOUT_OTHERS.search(plain):
            return True
        both = " ".join(sentences[number : number + 2])
        if _LATER.search(both) and not (_ABOUT_OTHERS.search(both) or _SOMEBODY_ELSE.search(both)):
            return True
    return False
