"""What people type into a search, as a tree; it knows no SQL.

    words are AND · OR (capitals) · -word or NOT · "a phrase" · ( … ) · prefix* · #tag · key:value

Nothing that a person types is an error: unbalanced quotes and brackets are closed, a lone operator is
dropped, an unknown `foo:bar` is the phrase "foo bar" (12:30, std::map, an address).
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

FIELDS: Final = frozenset({"title", "body", "quote", "comment"})
"""Keys that say where a word must stand."""

FILTERS: Final = frozenset({"tag", "source", "in", "is", "has", "kind", "author", "since", "until", "site"})
"""Keys that say what a row must be."""

_TOKEN = re.compile(
    r"""
    (?P<open>\() | (?P<close>\))
  | (?P<minus>-(?=[^\s\-]))
  | (?P<key>[A-Za-z]+):(?=\S)
  | "(?P<phrase>[^"]*)(?:"|$)
  | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
_UNSPEAKABLE = re.compile("[\0\ud800-\udfff]")  # halves of pairs stand for bytes that are no text
_MOST_TOKENS = 200
_MOST_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that must stand in the text.

    Attributes:
        field: One of `FIELDS`, None for anywhere.
        prefix: Whether a longer word that begins so will do.
    """

    text: str
    field: str | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that a row must be: `tag:x`, `is:kept`."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of these; none at all lets everything through."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these."""

    nodes: "tuple[Node, ...]"


Node = Term | Filter | Not | And | Or


def terms(node: Node, *, positive: bool = True) -> tuple[Term, ...]:
    """The words that a hit holds, for ranking and for marking them in a snippet."""
    if isinstance(node, Term):
        return (node,) if positive else ()
    if isinstance(node, Not):
        return terms(node.node, positive=not positive)
    if isinstance(node, And | Or):
        return tuple(term for child in node.nodes for term in terms(child, positive=positive))
    return ()


def explain(node: Node) -> str:
    """The reading of a query, for people."""
    if isinstance(node, Term):
        where = f"{node.field}:" if node.field else ""
        return f'{where}"{node.text}"{"*" if node.prefix else ""}'
    if isinstance(node, Filter):
        return f"{node.key}:{node.value}"
    if isinstance(node, Not):
        return f"NOT {explain(node.node)}"
    word = " AND " if isinstance(node, And) else " OR "
    return f"({word.join(explain(child) for child in node.nodes)})" if node.nodes else "everything"


def parse_query(text: str) -> Node:
    """The tree of what was typed; never fails."""
    tokens = list(islice(_TOKEN.finditer(_UNSPEAKABLE.sub(" ", text)), _MOST_TOKENS))
    return _Parser(tokens).any_of(0)


class _Parser:
    """Recursive descent over the tokens; AND binds tighter than OR."""

    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def any_of(self, depth: int) -> Node:
        sides = [self._all_of(depth)]
        while self._word_is("OR"):
            self._at += 1
            sides.append(self._all_of(depth))
        kept = [side for side in sides if side != And(())]
        if not kept:
            return And(())
        return kept[0] if len(kept) == 1 else Or(tuple(kept))

    def _all_of(self, depth: int) -> Node:
        parts: list[Node] = []
        while (token := self._peek()) is not None and not self._word_is("OR"):
            if token["close"]:
                if depth:
                    break
                self._at += 1
                continue
            node = self._one(depth)
            if node is not None:
                parts.append(node)
        if len(parts) == 1:
            return parts[0]
        return And(tuple(parts))

    def _one(self, depth: int) -> Node | None:
        token = self._tokens[self._at]
        self._at += 1
        if token["minus"] or token["word"] == "NOT":
            return self._negated(depth)
        if token["open"]:
            return self._bracket(depth)
        if token["key"]:
            return self._keyed(token["key"].lower())
        if token["phrase"] is not None:
            return _term(token["phrase"])
        return _word(token["word"])

    def _negated(self, depth: int) -> Node | None:
        following = self._peek()
        if following is None or following["close"] or self._word_is("OR"):
            return None
        node = self._one(depth)
        return Not(node) if node is not None else None

    def _bracket(self, depth: int) -> Node | None:
        if depth >= _MOST_DEPTH:
            return None
        node = self.any_of(depth + 1)
        closing = self._peek()
        if closing is not None and closing["close"]:
            self._at += 1
        return None if node == And(()) else node

    def _keyed(self, key: str) -> Node | None:
        token = self._peek()
        if token is None:
            return _word(key)
        if token["phrase"] is None and token["word"] is None:
            return _word(key)  # `key:(`: the bracket is read next
        value = token["phrase"] if token["phrase"] is not None else token["word"]
        self._at += 1
        if key in FIELDS:
            return _word(value, field=key) if token["phrase"] is None else _term(value, field=key)
        if key in FILTERS and value.strip():
            return Filter(key, value.strip())
        return _term(f"{key} {value}")

    def _peek(self) -> re.Match[str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _word_is(self, word: str) -> bool:
        token = self._peek()
        return token is not None and token["word"] == word


def _word(text: str, *, field: str | None = None) -> Node | None:
    if text.startswith("#") and len(text) > 1:
        return Filter("tag", text[1:])
    if text.endswith("*") and len(text) > 1:
        return _term(text[:-1], field=field, prefix=True)
    return _term(text, field=field)


def _term(text: str, *, field: str | None = None, prefix: bool = False) -> Node | None:
    said = " ".join(text.replace('"', " ").split())
    return Term(said, field, prefix) if any(char.isalnum() or ord(char) > 0x2000 for char in said) else None
