"""What a query finds, in the order that is asked for.

By rank in two steps: FTS5 gives the few hundred rows whose words fit best, and of these alone time, kind and
state are looked up (`rules/ranking.py`). The user's own notes and quotes are asked for apart, so
that they are not lost behind thousands of items.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from pkm.rules.fold import fold
from pkm.rules.query import And, Node, Or, Term, terms
from pkm.rules.ranking import Weight, best_first, gathered, names_of, weigh
from pkm.store.columns import names, to_moment
from pkm.store.patterns import Patterns
from pkm.store.query_sql import Condition, conjunction, needs_words, phrase, split

_WEIGHTS: Final = "10.0, 6.0, 4.0, 4.0, 1.0"  # title, tags, quote, comment, body
_POOL: Final = 120
_OWN_POOL: Final = 100
_EXACT_POOL: Final = 50
_BM25: Final = f"-bm25(search, {_WEIGHTS})"
_OWN: Final = "SELECT rowid FROM search_text WHERE kind IN ('note', 'quote', 'edition')"
_CHANGED: Final = (
    "coalesce((SELECT modified_at FROM notes WHERE id = s.ref), (SELECT sort_at FROM items WHERE id = s.ref),"
    " (SELECT created_at FROM quotes WHERE id = s.ref), (SELECT created_at FROM digests WHERE id = s.ref))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A thing that a query found.

    Attributes:
        rank: Larger is better; comparable within one answer only. 0 where the order is another one.
        weight: What the rank is made of; None likewise.
        alike: Ids of items that are the same thing, if they were to be folded.
    """

    kind: str
    ref: str
    rank: float = 0.0
    weight: Weight | None = None
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How hits are put in order.

    Attributes:
        by: One of `querywords.SORTS`.
        now: Aware; what is old counts less by rank. None to leave time out.
        seed: For `random`: the same seed gives the same order.
        fold: Items that are the same thing are one hit.
    """

    by: str = "rank"
    now: datetime | None = None
    seed: int = 1
    fold: bool = False


BY_RANK: Final = Order()
NEWEST: Final = Order(by="new")


class _Facts(NamedTuple):
    """What ranking and folding ask of a row."""

    row: int
    kind: str
    ref: str
    title: str
    sort_at: str | None
    state: str | None
    url: str | None
    text_sha: str | None
    note_title: str | None
    aliases: str | None


class Finder:
    """Asks the index."""

    def __init__(self, connection: sqlite3.Connection, patterns: Patterns) -> None:
        self._db = connection
        self._patterns = patterns

    def find(self, query: Node, *, limit: int, order: Order) -> tuple[Hit, ...]:
        """The hits of a query; `limit` 0 is all."""
        self._patterns.begin()
        # Folding takes rows away, so a few more are read.
        bound = (limit * 2 + 20 if order.fold else limit) or -1
        if order.by == "rank" and needs_words(query):
            return self._ranked(query, bound, order)[: limit or None]
        by_age = order.by in {"rank", "new"}
        rows = self._newest(query, bound) if by_age else self._sorted(query, bound, order)
        return self._plain(rows, fold=order.fold)[: limit or None]

    # By rank.

    def _ranked(self, query: Node, bound: int, order: Order) -> tuple[Hit, ...]:
        said = conjunction(query)
        condition = Condition(filters=True)
        if said is not None:
            match, where = " AND ".join(said), None
        else:
            where = condition.node(query)
            match = " OR ".join(one for one in map(phrase, terms(query)) if one)
        pool = max(_POOL, 2 * bound) if bound > 0 else -1
        found = self._pool(match, where, condition.values, pool)
        title = _title_sought(query)
        if len(found) == pool:
            own = f"+search.rowid IN ({_OWN})" + (f" AND {where}" if where else "")
            found.update(self._pool(match, own, condition.values, _OWN_POOL))
            if title and (exact := phrase(Term(title, "title"))):
                begins = exact.replace(': "', ': ^ "', 1)
                found.update(self._pool(f"({match}) AND {begins}", where, condition.values, _EXACT_POOL))
        return self._weighed(found, title, order)

    def _pool(self, match: str, where: str | None, values: Sequence[object], bound: int) -> dict[int, float]:
        """The rows whose words fit best, each with how well."""
        join = " JOIN search_text AS s ON s.rowid = search.rowid" if where and "s." in where else ""
        rows = self._db.execute(
            f"SELECT search.rowid, {_BM25} AS fits FROM search{join} WHERE search MATCH ?"
            f" AND {where or '1'} ORDER BY fits DESC, search.rowid DESC LIMIT ?",
            (match, *values, bound),
        )
        return dict(rows.fetchall())

    def _weighed(self, found: dict[int, float], title: str, order: Order) -> tuple[Hit, ...]:
        facts = self._facts(list(found))
        weights = [
            weigh(
                found[one.row],
                kind=one.kind,
                state=one.state,
                sort_at=to_moment(one.sort_at),
                now=order.now,
                exact=bool(title) and _is_called(one, title),
            )
            for one in facts
        ]
        places = best_first([(weight, one.row) for weight, one in zip(weights, facts, strict=True)])
        ordered = [(facts[at], weights[at]) for at in places]
        if not order.fold:
            return tuple(_hit(one, weight) for one, weight in ordered)
        rows = [((one, weight), _names(one)) for one, weight in ordered]
        return tuple(
            _hit(one, weight, alike=[other.ref for other, _ in others])
            for (one, weight), others in gathered(rows)
        )

    def _facts(self, rows: list[int]) -> list[_Facts]:
        found = self._db.execute(
            "SELECT s.rowid, s.kind, s.ref, s.title, items.sort_at, items.state, items.url, items.text_sha,"
            " notes.title, notes.aliases FROM json_each(?) AS wanted"
            " CROSS JOIN search_text AS s ON s.rowid = wanted.value"
            " LEFT JOIN items ON s.kind = 'item' AND items.id = s.ref"
            " LEFT JOIN notes ON s.kind = 'note' AND notes.id = s.ref",
            (json.dumps(rows),),
        )
        return [_Facts(*row) for row in found.fetchall()]

    # By anything else.

    def _newest(self, query: Node, bound: int) -> list[tuple[int, str, str]]:
        phrases, rest = split(query)
        if phrases:
            return self._newest_with(" AND ".join(phrases), rest, bound)
        return self._in_order(query, "s.rowid DESC", (), bound)

    def _newest_with(self, match: str, rest: Node, bound: int) -> list[tuple[int, str, str]]:
        """The index gives its hits newest first by itself: whoever wants few reads few."""
        condition = Condition(filters=True)
        where = condition.node(rest)
        return self._db.execute(
            "SELECT s.rowid, s.kind, s.ref FROM search JOIN search_text AS s ON s.rowid = search.rowid"
            f" WHERE search MATCH ? AND {where} ORDER BY search.rowid DESC LIMIT ?",
            (match, *condition.values, bound),
        ).fetchall()

    def _sorted(self, query: Node, bound: int, order: Order) -> list[tuple[int, str, str]]:
        if order.by == "old":
            return self._in_order(query, "s.rowid", (), bound)
        if order.by == "changed":
            return self._in_order(query, f"{_CHANGED} DESC, s.rowid DESC", (), bound)
        # A row of the index times a number, by a prime: the same seed gives the same order.
        return self._in_order(query, "(s.rowid * ?) % 1000003, s.rowid", (order.seed % 1_000_000 + 1,), bound)

    def _in_order(
        self, query: Node, by: str, order_values: Sequence[object], bound: int
    ) -> list[tuple[int, str, str]]:
        condition = Condition()
        where = condition.node(query)
        return self._db.execute(
            f"SELECT s.rowid, s.kind, s.ref FROM search_text AS s WHERE {where} ORDER BY {by} LIMIT ?",
            (*condition.values, *order_values, bound),
        ).fetchall()

    def _plain(self, rows: list[tuple[int, str, str]], *, fold: bool) -> tuple[Hit, ...]:
        if not fold:
            return tuple(Hit(kind=kind, ref=ref) for _, kind, ref in rows)
        facts = {one.row: one for one in self._facts([row for row, _, _ in rows])}
        ordered = [facts[row] for row, _, _ in rows]
        return tuple(
            _hit(one, alike=[other.ref for other in others])
            for one, others in gathered([(one, _names(one)) for one in ordered])
        )


def _hit(one: _Facts, weight: Weight | None = None, alike: Sequence[str] = ()) -> Hit:
    rank = weight.rank if weight else 0.0
    return Hit(kind=one.kind, ref=one.ref, rank=rank, weight=weight, alike=tuple(alike))


def _names(one: _Facts) -> tuple[tuple[str, ...], ...]:
    return names_of(one.url, one.title, one.text_sha) if one.kind == "item" else ()


def _title_sought(query: Node) -> str:
    """The title that the words of a query may be, folded; empty where they are alternatives or beginnings."""
    parts = query.nodes if isinstance(query, And) else (query,)
    said = [part for part in parts if isinstance(part, Term)]
    if any(isinstance(part, And | Or) for part in parts) or not all(map(_may_be_title, said)):
        return ""
    return " ".join(fold(part.text) for part in said).strip()


def _may_be_title(term: Term) -> bool:
    return term.field in {None, "title"} and not term.prefix


def _is_called(one: _Facts, title: str) -> bool:
    if one.kind == "note":
        return any(
            fold(name).strip() == title for name in (one.note_title or "", *names(one.aliases or "[]"))
        )
    return one.title.strip() == title
