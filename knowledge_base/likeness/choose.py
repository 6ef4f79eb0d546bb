"""Choose the landmarks and the phrases: `python -m knowledge_base.likeness.choose MESSAGES...`.

Takes messages evenly, by a hash of their text, so that a few new messages change few landmarks.
"""

import argparse
import sys
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from knowledge_base.likeness import LANDMARKS, PHRASES, STEP
from knowledge_base.meaning import vectors
from knowledge_base.senses.making import pieces, readable
from knowledge_base.topics.messages import read_messages

COUNT = 3000
COUNT_OF_PHRASES = 1200


def main() -> None:
    """Write landmarks.npy and phrases.npy beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path, nargs="+", help="labelled messages")
    texts = {message.text for path in parser.parse_args().messages for message in read_messages(path)}
    parts = {piece for text in texts for piece in pieces(text) if piece}
    _write(LANDMARKS, _some(texts, COUNT))
    _write(PHRASES, _some(parts, COUNT_OF_PHRASES))


def _some(texts: Collection[str], count: int) -> list[str]:
    return sorted(texts, key=lambda text: sha256(text.encode()).digest())[:count]


def _write(name: str, texts: Sequence[str]) -> None:
    rows = np.rint(vectors([readable(text) for text in texts]) * STEP)
    np.save(Path(__file__).with_name(name), np.clip(rows, -127, 127).astype(np.int8))
    sys.stdout.write(f"{name}: {len(texts)}\n")


if __name__ == "__main__":
    main()
