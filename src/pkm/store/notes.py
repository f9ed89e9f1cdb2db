"""The index of the user's notes."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pkm.model.note import FileStamp, Level, LinkForm, Note, NoteFile, NoteLink
from pkm.store.columns import moment, names, pairs, stamp, to_json, to_moment, to_text
from pkm.store.worded import WORDED

_NAMES = (
    "id, path, title, date, modified, created_at, modified_at, indexed_at, has_id, has_front_matter, aliases,"
    " source_url, authors, published, kind, status, visibility, level, only, via, hat_tip, question, insight,"
    " description, extra, body, own_words, size, mtime_ns, inode, sha, racy, missing_since, problem"
)
# `only` is a word that reads well in a column and needs no quoting in SQLite.
_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFilter:
    """Which notes a list shows; every field narrows it.

    Attributes:
        since: Aware; made or changed at or after it.
        limit: 0 for all.
        missing: Only those whose file is gone; else only those whose file is there.
    """

    kind: str | None = None
    insight: str | None = None
    status: str | None = None
    tag: str | None = None
    item: str | None = None
    since: datetime | None = None
    own_words: bool = False
    problem: bool = False
    missing: bool = False
    limit: int = 0


class Notes:
    """The table of notes; gives and takes `Note`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, note_id: str) -> Note | None:
        """The note of that id, or of the id that an old one has become."""
        found = self._some("id = ?", (note_id,))
        if found:
            return found[0]
        moved = self._db.execute("SELECT id FROM note_ids WHERE old = ?", (note_id,)).fetchone()
        return self.get(moved[0]) if moved and moved[0] != note_id else None

    def at(self, path: str) -> Note | None:
        """The note in that file."""
        found = self._some("path = ?", (path,))
        return found[0] if found else None

    def ending(self, tail: str) -> tuple[str, ...]:
        """Ids of those whose id ends so (4 characters at least)."""
        rows = self._db.execute(
            "SELECT id FROM notes WHERE substr(id, -4) = ? AND id LIKE '%' || ? LIMIT 9", (tail[-4:], tail)
        ).fetchall()
        return tuple(row[0] for row in rows)

    def on(self, item: str) -> tuple[Note, ...]:
        """The notes on an item whose files are there, oldest first."""
        return self._some(
            "missing_since IS NULL AND id IN (SELECT note FROM note_items WHERE item = ?)",
            (item,),
            "created_at, id",
        )

    def listing(self, chosen: NoteFilter) -> tuple[Note, ...]:
        """The notes that a filter lets through, newest first."""
        where, values = _where(chosen)
        limit = f" LIMIT {int(chosen.limit)}" if chosen.limit else ""
        return self._some(where, values, f"modified_at DESC, id DESC{limit}")

    def stems(self) -> tuple[str, ...]:
        """The file names of all notes, without their ending: what a new one must not equal."""
        rows = self._db.execute("SELECT path FROM notes").fetchall()
        return tuple(path.rpartition("/")[2].removesuffix(".md") for (path,) in rows)

    def called(self) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
        """What every note can be linked by, those whose files are gone too: id, path, title, aliases."""
        rows = self._db.execute("SELECT id, path, title, aliases FROM notes").fetchall()
        return tuple((note, path, title, names(aliases)) for note, path, title, aliases in rows)

    def paths(self) -> tuple[tuple[str, str], ...]:
        """The path and the id of every note that bears an id."""
        return tuple(self._db.execute("SELECT path, id FROM notes WHERE has_id").fetchall())

    def lead_here(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Let former ids lead to notes; one that leads somewhere already stays as it is."""
        self._db.executemany("INSERT OR IGNORE INTO note_ids (old, id) VALUES (?, ?)", list(pairs))

    def stamps(self) -> dict[str, FileStamp]:
        """What the last scan saw of each file that was there, by path."""
        rows = self._db.execute(
            "SELECT path, size, mtime_ns, inode, sha, racy FROM notes WHERE missing_since IS NULL"
        ).fetchall()
        return {
            path: FileStamp(size=size, mtime_ns=mtime, inode=inode, sha=sha, racy=bool(racy))
            for path, size, mtime, inode, sha, racy in rows
        }

    def with_sha(self, sha: str) -> tuple[Note, ...]:
        """Notes of exactly these bytes, missing ones too: candidates for a rename."""
        return self._some("sha = ?", (sha,))

    def with_problems(self) -> tuple[Note, ...]:
        """Notes whose front matter cannot be read, or whose id is taken."""
        return self._some("problem IS NOT NULL AND missing_since IS NULL", (), "path")

    def save(self, note: Note) -> None:
        """Store a note as its file now is, with its items, links and tags."""
        cells = _row(note)
        marks = ", ".join("?" * len(cells))
        updates = ", ".join(f"{name} = excluded.{name}" for name in _NAMES.split(", ")[1:])
        self._remember_former(note)
        # A file that took another's place: the row that held the path has to make room first.
        self._db.execute(
            "UPDATE notes SET path = path || '#' || id, missing_since = coalesce(missing_since, ?)"
            " WHERE path = ? AND id <> ?",
            (stamp(note.indexed_at), note.path, note.id),
        )
        self._db.execute(
            f"INSERT INTO notes ({_NAMES}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}",
            cells,
        )
        self._set_parts(note)

    def _remember_former(self, note: Note) -> None:
        """Keep what a note was called before: links may still say so."""
        known = self._db.execute(
            "SELECT replace(path, '#' || id, ''), title FROM notes WHERE id = ?", (note.id,)
        ).fetchone()
        if known is not None and known != (note.path, note.file.title):
            self._db.execute(
                "INSERT OR IGNORE INTO note_formers (note, path, title) VALUES (?, ?, ?)", (note.id, *known)
            )

    def restamp(self, path: str, file_stamp: FileStamp) -> None:
        """Remember a new time of a file whose bytes are the same."""
        self._db.execute(
            "UPDATE notes SET size = ?, mtime_ns = ?, inode = ?, racy = ? WHERE path = ?",
            (file_stamp.size, file_stamp.mtime_ns, file_stamp.inode, int(file_stamp.racy), path),
        )

    def set_default_level(self, level: Level) -> None:
        """Let the home's default hold for every note whose file names no level."""
        self._db.execute(
            "UPDATE notes SET level = ? WHERE visibility IS NULL AND problem IS NULL", (int(level),)
        )

    def set_missing(self, note_id: str, since: datetime | None) -> None:
        """Remember that a note's file is gone (or back)."""
        self._db.execute("UPDATE notes SET missing_since = ? WHERE id = ?", (to_text(since), note_id))

    def move_id(self, old: str, new: str) -> None:
        """Let a note's former id lead to its present one."""
        self._db.execute("INSERT OR REPLACE INTO note_ids (old, id) VALUES (?, ?)", (old, new))
        self._db.execute("UPDATE note_ids SET id = ? WHERE id = ?", (new, old))
        self._db.execute("DELETE FROM note_ids WHERE old = id")
        self._db.execute("UPDATE OR REPLACE note_formers SET note = ? WHERE note = ?", (new, old))

    def remove(self, note_id: str) -> None:
        """Take a note out of the index; its file is not touched."""
        self._db.execute(
            "INSERT OR IGNORE INTO note_formers (note, path, title) SELECT id, path, title FROM notes WHERE id = ?",
            (note_id,),
        )
        self._db.execute('DELETE FROM tags WHERE "on" = ?', (note_id,))
        self._db.execute("DELETE FROM notes WHERE id = ?", (note_id,))

    def _set_parts(self, note: Note) -> None:
        for table in ("note_items", "links"):
            self._db.execute(f"DELETE FROM {table} WHERE note = ?", (note.id,))
        self._db.execute('DELETE FROM tags WHERE "on" = ?', (note.id,))
        self._db.executemany(
            "INSERT OR IGNORE INTO note_items (note, item, position) VALUES (?, ?, ?)",
            [(note.id, item, position) for position, item in enumerate(note.file.items)],
        )
        self._db.executemany(
            "INSERT INTO links (note, position, target, anchor, label, rel, line, form)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (note.id, position, link.target, link.anchor, link.label, link.rel, link.line, link.form)
                for position, link in enumerate(note.file.links)
            ],
        )
        self._db.executemany(
            'INSERT OR IGNORE INTO tags ("on", tag, fold) VALUES (?, ?, ?)',
            [(note.id, tag, tag.casefold()) for tag in note.file.tags],
        )

    def _some(self, where: str, values: Sequence[object], order: str = "id") -> tuple[Note, ...]:
        rows = self._db.execute(
            f"SELECT {_NAMES} FROM notes WHERE {where} ORDER BY {order}",
            tuple(values),
        ).fetchall()
        ids = [row[0] for row in rows]
        items = self._parts(
            "SELECT note, item FROM note_items WHERE note IN ({marks}) ORDER BY note, position", ids
        )
        tags = self._parts('SELECT "on", tag FROM tags WHERE "on" IN ({marks}) ORDER BY tag', ids)
        links = self._links(ids)
        return tuple(
            _note(row, items.get(row[0], ()), tags.get(row[0], ()), links.get(row[0], ())) for row in rows
        )

    def _parts(self, statement: str, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            for owner, value in self._db.execute(
                statement.format(marks=", ".join("?" * len(part))), part
            ).fetchall():
                found.setdefault(owner, []).append(value)
        return {owner: tuple(values) for owner, values in found.items()}

    def _links(self, ids: Sequence[str]) -> dict[str, tuple[NoteLink, ...]]:
        found: dict[str, list[NoteLink]] = {}
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            rows = self._db.execute(
                "SELECT note, target, anchor, label, rel, line, form FROM links WHERE note IN"
                f" ({', '.join('?' * len(part))}) ORDER BY note, position",
                part,
            ).fetchall()
            for note, *cells in rows:
                found.setdefault(note, []).append(to_link(cells))
        return {note: tuple(links) for note, links in found.items()}


def to_link(cells: Sequence[Any]) -> NoteLink:
    """A link of its row: target, anchor, label, rel, line, form."""
    target, anchor, label, rel, line, form = cells
    return NoteLink(target=target, anchor=anchor, label=label, rel=rel, line=line, form=LinkForm(form))


def _where(chosen: NoteFilter) -> tuple[str, list[object]]:
    terms = ["missing_since IS NOT NULL" if chosen.missing else "missing_since IS NULL"]
    values: list[object] = []
    if chosen.kind:
        terms.append(
            "coalesce(kind, CASE WHEN id IN (SELECT note FROM note_items) THEN 'comment' ELSE 'thought' END) = ?"
        )
        values.append(chosen.kind)
    for column, value in (("status", chosen.status), ("insight", chosen.insight)):
        if value:
            terms.append(f"{column} = ?")
            values.append(value)
    if chosen.tag:
        terms.append("id IN (SELECT \"on\" FROM tags WHERE fold = ? OR fold LIKE ? || '/%')")
        values += [chosen.tag.casefold(), chosen.tag.casefold()]
    if chosen.item:
        terms.append("id IN (SELECT note FROM note_items WHERE item = ?)")
        values.append(chosen.item)
    if chosen.since:
        terms.append("max(created_at, modified_at) >= ?")
        values.append(stamp(chosen.since))
    if chosen.own_words:
        terms.append(WORDED)
    if chosen.problem:
        terms.append("problem IS NOT NULL")
    return " AND ".join(terms), values


def _local(moment_or_none: datetime | None) -> str | None:
    return moment_or_none.isoformat(timespec="seconds") if moment_or_none else None


def _row(note: Note) -> tuple[object, ...]:
    file = note.file
    return (
        note.id,
        note.path,
        file.title,
        _local(file.date),
        _local(file.modified),
        stamp(note.created_at),
        stamp(note.modified_at),
        stamp(note.indexed_at),
        int(file.id is not None),
        int(file.has_front_matter),
        to_json(file.aliases),
        file.source,
        to_json(file.authors),
        file.published,
        file.kind,
        file.status,
        file.visibility,
        int(note.level),
        to_json(file.only),
        file.via,
        file.hat_tip,
        file.question,
        file.insight,
        file.description,
        to_json(file.extra),
        file.body,
        file.own_words,
        note.stamp.size,
        note.stamp.mtime_ns,
        note.stamp.inode,
        note.stamp.sha,
        int(note.stamp.racy),
        to_text(note.missing_since),
        file.problem,
    )


def _note(
    row: Sequence[str], items: tuple[str, ...], tags: Iterable[str], links: tuple[NoteLink, ...]
) -> Note:
    cell = dict(zip(_NAMES.split(", "), row, strict=True))
    file = NoteFile(
        id=cell["id"] if cell["has_id"] else None,
        title=cell["title"],
        date=datetime.fromisoformat(cell["date"]) if cell["date"] else None,
        modified=datetime.fromisoformat(cell["modified"]) if cell["modified"] else None,
        tags=tuple(tags),
        aliases=names(cell["aliases"]),
        source=cell["source_url"],
        authors=names(cell["authors"]),
        published=cell["published"],
        items=items,
        kind=cell["kind"],
        status=cell["status"],
        visibility=cell["visibility"],
        only=names(cell["only"]),
        via=cell["via"],
        hat_tip=cell["hat_tip"],
        question=cell["question"],
        insight=cell["insight"],
        description=cell["description"],
        body=cell["body"],
        own_words=int(cell["own_words"]),
        links=links,
        problem=cell["problem"],
        has_front_matter=bool(cell["has_front_matter"]),
        extra=pairs(cell["extra"]),
    )
    return Note(
        id=cell["id"],
        path=cell["path"],
        file=file,
        level=Level(int(cell["level"])),
        stamp=FileStamp(
            size=int(cell["size"]),
            mtime_ns=int(cell["mtime_ns"]),
            inode=int(cell["inode"]),
            sha=cell["sha"],
            racy=bool(cell["racy"]),
        ),
        missing_since=to_moment(cell["missing_since"]),
        created_at=moment(cell["created_at"]),
        modified_at=moment(cell["modified_at"]),
        indexed_at=moment(cell["indexed_at"]),
    )
