"""Where documents come from: files, folders of them, and web addresses, each with how to get its content."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.fetching import fetch
from knowledge_base.readers import SUFFIXES, ReaderLimits

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Content:
    """A document's bytes, under the name of its file; `address` is where on the web it was."""

    name: str
    data: bytes
    address: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to add: how people call it, and how to get it (OSError or FetchError when it can't be)."""

    label: str
    get: Callable[[], Content]


def find_sources(named: Sequence[str]) -> tuple[list[Source], list[str]]:
    """Return what to read, each once, and a line for each name that gives nothing.

    In a folder a link is not followed out of it: what it leads to was not handed in.
    """
    sources: dict[Path | str, Source] = {}
    faults: list[str] = []
    for name in named:
        if name.lower().startswith(("http://", "https://")):
            sources.setdefault(name, Source(name, partial(_from_web, name)))
            continue
        path = Path(name)
        try:
            if _SCHEME.match(name) and not path.exists():
                faults.append(f"{name}: only http and https addresses are fetched")
                continue
            if not path.exists():
                faults.append(f"{path}: there is no such file or folder")
                continue
            found = sorted(_below(path, faults)) if path.is_dir() else [path]
            if not found:
                kinds = ", ".join(sorted(SUFFIXES))
                faults.append(f"{path}: there is no document in this folder ({kinds})")
            for file in found:
                sources.setdefault(file.resolve(), Source(str(file), partial(_from_disk, file)))
        except OSError as error:
            faults.append(f"{path}: can't be read ({error.strerror or type(error).__name__})")
    return list(sources.values()), faults


def _below(folder: Path, faults: list[str]) -> Iterator[Path]:
    inside = folder.resolve()
    for here, folders, files in os.walk(folder, followlinks=False):
        for linked in [one for one in folders if (Path(here) / one).is_symlink() and not one.startswith(".")]:
            if not (Path(here) / linked).resolve().is_relative_to(inside):
                faults.append(
                    f"{Path(here) / linked}: leads out of the folder; add what it leads to by itself"
                )
        folders[:] = [one for one in folders if not one.startswith(".")]
        for name in files:
            path = Path(here) / name
            if path.suffix.lower() not in SUFFIXES or name.startswith("."):
                continue
            if path.is_symlink():
                # One that stays inside is there under its own name.
                if not path.resolve().is_relative_to(inside):
                    faults.append(f"{path}: leads out of the folder; add what it leads to by itself")
            elif path.is_file():
                yield path


def _from_disk(file: Path) -> Content:
    if not file.is_file():
        raise OSError(0, "not a file")
    most = ReaderLimits().file_bytes
    with file.open("rb") as source:
        # One byte more than may be: the reader tells that it is too large, and memory stays small.
        return Content(file.name, source.read(most + 1))


def _from_web(address: str) -> Content:
    fetched = fetch(address)
    return Content(fetched.name, fetched.data, fetched.address)
