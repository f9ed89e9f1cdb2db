"""Items, and the lists of them."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pkm.model.item import Item, ListedItem, State
from pkm.model.source import Source
from pkm.rules.limits import OWN_WORDS
from pkm.rules.pointers import via_text
from pkm.store.columns import moment, names, stamp, to_json, to_moment, to_text, to_via
from pkm.store.worded import UNSENSED

_NAMES = (
    "id, title, url, kind, authors, published_at, first_seen, sort_at, source, language, state, via, hat_tip,"
    " text_sha, kept_at, later_at, hidden_by, stub"
)
_FROM_ITEMS = ", ".join(f"items.{name}" for name in _NAMES.split(", "))
_CHUNK = 500
_ORDER_CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items a list shows; every field narrows it.

    Attributes:
        states: Empty for all.
        since: Aware; sorted at or after it.
        until: Aware; sorted before it.
        kept_since: Aware; last kept at or after it.
        ids: Only these; None for no such limit.
        hidden: Also those that a rule hides.
        only_hidden: Those alone.
        limit: 0 for all.
        oldest_first: By the time of keeping, or of the last skip, for the walk through the unsensed.
    """

    states: tuple[State, ...] = ()
    source: str | None = None
    space: str | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    kept_since: datetime | None = None
    ids: tuple[str, ...] | None = None
    unsensed: bool = False
    hidden: bool = False
    only_hidden: bool = False
    limit: int = 0
    oldest_first: bool = False


