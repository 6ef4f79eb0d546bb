"""The letter in a mail: its words, and the files beside them."""

import re
import unicodedata
from dataclasses import dataclass, field

from bot.channels.email import markup, quoting
from bot.channels.email.mime import Part, read
from bot.channels.email.words import decode_words

_MAX_FILES = 100
_MAX_TEXT = 1_000_000
_MAX_NAME = 120
_MAX_NESTED = 3
_EMPTY_PART = 300
_NAME_JUNK = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EXTENSION = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "application/ms-tnef": ".dat",
}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(
    r"\W{0,3}(?:fwd?|tr|transf|wg|rv|enc)\s{0,2}(?:\[\d+\])?[\s\u00a0]{0,2}:",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class MailFile:
    """One attached file. `name` is safe to show and to store: no path, no control or direction marks."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What was written. `text` is new; `full_text` has the quotes too; `html_had_text` names the source."""

    text: str = field(repr=False)
    full_text: str = field(repr=False)
    html_had_text: bool
    forwarded: bool


@dataclass(frozen=True, slots=True)
class _Words:
    whole: str
    marked: str
    from_html: bool


def letter(root: Part, subject: str) -> Letter:
    """Return the words of a mail, its quotes and signature cut from `text` but never the whole answer."""
    return _letter(root, subject, _MAX_NESTED)


def _letter(root: Part, subject: str, depth: int) -> Letter:
    words = _words(root, is_root=True)
    whole = "\n\n".join(piece.whole for piece in words)[:_MAX_TEXT]
    marked = "\n\n".join(piece.marked for piece in words)[:_MAX_TEXT]
    from_html = any(piece.from_html and piece.whole.strip() for piece in words)
    if not whole.strip() and depth:
        # A mail that is nothing but another mail: what it passes on is what its sender wants read.
        inner = next((part for part in root.walk() if part.media_type == "message/rfc822"), None)
        if inner is not None:
            passed_on = read(inner.content())
            nested = _letter(passed_on, passed_on.text_of("subject"), depth - 1)
            return Letter(nested.full_text, nested.full_text, nested.html_had_text, forwarded=True)
    if _FORWARD_SUBJECT.match(subject):
        cut = quoting.new_words(whole, forwarded=True)
    else:
        cut = quoting.new_words(marked)
    if cut.new and not cut.inside:
        text = cut.text
    elif not cut.inside and any(part.disposition == "attachment" for part in root.walk()):
        text = ""  # an empty reply that carries a file: the quote is not its writer's
    else:
        text = whole.strip()
    return Letter(text, whole.strip(), from_html, cut.forwarded)


def _words(part: Part, *, is_root: bool = False) -> list[_Words]:
    if part.media_type == "multipart/alternative":
        return _alternative(part)
    if part.media_type == "multipart/related":
        return _words(part.children[0])
    if part.media_type == "multipart/report":
        return _words(part.children[0])
    if part.children:
        return [words for child in part.children for words in _words(child)]
    attached = part.disposition == "attachment" if is_root else part.is_attachment
    if attached:
        return []
    if part.media_type in {"text/plain", "text/enriched", "text/richtext"}:
        text = part.decoded()[:_MAX_TEXT]
        if part.media_type != "text/plain":
            text = _TAG.sub("", text)
        return [_Words(text, text, from_html=False)]
    if part.media_type in {"text/html", "application/xhtml+xml"}:
        whole, marked = markup.to_text(part.decoded())
        return [_Words(whole, marked, from_html=True)]
    return []


def _alternative(part: Part) -> list[_Words]:
    forms = [words for child in part.children if (words := _words(child))]
    plain = next((form for form in forms if not any(piece.from_html for piece in form)), None)
    rich = next(
        (form for form in reversed(forms) if any(piece.from_html for piece in form)),
        None,
    )
    if plain is None or rich is None:
        return plain or rich or []
    said, meant = _size(plain), _size(rich)
    # Some programs leave the plain form empty, or with a line that says to look at the other.
    return rich if not said or (said < _EMPTY_PART and meant > 4 * said + 40) else plain


def _size(form: list[_Words]) -> int:
    return sum(len("".join(piece.whole.split())) for piece in form)


def files(root: Part) -> tuple[MailFile, ...]:
    """Return every part that is not the letter itself, in the order of the mail."""
    found: list[MailFile] = []
    for part in root.walk():
        if part.children or len(found) == _MAX_FILES:
            continue
        is_text = part.media_type in {
            "text/plain",
            "text/html",
            "text/enriched",
            "text/richtext",
        }
        attached = part.disposition == "attachment" if part is root else part.is_attachment
        if is_text and not attached:
            continue
        name = safe_name(part.filename or _subject_of(part), part.media_type, len(found) + 1)
        inline = part.disposition == "inline" or (
            part.disposition != "attachment" and bool(part.all("content-id"))
        )
        found.append(MailFile(name, part.media_type, part.content(), inline))
    return tuple(found)


def _subject_of(part: Part) -> str:
    if part.media_type != "message/rfc822":
        return ""
    subject = read(part.content()[:65_536]).text_of("subject")
    return f"{subject[:60]}.eml" if subject else ""


def safe_name(name: str, media_type: str, number: int) -> str:
    """Return a file name without path, control characters, direction marks or reserved words."""
    bare = decode_words(name[:2000].encode("utf-8", "replace"))
    bare = _NAME_JUNK.sub("", unicodedata.normalize("NFC", bare)).replace("\\", "/").rstrip("/ .")
    bare = bare.rpartition("/")[2].strip(" .")
    if not bare or _RESERVED.fullmatch(bare):
        bare = f"attachment-{number}" + _EXTENSION.get(media_type, ".bin")
    stem, dot, extension = bare.rpartition(".")
    if len(bare) > _MAX_NAME:
        short = dot and len(extension) <= 10
        bare = f"{stem[: _MAX_NAME - 11]}.{extension}" if short else bare[:_MAX_NAME]
    return bare
