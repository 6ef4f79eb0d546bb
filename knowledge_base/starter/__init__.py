"""The starter library: articles, templates and more that every new desk begins with."""

from importlib.resources import files


def starter_files() -> tuple[tuple[str, bytes], ...]:
    """Return every starter document as (name, bytes), English before French, in name order.

    Names look like "en/doxing.md".
    """
    here = files(__package__)
    return tuple(
        (f"{language}/{document.name}", document.read_bytes())
        for language in ("en", "fr")
        if here.joinpath(language).is_dir()
        for document in sorted(here.joinpath(language).iterdir(), key=lambda entry: entry.name)
        if document.name.endswith(".md")
    )
