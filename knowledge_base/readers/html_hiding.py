"""Which parts of an HTML page nobody sees: by attribute, by style, and by the simple rules of its style sheet."""

import re

from lxml.html import HtmlElement

from knowledge_base.readers.cleaning import Hidden

_RULE = re.compile(r"([^{}@;]+)\{([^{}]*)\}")
_OTHER_MEDIA = re.compile(r"@(?:media|supports|keyframes|font-face|page)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SIMPLE = re.compile(r"\A([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)\Z", re.IGNORECASE)
_INVISIBLE = re.compile(
    r"(?:display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?:[;!]|\Z)"
    r"|font-size:(?:0|[01](?:\.\d+)?px|0?\.\d+(?:em|rem|pt|px))(?:[a-z%]*)(?:[;!]|\Z)"
    r"|text-indent:-\d{3,}|(?:left|top|right|margin-left):-\d{4,}|clip:rect\(0|clip-path:inset\((?:50|100)%"
    r"|color:transparent|transform:scale\(0\))"
)
_WHITE = re.compile(r"(?:\A|;)color:(?:#fff(?:fff)?|white|rgba?\(255,255,255)")
_BACKGROUND = re.compile(
    r"background(?:-color|-image)?:(?!#fff(?:fff)?(?:;|!|\Z)|white|transparent|none|inherit|initial)"
)
_SCREEN_READER = re.compile(
    r"\b(?:sr-only|visually-?hidden|screen-reader-text|wb-inv|invisible)\b", re.IGNORECASE
)

Rule = tuple[str, frozenset[str], str, str]


class Hiding:
    """Tells whether an element is seen, and remembers the text of those that are not."""

    def __init__(self, tree: HtmlElement) -> None:
        self.found: list[Hidden] = []
        sheets = [_COMMENT.sub("", style.text or "") for style in tree.iter("style")]
        self._rules = [rule for sheet in sheets for rule in _rules(_OTHER_MEDIA.sub("", sheet))]
        self._painted = any(
            _BACKGROUND.search("".join(declared.lower().split()))
            for sheet in sheets
            for _, declared in _RULE.findall(sheet)
        )

    def hides(self, element: HtmlElement) -> bool:
        """Say whether an element is not shown."""
        if element.get("hidden") is not None and element.get("hidden") != "until-found":
            return True
        style = self._style(element)
        if style and _INVISIBLE.search(style):
            return True
        return bool(style and _WHITE.search(style) and self._on_white(element))

    def note(self, element: HtmlElement) -> None:
        """Remember the text of a part that is left out because nobody sees it.

        Labels for screen readers are hidden by design and say nothing that the page doesn't.
        """
        text = " ".join(element.text_content().split())
        if text and not _SCREEN_READER.search(element.get("class") or ""):
            self.found.append(Hidden(text))

    def _style(self, element: HtmlElement) -> str:
        painted = element.get("color")
        own = "".join(f"{element.get('style') or ''}{f';color:{painted}' if painted else ''}".lower().split())
        if not self._rules:
            return own
        classes = frozenset((element.get("class") or "").split())
        name, tag = element.get("id") or "", str(element.tag)
        sheet = [
            declared
            for wanted_tag, wanted_classes, wanted_id, declared in self._rules
            if wanted_tag in ("", tag) and wanted_classes <= classes and wanted_id in ("", name)
        ]
        return ";".join([*sheet, own])

    def _on_white(self, element: HtmlElement) -> bool:
        """Say whether nothing paints another ground behind an element. In doubt it is seen."""
        if self._painted or element.get("bgcolor"):
            return False
        return not any(
            _BACKGROUND.search(self._style(one)) or one.get("bgcolor") or one.get("background")
            for one in (element, *element.iterancestors())
        )


def _rules(sheet: str) -> list[Rule]:
    """Return the rules of a style sheet for single elements; combinations are not followed."""
    rules: list[Rule] = []
    for selectors, declared in _RULE.findall(sheet[:200_000]):
        plain = "".join(declared.lower().split())
        if not (_INVISIBLE.search(plain) or _WHITE.search(plain)):
            continue
        for selector in selectors.split(","):
            simple = _SIMPLE.match(selector.strip())
            if simple and (simple[1] or simple[2]):
                marks = re.findall(r"([.#])([\w-]+)", simple[2] or "")
                classes = frozenset(word for mark, word in marks if mark == ".")
                name = next((word for mark, word in marks if mark == "#"), "")
                rules.append(((simple[1] or "").lower(), classes, name, plain))
    return rules
