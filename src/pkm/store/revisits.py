"""What the user answered when something was met again, and what there is to be met."""

import sqlite3
from datetime import datetime

from pkm.model.revisit import Answer, Met, Past
from pkm.store.columns import moment, stamp
from pkm.store.worded import UNSENSED, WORDED

TAKEN_BACK = "taken-back"


class Revisits:
    """The table of answers; append-only, one that was taken back is named by a further row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, event: str, ref: str, at: datetime, answer: str) -> None:
        """Append an answer; one whose event is known stays as it is.

        Args:
            event: Id of its journal line.
            ref: Id of the note or item; of the event that is taken back, for `TAKEN_BACK`.
            at: Aware.
            answer: A word of `Answer`, or `TAKEN_BACK`.
        """
        self._db.execute(
            "INSERT OR IGNORE INTO revisits (event, ref, at, answer) VALUES (?, ?, ?, ?)",
            (event, ref, stamp(at), answer),
        )

    def answers(self) -> dict[str, tuple[Met, ...]]:
        """What was said to each thing, oldest first, under the id that it has now."""
        rows = self._db.execute(
            "SELECT coalesce((SELECT id FROM note_ids WHERE old = ref),"
            " (SELECT id FROM item_ids WHERE old = ref), ref), at, answer FROM revisits"
            " WHERE answer <> ?1 AND event NOT IN (SELECT ref FROM revisits WHERE answer = ?1)"
            " ORDER BY at, event",
            (TAKEN_BACK,),
        ).fetchall()
        found: dict[str, list[Met]] = {}
        for ref, at, answer in rows:
            found.setdefault(ref, []).append(Met(at=moment(at), answer=Answer(answer)))
        return {ref: tuple(answers) for ref, answers in found.items()}

    def notes(self) -> tuple[Past, ...]:
        """The notes with own words that were not given up, oldest first."""
        rows = self._db.execute(
            "SELECT id, title, kind, status, created_at, modified_at FROM notes"
            f" WHERE {WORDED} AND coalesce(status, '') <> 'dropped' ORDER BY created_at, id"
        ).fetchall()
        return tuple(
            Past(
                id=row[0],
                title=row[1],
                kind=row[2],
                status=row[3],
                created_at=moment(row[4]),
                modified_at=moment(row[5]),
            )
            for row in rows
        )

    def kept(self, before: datetime) -> tuple[tuple[str, datetime], ...]:
        """Items kept before a moment that have no words yet, the longest kept first: id, and when."""
        rows = self._db.execute(
            f"SELECT items.id, items.kept_at FROM items WHERE {UNSENSED} AND items.kept_at < ?"
            " ORDER BY items.kept_at, items.id",
            (stamp(before),),
        ).fetchall()
        return tuple((item, moment(at)) for item, at in rows)
