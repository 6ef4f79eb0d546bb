"""The starter library: articles that every new desk begins with."""

from importlib.resources import files


def starter_files() -> tuple[tuple[str, bytes], ...]:
    """Return every starter article as (name, bytes), English before French, in name order.

    Names look like "en/doxing.md".
    """
    here = files(__package__)
    return tuple(
        (f"{language}/{article.name}", article.read_bytes())
        for language in ("en", "fr")
        if here.joinpath(language).is_dir()
        for article in sorted(here.joinpath(language).iterdir(), key=lambda entry: entry.name)
        if article.name.endswith(".md")
    )
