"""The safety replies: hand-written, per situation and language, under 80 words, sent before anything else.

They live here and not in the library, so no edit of a document can change them. docs/safety.md gives the
reason for each line. Nothing here repeats the writer's words, guesses at an offender, or says "wait".
"""

import re
from collections.abc import Mapping

from bot.safety.assessment import Situation

# Per situation: the call, and the one shortest step that keeps someone alive.
_STEPS: Mapping[str, Mapping[Situation, str]] = {
    "en": {
        Situation.AT_THE_DOOR: (
            "Call 911 now. Lock the door, keep it closed, and move to a room you can lock, away from doors and"
            " windows. Stay on the line and speak quietly."
        ),
        Situation.SWATTING: (
            "Call 911 now. Say you are inside, who is with you, and that you think the report was false. Do what the"
            " officers say. Keep your hands empty and where they can see them. Move slowly."
        ),
        Situation.SUSPICIOUS_ITEM: (
            "Call 911 now. Do not touch or move it again. Get everyone out of the room and close the door. If any"
            " got on you, wash with soap and water and wait nearby for responders."
        ),
        Situation.DEVICE_THREAT: (
            "Call 911 now. Do not look for it, and touch nothing out of place. Move away and do what the dispatcher"
            " says. Note the exact words used."
        ),
        Situation.FOLLOWED: (
            "Call 911 now, hands-free. Do not go home and do not stop. Stay on busy, well-lit streets and go to the"
            " nearest police or fire station. Tell the dispatcher where you are."
        ),
        Situation.SHOTS: (
            "Call 911 now. Get out if you have a clear way. If not, lock or block a door, turn off lights, silence"
            " phones, stay low and quiet."
        ),
        Situation.ASSAULT: (
            "Call 911 now. Get away from the person, to a place you can lock, and bring others with you if you can."
            " Do not step between people."
        ),
        Situation.COLLAPSED: (
            "Call 911 now and put the phone on speaker. If the air smells of gas or smoke, get out first. If someone"
            " is not breathing normally, push hard and fast on the middle of the chest."
        ),
        Situation.GENERIC: (
            "Call 911 now if anyone may be hurt. Move away from the danger: out, if there is fire or smoke; if not, to a"
            " place you can lock. Stay on the line with the dispatcher."
        ),
        Situation.FOR_ANOTHER: (
            "Call 911 now and say where the person in danger is; if that is another city, ask for that city's"
            " dispatcher. Do not go there. If they are hiding, text, do not ring. Ask them to call 911 too, and to do"
            " what the dispatcher says."
        ),
        Situation.DANGER_OR_DESPAIR: (
            "Call 911 now if anyone may be hurt. Move away from the danger, to a place you can lock. If this is about"
            " suicide, yours or someone else's, call or text 988: a person answers day and night."
        ),
        Situation.SELF_HARM_FIRST_PERSON: (
            "I am glad you wrote. Please call or text 988 now: a person answers day and night, in English or French"
            " in Canada. If you have hurt yourself or are about to, call 911. Go to someone near you, or call them,"
            " and stay together."
        ),
        Situation.SELF_HARM_THIRD_PARTY: (
            "Call or text 988 now: they also help people who worry about someone. If the person is acting on it, has"
            " the means at hand, or cannot be found, call 911. Stay with them or on the phone. You can ask them"
            " directly about suicide."
        ),
    },
    "fr": {
        Situation.AT_THE_DOOR: (
            "Appelez le 911 maintenant. Verrouillez la porte, n'ouvrez pas, et allez dans une pièce qui se verrouille,"
            " loin des portes et des fenêtres. Restez en ligne et parlez bas."
        ),
        Situation.SWATTING: (
            "Appelez le 911 maintenant. Dites que vous êtes à l'intérieur, qui est avec vous, et que vous croyez à un"
            " faux signalement. Suivez les ordres des policiers. Gardez les mains vides et visibles. Bougez"
            " lentement."
        ),
        Situation.SUSPICIOUS_ITEM: (
            "Appelez le 911 maintenant. N'y touchez plus, ne le déplacez pas. Faites sortir tout le monde de la pièce"
            " et fermez la porte. Si vous en avez sur vous, lavez-vous à l'eau et au savon et restez tout près pour"
            " les secours."
        ),
        Situation.DEVICE_THREAT: (
            "Appelez le 911 maintenant. Ne cherchez pas l'objet et ne touchez à rien d'inhabituel. Éloignez-vous et"
            " faites ce que le répartiteur vous dit. Notez les mots exacts."
        ),
        Situation.FOLLOWED: (
            "Appelez le 911 maintenant, en mains libres. Ne rentrez pas chez vous et ne vous arrêtez pas. Restez sur"
            " des rues passantes et éclairées jusqu'au poste de police ou à la caserne la plus proche. Dites où vous"
            " êtes."
        ),
        Situation.SHOTS: (
            "Appelez le 911 maintenant. Sortez si le chemin est libre. Sinon, verrouillez ou bloquez une porte,"
            " éteignez les lumières, mettez les téléphones en silence, restez au sol sans bruit."
        ),
        Situation.ASSAULT: (
            "Appelez le 911 maintenant. Éloignez-vous de la personne, dans un endroit qui se verrouille, avec les"
            " autres si vous le pouvez. Ne vous interposez pas."
        ),
        Situation.COLLAPSED: (
            "Appelez le 911 maintenant, téléphone sur haut-parleur. Si ça sent le gaz ou la fumée, sortez d'abord. Si"
            " quelqu'un ne respire pas normalement, appuyez fort et vite au milieu de la poitrine."
        ),
        Situation.GENERIC: (
            "Appelez le 911 maintenant si quelqu'un peut être blessé. Éloignez-vous du danger : sortez s'il y a du feu"
            " ou de la fumée; sinon, allez dans un endroit qui se verrouille. Restez en ligne avec le répartiteur."
        ),
        Situation.FOR_ANOTHER: (
            "Appelez le 911 maintenant et dites où est la personne en danger; si c'est dans une autre ville, demandez"
            " le répartiteur de cette ville. N'y allez pas. Si elle se cache, textez, n'appelez pas. Dites-lui d'appeler"
            " aussi le 911 et de suivre ses consignes."
        ),
        Situation.DANGER_OR_DESPAIR: (
            "Appelez le 911 maintenant si quelqu'un peut être blessé. Éloignez-vous du danger, dans un endroit qui se"
            " verrouille. S'il s'agit de suicide, le vôtre ou celui d'une autre personne, appelez ou textez le 988 :"
            " quelqu'un répond jour et nuit."
        ),
        Situation.SELF_HARM_FIRST_PERSON: (
            "Merci de l'avoir écrit. Appelez ou textez le 988 maintenant : quelqu'un répond jour et nuit, en français"
            " ou en anglais au Canada. Si vous vous êtes blessé ou allez le faire, appelez le 911. Allez près de"
            " quelqu'un, ou appelez une personne proche, et restez ensemble."
        ),
        Situation.SELF_HARM_THIRD_PARTY: (
            "Appelez ou textez le 988 maintenant : on y aide aussi les proches inquiets. Si la personne passe à l'acte,"
            " a de quoi le faire ou est introuvable, appelez le 911. Restez avec elle, ou au téléphone. Vous pouvez"
            " lui parler ouvertement du suicide."
        ),
    },
}
_ON_DUTY = {
    "en": "I am alerting {who} now; they do not replace 911. Reply here to reach them.",
    "fr": "J'alerte {who} maintenant, sans remplacer le 911. Répondez ici pour lui écrire.",
}
_NOBODY_UNTIL = {
    "en": "Nobody at the hub is on duty until {when}. Do not wait for us. A person reads what you write here then.",
    "fr": "Personne n'est de garde au réseau avant {when}. Ne nous attendez pas. Une personne lira vos messages.",
}
_TOLD = {
    "en": "We are telling the hub's experts, but they may not see it at once. Do not wait for us.",
    "fr": "Nous prévenons les spécialistes du réseau, qui ne le verront peut-être pas tout de suite. Ne nous attendez pas.",
}
_NOBODY = {
    "en": "Nobody at the hub is on duty now. Do not wait for us. A person reads what you write here later.",
    "fr": "Personne n'est de garde au réseau en ce moment. Ne nous attendez pas. Une personne vous lira plus tard.",
}
_NOT_STORED = {
    "en": "This desk cannot take messages right now, so nobody here reads this. Do not wait for us.",
    "fr": "Ce service ne peut pas recevoir de messages en ce moment : personne ici ne lit ceci. Ne nous attendez pas.",
}
# The call alone, for danger and for despair.
_CALLS = {
    "en": ("Call 911 now.", "Call or text 988 now."),
    "fr": ("Appelez le 911 maintenant.", "Appelez ou textez le 988 maintenant."),
}
_OF_DESPAIR = frozenset({Situation.SELF_HARM_FIRST_PERSON, Situation.SELF_HARM_THIRD_PARTY})
_CALL = re.compile(r"911|988|emergency number|numéro d'urgence")
_LOCAL = {
    "en": (("call 911", "call your local emergency number"), ("Call 911", "Call your local emergency number"),
           ("replace 911", "replace it")),
    "fr": (("ppelez le 911", "ppelez votre numéro d'urgence local"),
           ("d'appeler aussi le 911", "d'appeler aussi ce numéro"), ("remplacer le 911", "remplacer les secours"),
           ),
}  # fmt: skip


