"""Choose the landmarks: `python -m knowledge_base.likeness.choose MESSAGES...`.

Takes messages evenly, by a hash of their text, so that a few new messages change few landmarks.
"""

import argparse
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from knowledge_base.likeness import LANDMARKS, STEP
from knowledge_base.meaning import vectors
from knowledge_base.senses.making import readable
from knowledge_base.topics.messages import read_messages

COUNT = 3000


def main() -> None:
    """Write landmarks.npy beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path, nargs="+", help="labelled messages")
    texts = {message.text for path in parser.parse_args().messages for message in read_messages(path)}
    chosen = sorted(texts, key=lambda text: sha256(text.encode()).digest())[:COUNT]
    rows = np.rint(vectors([readable(text) for text in chosen]) * STEP)
    target = Path(__file__).with_name(LANDMARKS)
    np.save(target, np.clip(rows, -127, 127).astype(np.int8))
    sys.stdout.write(f"{len(chosen)} of {len(texts)} messages\n")


if __name__ == "__main__":
    main()
