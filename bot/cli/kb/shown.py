"""What the commands of `helpdesk kb` share: JSON, comparisons and who did what, as text."""

import datetime as dt
import json

from rich.text import Text

from bot.cli.common import out, plain
from knowledge_base.library import Comparison

_STYLES = {"+": "green", "-": "red", "…": "dim"}


def print_json(value: object) -> None:
    """Print a value as JSON."""
    out.print(plain(json.dumps(value, ensure_ascii=False, indent=2, default=_written)))


def print_comparison(comparison: Comparison, *, longest: int | None = None) -> None:
    """Print what changed, the facts that people act on first."""
    for fact in comparison.gone:
        out.print(Text(plain(f"  ! {fact.kind.value} no longer there: {fact.text}"), style="bold red"))
    for fact in comparison.new:
        out.print(Text(plain(f"  ! new {fact.kind.value}: {fact.text}"), style="bold yellow"))
    for change in comparison.attributes:
        name = change.name.replace("_", " ")
        out.print(plain(f"  {name}: {change.old or 'nothing'} -> {change.new or 'nothing'}"))
    lines = comparison.lines[:longest] if longest else comparison.lines
    for line in lines:
        text = Text(plain(f"  {line.mark.value} {line.text}"), style=_STYLES.get(line.mark.value, ""))
        text.highlight_words(line.facts, "bold reverse")
        out.print(text)
    if len(lines) < len(comparison.lines):
        out.print(f"  ... and {len(comparison.lines) - len(lines)} lines more")


def _written(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
