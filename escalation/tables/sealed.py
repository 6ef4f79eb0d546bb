"""Masked words are sealed at rest as well: a masker misses things, and a stolen disk must not find them.

The package knows no keys. Whoever opens an engine hands over what seals for it; without that, what is
stored already sealed is read and written as it is, so that a backup carries ciphertexts and no words.
"""

from typing import Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

_SEALED = "\x02sealed:"


class Sealer(Protocol):
    """Turns words into a sealed text and back."""

    def seal(self, words: str) -> str:
        """Return the words sealed."""
        ...

    def unseal(self, sealed: str) -> str:
        """Return the words that were sealed."""
        ...


_SEALERS: WeakKeyDictionary[Dialect, Sealer] = WeakKeyDictionary()


def seal_with(dialect: Dialect, sealer: Sealer) -> None:
    """Seal and unseal the masked words of every connection of this engine from now on."""
    _SEALERS[dialect] = sealer


class SealedText(TypeDecorator[str]):
    """Words that are a ciphertext in the database. They can't be searched there."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what is stored."""
        sealer = _SEALERS.get(dialect)
        return f"{_SEALED}{sealer.seal(value)}" if value and sealer else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the words."""
        sealer = _SEALERS.get(dialect)
        if value is None or sealer is None or not value.startswith(_SEALED):
            return value
        return sealer.unseal(value[len(_SEALED) :])
