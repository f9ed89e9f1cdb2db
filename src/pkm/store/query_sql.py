"""A query tree as SQL over `search_text AS s`; the only text of the user's in it are bound values."""

import json

from pkm.rules.fold import fold
from pkm.rules.query import And, Filter, Node, Not, OneOf, Or, Term
from pkm.rules.signs import has_signs
from pkm.store.filter_sql import NEVER, At, filter_sql


def conjunction(query: Node) -> tuple[str, ...] | None:
    """The phrases of a query that is words alone, all of them wanted; None for any other query.

    Such a query, the common one, goes to FTS5 as a single MATCH, which is twice as fast.
    """
    parts = query.nodes if isinstance(query, And) else (query,)
    if not parts or not all(isinstance(part, Term) and not has_signs(part.text) for part in parts):
        return None
    said = [phrase(part) for part in parts if isinstance(part, Term)]
    kept = tuple(one for one in said if one)
    return kept or None


def split(query: Node) -> tuple[tuple[str, ...], Node]:
    """The texts that a MATCH can ask of every hit, each in brackets if it has several phrases; and what is left."""
    texts = [(part, match_text(part)) for part in _parts(query)]
    left = tuple(part for part, text in texts if text is None)
    return tuple(text for _part, text in texts if text is not None), And(left)


def match_text(node: Node) -> str | None:
    """Words, phrases and their OR and AND as one text for MATCH; None for what holds anything else.

    Brackets are safe here, since each phrase is quoted and each operator is written out.
    """
    if isinstance(node, Term):
        return None if has_signs(node.text) else phrase(node)
    if not isinstance(node, And | Or) or not node.nodes:
        return None
    texts = [match_text(child) for child in node.nodes]
    if None in texts:
        return None
    word = " AND " if isinstance(node, And) else " OR "
    return f"({word.join(text for text in texts if text)})"


def _parts(query: Node) -> tuple[Node, ...]:
    if not isinstance(query, And):
        return (query,)
    return tuple(part for child in query.nodes for part in _parts(child))


def needs_words(query: Node) -> bool:
    """Whether each hit must hold at least one of the words, so that ranking may begin from them."""
    if isinstance(query, Term):
        return phrase(query) is not None
    if isinstance(query, And):
        return any(needs_words(child) for child in query.nodes)
    if isinstance(query, Or):
        return all(needs_words(child) for child in query.nodes)
    return False


def phrase(term: Term) -> str | None:
    """One quoted phrase for FTS5; None if folding leaves nothing that the tokenizer would keep."""
    folded = fold(term.text).replace('"', " ").replace("\0", " ").strip()
    if not any(char.isalnum() or ord(char) > 0x2000 for char in folded):
        return None
    field = f"{term.field} : " if term.field else ""
    return f'{field}"{folded}"{" *" if term.prefix else ""}'


class Condition:
    """Compiles a tree to a condition on `s`, gathering its values in order.

    Args:
        filters: The rows come from elsewhere, as hits of a MATCH, one by one. Then the condition may only
            look at each: SQLite would else join two long lists through an index, which takes hours.
    """

    def __init__(self, *, filters: bool = False) -> None:
        self.values: list[object] = []
        # A plus keeps an index from being used (sqlite.org/optoverview.html, section 2.1).
        plus = "+" if filters else ""
        self._at = At(ref=f"{plus}s.ref", kind=f"{plus}s.kind", single=filters)

    def node(self, node: Node) -> str:
        if isinstance(node, Term):
            return self._term(node)
        if isinstance(node, Filter):
            where, values = filter_sql(node, self._at)
            self.values += values
            return where
        if isinstance(node, OneOf):
            return self._one_of(node)
        if isinstance(node, Not):
            # A row of which a filter knows nothing (NULL) does not answer to it, and so does to its NOT.
            return f"NOT coalesce({self.node(node.node)}, 0)"
        if not node.nodes:
            return "1"
        word = " AND " if isinstance(node, And) else " OR "
        return "(" + word.join(self.node(child) for child in _slow_last(node.nodes)) + ")"

    def _one_of(self, node: OneOf) -> str:
        if not node.ids:
            return NEVER
        self.values.append(json.dumps(sorted(node.ids)))
        return f"{self._at.ref} IN (SELECT value FROM json_each(?))"

    def _term(self, term: Term) -> str:
        said = phrase(term)
        if said is None:
            return "1"
        self.values.append(said)
        where = "s.rowid IN (SELECT rowid FROM search WHERE search MATCH ?)"
        if not has_signs(term.text):
            return where
        self.values.append(fold(term.text))
        columns = f"s.{term.field}" if term.field else "s.title, s.tags, s.quote, s.comment, s.body"
        return f"({where} AND has_signs(?, {columns}))"


def _slow_last(nodes: tuple[Node, ...]) -> list[Node]:
    """SQLite asks from left to right: what reads whole texts comes after what an index knows."""
    slow = {"regex": 2, "exact": 2, "words": 1, "links": 1}
    return sorted(nodes, key=lambda node: slow.get(node.key, 0) if isinstance(node, Filter) else 0)
