"""The log of what was decided."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from pkm.model.decision import By, Decision
from pkm.model.item import State
from pkm.store.columns import moment, stamp

_NAMES = 'item, "from", "to", at, by, reason, question, command, event, device'


class Decisions:
    """The table of decisions; append-only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, decisions: Iterable[Decision]) -> None:
        """Append."""
        self._db.executemany(
            f"INSERT INTO decisions ({_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.item,
                    one.before,
                    one.after,
                    stamp(one.at),
                    one.by,
                    one.reason,
                    one.question,
                    one.command,
                    one.event,
                    one.device,
                )
                for one in decisions
            ],
        )

    def of(self, item: str) -> tuple[Decision, ...]:
        """What was decided about an item, oldest first."""
        rows = self._db.execute(
            f"SELECT {_NAMES} FROM decisions WHERE item = ? ORDER BY id",
            (item,),
        ).fetchall()
        return tuple(_decision(row) for row in rows)

    def later_than(self, item: str, at: datetime) -> bool:
        """Whether the user moved the item after that moment; what a first pull or a rule did is no word of theirs."""
        row = self._db.execute(
            "SELECT 1 FROM decisions WHERE item = ? AND at > ? AND by NOT IN ('first-pull', 'rule') LIMIT 1",
            (item, stamp(at)),
        ).fetchone()
        return row is not None


def _decision(row: Sequence[str]) -> Decision:
    return Decision(
        item=row[0],
        before=State(row[1]),
        after=State(row[2]),
        at=moment(row[3]),
        by=By(row[4]),
        reason=row[5],
        question=row[6],
        command=int(row[7]) if row[7] is not None else None,
        event=row[8],
        device=row[9],
    )
