"""The store: one small class a noun, composed."""

import importlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkm.store import database

if TYPE_CHECKING:
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
    from pkm.store.kin import Kin
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

# Where each noun lives. It is loaded when it is first asked for: a command needs a few of them, and loading
# them all was half of a search.
_NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "sources": ("pkm.store.sources", "Sources"),
    "addresses": ("pkm.store.addresses", "Addresses"),
    "fetches": ("pkm.store.fetches", "Fetches"),
    "proposals": ("pkm.store.fetches", "Proposals"),
    "hosts": ("pkm.store.hosts", "Hosts"),
    "items": ("pkm.store.items", "Items"),
    "joins": ("pkm.store.joins", "Joins"),
    "arrivals": ("pkm.store.arrivals", "Arrivals"),
    "arrival_names": ("pkm.store.arrival_names", "ArrivalNames"),
    "texts": ("pkm.store.texts", "Texts"),
    "tags": ("pkm.store.tags", "Tags"),
    "versions": ("pkm.store.versions", "Versions"),
    "awaited": ("pkm.store.awaited", "Awaited"),
    "tombstones": ("pkm.store.tombstones", "Tombstones"),
    "decisions": ("pkm.store.decisions", "Decisions"),
    "notes": ("pkm.store.notes", "Notes"),
    "links": ("pkm.store.links", "Links"),
    "quotes": ("pkm.store.quotes", "Quotes"),
    "standings": ("pkm.store.quotes", "Standings"),
    "search": ("pkm.store.search", "Search"),
    "kin": ("pkm.store.kin", "Kin"),
    "revisits": ("pkm.store.revisits", "Revisits"),
    "digests": ("pkm.store.digests", "Digests"),
    "shares": ("pkm.store.digests", "Shares"),
    "undo_log": ("pkm.store.undo_log", "UndoLog"),
    "files": ("pkm.store.files", "Files"),
    "mailboxes": ("pkm.store.mailboxes", "Mailboxes"),
    "page_texts": ("pkm.store.pagetexts", "PageTexts"),
    "absence": ("pkm.store.absence", "Absence"),
    "background": ("pkm.store.background", "Background"),
    "hiding": ("pkm.store.hiding", "Hiding"),
    "pruning": ("pkm.store.pruning", "Pruning"),
    "questions": ("pkm.store.questions", "Questions"),
}


class Store:
    """The open index. Reads need no lock; writes stand inside `transaction`.

    Attributes:
        connection: For checks of the file as a whole; everything else goes by the nouns.
    """

    sources: "Sources"
    addresses: "Addresses"
    fetches: "Fetches"
    proposals: "Proposals"
    hosts: "Hosts"
    items: "Items"
    joins: "Joins"
    arrivals: "Arrivals"
    arrival_names: "ArrivalNames"
    texts: "Texts"
    tags: "Tags"
    versions: "Versions"
    awaited: "Awaited"
    tombstones: "Tombstones"
    decisions: "Decisions"
    notes: "Notes"
    links: "Links"
    quotes: "Quotes"
    standings: "Standings"
    search: "Search"
    kin: "Kin"
    revisits: "Revisits"
    digests: "Digests"
    shares: "Shares"
    undo_log: "UndoLog"
    files: "Files"
    mailboxes: "Mailboxes"
    page_texts: "PageTexts"
    absence: "Absence"
    background: "Background"
    hiding: "Hiding"
    pruning: "Pruning"
    questions: "Questions"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    if not TYPE_CHECKING:  # for a type checker a noun that does not exist is an error

        def __getattr__(self, name: str) -> object:
            """A noun that is asked for the first time; from then on it is an attribute like any other."""
            if name not in _NOUNS:
                raise AttributeError(name)
            module, kind = _NOUNS[name]
            noun = getattr(importlib.import_module(module), kind)(self.connection)
            setattr(self, name, noun)
            return noun

    def transaction(self) -> AbstractContextManager[None]:
        """One write transaction: all of it or nothing. The caller holds the write lock."""
        return database.transaction(self.connection)

    def quick_check(self) -> str:
        """`ok`, or what SQLite finds wrong with the file."""
        try:
            rows = self.connection.execute("PRAGMA quick_check(5)").fetchall()
        except sqlite3.DatabaseError as error:
            if database.ended_by_signal(error):
                raise
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
