"""Passages that the user marked."""

import sqlite3
from collections.abc import Sequence

from pkm.model.quote import Anchor, Quote
from pkm.store.columns import moment, stamp

_NAMES = "id, item, url, note, exact, prefix, suffix, start, text_sha, created_at"


class Quotes:
    """The table of quotes; gives and takes `Quote`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, quote_id: str) -> Quote | None:
        """The quote of that id."""
        found = self._some("id = ?", quote_id)
        return found[0] if found else None

    def ending(self, tail: str) -> tuple[str, ...]:
        """Ids of those whose id ends so (4 characters at least)."""
        rows = self._db.execute(
            "SELECT id FROM quotes WHERE substr(id, -4) = ? AND id LIKE '%' || ? LIMIT 9", (tail[-4:], tail)
        ).fetchall()
        return tuple(row[0] for row in rows)

    def all(self) -> tuple[Quote, ...]:
        """Every quote."""
        rows = self._db.execute(f"SELECT {_NAMES} FROM quotes ORDER BY id").fetchall()
        return tuple(_quote(row) for row in rows)

    def of_item(self, item: str) -> tuple[Quote, ...]:
        """The quotes of an item, in the order of its text."""
        return self._some("item = ?", item)

    def of_note(self, note: str) -> tuple[Quote, ...]:
        """The quotes that stand in a note."""
        return self._some("note = ?", note)

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

    def remove(self, quote_id: str) -> None:
        """Take a quote out of the index."""
        self._db.execute("DELETE FROM quotes WHERE id = ?", (quote_id,))

    def _some(self, where: str, value: str) -> tuple[Quote, ...]:
        rows = self._db.execute(
            f"SELECT {_NAMES} FROM quotes WHERE {where} ORDER BY start, id",
            (value,),
        ).fetchall()
        return tuple(_quote(row) for row in rows)


def _quote(row: Sequence[str]) -> Quote:
    return Quote(
        id=row[0],
        item=row[1],
        url=row[2],
        note=row[3],
        anchor=Anchor(exact=row[4], prefix=row[5], suffix=row[6], start=int(row[7])),
        text_sha=row[8],
        created_at=moment(row[9]),
    )
