"""Passages that the user marked, and where each stands in what its item says now."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.model.quote import Anchor, Outcome, Quote, Standing
from pkm.store.columns import moment, stamp

_NAMES = "id, item, url, note, exact, prefix, suffix, start, text_sha, created_at"
_STANDING = "quote, outcome, text_sha, start, stop, words, at"
_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFilter:
    """Which quotes a list shows; every field narrows it.

    Attributes:
        tag: Folded; tags below it count too.
        outcomes: Those that stand so; empty for any.
        limit: 0 for all.
    """

    item: str | None = None
    tag: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    limit: int = 0


class Quotes:
    """The table of quotes; gives and takes `Quote`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, quote_id: str) -> Quote | None:
        """The quote of that id."""
        found = self._some("id = ?", (quote_id,))
        return found[0] if found else None

    def ending(self, tail: str) -> tuple[str, ...]:
        """Ids of those whose id ends so (4 characters at least)."""
        rows = self._db.execute(
            "SELECT id FROM quotes WHERE substr(id, -4) = ? AND id LIKE '%' || ? LIMIT 9", (tail[-4:], tail)
        ).fetchall()
        return tuple(row[0] for row in rows)

    def all(self) -> tuple[Quote, ...]:
        """Every quote."""
        return self._some("1", (), "id")

    def of_item(self, item: str) -> tuple[Quote, ...]:
        """The quotes of an item, in the order of its text."""
        return self._some("item = ?", (item,))

    def of_note(self, note: str) -> tuple[Quote, ...]:
        """The quotes that stand in a note."""
        return self._some("note = ?", (note,))

    def many(self, ids: Iterable[str]) -> tuple[Quote, ...]:
        """Those of these ids that there are, in their order."""
        wanted = list(ids)
        found: dict[str, Quote] = {}
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            found |= {one.id: one for one in self._some(f"id IN ({', '.join('?' * len(part))})", part)}
        return tuple(found[one] for one in wanted if one in found)

    def listing(self, chosen: QuoteFilter) -> tuple[Quote, ...]:
        """The quotes that a filter lets through, newest first."""
        terms, values = ["1"], list[object]()
        if chosen.item:
            terms.append("item = ?")
            values.append(chosen.item)
        if chosen.tag:
            terms.append(
                """id IN (SELECT "on" FROM tags WHERE fold = ? OR substr(fold, 1, length(?) + 1) = ? || '/')"""
            )
            values += [chosen.tag] * 3
        if chosen.outcomes:
            marks = ", ".join("?" * len(chosen.outcomes))
            terms.append(f"id IN (SELECT quote FROM standings WHERE outcome IN ({marks}))")
            values += chosen.outcomes
        limit = f" LIMIT {int(chosen.limit)}" if chosen.limit else ""
        return self._some(" AND ".join(terms), values, f"created_at DESC, id DESC{limit}")

    def save(self, quote: Quote, *, event: str | None) -> None:
        """Store a quote, with the journal line that it came from."""
        self._db.execute(
            f"INSERT INTO quotes ({_NAMES}, event) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET item = excluded.item, url = excluded.url, note = excluded.note,"
            " exact = excluded.exact, prefix = excluded.prefix, suffix = excluded.suffix, start = excluded.start,"
            " text_sha = excluded.text_sha",
            (
                quote.id,
                quote.item,
                quote.url,
                quote.note,
                quote.anchor.exact,
                quote.anchor.prefix,
                quote.anchor.suffix,
                quote.anchor.start,
                quote.text_sha,
                stamp(quote.created_at),
                event,
            ),
        )
        self._db.execute('DELETE FROM tags WHERE "on" = ?', (quote.id,))
        self._db.executemany(
            'INSERT OR IGNORE INTO tags ("on", tag, fold) VALUES (?, ?, ?)',
            [(quote.id, tag, tag.casefold()) for tag in quote.tags],
        )

    def remove(self, quote_id: str) -> None:
        """Take a quote out of the index."""
        self._db.execute('DELETE FROM tags WHERE "on" = ?', (quote_id,))
        self._db.execute("DELETE FROM quotes WHERE id = ?", (quote_id,))

    def _some(self, where: str, values: Sequence[object], order: str = "start, id") -> tuple[Quote, ...]:
        rows = self._db.execute(
            f'SELECT {_NAMES}, (SELECT group_concat(tag, char(10)) FROM tags WHERE "on" = quotes.id)'
            f" FROM quotes WHERE {where} ORDER BY {order}",
            tuple(values),
        ).fetchall()
        return tuple(_quote(row) for row in rows)


class Standings:
    """Where quotes stand; gives and takes `Standing`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def save(self, standing: Standing) -> None:
        """Store where a quote stands."""
        self._db.execute(
            f"INSERT OR REPLACE INTO standings ({_STANDING}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                standing.quote,
                standing.outcome,
                standing.text_sha,
                standing.start,
                standing.stop,
                standing.words,
                stamp(standing.at),
            ),
        )

    def of(self, quotes: Iterable[str]) -> Mapping[str, Standing]:
        """Where these stand, by the quote's id; one that was never looked for again is not in it."""
        wanted = list(quotes)
        found: dict[str, Standing] = {}
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            rows = self._db.execute(
                f"SELECT {_STANDING} FROM standings WHERE quote IN ({', '.join('?' * len(part))})", part
            ).fetchall()
            found |= {row[0]: _standing(row) for row in rows}
        return found

    def since(self, at: datetime) -> Mapping[Outcome, int]:
        """How many quotes were looked for again at or after a moment, by what came of it."""
        rows = self._db.execute(
            "SELECT outcome, count(*) FROM standings WHERE at >= ? GROUP BY outcome", (stamp(at),)
        ).fetchall()
        return Counter({Outcome(outcome): count for outcome, count in rows})

    def forget(self, quote: str) -> None:
        """Forget where a quote stood: it was made anew."""
        self._db.execute("DELETE FROM standings WHERE quote = ?", (quote,))


def _quote(row: Sequence[str]) -> Quote:
    return Quote(
        id=row[0],
        item=row[1],
        url=row[2],
        note=row[3],
        anchor=Anchor(exact=row[4], prefix=row[5], suffix=row[6], start=int(row[7])),
        text_sha=row[8],
        created_at=moment(row[9]),
        tags=tuple(sorted(row[10].split("\n"))) if row[10] else (),
    )


def _standing(row: Sequence[str]) -> Standing:
    return Standing(
        quote=row[0],
        outcome=Outcome(row[1]),
        text_sha=row[2],
        start=int(row[3]) if row[3] is not None else None,
        stop=int(row[4]) if row[4] is not None else None,
        words=row[5],
        at=moment(row[6]),
    )
