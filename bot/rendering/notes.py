"""The few sentences that frame an answer: what its passages are, and what must be known before reading them."""

_LEADS = {
    "en": {
        "now": "What to do first, quoted from our library:",
        "steps": "Steps to take, quoted from our library:",
        "more": "The next steps, quoted from our library:",
        "contacts": "Whom to call, quoted from our library:",
        "law": "What our library says about the law:",
        "plan": "To prepare, quoted from our library:",
        "words": "Words you can copy, from our library. Replace what stands in [brackets].",
        "several": "You wrote about several things. Here is a short answer to each, the most urgent first, quoted from our library:",
        "passages": "From our library:",
    },
    "fr": {
        "now": "À faire en premier, tiré de notre bibliothèque :",
        "steps": "Les étapes, tirées de notre bibliothèque :",
        "more": "La suite, tirée de notre bibliothèque :",
        "contacts": "Qui appeler, d’après notre bibliothèque :",
        "law": "Ce que notre bibliothèque dit de la loi :",
        "plan": "Pour vous préparer, tiré de notre bibliothèque :",
        "words": "Un texte à copier, tiré de notre bibliothèque. Remplacez ce qui est entre [crochets].",
        "several": "Vous parlez de plusieurs choses. Voici une courte réponse à chacune, la plus urgente d’abord, tirée de notre bibliothèque :",
        "passages": "Tiré de notre bibliothèque :",
    },
}
_NOTES = {
    "en": {
        "no_side": "This desk takes no side. Here is how to prepare, whatever is decided.",
        "not_law": "This is background, not legal advice. For your own case, ask your city attorney or solicitor.",
        "partly": "We found nothing certain for the rest of your message: ask about it on its own, or ask for a person.",
    },
    "fr": {
        "no_side": "Ce service ne prend pas parti. Voici comment vous préparer, quelle que soit la décision.",
        "not_law": "Ceci est de l’information générale, pas un avis juridique. Pour votre cas, consultez votre avocate ou avocat municipal.",
        "partly": "Nous n’avons rien trouvé de sûr pour le reste de votre message : posez cette question à part ou demandez une personne.",
    },
}


def lead(unit: str, language: str) -> str:
    """Return the line above the passages."""
    known = _LEADS["fr" if language == "fr" else "en"]
    return known.get(unit, known["passages"])


def note(code: str, language: str) -> str:
    """Return the sentence of that name."""
    return _NOTES["fr" if language == "fr" else "en"][code]


def more_button(language: str) -> str:
    """Return what the button for the next passages says."""
    return "Lire la suite" if language == "fr" else "Show more"


def recommendation(number: str, language: str) -> str:
    """Return the number of a recommendation, as one cites it."""
    return f"recommandation {number}" if language == "fr" else f"recommendation {number}"
