"""The user's questions, the new items that match them, and when the user last looked."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pkm.model.note import Kind, Status
from pkm.model.question import Question
from pkm.rules.query import Node
from pkm.rules.steering import MOST_QUESTIONS, Steer, split_words
from pkm.store.columns import moment, pairs, stamp
from pkm.store.query_sql import Condition, match_text

Held = dict[str, tuple[str, ...]]
"""Items by their ids, with the words of a question that each holds."""

_AT_ONCE: Final = 400
_FEW_ROWS: Final = 2_000
_MOST: Final = 2_000
_LAST: Final = 2**63 - 1
_WAITING: Final = "s.kind = 'item' AND items.state = 'new' AND items.hidden_by IS NULL"
_LISTED: Final = (
    "title, tags, quote, comment, body, content='',"
    " tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co So Mn Mc'\""
)
"""Columns and words of the small index; as those of `search` in the schema."""

_SAME: Final = "(SELECT ?1 UNION ALL SELECT old FROM note_ids WHERE id = ?1)"
_KEPT_LAST: Final = (
    "d.\"to\" = 'kept' AND NOT EXISTS (SELECT 1 FROM decisions AS later WHERE later.item = d.item"
    " AND later.\"to\" = 'kept' AND (later.at, later.id) > (d.at, d.id))"
)


class Questions:
    """Notes of kind question, seen as what steers seeking."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, note_id: str) -> Question | None:
        """The question of that id; None if no such note is there, or it is none."""
        found = self._some("id = ?", (note_id,))
        return found[0] if found else None

    def all(self) -> tuple[Question, ...]:
        """Every question, the newest first."""
        return self._some("1")

    def open(self) -> tuple[Question, ...]:
        """Those that steer seeking, the newest first."""
        where = f"(status IS NULL OR status NOT IN ('{Status.ANSWERED}', '{Status.DROPPED}'))"
        return self._some(where, limit=MOST_QUESTIONS)

    def _some(self, where: str, values: Sequence[object] = (), *, limit: int = -1) -> tuple[Question, ...]:
        rows = self._db.execute(
            "SELECT id, title, path, status, extra, created_at FROM notes"
            f" WHERE kind = '{Kind.QUESTION}' AND missing_since IS NULL AND problem IS NULL AND {where}"
            " ORDER BY created_at DESC, id DESC LIMIT ?",
            (*values, limit),
        ).fetchall()
        return tuple(_question(row) for row in rows)

    # What matches.

    def waiting(self, sought: Sequence[Steer], *, after: int = 0) -> tuple[Held, ...]:
        """For each of these the new items that match, the last come first, with the words that each holds.

        Args:
            sought: From `rules.steering.steer`.
            after: Only those that came after this row of the index: `last_row`.
        """
        if not any(one.signs for one in sought):
            return tuple({} for _ in sought)
        rows = self._new_rows(after)
        return tuple(self._held(one, rows, "search") for one in sought)

    def held(self, sought: Sequence[Steer], items: Sequence[str]) -> tuple[Held, ...]:
        """For each of these, those of the items that match it, with the words that each holds."""
        rows = self._rows(items)
        if len(rows) > _AT_ONCE:
            return tuple(self._held(one, rows, "search") for one in sought)
        self._lay_out(rows)
        return tuple(self._held(one, rows, "listed") for one in sought)

    def after(self, items: Sequence[str], row: int) -> tuple[str, ...]:
        """Those of these items that came after a row of the index; in their order."""
        rows = {item: number for number, item in self._rows(items).items()}
        return tuple(item for item in items if rows.get(item, 0) > row)

    def matching(self, sought: Steer) -> frozenset[str]:
        """Ids of the items of every state that match; of more than 2,000 those that came last."""
        met = Counter(row for sign in sought.signs for row in self._holding(sign.node, "search", (0, _LAST)))
        rows = sorted((row for row, times in met.items() if times >= sought.least), reverse=True)[:_MOST]
        return frozenset(
            ref
            for start in range(0, len(rows), _AT_ONCE)
            for (ref,) in self._db.execute(
                "SELECT ref FROM search_text WHERE +kind = 'item' AND rowid IN"
                f" ({_marks(rows[start : start + _AT_ONCE])})",
                rows[start : start + _AT_ONCE],
            ).fetchall()
        )

    def _held(self, sought: Steer, rows: Mapping[int, str], table: str) -> Held:
        """The words are looked up one by one, each once: FTS5 takes ten times as long for all their pairs."""
        if not rows:
            return {}
        held: dict[int, list[str]] = {row: [] for row in rows}
        span = (min(rows), max(rows))
        for sign in sought.signs:
            for row in self._holding(sign.node, table, span):
                if row in held:
                    held[row].append(sign.words)
        least = max(1, sought.least)
        return {rows[row]: tuple(words) for row, words in held.items() if len(words) >= least}

    def _holding(self, node: Node, table: str, span: tuple[int, int]) -> list[int]:
        """The rows of a stretch of the index that answer to a query."""
        match = match_text(node)
        if match is not None:
            found = self._db.execute(
                f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?", (match, *span)
            )
        else:
            condition = Condition(filters=True)
            where = condition.node(node)
            found = self._db.execute(
                f"SELECT s.rowid FROM search_text AS s WHERE s.rowid BETWEEN ? AND ? AND {where}",
                (*span, *condition.values),
            )
        return [row for (row,) in found.fetchall()]

    def _new_rows(self, after: int) -> dict[int, str]:
        """The new items by their rows of the index, the last come first."""
        # CROSS says which table is read first: the few rows since the last look, or else what is new.
        if self.last_row() - after < _FEW_ROWS:
            tables = "search_text AS s CROSS JOIN items ON items.id = s.ref"
        else:
            tables = "items CROSS JOIN search_text AS s ON s.ref = items.id AND s.kind = 'item'"
        rows = self._db.execute(
            f"SELECT s.rowid, s.ref FROM {tables} WHERE s.rowid > ? AND {_WAITING} ORDER BY s.rowid DESC",
            (after,),
        ).fetchall()
        return dict(rows)

    def _rows(self, items: Sequence[str]) -> dict[int, str]:
        found: dict[int, str] = {}
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            found.update(
                self._db.execute(
                    f"SELECT rowid, ref FROM search_text WHERE kind = 'item' AND ref IN ({_marks(part)})",
                    part,
                ).fetchall()
            )
        return found

    def _lay_out(self, rows: Mapping[int, str]) -> None:
        """A small index of these rows alone, so that each word is not looked up among all that there is."""
        self._db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.listed USING fts5 ({_LISTED})")
        self._db.execute("INSERT INTO temp.listed (listed) VALUES ('delete-all')")
        self._db.execute(
            "INSERT INTO temp.listed (rowid, title, tags, quote, comment, body)"
            f" SELECT rowid, title, tags, quote, comment, body FROM search_text WHERE rowid IN ({_marks(list(rows))})",
            list(rows),
        )

    # The user's looks.

    def last_row(self) -> int:
        """The newest item's row in the index of words; what comes later has a larger one."""
        row = self._db.execute(
            "SELECT rowid FROM search_text WHERE +kind = 'item' ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        return int(row[0]) if row else 0

    def looks(self) -> dict[str, tuple[datetime, int]]:
        """When the user last looked at what matches each question, and the newest row then."""
        rows = self._db.execute("SELECT question, at, row FROM looks").fetchall()
        return {question: (moment(at), row) for question, at, row in rows}

    def set_look(self, question: str, at: datetime, row: int) -> None:
        """Remember that the user looked."""
        self._db.execute(
            "INSERT OR REPLACE INTO looks (question, at, row) VALUES (?, ?, ?)", (question, stamp(at), row)
        )

    # What was kept for them.

    def kept_for(self, question: str) -> tuple[str, ...]:
        """Ids of the items that are kept for a question, in the order of keeping."""
        rows = self._db.execute(
            "SELECT d.item FROM decisions AS d JOIN items ON items.id = d.item AND items.state = 'kept'"
            f" WHERE d.question IN {_SAME} AND {_KEPT_LAST} ORDER BY d.at, d.id",
            (question,),
        ).fetchall()
        return tuple(dict.fromkeys(item for (item,) in rows))

    def of_item(self, item: str) -> str | None:
        """The question that an item was last kept for; None if it was kept for none."""
        row = self._db.execute(
            f"SELECT d.question FROM decisions AS d WHERE d.item = ? AND {_KEPT_LAST}", (item,)
        ).fetchone()
        return row[0] if row else None

    def notes_for(self, question: str) -> tuple[str, ...]:
        """Ids of the notes that name a question, oldest first."""
        rows = self._db.execute(
            f"SELECT id FROM notes WHERE question IN {_SAME} AND missing_since IS NULL ORDER BY created_at, id",
            (question,),
        ).fetchall()
        return tuple(note for (note,) in rows)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _question(row: Sequence[Any]) -> Question:
    note_id, title, path, status, extra, created = row
    return Question(
        id=note_id,
        title=title,
        path=path,
        status=status or Status.OPEN,
        words=split_words(dict(pairs(extra)).get("words", "")),
        asked_at=moment(created),
    )
