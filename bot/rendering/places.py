"""Countries, provinces and states as a reader calls them. Pure."""

_NAMES = {
    "US": ("the United States", "les États-Unis"),
    "CA": ("Canada", "le Canada"),
    "CA-AB": ("Alberta", "l’Alberta"),
    "CA-BC": ("British Columbia", "la Colombie-Britannique"),
    "CA-MB": ("Manitoba", "le Manitoba"),
    "CA-NB": ("New Brunswick", "le Nouveau-Brunswick"),
    "CA-NL": ("Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    "CA-NS": ("Nova Scotia", "la Nouvelle-Écosse"),
    "CA-NT": ("the Northwest Territories", "les Territoires du Nord-Ouest"),
    "CA-NU": ("Nunavut", "le Nunavut"),
    "CA-ON": ("Ontario", "l’Ontario"),
    "CA-PE": ("Prince Edward Island", "l’Île-du-Prince-Édouard"),
    "CA-QC": ("Quebec", "le Québec"),
    "CA-SK": ("Saskatchewan", "la Saskatchewan"),
    "CA-YT": ("Yukon", "le Yukon"),
}


def name(code: str, language: str) -> str:
    """Return what a place is called; a state by its letters, as on an envelope."""
    if code in _NAMES:
        return _NAMES[code][language == "fr"]
    country, _, state = code.partition("-")
    known = _NAMES.get(country)
    return f"{known[language == 'fr']} ({state})" if known and state else code
