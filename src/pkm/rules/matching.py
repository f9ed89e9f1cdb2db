"""Whether one item answers to a query: what `find` would say of it, without a store.

`store/query_sql.py` asks the same of stored rows; a property test holds the two together. Words are compared
as the search index does: folded, cut where SQLite's `unicode61` cuts, a phrase within one column. (A few
hundred signs that Unicode gained after SQLite's tables were made cut words here and not there.)
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkm.model.item import Item, State
from pkm.model.source import Source
from pkm.rules import signs
from pkm.rules.fold import fold
from pkm.rules.pointers import via_text
from pkm.rules.query import And, Filter, Node, Not, OneOf, Or, Term
from pkm.rules.querywords import bounds
from pkm.rules.sitename import at_site
from pkm.rules.when import utc_stamp

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD_CATEGORIES: Final = frozenset({"Co", "So", "Mn", "Mc", "Cn"})  # besides letters and numbers
_ANYWHERE: Final = ("title", "tags", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a query is asked about.

    Attributes:
        item: With its tags.
        text: Its body as plain text.
        sources: Of all its arrivals.
        noted: There is a note on it.
        quoted: There is a quote of it.
        worded: A note on it has words of the user's own.
        flags: What else is known of it, in the words of `store.filter_sql.FLAGS`: `shared`, `check`, `claim`,
            `enclosure`, `question`.
    """

    item: Item
    text: str = ""
    sources: tuple[Source, ...] = ()
    noted: bool = False
    quoted: bool = False
    worded: bool = False
    flags: frozenset[str] = frozenset()


class Matcher:
    """One item, to be held against many queries; each column is folded when a query first needs it."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._folded: dict[str, str] = {}

    def answers(self, node: Node) -> bool:
        """Whether the item answers to the query."""
        if isinstance(node, Term):
            return self._holds(node)
        if isinstance(node, Filter):
            return self._passes(node)
        if isinstance(node, OneOf):
            return self._subject.item.id in node.ids
        if isinstance(node, Not):
            return not self.answers(node.node)
        if isinstance(node, Or):
            return any(map(self.answers, node.nodes)) or not node.nodes
        return isinstance(node, And) and all(map(self.answers, node.nodes))

    def _holds(self, term: Term) -> bool:
        words = _looked_for(term)
        if words is None:
            return True
        fields = (term.field,) if term.field else _ANYWHERE
        if not words or not any(words in self._column(field) for field in fields):
            return False
        return not signs.has_signs(term.text) or signs.holds(
            fold(term.text), *(fold(self._raw(field)) for field in fields)
        )

    def _column(self, field: str) -> str:
        if field not in self._folded:
            self._folded[field] = words_of(fold(self._raw(field)))
        return self._folded[field]

    def _raw(self, field: str) -> str:
        item = self._subject.item
        columns = {
            "title": item.title or "",
            "tags": " ".join((*item.tags, *item.authors)),
            "body": self._subject.text,
        }
        return columns.get(field, "")

    def _passes(self, filtered: Filter) -> bool:
        if filtered.key == "exact":
            return filtered.value in f"{self._subject.item.title or ''}\n{self._subject.text}"
        tests: dict[str, Callable[[str], bool]] = {
            "tag": self._is_tagged,
            "source": self._is_of_source,
            "site": lambda value: at_site(self._subject.item.url, value),
            "space": lambda value: any(one.space == value for one in self._subject.sources),
            "author": self._is_by,
            "via": self._came_by,
            "url": lambda value: fold(value) in fold(self._subject.item.url or ""),
            "in": lambda value: value.removesuffix("s") == "item",
            "is": self._is,
            "has": self._has,
            "since": lambda value: self._stands(self._subject.item.sort_at, f">={value}"),
            "until": lambda value: self._stands(self._subject.item.sort_at, f"<{value}"),
            "added": lambda value: self._stands(self._subject.item.first_seen, value),
            "published": lambda value: self._stands(self._subject.item.published_at, value),
            "words": self._is_as_long,
        }
        # `kind:`, `path:`, `links:` and front matter are asked of notes; `regex` and the links need a store.
        test = tests.get(filtered.key)
        return test(filtered.value.casefold()) if test else False

    @staticmethod
    def _stands(moment: datetime | None, bound: str) -> bool:
        if moment is None:
            return False
        stamp, limit = utc_stamp(moment), bound.lstrip("<>=").upper()
        return stamp >= limit if bound.startswith(">=") else stamp < limit

    def _is_as_long(self, value: str) -> bool:
        least, most = bounds(value)
        return least <= len(fold(self._subject.text).split()) <= most

    def _came_by(self, value: str) -> bool:
        pointers = (via_text(self._subject.item.via), self._subject.item.hat_tip)
        return fold(value) in fold(" ".join(pointer or "" for pointer in pointers))

    def _is_tagged(self, value: str) -> bool:
        item = self._subject.item
        shown = [tag for one in self._subject.sources if one.id == item.source for tag in one.tags]
        tags = [tag.casefold() for tag in (*item.tags, *shown)]
        return any(tag == value or tag.startswith(f"{value}/") for tag in tags)

    def _is_of_source(self, value: str) -> bool:
        said = fold(value)
        return any(
            one.id == value or said in fold(one.title or "") or said in fold(one.url)
            for one in self._subject.sources
        )

    def _is_by(self, value: str) -> bool:
        # As the column of authors holds them.
        names = json.dumps(list(self._subject.item.authors), ensure_ascii=False, separators=(",", ":"))
        return fold(value) in fold(names)

    def _is(self, value: str) -> bool:
        item, subject = self._subject.item, self._subject
        return {
            "unsensed": item.state == State.KEPT and not subject.worded,
            "hidden": item.hidden_by is not None,
            "later": item.later_at is not None and item.state == State.NEW,
            "noted": subject.noted,
            "shared": "shared" in subject.flags,
            "checked": "check" in subject.flags,
        }.get(value, value == item.state)

    def _has(self, value: str) -> bool:
        what = value.removesuffix("s")
        has = {
            "note": self._subject.noted,
            "quote": self._subject.quoted,
            "tag": bool(self._subject.item.tags),
        }
        return has.get(what, what in self._subject.flags & {"check", "claim", "enclosure", "question"})


@lru_cache(maxsize=4_096)
def _looked_for(term: Term) -> str | None:
    """What must stand in a column; None if anything will do, empty if nothing does."""
    said = fold(term.text).strip()
    if not any(char.isalnum() or ord(char) > 0x2000 for char in said):
        return None
    words = words_of(said)
    if words == " ":
        return ""
    return words[:-1] if term.prefix else words


class _Cutter(dict[int, int]):
    """For `str.translate`: what is no part of a word becomes a space; decided once a character."""

    def __missing__(self, code: int) -> int:
        category = unicodedata.category(chr(code))
        kept = category[0] in "LN" or category in _WORD_CATEGORIES
        self[code] = code if kept else 0x20
        return self[code]


_CUT: Final = _Cutter()
_ASCII_CUT: Final = re.compile("[^a-z0-9]+")


def words_of(folded: str) -> str:
    """Folded text as its words with one space before, between and behind; a single space if there are none."""
    # Most texts are ASCII, and there a pattern is three times as fast.
    cut = _ASCII_CUT.sub(" ", folded) if folded.isascii() else folded.translate(_CUT)
    words = cut.split(" ")
    joined = " ".join(word for word in words if word)
    return f" {joined} " if joined else " "
