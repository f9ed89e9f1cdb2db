"""A page as a tree that may be weighed and cut; linear in its length, bounded in its depth.

Not a browser's tree: elements end where their parent ends, and the few end tags that authors leave out
are filled in (HTML standard, 13.1.2.4). What is cut out of it goes through `rules.html` before anybody
sees it, and that parses by the book.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pkm.rules.htmlbounds import BLOCKS, VOID
from pkm.rules.limits import HTML_DEPTH
from pkm.rules.tags import RAW_TEXT, Tag, tags

ROOT: Final = "#root"
_EMPTY: Final = VOID | frozenset(
    {"area", "base", "col", "embed", "input", "link", "meta", "param", "source", "track"}
)
_ELEMENTS_MOST: Final = 60_000  # more than ten times what the largest of the pages in our tests has
_NO_TEXT: Final = RAW_TEXT - {"title"}
_NO_WORDS: Final = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[?!][^>]*>?", re.DOTALL)
_ENDED_BY: Final = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
}
_P: Final = frozenset({"p"})
_IN_TABLES: Final = frozenset({"table", "tbody", "td", "tfoot", "th", "thead", "tr"})
_TABLE: Final = frozenset({"table"})
_WALLS: Final = frozenset({"td", "th", "caption", "table", "button"})
"""Elements that an end tag, or the end of a paragraph, does not reach beyond."""


@dataclass(slots=True, eq=False)
class Element:
    """One element; the tree is built and cut in place, so it is no frozen value.

    Attributes:
        name: Lower case; `ROOT` for the whole.
        attributes: Lower-case name to value.
        children: Elements, and text as it stands in the markup (references unresolved).
        parent: None for the whole.
        gone: It was cut out: whoever walks the tree passes it by. (To take it from its parent's list would
            cost as much as the parent has children.)
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)
    parent: "Element | None" = None
    gone: bool = False

    def elements(self) -> Iterator["Element"]:
        """Its child elements."""
        return (one for one in self.children if isinstance(one, Element) and not one.gone)

    def below(self) -> list["Element"]:
        """All elements inside it, in document order; a list, so that the tree may be cut meanwhile."""
        found: list[Element] = []
        ahead = [*reversed([*self.elements()])]
        while ahead:
            one = ahead.pop()
            found.append(one)
            ahead += reversed([*one.elements()])
        return found

    def ancestors(self) -> Iterator["Element"]:
        """Its parent, that one's parent, and so on, without the whole."""
        one = self.parent
        while one is not None and one.name != ROOT:
            yield one
            one = one.parent

    def text(self) -> str:
        """Its text as it stands in the markup, a space where a tag was."""
        found: list[str] = []
        ahead: list[Element | str] = [self]
        while ahead:
            one = ahead.pop()
            if isinstance(one, str):
                found.append(one)
            elif not one.gone:
                ahead += reversed(one.children)
        return " ".join(found)

    def markup(self) -> str:
        """It and all that is in it, balanced, with all attributes; not safe for anybody to render."""
        pieces: list[str] = []
        ahead: list[Element | str] = [self]
        while ahead:
            one = ahead.pop()
            if isinstance(one, str):
                pieces.append(one)
            elif one.name == ROOT:
                ahead += reversed(one.children)
            elif not one.gone:
                pieces.append(f"<{one.name}{_written(one.attributes)}>")
                if one.name not in _EMPTY:
                    ahead += [f"</{one.name}>", *reversed(one.children)]
        return "".join(pieces)


def grow(markup: str, *, depth: int = HTML_DEPTH) -> Element:
    """The tree of a page; never fails. What lies deeper than `depth` hangs on the last element above it."""
    return _Gardener(depth).grow(markup)


class _Gardener:
    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._root = Element(name=ROOT)
        self._open = [self._root]
        self._names: Counter[str] = Counter()
        self._mute = False
        self._left = _ELEMENTS_MOST

    def grow(self, markup: str) -> Element:
        position = 0
        for tag in tags(markup, raw=RAW_TEXT):
            self._text(markup[position : tag.start])
            position = tag.end
            self._take(tag)
            if not self._left:
                return self._root
        self._text(markup[position:])
        return self._root

    def _text(self, text: str) -> None:
        if not text or self._mute:
            return
        if "<" in text:
            text = _NO_WORDS.sub("", text).replace("<", "&lt;")
        if text:
            self._open[-1].children.append(text)

    def _take(self, tag: Tag) -> None:
        if tag.name in _NO_TEXT:
            self._mute = not tag.closing
        elif tag.closing:
            self._end(frozenset({tag.name}), _TABLE if tag.name in _IN_TABLES else _WALLS - {tag.name})
        else:
            self._begin(tag)

    def _begin(self, tag: Tag) -> None:
        if tag.name in BLOCKS:
            self._end(_P, _WALLS)
        if tag.name in _ENDED_BY:
            self._end(*_ENDED_BY[tag.name])
        parent = self._open[-1]
        made = Element(name=tag.name, attributes=tag.attributes, parent=parent)
        parent.children.append(made)
        self._left -= 1
        if tag.name not in _EMPTY and len(self._open) < self._depth:
            self._open.append(made)
            self._names[tag.name] += 1

    def _end(self, names: frozenset[str], walls: frozenset[str]) -> None:
        if not any(self._names[name] for name in names):
            return
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].name in names:
                self._names.subtract(one.name for one in self._open[at:])
                del self._open[at:]
                return
            if self._open[at].name in walls:
                return


def _written(attributes: dict[str, str]) -> str:
    pairs = ((name, value.replace("&", "&amp;").replace('"', "&quot;")) for name, value in attributes.items())
    return "".join(f' {name}="{value}"' for name, value in pairs)
