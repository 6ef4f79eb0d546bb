"""What masking gives back."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The sorts of personal data that are masked."""

    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    BIRTH_DATE = "birth_date"
    NATIONAL_ID = "national_id"
    HANDLE = "handle"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Span:
    """One masked stretch of the original: `original[start:end] == text`."""

    start: int
    end: int
    kind: Kind
    text: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with placeholders, and what they stand for, in order and without overlap."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch that a detector claims, in offsets of the text it was given."""

    start: int
    end: int
    kind: Kind
