"""Words that are written in an editor: a draft that stays until they are filed, a note that is read again.

The editor itself belongs to the caller, and never runs inside the write lock.
"""

from itertools import count
from pathlib import Path
from typing import Final

from pkm.model.note import Note
from pkm.rules.clean import Sink, clean
from pkm.shelf import notes, pen
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change
from pkm.vault import write
from pkm.vault.write import ChangedUnderneath

_OPEN: Final = "<!-- pkm: write above this line. An empty text files nothing."
_CLOSE: Final = "-->"


def begin(shelf: Shelf, name: str, *, text: str = "", help_lines: tuple[str, ...] = ()) -> Path:
    """A draft to be opened in an editor; one that was begun and never filed is gone on with.

    Args:
        shelf: Where.
        name: Stem of its file.
        text: What it holds at first.
        help_lines: What stands below the line, for the writer's eyes.
    """
    path = shelf.home.drafts / f"{name}.md"
    if path.exists():
        return path
    told = "\n".join(clean(line, Sink.LINE).replace("--", "- -") for line in help_lines)
    below = f"{_OPEN}\n{told}\n{_CLOSE}\n" if told else f"{_OPEN}\n{_CLOSE}\n"
    write.create(path, f"{text}\n\n{below}".encode())
    return path


def put_aside(shelf: Shelf, name: str, words: str) -> Path:
    """Keep words that could not be filed, in a file that was not there before."""
    for number in count(1):
        path = shelf.home.drafts / f"{name}{f'-{number}' if number > 1 else ''}.md"
        try:
            write.create(path, f"{words}\n".encode())
        except ChangedUnderneath:
            continue
        return path
    raise AssertionError


def words_of(path: Path) -> str:
    """What was written in a draft, without what stood below the line."""
    text = write.read_file(path).decode("utf-8", "replace").replace("\r\n", "\n")
    above, opened, below = text.partition(_OPEN)
    rest = below.partition(_CLOSE)[2] if opened else ""
    return "\n\n".join(part.strip() for part in (above, rest) if part.strip())


def end(path: Path) -> None:
    """Remove a draft whose words are filed, and its folder if it was the last."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def edited(shelf: Shelf, note: Note, before: bytes, *, name: str = "notes edit") -> Note | None:
    """Index a note whose file was open in an editor, so that `undo` can bring the old words back.

    Args:
        shelf: Where.
        note: As it was.
        before: The file's bytes before the editor.
        name: The command, for `undo`.

    Returns:
        The note as it now is; None if nothing was changed.
    """
    path = shelf.home.root / note.path
    data = write.read_file(path)
    if data == before:
        return None
    with shelf.writing():
        command = shelf.store.undo_log.begin(name, f"edited {note.path}", shelf.now())
        kept = pen.keep(shelf, path, before)
        change = Change(what="file", ref=note.path, before=kept, after=write.sha(data))
        shelf.store.undo_log.add(command, [change])
        return notes.index(shelf, path, data)
