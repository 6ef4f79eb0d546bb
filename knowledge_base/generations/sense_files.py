"""Files of senses: what texts mean, known again by the text, in one file beside each index."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from knowledge_base.arrays import Array, BadArrayFile, read_arrays, write_arrays
from knowledge_base.senses import Senses

SUFFIX = ".senses"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds: a key and senses for each text, none for those that nobody has read yet."""

    keys: Array
    senses: Senses


class Known(Mapping[int, Array]):
    """The codes of texts that were read before, by `key_of` the text."""

    def __init__(self, kept: Sequence[Kept]) -> None:
        senses = Senses.joined([one.senses for one in kept])
        rows = np.flatnonzero(senses.lengths)
        keys = np.concatenate([np.zeros(0, dtype=np.uint64), *(one.keys for one in kept)])[rows]
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], rows[order]
        self._senses = senses

    def of(self, keys: Array) -> Senses:
        """Return the senses of texts as far as they are known."""
        return self._senses.pick(self._find(keys))

    def _find(self, keys: Array) -> Array:
        """Return the rows of texts, -1 for those that are not known."""
        if not len(self._keys):
            return np.full(len(keys), -1)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[places] == keys, self._rows[places], -1)

    def __getitem__(self, key: int) -> Array:
        (row,) = self._find(np.array([key], dtype=np.uint64)).tolist()
        if row < 0:
            raise KeyError(key)
        return self._senses.row(row)

    def __iter__(self) -> Iterator[int]:
        return iter(dict.fromkeys(self._keys.tolist()))

    def __len__(self) -> int:
        return len(np.unique(self._keys))


def beside(index_file: Path) -> Path:
    """Return where the senses of an index file are kept."""
    return index_file.with_suffix(SUFFIX)


def save(path: Path, keys: Array, senses: Senses) -> None:
    """Write senses and what their texts are known by, at once."""
    write_arrays(path, {"keys": keys, **senses.arrays}, "")


def read(path: Path) -> Kept | None:
    """Map a file of senses; None where there is none that can be read."""
    try:
        arrays, _ = read_arrays(path)
        return Kept(arrays.pop("keys"), Senses(arrays))
    except (BadArrayFile, FileNotFoundError, KeyError):
        return None


def known_codes(folder: Path) -> Known:
    """Return the codes of the starter library, and of what the generations in a folder hold."""
    paths = (starter_file(), *sorted(folder.glob(f"generation-*{SUFFIX}")))
    return Known([found for found in map(read, paths) if found])


def starter_file() -> Path:
    """Return the file that holds the senses of the starter library."""
    return Path(str(files("knowledge_base.starter").joinpath("starter.senses")))
