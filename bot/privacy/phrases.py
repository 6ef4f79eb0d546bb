"""Whether somebody says that their phone, mailbox or account isn't safe. Pure."""

import re

_LONGEST = 1_500

_THING = (
    r"(?:(?:work|own|city|office|personal|private|cell|mobile)[ -])?"
    r"(?:cell ?phone|phone|cell|mobile|mail ?box|e?-?mails?(?: account| address)?|inbox|slack(?: account)?|"
    r"accounts?|laptop|computer|device|messages|texts)"
)
# An account on one of these is where the public is spoken to: the desk writes to none of them.
_PAGES = r"(?:facebook|fb|instagram|insta|twitter|x|tiktok|linkedin|youtube|snapchat|reddit|telegram|bluesky|threads|bancaire|banque)"
_CHOSE = (
    r"(?:téléphone|cellulaire|cell|portable|boîte(?: aux lettres)?(?: de)?(?: courriels?| mail)?|messagerie|"
    rf"courriels?(?: de la ville)?|adresse courriel|compte(?: slack| courriel|(?! (?:\w+ )?{_PAGES}\b))|slack|ordinateur|ordi|appareil|messages|textos)"
)
_SOMEBODY = (
    r"(?:(?:someone|somebody)(?: else)?|they|he|she|the (?:city|town|manager|it \w+)|"
    r"my (?:\w+ )?(?:husband|wife|spouse|partner|boyfriend|girlfriend|ex|boss|manager|supervisor|colleague|assistant|employer|roommate|son|daughter|father|mother|brother))"
)
_READS = r"(?:reads|sees|checks|opens|watches|monitors|goes through|looks (?:at|through|into|in))"
_ALOUD = r"(?! (?:settings|aloud|out loud|out|on air|at the|in the (?:meeting|chamber|paper)|during))"
_WRITE = r"(?:write|writing|send|sending|text|texting|e-?mail|e-?mailing|call|calling|reply|replying|respond|answer|use|using)"
_THERE = rf"(?:here|(?:this|that) (?:address|number|channel|chat|thread|{_THING})|my {_THING})"
_QUELQUUN = (
    r"(?:quelqu un|on|il|elle|mon (?:\w+ )?(?:mari|conjoint|ex|patron|collègue|employeur)|"
    r"ma (?:\w+ )?(?:femme|conjointe|patronne|collègue))"
)
_SAID = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:my|this) {_THING}(?: and (?:my )?{_THING})* (?:is not|isn t|are not|aren t|is no longer|is not really|"
        r"may not be|might not be|not) (?:safe|secure|private|mine anymore)\b(?! (?:enough|for)\b)",
        rf"\b(?:don t|do not|no longer) (?:think|believe|feel)(?: that)? (?:my|this) {_THING} (?:is|are) (?:still )?(?:safe|secure|private)\b",
        rf"\bmy {_THING} (?:has been|have been|was|were|is|are|is being|got) (?:just )?"
        rf"(?:hacked|compromised|tapped|bugged|broken into|cloned|spied on|stolen|read by {_SOMEBODY}|(?:monitored|watched|checked|taken|seized) by {_SOMEBODY})\b",
        rf"\b(?:hacked|broke into|tapped|bugged|cloned|got into) my {_THING}\b",
        rf"\b(?:spyware|stalkerware|key ?logger|tracking app|spy app)\b[^.]{{0,20}}\bmy {_THING}\b",
        rf"\bmy {_THING} has (?:spyware|stalkerware|a key ?logger|a spy app)\b",
        rf"\b(?!my (?:\w+ )?assistant)(?:{_SOMEBODY} {_READS}|they (?:read|check|open|monitor|go through)) (?:my|this|these) (?!accounts?\b){_THING}\b{_ALOUD}",
        rf"\b{_SOMEBODY} (?:is|are|can|could|may be|might be|has been|s|re) (?:able to )?"
        rf"(?:read|see|check|watch|monitor|open|go(?:ing)? through)(?:ing)? (?:my|this) {_THING}\b{_ALOUD}",
        rf"\b{_SOMEBODY} (?:has|have|got|took) (?:access to|into|the password (?:to|for|of)|hold of) my {_THING}\b",
        rf"\b{_SOMEBODY} (?:has|have|knows?|got|changed) (?:all )?my passwords?\b",
        rf"\b(?:do not|don t|never|stop) {_WRITE}(?: \w+){{0,3}}? {_THERE}[^.]{{0,60}}\b(?:safe|secure|private|access|{_READS}|watched|monitored)\b",
        rf"(?<!is it )\b(?:not|isn t) safe to {_WRITE}(?: to)?(?: me)?(?: back)?(?: \w+)? (?:{_THERE}|this way|by (?:phone|text|e-?mail))\b",
        rf"\b(?:m(?:on|a|es)|ce|cette|cet|ces) {_CHOSE} (?:ne? ?)?(?:est|sont) (?:pas|plus|pu)(?: \w+ment)? (?:sûre?s?|sure?s?|safe|"
        r"sécuritaires?|sécurisée?s?|privée?s?|fiables?)\b",
        rf"\b(?:pense|crois|trouve) (?:pas|plus) que m(?:on|a|es) {_CHOSE} (?:est|soit|sont|soient) (?:encore )?(?:sûre?s?|safe|sécuritaires?)\b",
        rf"\bm(?:on|a|es) {_CHOSE} (?:est|sont|a été|ont été|vient d être) (?:piratée?s?|compromise?s?|surveillée?s?|"
        r"espionnée?s?|hackée?s?|volée?s?|sur écoute|sous écoute)\b",
        rf"\b(?:on|il|elle|ils|quelqu un|{_QUELQUUN}) (?:m )?(?:a|ont) (?:piraté|hacké|cloné|volé|espionné|pris) m(?:on|a|es) {_CHOSE}\b(?! en photo)",
        rf"\b{_QUELQUUN} (?:lit|lise|lisent|voit|voie|surveille|fouille|consulte|regarde|ouvre|contrôle|peut lire|peut voir)(?: dans)? m(?:on|a|es) {_CHOSE}\b",
        rf"\b{_QUELQUUN} a (?:accès à|le mot de passe de|mis la main sur) m(?:on|a|es) {_CHOSE}\b",
        rf"\b{_QUELQUUN} (?:a|connaît|connait) (?:tous )?mes? mots? de passe\b",
        r"\b(?:m |me )?(?:répond\w*|écri\w*|appel\w*|text\w*|envoy\w*|rappel\w*)(?: moi)? (?:pas|plus|rien)(?: \w+){0,4}? "
        r"(?:ici|(?:cette|ce|cet|mon|ma) (?:adresse|numéro|courriel|compte|téléphone|cell\w*|boîte))[^.]{0,60}"
        r"\b(?:sûre?|safe|sécuritaire|lit|lisent|voit|voient|surveille\w*|fouille|accès)\b",
    )
)
# A question about it, a supposition, or something long over is no report.
_NOT_NOW = re.compile(
    r"\b(?:how (?:do|can|could|would|will|to)|what if|what (?:do|should) (?:i|we) do if|in case|if|whether|when|would|"
    r"last (?:year|month)|(?:months|years) ago|used to|"
    r"comment (?:savoir|faire|puis je)|si|et si|au cas où|lorsque|quand|l an dernier|le mois dernier|"
    r"il y a (?:\w+ )?(?:mois|ans?))\b(?: \w+){0,6} *$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"^(?: \w+){0,2} (?:last (?:year|month)|(?:\w+ )?(?:months|years) ago|l an dernier|il y a)\b",
    re.IGNORECASE,
)


def says_unsafe(text: str) -> bool:
    """Tell whether the writer reports that what they write with is read by somebody else.

    A question about it, something supposed or something long over does not count.
    """
    for sentence in re.split(r"[.!?\n;]+", text[:_LONGEST]):
        plain = " ".join(re.sub(r"[^\w\s-]", " ", sentence).split())
        for pattern in _SAID:
            found = pattern.search(plain)
            if (
                found
                and not _NOT_NOW.search(plain[: found.start()])
                and not _OVER.match(plain[found.end() :])
            ):
                return True
    return False
