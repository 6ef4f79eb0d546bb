"""What the topics are called in lists, in English and French."""

from collections.abc import Mapping
from typing import Final

from bot.browser.language import Language

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "doxing": ("Doxing", "Divulgation de renseignements"),
    "online-harassment": ("Online harassment", "Cyberharcèlement"),
    "threats-and-personal-safety": ("Threats and personal safety", "Menaces et sécurité personnelle"),
    "swatting": ("Swatting", "Faux appel d’urgence"),
    "suspicious-mail-and-bomb-threats": (
        "Suspicious mail, bomb threats",
        "Colis suspects, alertes à la bombe",
    ),
    "council-meeting-disruption": ("Council meeting disruption", "Trouble à la séance du conseil"),
    "divisive-resolutions": ("Divisive resolutions", "Résolutions qui divisent"),
    "hate-incident-response": ("Hate incident response", "Réponse à un incident haineux"),
    "hate-crime-reporting": ("Hate crime reporting", "Signalement d’un crime haineux"),
    "protests-and-demonstrations": ("Protests and demonstrations", "Manifestations"),
    "mis-and-disinformation": ("Mis- and disinformation", "Désinformation"),
    "impersonation-and-deepfakes": ("Impersonation and deepfakes", "Usurpation d’identité, hypertrucages"),
    "global-crisis-local-impact": ("Global crisis, local impact", "Crise mondiale, effets locaux"),
    "mass-violence-aftermath": ("After mass violence", "Après une tuerie"),
    "interfaith-and-community-trust": ("Community and interfaith trust", "Confiance entre communautés"),
    "prevention-framework": ("Prevention framework", "Cadre de prévention"),
    "online-threat-monitoring": ("Online threat monitoring", "Veille en ligne"),
    "anti-government-extremism": ("Anti-government extremism", "Extrémisme antigouvernemental"),
    "threat-assessment": ("Threat assessment", "Évaluation de la menace"),
    "crisis-communications": ("Crisis communications", "Communication de crise"),
    "staff-and-family-wellbeing": ("Staff and family wellbeing", "Bien-être du personnel et des proches"),
    "election-related-threats": ("Election-related threats", "Menaces liées aux élections"),
}


def topic_name(slug: str | None, language: Language) -> str | None:
    """Return what a topic is called; one we have no name for keeps its own, none stays none."""
    if slug is None or slug == "none":
        return None
    names = _NAMES.get(slug)
    if names is None:
        return slug.replace("-", " ")
    return names[0] if language is Language.EN else names[1]


def topic_names(language: Language) -> Mapping[str, str]:
    """Return the topics we have names for, by slug, in the order of their names."""
    names = {slug: pair[0] if language is Language.EN else pair[1] for slug, pair in _NAMES.items()}
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))
