"""Whether somebody says that their phone, mailbox or account isn't safe. Pure."""

import re

_LONGEST = 1_500

_THING = (
    r"(?:(?:work|own|city|office|personal|private|cell|mobile)[ -])?"
    r"(?:cell ?phone|phone|cell|mobile|mail ?box|e?-?mails?(?: account| address)?|inbox|slack(?: account)?|"
    r"accounts?|laptop|computer|device|messages|texts)"
)
_CHOSE = (
    r"(?:téléphone|cellulaire|cell|portable|boîte(?: aux lettres)?(?: de)?(?: courriels?| mail)?|messagerie|"
    r"courriels?(?: de la ville)?|adresse courriel|compte(?: slack| courriel)?|slack|ordinateur|ordi|appareil|messages|textos)"
)
_SOMEBODY = r"(?:someone|somebody|they|he|she|my (?:\w+ )?(?:husband|wife|partner|ex|boss|colleague|assistant|employer))"
_QUELQUUN = (
    r"(?:quelqu un|on|il|elle|mon (?:\w+ )?(?:mari|conjoint|ex|patron|collègue|employeur)|"
    r"ma (?:\w+ )?(?:femme|conjointe|patronne|collègue))"
)
_SAID = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bmy {_THING}(?: and (?:my )?{_THING})* (?:is not|isn t|are not|aren t|is no longer|is not really|"
        r"may not be|might not be|not) (?:safe|secure|private|mine anymore)\b",
        rf"\bmy {_THING} (?:has been|have been|was|were|is|are|is being|got) (?:just )?"
        r"(?:hacked|compromised|tapped|bugged|broken into|cloned|spied on)\b",
        rf"\b{_SOMEBODY} (?:is|are|can|could|may be|might be|has been|s|re) (?:able to )?"
        rf"(?:read|see|check|watch|monitor|go(?:ing)? through)(?:ing)? my {_THING}\b",
        rf"\b{_SOMEBODY} (?:has|have|got|took) (?:access to|into|the password (?:to|for|of)|hold of) my {_THING}\b",
        r"\b(?:do not|don t|stop|please do not|please don t) (?:write|writing|send|sending|text|texting|email|"
        rf"emailing|call|calling)(?: \w+){{0,3}} (?:to |on )?(?:my|this) {_THING}[^.]{{0,30}}\bsafe\b",
        rf"\bm(?:on|a|es) {_CHOSE} n(?:e)? ?(?:est|sont) (?:pas|plus)(?: vraiment)? (?:sûre?s?|sure?s?|"
        r"sécuritaires?|sécurisée?s?|privée?s?)\b",
        rf"\bm(?:on|a|es) {_CHOSE} (?:est|sont|a été|ont été|vient d être) (?:piratée?s?|compromise?s?|surveillée?s?|"
        r"espionnée?s?|sur écoute|sous écoute)\b",
        rf"\b{_QUELQUUN} (?:lit|voit|surveille|fouille|consulte|peut lire|peut voir)(?: dans)? m(?:on|a|es) {_CHOSE}\b",
        rf"\b{_QUELQUUN} a (?:accès à|le mot de passe de|mis la main sur) m(?:on|a|es) {_CHOSE}\b",
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
