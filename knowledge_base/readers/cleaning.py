"""What every reader's document goes through: characters that nobody sees are taken out and told.

Readers also tell here of the hidden text that they left out, so that the sentence is one for all formats.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge_base.documents import Block, BlockKind, StructuredDocument

# Control characters, zero-width ones, soft hyphens, direction marks: none is part of a word that is quoted.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
# Letters that no font draws: a way of smuggling words past the eye.
_TAGS = re.compile("[\U000e0001-\U000e007f]+")
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|[\f\x0b\u2028\u2029]")
_LINES = re.compile(r"[^\S\n]*\n\s*\n[^\S\n]*")
_SHOWN_WORDS = 8


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text that a file holds and nobody sees. `place` is "page 3" or "slide 2", or empty."""

    text: str
    place: str = ""


def clean(text: str) -> str:
    """Return the text without unseen characters, runs of blanks as one, line breaks kept."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))
    return _LINES.sub("\n", _BLANKS.sub(" ", _TAGS.sub("", text))).strip()


def cleaned(document: StructuredDocument) -> StructuredDocument:
    """Return the document with clean texts and without empty blocks."""
    smuggled: list[Hidden] = []
    blocks = []
    for block in document.blocks:
        for text in (block.text, *block.items):
            smuggled += [Hidden(_readable_tags(tags)) for tags in _TAGS.findall(text)]
        code = block.kind is BlockKind.CODE
        text = _TAGS.sub("", _UNSEEN.sub("", block.text)).rstrip() if code else clean(block.text)
        items = tuple(kept for item in block.items if (kept := _clean_item(item)))
        if text.strip() or items:
            blocks.append(replace(block, text=text, items=items))
    return replace(
        document,
        title=" ".join(clean(document.title).split())[:300],
        blocks=tuple(blocks),
        warnings=(*document.warnings, *hidden_warnings(smuggled)),
    )


def hidden_warnings(found: Iterable[Hidden]) -> tuple[str, ...]:
    """Say in one sentence what hidden text was left out, and where; nothing when there is none."""
    there = [one for one in found if one.text.strip()]
    if not there:
        return ()
    words = [word for one in there for word in clean(one.text).split()]
    places = list(dict.fromkeys(one.place for one in there if one.place))
    where = f" ({_listed(places)})" if places else ""
    shown = " ".join(words[:_SHOWN_WORDS])[:80] + (" ..." if len(words) > _SHOWN_WORDS else "")
    count = "1 word" if len(words) == 1 else f"{len(words)} words"
    return (f'Hidden text is left out{where}: {count}, "{shown}".',)


def without_title(blocks: Sequence[Block], title: str) -> tuple[Block, ...]:
    """Drop a first heading that repeats the title: it would repeat in every heading path."""
    if blocks and blocks[0].kind is BlockKind.HEADING and blocks[0].text.casefold() == title.casefold():
        return tuple(blocks[1:])
    return tuple(blocks)


def _clean_item(item: str) -> str:
    """Clean an item line by line: the indent of a line shows how deep its list is."""
    lines: list[str] = []
    for line in _LINE_ENDS.sub("\n", item).split("\n"):
        bare = clean(line)
        if bare:
            depth = len(line) - len(line.lstrip(" "))
            lines.append(" " * (depth if lines else 0) + bare)
    return "\n".join(lines)


def _readable_tags(tags: str) -> str:
    return "".join(chr(ord(tag) - 0xE0000) for tag in tags if ord(tag) >= 0xE0020)


def _listed(places: Sequence[str]) -> str:
    return ", ".join(places[:6]) + (f" and {len(places) - 6} more" if len(places) > 6 else "")
