"""What people type into a search, as a tree; it knows no SQL.

    words are AND · OR (capitals) · -word or NOT · "a phrase" · ( … ) · prefix* · #tag · key:value
    [front:matter] · /regular expression/ · =exact · @saved

Nothing that a person types is an error: unbalanced quotes and brackets are closed, a lone operator is
dropped, an unknown `foo:bar` is the phrase "foo bar" (12:30, std::map, an address), with a hint.
Which keys there are stands in `rules/querywords.py`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from pkm.rules.querywords import FIELDS, meant, sort_named

_TOKEN = re.compile(
    r"""
    (?P<open>\() | (?P<close>\))
  | (?P<minus>-(?=[^\s\-]))
  | \[(?P<front>[^\W\d_][\w-]*(?::[^\[\]]*)?)\]
  | /(?P<regex>(?:\\.|[^/\\\n])+)/(?=[\s)]|$)
  | ="(?P<exact>[^"]*)(?:"|$) | =(?P<verbatim>[^\s()"]+)
  | @(?P<saved>\w[\w-]*)(?=[\s)]|$)
  | (?P<key>[A-Za-z][A-Za-z-]*):(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<value>[^\s()"]+))
  | "(?P<phrase>[^"]*)(?:"|$)
  | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)
_UNSPEAKABLE = re.compile("[\0\ud800-\udfff]")  # halves of pairs stand for bytes that are no text
_MOST_TOKENS = 200
_MOST_DEPTH = 20
_MOST_SAVED = 20
_MOST_LIMIT = 1_000_000
_SPOKEN = frozenset({"So", "Co", "Mn", "Mc"})  # besides letters and numbers, what the index takes for words


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that must stand in the text.

    Attributes:
        field: One of `querywords.FIELDS`, None for anywhere.
        prefix: Whether a longer word that begins so will do.
    """

    text: str
    field: str | None = None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that a row must be: `tag:x`, `is:kept`.

    Attributes:
        key: One of `querywords.KEYS`; or `regex`, `exact` and `front`, which are written with signs.
    """

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these things: what a filter came to that was answered beforehand.

    Attributes:
        said: How the user asked for them.
    """

    said: str
    ids: frozenset[str]


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


Node = Term | Filter | OneOf | Not | And | Or

EVERYTHING: Final = And(())
"""What lets everything through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A line as it was read.

    Attributes:
        sort: One of `querywords.SORTS`; None if the line says nothing of it.
        limit: 0 for all; None if the line says nothing of it.
        hints: What the user should know of the reading, in whole lines.
        unknown: Names after @ that no saved search has.
    """

    tree: Node
    sort: str | None = None
    limit: int | None = None
    hints: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def terms(node: Node, *, positive: bool = True) -> tuple[Term, ...]:
    """The words that a hit holds, for ranking and for marking them in a snippet."""
    if isinstance(node, Term):
        return (node,) if positive else ()
    if isinstance(node, Not):
        return terms(node.node, positive=not positive)
    if isinstance(node, And | Or):
        return tuple(term for child in node.nodes for term in terms(child, positive=positive))
    return ()


def filters(node: Node) -> tuple[Filter, ...]:
    """Every filter of a tree, also those under a NOT."""
    if isinstance(node, Filter):
        return (node,)
    if isinstance(node, Not):
        return filters(node.node)
    return tuple(one for child in node.nodes for one in filters(child)) if isinstance(node, And | Or) else ()


def replaced(node: Node, change: Callable[[Term | Filter], Node]) -> Node:
    """The tree with each term and filter put otherwise."""
    if isinstance(node, Term | Filter):
        return change(node)
    if isinstance(node, Not):
        return Not(replaced(node.node, change))
    if isinstance(node, And | Or):
        return type(node)(tuple(replaced(child, change) for child in node.nodes))
    return node


def explain(node: Node) -> str:
    """The reading of a query, for people."""
    if isinstance(node, Term):
        where = f"{node.field}:" if node.field else ""
        return f'{where}"{node.text}"{"*" if node.prefix else ""}'
    if isinstance(node, Filter):
        signs = {"regex": f"/{node.value}/", "exact": f'="{node.value}"', "front": f"[{node.value}]"}
        return signs.get(node.key, f"{node.key}:{node.value}")
    if isinstance(node, OneOf):
        return node.said
    if isinstance(node, Not):
        return f"NOT {explain(node.node)}"
    word = " AND " if isinstance(node, And) else " OR "
    return f"({word.join(explain(child) for child in node.nodes)})" if node.nodes else "everything"


def parse_query(text: str, saved: Mapping[str, str] | None = None) -> Node:
    """The tree of what was typed; never fails."""
    return read_query(text, saved).tree


def read_query(text: str, saved: Mapping[str, str] | None = None) -> Query:
    """What was typed, read; never fails.

    Args:
        text: The line.
        saved: The saved searches by their names in lower case, for `@name`.
    """
    aside = _Aside(saved=saved or {})
    tree = _Parser(text, aside).any_of(0)
    return Query(
        tree=tree,
        sort=aside.sort,
        limit=aside.limit,
        hints=tuple(dict.fromkeys(aside.hints)),
        unknown=tuple(dict.fromkeys(aside.unknown)),
    )


@dataclass(slots=True, kw_only=True)
class _Aside:
    """What a parse gathers beside the tree."""

    saved: Mapping[str, str]
    inside: tuple[str, ...] = ()
    expanded: int = 0
    sort: str | None = None
    limit: int | None = None
    hints: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class _Parser:
    """Recursive descent over the tokens; AND binds tighter than OR."""

    def __init__(self, text: str, aside: _Aside) -> None:
        self._tokens = list(islice(_TOKEN.finditer(_UNSPEAKABLE.sub(" ", text)), _MOST_TOKENS))
        self._at = 0
        self._aside = aside

    def any_of(self, depth: int) -> Node:
        sides = [self._all_of(depth)]
        while self._word_is("OR"):
            self._at += 1
            sides.append(self._all_of(depth))
        kept = [side for side in sides if side != EVERYTHING]
        if not kept:
            return EVERYTHING
        return kept[0] if len(kept) == 1 else Or(tuple(kept))

    def _all_of(self, depth: int) -> Node:
        parts: list[Node] = []
        while (token := self._peek()) is not None and not self._word_is("OR"):
            if token["close"] or token["word"] == "AND":
                if token["close"] and depth:
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
        if token["saved"]:
            return self._saved(token["saved"], depth)
        return self._leaf(token)

    def _leaf(self, token: re.Match[str]) -> Node | None:
        if token["key"]:
            return self._keyed(token)
        if token["front"]:
            return Filter("front", token["front"].strip())
        if token["regex"]:
            return self._regex(token["regex"])
        exact = token["exact"] if token["exact"] is not None else token["verbatim"]
        if exact is not None:
            return Filter("exact", exact) if exact.strip() else self._dropped(token[0])
        if token["phrase"] is not None:
            return _term(token["phrase"]) or self._dropped(token["phrase"])
        return _word(token["word"]) or self._dropped(token["word"])

    def _dropped(self, text: str) -> Node | None:
        """There is nothing in it that could be looked for: say so, and go on without it."""
        if text.strip() and text not in {"OR", "NOT", "AND", "-"}:
            self._aside.hints.append(f"'{text.strip()}' holds no letter or digit, so it is left out")
        return None

    def _regex(self, pattern: str) -> Node | None:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            self._aside.hints.append(
                f"/{pattern}/ is no regular expression ({error}), so it is looked for as words"
            )
            return _term(pattern) or self._dropped(pattern)
        return Filter("regex", pattern)

    def _saved(self, name: str, depth: int) -> Node | None:
        key, aside = name.casefold(), self._aside
        said = aside.saved.get(key)
        if said is None:
            aside.unknown.append(name)
            aside.hints.append(f"there is no saved search '{name}', so '@{name}' is looked for as a word")
            return _term(f"@{name}")
        if key in aside.inside or depth >= _MOST_DEPTH or aside.expanded >= _MOST_SAVED:
            aside.hints.append(f"'@{name}' names itself, so it is left out there")
            return None
        before, aside.inside = aside.inside, (*aside.inside, key)
        aside.expanded += 1
        node = _Parser(said, aside).any_of(depth + 1)
        aside.inside = before
        return None if node == EVERYTHING else node

    def _negated(self, depth: int) -> Node | None:
        following = self._peek()
        if following is None or following["close"] or self._word_is("OR") or self._word_is("AND"):
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
        return None if node == EVERYTHING else node

    def _keyed(self, token: re.Match[str]) -> Node | None:
        key, phrase = token["key"].casefold(), token["quoted"] is not None
        value = token["quoted"] if phrase else token["value"]
        said = meant(key, value)
        if said.hint:
            self._aside.hints.append(said.hint)
        if said.key in FIELDS:
            made = _term(value, field=said.key) if phrase else _word(value, field=said.key)
            return made or self._dropped(token[0])
        if said.key in {"sort", "limit"}:
            return self._shown(said.key, said.value)
        if said.key is not None:
            return Filter(said.key, said.value)
        return _term(f"{key} {value}")

    def _shown(self, key: str, value: str) -> Node | None:
        if key == "sort" and (sort := sort_named(value)) is not None:
            self._aside.sort = sort
        elif key == "limit" and value.isdecimal() and int(value) <= _MOST_LIMIT:
            self._aside.limit = int(value)
        else:
            wanted = "rank, new, old, changed or random" if key == "sort" else "a number"
            self._aside.hints.append(f"'{key}:{value}' is left out: {key}: wants {wanted}")
        return None

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
    return Term(said, field, prefix) if any(map(_is_spoken, said)) else None


def _is_spoken(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in _SPOKEN
