"""Bytes to a sheet: encoding, separator and columns are told from the file itself. Pure."""

import codecs
import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from escalation.directory_csv.plan import CsvFaults, Fault

CITIES: Final = "cities"
PEOPLE: Final = "people"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    CITIES: (
        "slug",
        "name",
        "country",
        "region",
        "zone",
        "member",
        "has_911",
        "dispatch_phone",
        "police_contact",
        "police_checked_on",
        "cohort",
        "population_band",
        "government",
        "languages",
        "peer_consent",
    ),
    PEOPLE: (
        "name",
        "email",
        "slack",
        "roles",
        "city",
        "title",
        "language",
        "zone",
        "topics",
        "languages",
        "jurisdictions",
        "capacity",
        "on_duty",
        "takes_danger",
        "hours",
        "on_call",
        "away",
        "backup",
        "conflict_cities",
        "conflict_people",
        "pager",
    ),
}
# What begins a formula in a spreadsheet. An apostrophe before it makes it text, and is ours to remove.
FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@]")
_LARGEST = 20_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number in the file, and its cells by column. Empty cells are left out."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: of which kind, its rows, and what is wrong with it so far."""

    kind: str
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def read_sheet(content: bytes) -> Sheet:
    """Return the sheet in a CSV file; raise CsvFaults when it can't be told what the file is."""
    text = _decode(content)
    faults: list[Fault] = []
    lines = _lines(text, faults)
    header_line, header = next(lines, (1, []))
    names = [_column(cell) for cell in header]
    kind = _kind(names, header_line)
    faults += _header_faults(names, kind, header_line)
    rows = []
    for line, cells in lines:
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()  # spreadsheets pad lines
        if len(cells) > len(names):
            faults.append(
                Fault(line, f"has {len(cells)} cells, the header {len(names)}: is a quotation mark missing?")
            )
            continue
        row = _row(line, dict(zip(names, cells, strict=False)), faults)
        if row.cells:
            rows.append(row)
    if not rows and not faults:
        faults.append(Fault(header_line, "there is no line below the header"))
    return Sheet(kind, tuple(rows), tuple(faults))


def _decode(content: bytes) -> str:
    if len(content) > _LARGEST:
        raise CsvFaults([Fault(1, f"the file has {len(content) // 1_000_000} MB; the limit is 20 MB")])
    if content.startswith(b"PK\x03\x04"):
        raise CsvFaults([Fault(1, "this is a spreadsheet, not CSV: save it as CSV first")])
    if content.startswith(_UTF16):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            continue
        if "\x00" in text:
            raise CsvFaults([Fault(1, "this is not a text file")])
        return text
    raise CsvFaults([Fault(line, "the characters are neither UTF-8 nor Windows-1252: save it as CSV UTF-8")])


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank with the number of the line it begins on; stop at one that is broken."""
    declared = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    separator = declared[1] if declared else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if (line == 1 and declared) or not any(cell.strip() for cell in cells):
                continue
            yield line, cells
    except csv.Error:
        faults.append(Fault(begins, "the quotation marks don't match, here or below"))


def _separator(text: str) -> str:
    """Return the separator under which the first line has the most columns that we know."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    known = {name for names in COLUMNS.values() for name in names}

    def columns(separator: str) -> int:
        return sum(_column(cell) in known for cell in next(csv.reader([first], delimiter=separator), []))

    return max(",;\t", key=columns)


def _column(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().casefold())


def _kind(names: list[str], line: int) -> str:
    if "slug" in names:
        return CITIES
    if "email" in names or "slack" in names:
        return PEOPLE
    raise CsvFaults(
        [
            Fault(
                line,
                f"the header is neither that of cities ({','.join(COLUMNS[CITIES])}; slug is needed) nor that "
                f"of people ({','.join(COLUMNS[PEOPLE])}; email or slack is needed)",
            )
        ]
    )


def _header_faults(names: list[str], kind: str, line: int) -> list[Fault]:
    faults = []
    for name in dict.fromkeys(names):
        if names.count(name) > 1 and name:
            faults.append(Fault(line, f"the column {name} is there twice"))
        if name and name not in COLUMNS[kind]:
            near = difflib.get_close_matches(name, COLUMNS[kind], n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(COLUMNS[kind])}"
            faults.append(Fault(line, f"unknown column {name[:40]!r}: {hint}"))
    return faults


def _row(line: int, cells: dict[str, str], faults: list[Fault]) -> Row:
    kept = {}
    for name, cell in cells.items():
        value = " ".join(cell.split())
        if _UNSEEN.search(value):
            faults.append(Fault(line, f"{name or 'a cell'} holds characters that can't be seen"))
        elif value and not name:
            faults.append(Fault(line, "has a value in a column without a name"))
        elif value:
            kept[name] = value
    return Row(line, kept)


def as_text(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell
