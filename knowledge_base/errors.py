"""What can go wrong in the library.

LibraryError
├── DocumentNotFound
├── VersionNotFound
├── NotTaken            the document says something about itself that the library can't keep
├── NotPublishable      a version that may not be published as it is
│   └── SecondAdminNeeded
└── NoSuchWording       a synonym or approved answer that is not there
ReadError
"""


class LibraryError(Exception):
    """Base of everything that the library refuses."""


class DocumentNotFound(LibraryError):
    """No document has this id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"no document is called {document_id!r}")


class VersionNotFound(LibraryError):
    """The document has no version of this number."""

    def __init__(self, document_id: str, number: int) -> None:
        super().__init__(f"{document_id} has no version {number}")


class NotTaken(LibraryError):
    """The document says something about itself that the library can't keep; the text says what."""


class NotPublishable(LibraryError):
    """A version may not be published as it is; the text says why."""


class SecondAdminNeeded(NotPublishable):
    """Who wrote the version wants to publish it, and another admin exists who can read it first."""

    def __init__(self, document_id: str, number: int) -> None:
        super().__init__(
            f"{document_id} version {number} must be published by another admin than the one who wrote it"
        )


class NoSuchWording(LibraryError):
    """There is no such synonym or approved answer."""


class ReadError(Exception):
    """A file could not be read: which, on what page when known, and why, in one sentence."""

    def __init__(self, name: str, page: str | None, reason: str) -> None:
        where = f"{name}, page {page}" if page else name
        super().__init__(f"{where}: {reason}.")
        self.name = name
        self.page = page
        self.reason = reason
