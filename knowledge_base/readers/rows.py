"""Tables to rows that can be read without their table: "column: cell; column: cell"."""

from collections.abc import Sequence


def readable_rows(grid: Sequence[Sequence[str]], *, headed: bool) -> tuple[str, ...]:
    """Return one line for each row; when `headed`, the first row names the columns.

    Empty rows are left out, and so are the repeats of a cell that spans columns.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in grid]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ()
    if not headed or len(rows) == 1:
        return tuple("; ".join(_once(row)) for row in rows)
    header, *body = rows
    return tuple(_named(header, row) for row in body)


def _named(header: Sequence[str], row: Sequence[str]) -> str:
    if len(row) > 1 and all(row) and len(_once(row)) == 1:
        # A line across the table that parts its rows.
        return _once(row)[0]
    names = [*header, *[""] * (len(row) - len(header))]
    parts: list[str] = []
    for place, (name, cell) in enumerate(zip(names, row, strict=False)):
        if not cell or (place and cell == row[place - 1] and name == names[place - 1]):
            continue
        parts.append(f"{name.rstrip(' :')}: {cell}" if name else cell)
    return "; ".join(parts)


def _once(row: Sequence[str]) -> list[str]:
    return [cell for place, cell in enumerate(row) if cell and (place == 0 or cell != row[place - 1])]
