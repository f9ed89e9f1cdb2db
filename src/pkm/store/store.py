"""The store: one small class a noun, composed."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from pkm.store import database
from pkm.store.absence import Absence
from pkm.store.addresses import Addresses
from pkm.store.arrival_names import ArrivalNames
from pkm.store.arrivals import Arrivals
from pkm.store.awaited import Awaited
from pkm.store.background import Background
from pkm.store.decisions import Decisions
from pkm.store.digests import Digests, Shares
from pkm.store.fetches import Fetches, Proposals
from pkm.store.files import Files
from pkm.store.hiding import Hiding
from pkm.store.hosts import Hosts
from pkm.store.items import Items
from pkm.store.joins import Joins
from pkm.store.links import Links
from pkm.store.mailboxes import Mailboxes
from pkm.store.notes import Notes
from pkm.store.pagetexts import PageTexts
from pkm.store.pruning import Pruning
from pkm.store.questions import Questions
from pkm.store.quotes import Quotes, Standings
from pkm.store.revisits import Revisits
from pkm.store.search import Search
from pkm.store.sources import Sources
from pkm.store.tags import Tags
from pkm.store.texts import Texts
from pkm.store.tombstones import Tombstones
from pkm.store.undo_log import UndoLog
from pkm.store.versions import Versions

_COUNTED = frozenset({"sources", "items", "arrivals", "notes", "quotes", "shares", "digests", "decisions"})


class Store:
    """The open index. Reads need no lock; writes stand inside `transaction`.

    Attributes:
        connection: For checks of the file as a whole; everything else goes by the nouns.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.sources = Sources(connection)
        self.addresses = Addresses(connection)
        self.fetches = Fetches(connection)
        self.proposals = Proposals(connection)
        self.hosts = Hosts(connection)
        self.items = Items(connection)
        self.joins = Joins(connection)
        self.arrivals = Arrivals(connection)
        self.arrival_names = ArrivalNames(connection)
        self.texts = Texts(connection)
        self.tags = Tags(connection)
        self.versions = Versions(connection)
        self.awaited = Awaited(connection)
        self.tombstones = Tombstones(connection)
        self.decisions = Decisions(connection)
        self.notes = Notes(connection)
        self.links = Links(connection)
        self.quotes = Quotes(connection)
        self.standings = Standings(connection)
        self.search = Search(connection)
        self.revisits = Revisits(connection)
        self.digests = Digests(connection)
        self.shares = Shares(connection)
        self.undo_log = UndoLog(connection)
        self.files = Files(connection)
        self.mailboxes = Mailboxes(connection)
        self.page_texts = PageTexts(connection)
        self.absence = Absence(connection)
        self.background = Background(connection)
        self.hiding = Hiding(connection)
        self.pruning = Pruning(connection)
        self.questions = Questions(connection)

    def transaction(self) -> AbstractContextManager[None]:
        """One write transaction: all of it or nothing. The caller holds the write lock."""
        return database.transaction(self.connection)

    def quick_check(self) -> str:
        """`ok`, or what SQLite finds wrong with the file."""
        try:
            rows = self.connection.execute("PRAGMA quick_check(5)").fetchall()
        except sqlite3.DatabaseError as error:
            return str(error)
        return "; ".join(str(row[0]) for row in rows)

    def broken_references(self) -> int:
        """How many rows point to nothing."""
        return len(self.connection.execute("PRAGMA foreign_key_check").fetchall())

    def journal_mode(self) -> str:
        """How SQLite keeps its journal."""
        return str(self.connection.execute("PRAGMA journal_mode").fetchone()[0])

    def count(self, table: str) -> int:
        """How many rows a table has."""
        if table not in _COUNTED:
            raise ValueError(table)
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """The store in that file, closed at the end.

    Raises:
        StoreTooNew, StoreDamaged, DiskFull: See `database.open_database`.
    """
    store = Store(database.open_database(path))
    try:
        with database.told():
            yield store
    finally:
        store.close()
