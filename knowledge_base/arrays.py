"""Named numpy arrays in one immutable file, written at once and mapped into memory."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_MAGIC = b"KBARRAYS1\n"
_ALIGNMENT = 64


class BadArrayFile(Exception):
    """The file is cut short or is not one of ours."""


def write_arrays(path: Path, arrays: Mapping[str, Array], note: str) -> None:
    """Write arrays and a note to path; a reader sees the whole file or none of it."""
    entries, offset = [], 0
    for name, array in arrays.items():
        offset += -offset % _ALIGNMENT
        entries.append({"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "offset": offset})
        offset += array.nbytes
    header = json.dumps({"note": note, "arrays": entries, "bytes": offset}).encode()
    start = len(_MAGIC) + 8 + len(header)
    start += -start % _ALIGNMENT
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
            for entry, array in zip(entries, arrays.values(), strict=True):
                file.write(bytes(start + int(str(entry["offset"])) - file.tell()))
                file.write(np.ascontiguousarray(array).data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:  # an interrupt too: no half-written file stays behind
        Path(temporary).unlink(missing_ok=True)
        raise


def read_arrays(path: Path) -> tuple[dict[str, Array], str]:
    """Map the arrays of a file, read-only, and return them with the note.

    Raise BadArrayFile when the file is not whole, OSError when it can't be opened.
    """
    with path.open("rb") as file:
        magic = file.read(len(_MAGIC))
        length = int.from_bytes(file.read(8), "little")
        raw = file.read(length) if length < 1 << 30 else b""
    if magic != _MAGIC or len(raw) != length:
        raise BadArrayFile(f"{path.name} is not an index file")
    header = json.loads(raw)
    start = len(_MAGIC) + 8 + length
    start += -start % _ALIGNMENT
    if path.stat().st_size < start + header["bytes"]:
        raise BadArrayFile(f"{path.name} is cut short")
    if header["bytes"] == 0:
        mapped: Array = np.zeros(0, dtype=np.uint8)
    else:
        mapped = np.memmap(path, dtype=np.uint8, mode="r", offset=start, shape=(header["bytes"],))
    arrays = {}
    for entry in header["arrays"]:
        dtype = np.dtype(entry["dtype"])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        chunk = mapped[entry["offset"] : entry["offset"] + count * dtype.itemsize]
        # As a plain array: a memmap's subclass machinery costs microseconds at each slice.
        arrays[entry["name"]] = np.asarray(chunk).view(dtype).reshape(entry["shape"]).view(np.ndarray)
    return arrays, header["note"]
