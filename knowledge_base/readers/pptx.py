"""Presentations to structured documents: a slide is a page, its title a heading, its notes below it."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import pptx
from lxml import etree
from pptx.exc import PackageNotFoundError, PythonPptxError

from knowledge_base.documents import Block, BlockKind, StructuredDocument
from knowledge_base.errors import ReadError
from knowledge_base.readers.cleaning import Hidden, hidden_warnings, without_title
from knowledge_base.readers.office import DAMAGED, TOO_DEEP, strip, syntax_reason
from knowledge_base.readers.pptx_shapes import SlideText
from knowledge_base.readers.tongue import is_french


def read(name: str, data: bytes, progress: Callable[[int, int], None]) -> StructuredDocument:
    """Read a presentation; raise ReadError with one sentence when it can't be used.

    `progress` is called with the index of each slide before it is read, and their number.
    """
    parcel = strip(name, data)
    hidden: list[Hidden] = []
    skipped: list[str] = []
    blocks: list[Block] = []
    place: int | None = None
    try:
        show = pptx.Presentation(BytesIO(parcel.data))
        slides = list(show.slides)
        declared = " ".join((show.core_properties.title or "").split())
        for place, slide in enumerate(slides):
            progress(place, len(slides))
            if slide.element.get("show") in ("0", "false"):
                skipped.append(str(place + 1))
                continue
            text = SlideText(slide, place, int(show.slide_width or 0), int(show.slide_height or 0))
            blocks += _blocks(text, slide, place)
            hidden += text.hidden
    except (KeyError, PackageNotFoundError, PythonPptxError) as error:
        raise ReadError(name, _shown(place), DAMAGED) from error
    except (etree.XMLSyntaxError, ValueError, AttributeError, TypeError, IndexError) as error:
        raise ReadError(name, _shown(place), syntax_reason(error)) from error
    except RecursionError as error:
        raise ReadError(name, _shown(place), TOO_DEEP) from error
    if not blocks:
        raise ReadError(name, None, "there is no text on its slides")
    first = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    title = (
        first or ("" if declared.lower().startswith("powerpoint") else declared) or PurePosixPath(name).stem
    )
    return StructuredDocument(
        title=title,
        language="",
        blocks=without_title(blocks, title),
        pages=len(slides),
        warnings=(*parcel.warnings, *_skipped(skipped), *hidden_warnings(hidden)),
        source_bytes=len(data),
    )


def _blocks(text: SlideText, slide: Any, place: int) -> Iterator[Block]:
    label = str(place + 1)
    body = list(text.blocks())
    if text.title:
        yield Block(BlockKind.HEADING, text.title, level=1, page_index=place, page_label=label)
    yield from body
    notes = _notes(slide)
    if notes:
        title = "Commentaires" if is_french(notes) else "Speaker notes"
        level = 2 if text.title else 1
        yield Block(BlockKind.HEADING, title, level=level, page_index=place, page_label=label)
        for note in notes:
            yield Block(BlockKind.PARAGRAPH, note, page_index=place, page_label=label)


def _notes(slide: Any) -> list[str]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is None:
        return []
    return [text for paragraph in frame.paragraphs if (text := paragraph.text.strip())]


def _skipped(labels: list[str]) -> tuple[str, ...]:
    if not labels:
        return ()
    which = f"Slide {labels[0]} is" if len(labels) == 1 else f"Slides {', '.join(labels[:10])} are"
    return (f"{which} hidden in the show: left out.",)


def _shown(place: int | None) -> str | None:
    return None if place is None else str(place + 1)
