"""From a note's bytes to its rows: what the store knows of a file that the user may change at any time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from pkm.model.item import Item, State
from pkm.model.note import FileStamp, Note, NoteFile
from pkm.rules.ids import is_id, path_id
from pkm.rules.limits import TITLE_CHARS
from pkm.rules.notefile import read_note
from pkm.rules.pointers import read_via
from pkm.rules.urls import canonical, match_url
from pkm.rules.when import in_zone
from pkm.shelf import index, quoting
from pkm.shelf.shelf import Shelf

_YEARS = range(1_000, 9_000)  # at the ends of time a shift to another zone fails


def put(shelf: Shelf, path: str, data: bytes, stamp: FileStamp) -> Note:
    """Index a note's file as it now is; inside `shelf.writing`.

    Args:
        shelf: Where.
        path: Relative to the home.
        data: The file's bytes.
        stamp: What it is now.
    """
    file = read_note(data, stem=PurePosixPath(path).stem)
    note_id, file = _identity(shelf, path, file)
    made_at = _made_at(shelf, file, stamp)
    known = (_item_id(shelf, item, file, made_at) for item in file.items)
    file = replace(file, items=tuple(dict.fromkeys(known)))
    note = Note(
        id=note_id,
        path=path,
        file=file,
        level=file.level(shelf.options.level),
        stamp=stamp,
        created_at=made_at,
        modified_at=_changed_at(shelf, file, stamp),
        indexed_at=shelf.now(),
    )
    _forget_former(shelf, path, note_id)
    _know_again(shelf, note)
    shelf.store.notes.save(note)
    shelf.store.search.put([index.of_note(note)])
    quoting.put(shelf, shelf.store.quotes.of_note(note.id))
    return note


def _identity(shelf: Shelf, path: str, file: NoteFile) -> tuple[str, NoteFile]:
    """The note's id: its own, unless it has none or a copy bears that of another file."""
    if file.id is None or not is_id(file.id) or not file.id.startswith("n-"):
        return path_id(path), replace(file, id=None)
    holder = shelf.store.notes.get(file.id)
    if holder is not None and holder.path != path and _bears(shelf, holder.path, file.id):
        problem = f"its id {file.id} is that of {holder.path}: remove the id line of the copy"
        return path_id(path), replace(file, id=None, problem=file.problem or problem)
    return file.id, file


def _bears(shelf: Shelf, path: str, note_id: str) -> bool:
    """Whether the file that had an id still has it: files may have changed places."""
    try:
        data = (shelf.home.root / path).read_bytes()
    except OSError:
        return False
    return read_note(data, stem=PurePosixPath(path).stem).id == note_id


def _forget_former(shelf: Shelf, path: str, note_id: str) -> None:
    """A file that got an id (or lost it) is still the same note: its former id leads on."""
    former = shelf.store.notes.at(path)
    if former is None or former.id == note_id:
        return
    shelf.store.search.drop("note", former.id)
    if former.id.startswith("n~"):
        shelf.store.notes.remove(former.id)
        shelf.store.notes.move_id(former.id, note_id)


def _know_again(shelf: Shelf, note: Note) -> None:
    """A note without an id whose file was gone and stands elsewhere now: its former id leads on."""
    if not note.id.startswith("n~") or shelf.store.notes.at(note.path) is not None:
        return
    gone = [
        one for one in shelf.store.notes.with_sha(note.stamp.sha) if one.missing_since and one.id[1] == "~"
    ]
    if len(gone) == 1 and gone[0].id != note.id:
        drop(shelf, gone[0])
        shelf.store.notes.move_id(gone[0].id, note.id)


def drop(shelf: Shelf, note: Note) -> None:
    """Take a note off the index; its file is not touched. Inside `shelf.writing`."""
    shelf.store.notes.remove(note.id)
    shelf.store.search.drop("note", note.id)


def release(shelf: Shelf, paths: Sequence[str]) -> int:
    """Take notes off the index that lie in no folder of notes any more; how many. Inside `shelf.writing`."""
    found = [note for path in paths if (note := shelf.store.notes.at(path)) is not None]
    for note in found:
        drop(shelf, note)
    return len(found)


def lose(shelf: Shelf, gone: Sequence[str]) -> tuple[str, ...]:
    """Remember that files are gone; one that stands elsewhere now has been moved, not lost."""
    lost: list[str] = []
    for path in gone:
        note = shelf.store.notes.at(path)
        if note is None:
            continue
        twins = [
            one
            for one in shelf.store.notes.with_sha(note.stamp.sha)
            if one.path != path and not one.missing_since
        ]
        if len(twins) == 1 and note.id.startswith("n~"):
            drop(shelf, note)
            shelf.store.notes.move_id(note.id, twins[0].id)
            continue
        shelf.store.notes.set_missing(note.id, shelf.now())
        shelf.store.search.drop("note", note.id)
        lost.append(path)
    return tuple(lost)


def _made_at(shelf: Shelf, file: NoteFile, stamp: FileStamp) -> datetime:
    if file.date is not None and file.date.year in _YEARS:
        return in_zone(file.date, shelf.zone)
    return datetime.fromtimestamp(stamp.mtime_ns / 1e9, UTC)


def _changed_at(shelf: Shelf, file: NoteFile, stamp: FileStamp) -> datetime:
    if file.modified is not None and file.modified.year in _YEARS:
        return in_zone(file.modified, shelf.zone)
    return _made_at(shelf, file, stamp)


def _published_at(shelf: Shelf, file: NoteFile) -> datetime | None:
    try:
        day = datetime.fromisoformat((file.published or "")[:10])
    except ValueError:
        return None
    return in_zone(day, shelf.zone) if day.year in _YEARS else None


def _item_id(shelf: Shelf, item_id: str, file: NoteFile, made_at: datetime) -> str:
    """The item that a file names; one that only the file knows comes back as a stub, to hang the note on."""
    item = shelf.store.items.get(item_id)
    if item is not None:
        return item.id
    if not item_id.startswith("i-") or not is_id(item_id):
        return item_id
    url = canonical(file.source) if file.source and len(file.items) == 1 else None
    known = shelf.store.items.matching([match_url(url)]) if url else {}
    if known:
        return adopt_id(shelf, next(iter(known.values())), item_id)
    published = _published_at(shelf, file) if len(file.items) == 1 else None
    stub = Item(
        id=item_id,
        title=file.title if len(file.items) == 1 else None,
        url=url,
        kind="page" if url else "text",
        authors=file.authors if len(file.items) == 1 else (),
        published_at=published,
        first_seen=made_at,
        sort_at=made_at,
        state=State.KEPT,
        kept_at=made_at,
        via=read_via(file.via),
        stub=True,
    )
    add_stub(shelf, stub)
    return stub.id


def add_stub(shelf: Shelf, stub: Item) -> None:
    """Store an item that only the user's files know; inside `shelf.writing`."""
    # A person may have typed it, or another program: the store takes no longer title than a feed's.
    stub = replace(stub, title=stub.title[:TITLE_CHARS] if stub.title else None)
    shelf.store.items.add([stub])
    if stub.url:
        shelf.store.items.name([(match_url(stub.url), stub.id)])
    shelf.store.search.put([index.of_item(stub, None)])


def adopt_id(shelf: Shelf, known: str, wanted: str) -> str:
    """An id that stands in a file wins over one that only the store knows; the loser leads to the winner."""
    if known == wanted:
        return known
    if shelf.store.items.stands_in_a_file(known):
        shelf.store.items.alias(wanted, known)
        return known
    shelf.store.items.rename(known, wanted)
    return wanted
