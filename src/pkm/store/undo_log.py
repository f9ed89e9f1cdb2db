"""The log that `undo` reads: each command, and what it changed from what to what."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.store.columns import moment, stamp, to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that changed something.

    Attributes:
        number: Grows by one a command.
        name: As typed: `keep`, `drop`, `sense`…
        summary: What it did, in words: `kept 2 items`.
        at: Aware, UTC.
        undone_at: Aware, UTC; None if it stands.
    """

    number: int
    name: str
    summary: str
    at: datetime
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that a command changed.

    Attributes:
        what: `item` (its state), `question` (what it is kept for), `capture`, `via`, `file`, `move`, `source`,
            `quote`, `digest`, `edition`, `view` (hidden or not), `tags` (by rule), `user-tags`,
            `pruned` (items, in a file of the trash),
            `revisit` (an answer).
        ref: Id or path of the thing.
        before: How it was, in the form that `what` uses; None if it was not there.
        after: How it was left; undo refuses where it is otherwise by now.
    """

    what: str
    ref: str
    before: str | None = None
    after: str | None = None


class UndoLog:
    """The tables of commands and changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def begin(self, name: str, summary: str, at: datetime) -> int:
        """Log a command; the number under which its changes are logged."""
        cursor = self._db.execute(
            "INSERT INTO commands (name, summary, at) VALUES (?, ?, ?)", (name, summary, stamp(at))
        )
        return int(cursor.lastrowid or 0)

    def add(self, command: int, changes: Iterable[Change]) -> None:
        """Log what a command changed."""
        self._db.executemany(
            "INSERT INTO changes (command, what, ref, before, after) VALUES (?, ?, ?, ?, ?)",
            [(command, one.what, one.ref, one.before, one.after) for one in changes],
        )

    def last(self) -> Command | None:
        """The newest command that stands and changed something."""
        row = self._db.execute(
            "SELECT id, name, summary, at, undone_at FROM commands WHERE undone_at IS NULL"
            " AND EXISTS (SELECT 1 FROM changes WHERE command = commands.id) ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return _command(row) if row else None

    def get(self, number: int) -> Command | None:
        """The command of that number."""
        row = self._db.execute(
            "SELECT id, name, summary, at, undone_at FROM commands WHERE id = ?", (number,)
        ).fetchone()
        return _command(row) if row else None

    def listing(self, limit: int) -> tuple[Command, ...]:
        """The newest commands, undone ones too; 0 for all."""
        rows = self._db.execute(
            "SELECT id, name, summary, at, undone_at FROM commands ORDER BY id DESC LIMIT ?", (limit or -1,)
        ).fetchall()
        return tuple(_command(row) for row in rows)

    def changes(self, command: int) -> tuple[Change, ...]:
        """What a command changed, last change first: the order in which it is taken back."""
        rows = self._db.execute(
            "SELECT what, ref, before, after FROM changes WHERE command = ? ORDER BY id DESC", (command,)
        ).fetchall()
        return tuple(
            Change(what=what, ref=ref, before=before, after=after) for what, ref, before, after in rows
        )

    def of_kept(self, names: Iterable[str]) -> dict[str, tuple[str, Command]]:
        """Of copies in the trash: which file each was of, and the command that changed it.

        Args:
            names: Of the copies.
        """
        wanted = set(names)
        rows = self._db.execute(
            "SELECT before, ref, commands.id, name, summary, at, undone_at FROM changes JOIN commands"
            " ON commands.id = command WHERE what = 'file' AND before IS NOT NULL ORDER BY changes.id"
        ).fetchall()
        return {row[0]: (row[1], _command(row[2:])) for row in rows if row[0] in wanted}

    def later(self, command: int, change: Change) -> int | None:
        """The newest command after this one that stands and changed the same thing."""
        row = self._db.execute(
            "SELECT max(commands.id) FROM changes JOIN commands ON commands.id = command"
            " WHERE command > ? AND what = ? AND ref = ? AND undone_at IS NULL",
            (command, change.what, change.ref),
        ).fetchone()
        return int(row[0]) if row[0] is not None else None

    def mark_undone(self, command: int, at: datetime) -> None:
        """Remember that a command was taken back."""
        self._db.execute("UPDATE commands SET undone_at = ? WHERE id = ?", (stamp(at), command))

    def forget_about(self, refs: Sequence[str]) -> None:
        """Drop every change of these things, and the words of the commands that made them."""
        marks = ", ".join("?" * len(refs))
        self._db.execute(
            f"UPDATE commands SET summary = 'about something that was forgotten' WHERE id IN"
            f" (SELECT command FROM changes WHERE ref IN ({marks}))",
            tuple(refs),
        )
        self._db.execute(f"DELETE FROM changes WHERE ref IN ({marks})", tuple(refs))

    def has_before(self, moment_: datetime) -> bool:
        """Whether there is a command that is too old to be taken back."""
        row = self._db.execute("SELECT 1 FROM commands WHERE at < ? LIMIT 1", (stamp(moment_),)).fetchone()
        return row is not None

    def forget_before(self, moment_: datetime) -> int:
        """Drop what is too old to be taken back; how many commands went."""
        return self._db.execute("DELETE FROM commands WHERE at < ?", (stamp(moment_),)).rowcount


def _command(row: tuple[int, str, str, str, str | None]) -> Command:
    number, name, summary, at, undone = row
    return Command(number=number, name=name, summary=summary, at=moment(at), undone_at=to_moment(undone))
