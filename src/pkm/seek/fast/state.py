"""Where the fast path stands in a document, and what it has gathered: the values that `translate` reads.

The rules are feedparser's, so that a feed may move from one path to the other and keep its keys: an element
counts for what surrounds it, whatever stands between; of several the last one at the smallest depth
stays; a title that was found stays.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from pkm.seek.fast.mend import has_references, joined, repaired, without_div
from pkm.seek.fast.names import Unfit

Attributes = dict[str, str]

XHTML: Final = "application/xhtml+xml"
HTML_TYPES: Final = frozenset({"text/html", XHTML})
_TYPES: Final = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": XHTML}
_RELATIVE: Final = frozenset({"comments", "docs", "href", "icon", "link", "logo", "url"})
# What `translate` reads of a context. Nothing else is worth its memory.
_KEPT: Final = frozenset(
    {"id", "link", "title", "author", "published", "updated", "created", "comments", "summary", "language", "ttl",
     "sy_updateperiod", "sy_updatefrequency", "itunes_duration", "itunes_new-feed-url", "itunes_title", "fh_complete", "source"}
)  # fmt: skip
_DETAILED: Final = frozenset({"title", "summary"})
_OTHER_WORDS: Final = {"date": "updated", "description": "summary"}
_NAMED = re.compile(r"&([A-Za-z0-9_]+);")


class State:
    """One document being read.

    Attributes:
        feed, entries, version: What is gathered, in the shape of feedparser's result.
        depth: Of the element at hand; the root has 1.
        kind: Media type of the text construct at hand; empty outside of one.
    """

    def __init__(self) -> None:
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.source: dict[str, Any] = {}
        self.version = ""
        self.depth = 0
        self.in_feed = self.in_entry = self.in_source = self.in_image = self.in_text_input = False
        self.in_author = self.in_publisher = False
        self.in_content = 0
        self.kind = ""
        self.content_base = ""
        self.base = ""
        self.language: str | None = None
        self.title_depth = -1
        self.has_content = False
        self.summary_key: str | None = None
        self.guid_is_link = False
        self.stack: list[tuple[str, bool, list[str]]] = []
        self.depths: dict[str, int] = {}

    def context(self) -> dict[str, Any]:
        """What an element at hand belongs to."""
        if self.in_source:
            return self.source
        if self.in_image and "image" in self.feed:
            return self._inside("image")
        if self.in_text_input:
            return self._inside("textinput")
        return self.entries[-1] if self.in_entry else self.feed

    def _inside(self, name: str) -> dict[str, Any]:
        inside = self.feed.get(name)
        if not isinstance(inside, dict):
            raise Unfit
        return inside

    @property
    def expects_text(self) -> bool:
        """Whether a title, a link or a description belongs to anything here."""
        return self.in_feed or self.in_entry or self.in_source

    def push(self, name: str, *, expects: bool = True) -> None:
        """Gather text for this element from now on."""
        self.stack.append((name, expects, []))

    def push_content(self, name: str, attributes: Attributes, kind: str, *, expects: bool = True) -> None:
        """Gather a text construct, whose type says what markup in it means.

        Raises:
            Unfit: It is in base 64, or of a type that is neither text nor XML.
        """
        self.in_content += 1
        given = attributes.get("type", kind).lower()
        self.kind = _TYPES.get(given, given)
        legible = self.kind.startswith("text/") or self.kind.endswith(("+xml", "/xml"))
        if not legible or attributes.get("mode") == "base64":
            raise Unfit
        self.content_base = self.base
        self.push(name, expects=expects)

    def pop(self, name: str) -> str | None:
        """The text of this element, stored where it belongs; None if none was gathered for it."""
        if not self.stack or self.stack[-1][0] != name:
            return None
        _, expects, pieces = self.stack.pop()
        if self.version == "atom10" and self.kind == XHTML:
            pieces = without_div(pieces)
        text = "".join(pieces).strip()
        if not expects:
            return text
        if text and name in _RELATIVE:
            text = self.joined(text)
        if self.kind == "text/plain" and not self.version.startswith("atom") and has_references(text):
            self.kind = "text/html"
        text = repaired(text)
        if name in {"category", "itunes:keywords"}:
            return text
        if name == "title" and -1 < self.title_depth <= self.depth:
            return text
        self._store(name, text)
        return text

    def pop_content(self, name: str) -> str | None:
        """The same for a text construct."""
        text = self.pop(name)
        self.in_content -= 1
        self.kind = ""
        return text

    def _store(self, name: str, text: str) -> None:
        if self.in_entry and not self.in_source:
            self._store_in_entry(self.entries[-1], name, text)
        elif self.in_feed or self.in_source:
            self._store_in_head(self.context(), name, text)

    def _store_in_entry(self, entry: dict[str, Any], name: str, text: str) -> None:
        if name == "content":
            entry.setdefault("content", []).append(self._detail(text))
            return
        if name == "link":
            if not self.in_image:
                entry["link"] = text = _NAMED.sub(r"&\1", text.replace("&amp;", "&"))
                if text:
                    _last(entry, "links")["href"] = text
            return
        name = "summary" if name == "description" else name
        if self.depth <= self.depths.get(name, self.depth):
            self.depths[name] = self.depth
            keep(entry, name, text)
        if self.in_content and name in _DETAILED:
            entry[f"{name}_detail"] = self._detail(text)

    def _store_in_head(self, head: dict[str, Any], name: str, text: str) -> None:
        name = "subtitle" if name == "description" else name
        keep(head, name, text)
        if name == "link":
            head["link"] = _last(head, "links")["href"] = _NAMED.sub(r"&\1", text)
        elif self.in_content and name in _DETAILED:
            head[f"{name}_detail"] = self._detail(text)

    def _detail(self, text: str) -> dict[str, str | None]:
        return {"type": self.kind, "language": self.language, "base": self.content_base, "value": text}

    def joined(self, url: str) -> str:
        """An address on the base in force; empty where it cannot be one."""
        return joined(self.base, url)


def keep(context: dict[str, Any], name: str, value: object) -> None:
    """Remember what an element without rules of its own says, if anybody asks for it."""
    name = _OTHER_WORDS.get(name, name).replace(":", "_")
    if name in _KEPT:
        context[name] = value


def _last(context: dict[str, Any], name: str) -> Any:
    """The last of a list, or nothing for the fast path."""
    several = context.get(name)
    if not several:
        raise Unfit
    return several[-1]


Start = Callable[[State, Attributes], None]
End = Callable[[State], None]
