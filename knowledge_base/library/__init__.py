"""The library: add, publish, compare, withdraw, and read back. Callers know this one module.

Functions take an open session and `now`; they flush, never commit. One document, one transaction: that is
the caller's part. A document's public id is its slug and language, such as "doxing-en".
"""

from knowledge_base.generations import (
    Library,
    build_generation,
    current_generation,
    kept,
    load,
    understood,
    with_drafts,
)
from knowledge_base.library.adding import Added, add, known_source, known_sources
from knowledge_base.library.approved_rows import ApprovedReply, approve, list_approved, remove_approved
from knowledge_base.library.comparison import Comparison, Mark, compare
from knowledge_base.library.events import Act, Event, history
from knowledge_base.library.lifecycle import (
    Purged,
    has_expired,
    publish,
    purge,
    retire,
    retire_expired,
    withdraw,
)
from knowledge_base.library.manifest import MANIFEST, ExportedDocument, Manifest, export, read_manifest
from knowledge_base.library.material import MATERIAL
from knowledge_base.library.material import take_back as take_back_material
from knowledge_base.library.naming import told_apart
from knowledge_base.library.parity import Parity, match, parity
from knowledge_base.library.synonym_rows import add_synonym, remove_synonym
from knowledge_base.library.versions import (
    VersionSummary,
    compare_versions,
    get_structure,
    list_versions,
)
from knowledge_base.library.writing import to_markdown
from knowledge_base.lookup import (
    DocumentSummary,
    PassageView,
    find_document,
    get_document,
    get_passage,
    get_passages,
    is_empty,
    list_documents,
    list_synonyms,
    recalled_among,
    review_dates,
    review_owners,
    title_of,
    withdrawn_among,
)
from knowledge_base.twins import Behind, behind

__all__ = [
    "MANIFEST",
    "MATERIAL",
    "Act",
    "Added",
    "ApprovedReply",
    "Behind",
    "Comparison",
    "DocumentSummary",
    "Event",
    "ExportedDocument",
    "Library",
    "Manifest",
    "Mark",
    "Parity",
    "PassageView",
    "Purged",
    "VersionSummary",
    "add",
    "add_synonym",
    "approve",
    "behind",
    "build_generation",
    "compare",
    "compare_versions",
    "current_generation",
    "export",
    "find_document",
    "get_document",
    "get_passage",
    "get_passages",
    "get_structure",
    "has_expired",
    "history",
    "is_empty",
    "kept",
    "known_source",
    "known_sources",
    "list_approved",
    "list_documents",
    "list_synonyms",
    "list_versions",
    "load",
    "match",
    "parity",
    "publish",
    "purge",
    "read_manifest",
    "recalled_among",
    "remove_approved",
    "remove_synonym",
    "retire",
    "retire_expired",
    "review_dates",
    "review_owners",
    "take_back_material",
    "title_of",
    "to_markdown",
    "told_apart",
    "understood",
    "with_drafts",
    "withdraw",
    "withdrawn_among",
]
