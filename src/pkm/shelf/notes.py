"""Making and growing notes: the one place that writes the user's words into files.

All inside `shelf.writing`: the file first, then its rows, so that a crash between leaves a file that the
next scan finds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pkm.errors import NoteUnreadable, UsageError
from pkm.model.item import Item
from pkm.model.note import Kind, Note
from pkm.rules.names import file_name, name_key
from pkm.rules.notefile import append_paragraph, new_note, set_keys
from pkm.rules.pointers import via_text
from pkm.rules.urls import without_secrets
from pkm.rules.when import local_stamp
from pkm.shelf import noteindex, pen
from pkm.shelf.shelf import Shelf
from pkm.vault import write

_TITLE_WORDS = 8
_TITLE_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """What a new note is to say.

    Attributes:
        title: None: the item's, else the first words of the text.
        items: On which items; the first one's title, address and author stand in the front matter.
        level: Its visibility as a word; None leaves the home's default in force, unwritten.
        question: Id of the question that it is about.
        words: Of a question: what to look for.
    """

    text: str = ""
    title: str | None = None
    kind: str | None = None
    items: tuple[Item, ...] = ()
    tags: tuple[str, ...] = ()
    status: str | None = None
    level: str | None = None
    only: tuple[str, ...] = ()
    question: str | None = None
    insight: str | None = None
    words: tuple[str, ...] = ()


def make(shelf: Shelf, new: NewNote, *, command: int | None) -> Note:
    """Make a note's file and index it."""
    note_id = shelf.ids.new("n")
    title = new.title or (new.items[0].title if len(new.items) == 1 else None) or _title_of(new.text)
    about = new.items[0] if len(new.items) == 1 else None
    data = new_note(
        id=note_id,
        title=title or note_id,
        date=pen.local_now(shelf),
        kind=new.kind or (Kind.COMMENT if new.items else Kind.THOUGHT),
        body=new.text,
        items=[item.id for item in new.items],
        source=without_secrets(about.url) if about and about.url else None,
        authors=about.authors if about else (),
        published=about.published_at.astimezone(shelf.zone).date().isoformat()
        if about and about.published_at
        else None,
        tags=new.tags,
        visibility=new.level,
        only=new.only,
        via=via_text(about.via) if about else None,
        hat_tip=about.hat_tip if about else None,
        status=new.status,
        question=new.question,
        insight=new.insight,
        words=new.words,
    )
    path = _free_path(shelf, title or note_id, note_id)
    pen.make(shelf, path, data, command=command)
    return index(shelf, path, data)


def comment_note(shelf: Shelf, item: Item) -> Note | None:
    """The note that a sentence on an item goes to: the oldest comment on it alone."""
    comments = [
        note
        for note in shelf.store.notes.on(item.id)
        if note.kind == Kind.COMMENT and note.file.items == (item.id,) and note.file.problem is None
    ]
    return comments[0] if comments else None


def append(shelf: Shelf, note: Note, text: str, *, command: int | None) -> Note:
    """Add a paragraph to a note, and say in its front matter that it changed."""

    def edit(data: bytes) -> bytes:
        return _stamped(shelf, append_paragraph(data, text))

    return change(shelf, note, edit, command=command)


def set_front_matter(
    shelf: Shelf, note: Note, changes: Mapping[str, str | Sequence[str] | None], *, command: int | None
) -> Note:
    """Set or remove keys of a note's front matter; a note without an id gets one with its first change."""
    wanted = dict(changes)
    if note.file.id is None and not note.file.problem:
        wanted["id"] = shelf.ids.new("n")
    return change(shelf, note, lambda data: set_keys(data, wanted), command=command)


def change(shelf: Shelf, note: Note, edit: Callable[[bytes], bytes], *, command: int | None) -> Note:
    """Change a note's file and index it again."""
    path = shelf.home.root / note.path
    try:
        data = pen.change(shelf, path, edit, command=command)
    except NoteUnreadable as error:
        raise about(note, error) from error
    return index(shelf, path, data)


def about(note: Note, error: NoteUnreadable) -> NoteUnreadable:
    """A refusal of the rules, which know no notes, with this one's name in it."""
    hint = error.hint.replace("pkm notes edit NOTE", f"pkm notes edit {note.id}")
    return NoteUnreadable(f"{note.path}: {error.what}", why=error.why, hint=hint)


def index(shelf: Shelf, path: Path, data: bytes) -> Note:
    """Index a note whose bytes were just read or written."""
    return noteindex.put(shelf, shelf.home.relative(path), data, write.stamp(path, data))


def _stamped(shelf: Shelf, data: bytes) -> bytes:
    return set_keys(data, {"modified": local_stamp(shelf.now(), shelf.zone)})


def _free_path(shelf: Shelf, title: str, note_id: str) -> Path:
    folder = shelf.home.notes
    stem = file_name(
        shelf.options.names,
        title=title,
        note_id=note_id,
        day=f"{pen.local_now(shelf):%Y-%m-%d}",
        taken=taken_names(shelf, folder),
    )
    return folder / f"{stem}.md"


def taken_names(shelf: Shelf, folder: Path) -> set[str]:
    """What a new note may not be called, as `name_key`s: the names of all notes, and of all files of its folder."""
    taken = {name_key(stem) for stem in shelf.store.notes.stems()}
    if folder.is_dir():
        taken |= {name_key(path.stem) for path in folder.iterdir()}
    return taken


def _title_of(text: str) -> str:
    """The first words of a text, as a title."""
    first = next((line.strip(" #>*-\t") for line in text.splitlines() if line.strip(" #>*-\t")), "")
    words = first.split()[:_TITLE_WORDS]
    return " ".join(words)[:_TITLE_CHARS].rstrip(" .,;:")


def must_hold_words(text: str) -> str:
    """The same text, unless it is empty."""
    if not text.strip():
        raise UsageError("there are no words to keep", hint='write a sentence: -m "what it means to you"')
    return text