def reply(
    situation: Situation,
    language: str,
    *,
    on_duty: str | None = None,
    opens_at: str | None = None,
    told: bool = False,
    local_number: bool = False,
    stored: bool = True,
    both: bool = False,
) -> str:
    """Return the safety reply for `situation`, in English unless `language` is "fr".

    `on_duty` names the person or role being alerted, and is given only when one truly is, on a channel
    that wakes them. `told` is for opening hours in which somebody is sent something that may go unseen.
    Otherwise the reply says that nobody is on duty, until `opens_at` when it is known.
    `local_number` is for places without 911; 988 is never replaced. `stored` is false where the message
    could not be kept: nobody will read it, and the reply must not say otherwise. `both` is for a writer whose
    language nobody knows: the call stands there in the other language too.
    """
    tongue = "fr" if language == "fr" else "en"
    if not stored:
        human = _NOT_STORED[tongue]
    elif on_duty:
        human = _ON_DUTY[tongue].format(who=on_duty)
    elif told:
        human = _TOLD[tongue]
    elif opens_at:
        human = _NOBODY_UNTIL[tongue].format(when=opens_at)
    else:
        human = _NOBODY[tongue]
    step = _localised(f"{_STEPS[tongue][situation]} {human}", tongue, local_number=local_number)
    if not both:
        return step
    other = "en" if tongue == "fr" else "fr"
    call = _localised(_CALLS[other][situation in _OF_DESPAIR], other, local_number=local_number)
    return _after_the_call(step, call)


def _after_the_call(step: str, call: str) -> str:
    """Return the step with the other language's call behind the sentence that holds its own."""
    sentences = step.split(". ")
    at = next((i for i, sentence in enumerate(sentences) if _CALL.search(sentence)), 0)
    return ". ".join((*sentences[:at], sentences[at], call.removesuffix("."), *sentences[at + 1 :]))


def _localised(text: str, tongue: str, *, local_number: bool) -> str:
    if local_number:
        for number, words in _LOCAL[tongue]:
            text = text.replace(number, words)
    return text