class Items:
    """The table of items; gives and takes `Item`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, item_id: str) -> Item | None:
        """The item of that id, or of the id that an old one has become."""
        row = self._db.execute(f"SELECT {_FROM_ITEMS} FROM items WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            moved = self._db.execute("SELECT id FROM item_ids WHERE old = ?", (item_id,)).fetchone()
            return self.get(moved[0]) if moved else None
        return self._with_tags([_item(row)])[0]

    def many(self, ids: Sequence[str]) -> dict[str, Item]:
        """The items of these ids."""
        found: dict[str, Item] = {}
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(f"SELECT {_FROM_ITEMS} FROM items WHERE id IN ({marks})", part).fetchall()
            found.update((row[0], _item(row)) for row in rows)
        return found

    def ending(self, tail: str) -> tuple[str, ...]:
        """Ids of those whose id ends so (4 characters at least)."""
        rows = self._db.execute(
            "SELECT id FROM items WHERE substr(id, -4) = ? AND id LIKE '%' || ? LIMIT 9", (tail[-4:], tail)
        ).fetchall()
        return tuple(row[0] for row in rows)

    def matching(self, match_urls: Sequence[str]) -> dict[str, str]:
        """Which of these comparison addresses are known, and as which item."""
        found: dict[str, str] = {}
        for start in range(0, len(match_urls), _CHUNK):
            part = match_urls[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT match_url, item FROM item_urls WHERE match_url IN ({marks})", part
            )
            found.update(rows.fetchall())
        return found

    def add(self, items: Iterable[Item]) -> None:
        """Store new items."""
        marks = ", ".join("?" * len(_NAMES.split(", ")))
        self._db.executemany(f"INSERT INTO items ({_NAMES}) VALUES ({marks})", [_row(item) for item in items])

    def update(self, item: Item) -> None:
        """Store an item as it now is; its state is moved by `decide` alone."""
        columns = [name for name in _NAMES.split(", ") if name not in {"id", "state", "kept_at", "later_at"}]
        cells = dict(zip(_NAMES.split(", "), _row(item), strict=True))
        settings = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE items SET {settings} WHERE id = ?",
            (*(cells[name] for name in columns), item.id),
        )

    def name(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Let comparison addresses lead to items; one that is taken stays as it is."""
        self._db.executemany("INSERT OR IGNORE INTO item_urls (match_url, item) VALUES (?, ?)", list(pairs))

    def set_state(
        self, item_id: str, state: State, *, kept_at: datetime | None, later_at: datetime | None
    ) -> None:
        """Move an item; called with its decision, in one transaction."""
        self._db.execute(
            "UPDATE items SET state = ?, kept_at = ?, later_at = ? WHERE id = ?",
            (state, to_text(kept_at), to_text(later_at), item_id),
        )

    def stands_in_a_file(self, item_id: str) -> bool:
        """Whether one of the user's files names the item."""
        row = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM decisions WHERE item = ?1 AND event IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM note_items WHERE item = ?1)"
            " OR EXISTS (SELECT 1 FROM quotes WHERE item = ?1)"
            " OR EXISTS (SELECT 1 FROM shares WHERE item = ?1)",
            (item_id,),
        ).fetchone()
        return bool(row[0])

    def alias(self, old: str, item_id: str) -> None:
        """Let another id lead to an item."""
        self._db.execute("INSERT OR REPLACE INTO item_ids (old, id) VALUES (?, ?)", (old, item_id))

    def former(self, item_id: str) -> tuple[str, ...]:
        """Ids that lead to an item and are no longer its own."""
        rows = self._db.execute("SELECT old FROM item_ids WHERE id = ?", (item_id,)).fetchall()
        return tuple(old for (old,) in rows)

    def rename(self, old: str, new: str) -> None:
        """Give an item another id, everywhere; the old one leads to it."""
        self._db.execute("PRAGMA defer_foreign_keys = ON")
        self._db.execute("UPDATE items SET id = ? WHERE id = ?", (new, old))
        for table in ("arrivals", "decisions", "item_urls", "note_items", "quotes"):
            self._db.execute(f"UPDATE OR REPLACE {table} SET item = ? WHERE item = ?", (new, old))
        self._db.execute("UPDATE item_ids SET id = ? WHERE id = ?", (new, old))
        self._db.execute('UPDATE tags SET "on" = ? WHERE "on" = ?', (new, old))
        self._db.execute("UPDATE search_text SET ref = ? WHERE kind = 'item' AND ref = ?", (new, old))
        self.alias(old, new)

    def add_tags(self, rows: Iterable[tuple[str, str, str]], *, by: str) -> None:
        """Add tags as (item, tag, folded tag); one that is there stays."""
        self._db.executemany(
            'INSERT OR IGNORE INTO tags ("on", tag, fold, by) VALUES (?, ?, ?, ?)',
            [(*row, by) for row in rows],
        )

    def drop_tags(self, rows: Iterable[tuple[str, str]], *, by: str) -> None:
        """Take tags off, as (item, folded tag); those that somebody else gave stay."""
        self._db.executemany(
            'DELETE FROM tags WHERE "on" = ? AND fold = ? AND by = ?', [(*row, by) for row in rows]
        )

    def unsensed(self) -> int:
        """How many kept items have no words of the user's yet."""
        (count,) = self._db.execute(f"SELECT count(*) FROM items WHERE {UNSENSED}").fetchone()
        return int(count)

    def listing(self, chosen: ItemFilter, sources: Mapping[str, Source]) -> tuple[ListedItem, ...]:
        """The items that a filter lets through, newest first unless it says otherwise."""
        where, values = _where(chosen)
        order = (
            "coalesce(items.later_at, items.kept_at), items.id"
            if chosen.oldest_first
            else "items.sort_at DESC, items.id DESC"
        )
        limit = f"LIMIT {int(chosen.limit)}" if chosen.limit else ""
        rows = self._db.execute(
            f"SELECT {_FROM_ITEMS} FROM items WHERE {where} ORDER BY {order} {limit}",
            values,
        ).fetchall()
        return self.listed(self._with_tags([_item(row) for row in rows]), sources)

    def in_order(self, chosen: ItemFilter) -> Iterator[tuple[str, str | None]]:
        """Ids with their sources, newest first; read in parts, each whole, so that who has enough may stop."""
        where, values = _where(chosen)
        offset, size = 0, _ORDER_CHUNK
        while rows := self._db.execute(
            f"SELECT items.id, items.source FROM items WHERE {where}"
            f" ORDER BY items.sort_at DESC, items.id DESC LIMIT {size} OFFSET {offset}",
            values,
        ).fetchall():
            offset += len(rows)
            yield from rows
            if len(rows) < size:
                return
            size *= 10

    def count(self, chosen: ItemFilter) -> int:
        """How many items a filter lets through."""
        where, values = _where(chosen)
        (count,) = self._db.execute(f"SELECT count(*) FROM items WHERE {where}", values).fetchone()
        return int(count)

    def listed(self, items: Sequence[Item], sources: Mapping[str, Source]) -> tuple[ListedItem, ...]:
        """Items with what a list shows beside them."""
        ids = [item.id for item in items]
        notes, worded = self._notes_on(ids)
        arrived = self._arrivals_of(ids)
        return tuple(
            _listed(item, arrived.get(item.id, []), sources, notes.get(item.id, ()), worded=item.id in worded)
            for item in items
        )

    def each(self) -> Iterator[Item]:
        """Every item of every state, in order of id; read in parts, each whole."""
        last = ""
        while rows := self._db.execute(
            f"SELECT {_FROM_ITEMS} FROM items WHERE id > ? ORDER BY id LIMIT {_CHUNK}",
            (last,),
        ).fetchall():
            last = rows[-1][0]
            yield from self._with_tags([_item(row) for row in rows])

    def _notes_on(self, ids: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], set[str]]:
        notes: dict[str, tuple[str, ...]] = {}
        worded: set[str] = set()
        for item, note, words in self._beside(
            "SELECT note_items.item, notes.id, notes.own_words FROM note_items JOIN notes ON notes.id ="
            " note_items.note WHERE notes.missing_since IS NULL AND note_items.item IN ({marks})"
            " ORDER BY notes.created_at, notes.id",
            ids,
        ):
            notes[item] = (*notes.get(item, ()), note)
            if words >= OWN_WORDS:
                worded.add(item)
        return notes, worded

    def _arrivals_of(self, ids: Sequence[str]) -> dict[str, list[tuple[str, str | None, int]]]:
        """Source, discussion and count of edits of each arrival, first seen first."""
        found: dict[str, list[tuple[str, str | None, int]]] = {}
        for item, *said in self._beside(
            "SELECT item, source, comments_url, revisions FROM arrivals WHERE item IN ({marks})"
            " ORDER BY first_seen, id",
            ids,
        ):
            found.setdefault(item, []).append((said[0], said[1], said[2]))
        return found

    def _with_tags(self, items: list[Item]) -> list[Item]:
        tags: dict[str, tuple[str, ...]] = {}
        for item, tag in self._beside(
            'SELECT "on", tag FROM tags WHERE "on" IN ({marks}) ORDER BY tag', [item.id for item in items]
        ):
            tags[item] = (*tags.get(item, ()), tag)
        return [replace(item, tags=tags.get(item.id, ())) for item in items] if tags else items

    def _beside(self, statement: str, ids: Sequence[str]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows += self._db.execute(statement.format(marks=marks), part).fetchall()
        return rows


def _listed(
    item: Item,
    arrived: Sequence[tuple[str, str | None, int]],
    sources: Mapping[str, Source],
    notes: tuple[str, ...],
    *,
    worded: bool,
) -> ListedItem:
    came_in = dict.fromkeys(source for source, _comments, _edits in arrived)
    return ListedItem(
        item=item,
        source=sources.get(item.source or ""),
        notes=notes,
        sources=len(came_in),
        also_in=tuple(sources[one] for one in came_in if one != item.source and one in sources),
        comments_url=next((comments for _source, comments, _edits in arrived if comments), None),
        edits=sum(edits for source, _comments, edits in arrived if source == item.source),
        has_own_words=worded,
    )


def _where(chosen: ItemFilter) -> tuple[str, list[object]]:
    terms = _in_view(chosen)
    values: list[object] = []
    if chosen.states:
        terms.append(f"items.state IN ({', '.join('?' * len(chosen.states))})")
        values += chosen.states
    if chosen.source:
        # By a list: asked item by item, the arrivals of the whole source were looked through for each.
        terms.append("items.id IN (SELECT item FROM arrivals WHERE source = ?)")
        values.append(chosen.source)
    if chosen.space:
        terms.append("items.source IN (SELECT id FROM sources WHERE space = ?)")
        values.append(chosen.space)
    if chosen.tag:
        terms.append(
            '(items.id IN (SELECT "on" FROM tags WHERE fold = ?)'
            ' OR items.source IN (SELECT "on" FROM tags WHERE fold = ?))'
        )
        values += [chosen.tag.casefold(), chosen.tag.casefold()]
    if chosen.since:
        terms.append("items.sort_at >= ?")
        values.append(stamp(chosen.since))
    if chosen.until:
        terms.append("items.sort_at < ?")
        values.append(stamp(chosen.until))
    if chosen.kept_since:
        terms.append("items.kept_at >= ?")
        values.append(stamp(chosen.kept_since))
    if chosen.unsensed:
        terms.append(UNSENSED)
    if chosen.ids is not None:
        terms.append("items.id IN (SELECT value FROM json_each(?))")  # any number of them is one value
        values.append(to_json(chosen.ids))
    return " AND ".join(terms) or "1", values


def _in_view(chosen: ItemFilter) -> list[str]:
    if chosen.only_hidden:
        return ["items.hidden_by IS NOT NULL"]
    return [] if chosen.hidden else ["items.hidden_by IS NULL"]


def _row(item: Item) -> tuple[object, ...]:
    return (
        item.id,
        item.title,
        item.url,
        item.kind,
        to_json(item.authors),
        to_text(item.published_at),
        stamp(item.first_seen),
        stamp(item.sort_at),
        item.source,
        item.language,
        item.state,
        via_text(item.via),
        item.hat_tip,
        item.text_sha,
        to_text(item.kept_at),
        to_text(item.later_at),
        item.hidden_by,
        int(item.stub),
    )


def _item(row: Sequence[str]) -> Item:
    return Item(
        id=row[0],
        title=row[1],
        url=row[2],
        kind=row[3],
        authors=names(row[4]),
        published_at=to_moment(row[5]),
        first_seen=moment(row[6]),
        sort_at=moment(row[7]),
        source=row[8],
        language=row[9],
        state=State(row[10]),
        via=to_via(row[11]),
        hat_tip=row[12],
        text_sha=row[13],
        kept_at=to_moment(row[14]),
        later_at=to_moment(row[15]),
        hidden_by=row[16],
        stub=bool(row[17]),
    )
