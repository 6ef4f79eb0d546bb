"""Encode the starter library ahead of time: `python -m knowledge_base.starter.encode`.

A new desk then understands its articles from the first start on. What was edited since is encoded
there, once; run this again before a release.
"""

import sys

from knowledge_base.generations.sense_files import known_codes, save, starter_file
from knowledge_base.passages import cut
from knowledge_base.senses.making import keys_of, make
from knowledge_base.starter import documents


def texts() -> list[str]:
    """Return every passage, title and heading of the starter library, each once, in one order."""
    found: dict[str, None] = {}
    for _, article in documents():
        parts = cut(article)
        found.update(dict.fromkeys((article.title, *(part.text for part in parts))))
        found.update(dict.fromkeys(". ".join(part.heading[-2:]) for part in parts))
    return sorted(found)


def main() -> None:
    """Write the file of senses beside the articles."""
    wanted = texts()
    save(starter_file(), keys_of(wanted), make(wanted, known_codes(starter_file().parent)))
    sys.stdout.write(f"{starter_file().name}: {starter_file().stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
