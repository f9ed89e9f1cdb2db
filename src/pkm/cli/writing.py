"""Words written in the user's editor: a note that is there, or a draft that is filed when it is closed.

The editor never runs inside the write lock, and a draft stays until its words are filed.
"""

from collections.abc import Callable
from typing import TypeVar

from pkm.cli.ask import edit
from pkm.cli.context import Run
from pkm.cli.output import say, warn
from pkm.config import Settings
from pkm.errors import NoteUnreadable, PkmError
from pkm.model.item import Item
from pkm.model.note import Note
from pkm.sense import drafts
from pkm.sense.annotate import Sensed, Sentence, annotate
from pkm.shelf.shelf import Shelf
from pkm.vault.write import read_file

Filed = TypeVar("Filed")


def edit_note(run: Run, shelf: Shelf, settings: Settings, note: Note) -> Note | None:
    """Open a note's file, and index what it says afterwards; None if nothing was changed."""
    path = shelf.home.root / note.path
    before = read_file(path)
    if not edit(run, path, settings):
        return None
    changed = drafts.edited(shelf, note, before)
    if changed is None:
        say(run, f"{note.path} is as it was.")
    elif changed.file.problem:
        warn(f"{changed.path}: {changed.file.problem}")
        warn(
            f"Your words are kept and found, but its front matter cannot be read: pkm notes edit {changed.id}"
        )
    return changed


def file_or_put_aside(
    shelf: Shelf, item: Item, sentence: Sentence, *, name: str, passage: str | None = None
) -> Sensed:
    """File a sentence; one that is refused is kept as a draft of that name, for nobody types it twice."""
    try:
        return annotate(shelf, item, sentence, passage=passage)
    except NoteUnreadable:
        if sentence.text.strip():
            path = drafts.put_aside(shelf, name, sentence.text)
            warn(f"Not filed. Your words are in {shelf.home.relative(path)}")
        raise


def write_draft(  # noqa: PLR0913 - what a draft is made of, and what becomes of it
    run: Run,
    shelf: Shelf,
    settings: Settings,
    name: str,
    *,
    text: str = "",
    blank: str = "",
    help_lines: tuple[str, ...] = (),
    file: Callable[[str], Filed],
) -> Filed | None:
    """Let the user write, then file the words; None if there are none.

    Args:
        run: The call.
        shelf: Where.
        settings: Name the editor.
        name: Stem of the draft.
        text: What stands there at first.
        blank: Words that count as nothing if they are left as they are.
        help_lines: For the writer's eyes.
        file: Files the words; while it fails, the draft stays.
    """
    path = drafts.begin(shelf, name, text=text, help_lines=help_lines)
    ran = edit(run, path, settings)
    words = drafts.words_of(path)
    if words.strip() in {"", blank.strip()}:
        if ran:
            drafts.end(path)
            say(run, "Nothing was written, so nothing was filed.")
        else:
            say(run, "Write there, then type the same line again.")
        return None
    try:
        filed = file(words)
    except PkmError:
        warn(f"Not filed. Your words are in {shelf.home.relative(path)}")
        raise
    drafts.end(path)
    return filed
