"""The library as admins see it: the list, one document with its versions, words, changes and gaps."""

from bot.console.shelf.changes import ChangesPage, read_changes
from bot.console.shelf.document import EditPage, PurgedPage, ShelvedPage, read_purged, read_shelved
from bot.console.shelf.gaps import GapsPage, read_gaps
from bot.console.shelf.listing import ShelfPage, read_shelf
from bot.console.shelf.words import WordsPage, read_words

__all__ = [
    "ChangesPage",
    "EditPage",
    "GapsPage",
    "PurgedPage",
    "ShelfPage",
    "ShelvedPage",
    "WordsPage",
    "read_changes",
    "read_gaps",
    "read_purged",
    "read_shelf",
    "read_shelved",
    "read_words",
]
