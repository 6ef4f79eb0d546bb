"""Small PDF files written by hand, so that a test says exactly what is in them."""

import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A line of text at a place on the page, in points from the bottom left."""

    x: float
    y: float
    words: str
    size: float = 11
    bold: bool = False


def page_of(*lines: Text) -> bytes:
    """Return the content of a page, lines in the given order."""
    parts = []
    for line in lines:
        words = (
            line.words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        )
        font = b"/F2" if line.bold else b"/F1"
        place = f"{line.size} Tf 1 0 0 1 {line.x} {line.y} Tm (".encode()
        parts.append(b"BT " + font + b" " + place + words + b") Tj ET")
    return b"\n".join(parts)


def bomb(megabytes: int) -> bytes:
    """Return page content, compressed, that unpacks to far more than it seems."""
    packer = zlib.compressobj(9)
    blank = b" " * 1_000_000
    packed = packer.compress(page_of(Text(72, 700, "Hidden")))
    return packed + b"".join(packer.compress(blank) for _ in range(megabytes)) + packer.flush()


def pdf_of(
    *pages: bytes, packed: frozenset[int] = frozenset(), pictures: frozenset[int] = frozenset()
) -> bytes:
    """Return a PDF of these page contents; `packed` pages are compressed, `pictures` are scans."""
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        _stream(
            b"\x00", "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
        ),
    ]
    for number, content in enumerate(pages):
        drawn = "/XObject<</I 5 0 R>>" if number in pictures else ""
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {7 + 2 * number} 0 R"
            f"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>{drawn}>>>>".encode()
        )
        objects.append(_stream(content, "/Filter/FlateDecode" if number in packed else ""))
    return _file(objects)


def _stream(data: bytes, entries: str) -> bytes:
    return f"<</Length {len(data)}{entries}>>stream\n".encode() + data + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    body, offsets = b"%PDF-1.5\n", []
    for number, entry in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + entry + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    tail = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF".encode()
    return body + head + table + tail
