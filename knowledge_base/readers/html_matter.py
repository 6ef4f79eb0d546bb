"""Where on an HTML page its own matter is, and what the page is called."""

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from knowledge_base.readers.html_hiding import Hiding

# Around the matter on nearly every site.
AROUND = frozenset({"nav", "aside", "footer"})
AROUND_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"}
)
# Never words of a page.
SILENT = frozenset(
    {
        "script", "style", "template", "noscript", "head", "svg", "iframe", "object", "embed", "canvas",
        "select", "button", "input", "textarea", "audio", "video", "map", "link", "meta", "datalist",
    }
)  # fmt: skip
_SITE_NAME = re.compile(r"\s+(?:[|\u00b7\u2022\u2013\u2014]|::|-)\s+[^|]*\Z")
_LEAST_SHARE = 0.3


def matter_of(tree: HtmlElement, hiding: Hiding) -> Sequence[HtmlElement]:
    """Return the elements that hold the page's matter: <main>, the <article>s, or the body."""
    body = tree.find("body")
    body = tree if body is None else body
    whole = _length(body, hiding)
    for found in (
        body.xpath(".//main | .//*[@role='main']"),
        body.xpath(".//article[not(ancestor::article)]"),
    ):
        shown = [one for one in found if not hiding.hides(one)]
        shown = [one for one in shown if not any(other in shown for other in one.iterancestors())]
        # A page may mark a teaser or an empty frame so: what holds little of the text is not the matter.
        if shown and sum(_length(one, hiding) for one in shown) >= _LEAST_SHARE * whole:
            return shown
    return [body]


def is_around(element: HtmlElement) -> bool:
    """Say whether an element belongs to the site and not to the page."""
    tag = str(element.tag)
    if tag in AROUND or (element.get("role") or "").lower() in AROUND_ROLES:
        return "footnote" not in (element.get("role") or "") and "footnote" not in (
            element.get("class") or ""
        )
    # A header of the site stands outside the matter and names pages, one of the matter holds its title.
    return (
        tag == "header"
        and not any(one.tag in ("main", "article", "section") for one in element.iterancestors())
        and (element.find(".//nav") is not None or element.find(".//h1") is None)
    )


def page_title(tree: HtmlElement, hiding: Hiding) -> str:
    """Return the page's first main heading, or its title without the name of the site."""
    for heading in tree.iter("h1"):
        text = " ".join(heading.text_content().replace("\u00b6", "").split())
        if text and not any(hiding.hides(one) for one in (heading, *heading.iterancestors())):
            return text
    found = tree.find(".//title")
    title = " ".join(found.text_content().split()) if found is not None else ""
    return _SITE_NAME.sub("", title) or title


def _length(element: HtmlElement, hiding: Hiding) -> int:
    """Return how much text an element has, without what is around the matter."""
    total = len((element.text or "").strip())
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag not in SILENT and not is_around(child) and not hiding.hides(child):
            total += _length(child, hiding)
        total += len((child.tail or "").strip())
    return total
