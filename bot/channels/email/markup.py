"""HTML mail as plain text: quotes and hidden parts cut first, bounded in size, depth and time."""

import copy
import re

from inscriptis.css_profiles import RELAXED_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree, html

QUOTE_MARK = "> ..."
_MAX_CHARACTERS = 1_000_000
_MAX_ELEMENTS = 8_000
_MAX_DEPTH = 120
_HIDDEN = re.compile(
    r"display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|mso-hide\s{0,4}:\s{0,4}all"
    r"|font-size\s{0,4}:\s{0,4}0(?:px|pt|em|%)?\s{0,4}(?:;|!|$)|max-height\s{0,4}:\s{0,4}0(?:px)?\s{0,4}(?:;|!|$)"
    r"|opacity\s{0,4}:\s{0,4}0(?:\.0+)?\s{0,4}(?:;|!|$)",
    re.IGNORECASE,
)
_OUTLOOK_LINE = re.compile(
    r"border-top\s{0,4}:\s{0,4}(?:solid\s+#(?:e1e1e1|b5c4df)|#(?:e1e1e1|b5c4df)\s)",
    re.IGNORECASE,
)
_LABELS = re.compile(r"\s{0,40}(from|de|von|exp\u00e9diteur)[\s\u00a0]{0,3}:", re.IGNORECASE)
_FORWARDED = re.compile(r"forwarded message|message transf\u00e9r\u00e9", re.IGNORECASE)
_UNSEEN = ("script", "style", "head", "title", "template", "noscript", "object", "svg")
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "br",
        "tr",
        "table",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "hr",
        "pre",
    }
    | {"section", "article", "header", "footer", "dt", "dd", "body"}
)


def to_text(source: str) -> tuple[str, str]:
    """Return the visible text of an HTML mail twice: whole, and with each cited block as one line "> ...".

    Never raises. So the rules for plain text see a quote where one was, and keep answers around it.
    """
    tree = _tree(source)
    if tree is None:
        return "", ""
    _drop_hidden(tree)
    whole = _render(copy.deepcopy(tree))
    return whole, _render(tree) if _cut_quotes(tree) else whole


def _tree(source: str) -> html.HtmlElement | None:
    source = source[:_MAX_CHARACTERS]
    # lxml refuses a text that names its own encoding; the charset is settled by now.
    source = re.sub(r"^\s{0,200}<\?xml[^>]{0,200}\?>", "", source)
    if not source.strip():
        return None
    try:
        return html.document_fromstring(source, parser=html.HTMLParser(remove_comments=True, remove_pis=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _drop_hidden(tree: html.HtmlElement) -> None:
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        style = (element.get("style") or "")[:2000]
        unseen = element.tag in _UNSEEN or element.get("hidden") is not None
        if unseen or (style and _HIDDEN.search(style) and element.tag not in {"body", "html"}):
            _drop(element)


def _cut_quotes(tree: html.HtmlElement) -> bool:
    doomed: list[html.HtmlElement] = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        marks = f" {element.get('class') or ''} "[:500]
        name = element.get("id") or ""
        if element.tag == "blockquote" and (
            (element.get("type") or "").lower() == "cite"
            or "gmail_quote" in marks
            or "protonmail_quote" in marks
        ):
            doomed.append(element)
        elif " gmail_attr " in marks or " moz-cite-prefix " in marks or " zmail_extra_hr " in marks:
            # A forwarded mail stands in the same box; its heading says so, and it stays.
            if not _FORWARDED.search(_own_text(element)):
                doomed.append(element)
        elif " yahoo_quoted " in marks or " OutlookMessageHeader " in marks:
            doomed.append(element)
        elif name.endswith(("divRplyFwdMsg", "appendonsend", "zwchr", "reply-intro")) or _is_outlook_line(
            element
        ):
            doomed.extend(_from_here_on(element))
    for element in doomed:
        if element.getparent() is not None:
            mark = etree.SubElement(element.getparent(), "p")
            mark.text = QUOTE_MARK
            element.addprevious(mark)
            _drop(element)
    return bool(doomed)


def _is_outlook_line(element: html.HtmlElement) -> bool:
    style = element.get("style") or ""
    return (
        element.tag == "div"
        and bool(_OUTLOOK_LINE.search(style[:500]))
        and bool(_LABELS.match(_own_text(element)))
    )


def _own_text(element: html.HtmlElement) -> str:
    collected = ""
    for piece in element.itertext():
        collected += piece
        if len(collected) > 200:  # a heading is short
            break
    return collected[:400]


def _from_here_on(element: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the element and all that follows it, where it may be wrapped in a div of its own."""
    top = element
    parent = top.getparent()
    while parent is not None and parent.tag == "div" and parent[0] is top and not (parent.text or "").strip():
        top, parent = parent, parent.getparent()
    return [top, *top.itersiblings()]


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _render(tree: html.HtmlElement) -> str:
    depth, deepest, count = 0, 0, 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        count += event == "start"
        if count > _MAX_ELEMENTS or deepest > _MAX_DEPTH:
            return _plainly(tree)
    for element in tree.iter():
        if isinstance(element.tag, str):
            element.attrib.clear()  # a margin of a million ems is a million blanks
    text = str(Inscriptis(tree, ParserConfig(css=RELAXED_CSS_PROFILE)).get_text())
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


def _plainly(tree: html.HtmlElement) -> str:
    """Return the words of a tree that is too large or too deep to lay out."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element.tag in _BLOCKS:
            pieces.append("\n")
        words = element.text if event == "start" else element.tail
        if words:
            pieces.append(" ".join(words.split()) + " ")
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
