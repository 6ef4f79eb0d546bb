"""One reading process for a whole module of tests, as one serves a whole folder."""

from collections.abc import Iterator

import pytest

from knowledge_base.readers import ReaderProcess


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    """Return a reading process as the desk runs it."""
    with ReaderProcess() as process:
        yield process
