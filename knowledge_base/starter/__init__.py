"""The starter library: articles, templates and more that every new desk begins with."""

from collections.abc import Iterator
from importlib.resources import files

from knowledge_base.documents import StructuredDocument
from knowledge_base.readers.cleaning import cleaned
from knowledge_base.readers.markdown import read_markdown


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


def documents() -> Iterator[tuple[str, StructuredDocument]]:
    """Yield every starter document by name, as a library keeps it; raise ReadError for a damaged one.

    The files are our own, so no process apart reads them.
    """
    for name, data in starter_files():
        yield name, cleaned(read_markdown(name, data))
