"""Markup cut down to what a sanitiser can parse in linear time.

HTML parsers are quadratic in nesting and in attributes, and re-open formatting elements that were left
open in every later paragraph: one megabyte can cost minutes and gigabytes. Counting tags would be fooled
by whatever is read otherwise here than there (comments, quotes, scripts), so a document that is large
enough to hurt is written anew: every tag from its parts, every element closed where its parent ends.
It is not made safe by this, only small; `rules.html` sanitises it afterwards.
"""

import re
from typing import Final

from pkm.rules.limits import HTML_BYTES, HTML_DEPTH


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID: Final = frozenset({"br", "hr", "img", "wbr"})
FORMATTING: Final = frozenset({"a", "b", "code", "em", "i", "s", "small", "strong", "u"})
BLOCKS: Final = _words(
    "address article aside blockquote center details dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hgroup hr li main nav ol p pre section summary table ul"
)
INLINE: Final = _words("abbr bdi bdo br cite del dfn img ins kbd mark q rp rt ruby samp sub sup time var wbr")
TABLE_PARTS: Final = frozenset({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"})
TAGS: Final = BLOCKS | INLINE | FORMATTING | TABLE_PARTS
"""All elements that a text from outside may have."""

DROPPED_WITH_CONTENT: Final = _words(
    "applet button embed iframe math noembed noframes object option plaintext script select style"
    " svg template textarea title xmp"
)
"""Elements whose inside is no text for a reader. (A form is unwrapped: some pages are one form.)"""

_SMALL: Final = 16_384  # characters; quadratic work on so few is milliseconds
_TOKEN: Final = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<tail>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"?|'[^']*+'?)?+)*+)(?P<close>>?)"
    r"|<[!?/][^>]*+>?",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(
    r"(?<![^\s/\"'])(alt|class|colspan|dir|height|hidden|href|lang|rowspan|src|start|style|title|width)"
    r"(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?",
    re.IGNORECASE,
)
_LONGEST_VALUE: Final = 4_096
_ENDS_AT: Final = {
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
}
_PARENTS: Final = {
    "tr": frozenset({"table", "tbody", "thead", "tfoot"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    **dict.fromkeys(("caption", "tbody", "thead", "tfoot"), frozenset({"table"})),
}
_ROOMS: Final = frozenset({"table", "tbody", "thead", "tfoot", "tr"})
_CELLS: Final = frozenset({"td", "th", "caption"})


def bounded(markup: str) -> str:
    """The markup, at most `HTML_BYTES` of it, nested at most `HTML_DEPTH` deep; unchanged if it is small."""
    if len(markup) > HTML_BYTES // 4:
        markup = _cut(markup)
    if len(markup) <= _SMALL and markup.count("<") <= HTML_DEPTH:
        return markup
    return _Writer(HTML_DEPTH).write(markup)


def shallow(markup: str, *, depth: int) -> str:
    """The markup, nested at most so deep: for what walks a tree by recursion."""
    return _Writer(depth).write(markup)


def _cut(markup: str) -> str:
    head = markup.encode("utf-8", "replace")[:HTML_BYTES]
    if len(head) < HTML_BYTES:
        return markup
    text = head.decode("utf-8", "ignore")
    opening = text.rfind("<")
    return text[:opening] if opening > text.rfind(">") else text


class _Writer:
    """Writes balanced markup; every step costs at most the depth."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._pieces: list[str] = []
        self._open: list[str] = []

    def write(self, markup: str) -> str:
        position = 0
        while (found := _TOKEN.search(markup, position)) is not None:
            self._text(markup[position : found.start()])
            position = found.end()
            name = (found["name"] or "").lower()
            if not name or not found["close"]:
                continue  # a comment, or a tag that never ends
            if name in DROPPED_WITH_CONTENT:
                position = position if found["end"] else _behind(markup, name, position)
            elif name in TAGS:
                self._tag(name, found)
        self._text(markup[position:])
        self._close_to(0)
        return "".join(self._pieces)

    def _text(self, text: str) -> None:
        if text and not (self._open and self._open[-1] in _ROOMS):
            self._pieces.append(text.replace("<", "&lt;"))

    def _tag(self, name: str, found: re.Match[str]) -> None:
        if found["end"]:
            self._end(name)
        elif len(self._open) < self._depth and self._fits(name):
            self._pieces.append(f"<{name}{_attributes(found['tail'])}>")
            if name not in VOID:
                self._open.append(name)

    def _end(self, name: str) -> None:
        barrier = _CELLS - {name} if name not in _ROOMS else frozenset()
        at = self._last(frozenset({name}), barrier)
        if at is not None:
            self._close_to(at)

    def _fits(self, name: str) -> bool:
        """Close what this tag ends; false if it has no place here."""
        if name in _PARENTS:
            parent = self._last(_PARENTS[name], frozenset({"table"}) - _PARENTS[name])
            if parent is None:
                return False
            self._close_to(parent + 1)
        elif self._open and self._open[-1] in _ROOMS:
            return False
        elif name in BLOCKS:
            self._make_room(name)
        elif name in FORMATTING and (at := self._last(frozenset({name}), _CELLS)) is not None:
            self._close_to(at)
        return True

    def _make_room(self, name: str) -> None:
        at = self._last(frozenset({"p"}), _CELLS)
        if at is not None:
            self._close_to(at)
        if name in _ENDS_AT:
            same = frozenset({"dt", "dd"}) if name in ("dt", "dd") else frozenset({name})
            at = self._last(same, _CELLS | _ENDS_AT[name])
            if at is not None:
                self._close_to(at)

    def _last(self, names: frozenset[str], barrier: frozenset[str]) -> int | None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] in names:
                return at
            if self._open[at] in barrier:
                return None
        return None

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._pieces.append(f"</{self._open.pop()}>")


def _behind(markup: str, name: str, position: int) -> int:
    found = re.compile(rf"</{name}[^>]*+>?", re.IGNORECASE).search(markup, position)
    return found.end() if found else len(markup)


def _attributes(tail: str) -> str:
    kept: dict[str, str] = {}
    if "=" not in tail and "hidden" not in tail.lower():
        return ""
    for found in _ATTRIBUTE.finditer(tail):
        value = found[2] or ""
        value = value[1:-1] if value[:1] in ("'", '"') else value
        if len(value) <= _LONGEST_VALUE:
            kept.setdefault(found[1].lower(), value.replace('"', "&quot;").replace("<", "&lt;"))
    return "".join(f' {name}="{value}"' for name, value in kept.items())
