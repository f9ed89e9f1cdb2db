"""Checks of the notes' files: can each be read, does each stand for one note, are its quotes still in it."""

import re
from collections.abc import Iterator
from typing import Final

from pkm.errors import PkmError
from pkm.model.digest import Finding
from pkm.model.note import Note
from pkm.rules import frontmatter
from pkm.rules.notefile import read_note, set_keys
from pkm.rules.resolve import stem_of
from pkm.sense.checkscene import Scene, Trouble
from pkm.vault import write

_LINE: Final = re.compile(r"line (\d+): (.*)", re.DOTALL)


def unreadable(scene: Scene) -> Iterator[Trouble]:
    """Files that are no use to anybody: links out of the home, files without permission."""
    for path, reason in scene.synced.unreadable:
        finding = Finding(
            level="error", check="unreadable", path=path, message=reason, hint=f"look at it: ls -l {path}"
        )
        yield Trouble(finding=finding)


def conflict_copies(scene: Scene) -> Iterator[Trouble]:
    """Copies that a sync tool made when a file was changed in two places."""
    for path in scene.synced.conflicts:
        finding = Finding(
            level="warning",
            check="conflict-copy",
            path=path,
            message="a copy that a sync tool made; it is no note",
            hint="compare it with the note beside it, keep what you want, remove the copy",
        )
        yield Trouble(finding=finding)


def front_matter(scene: Scene) -> Iterator[Trouble]:
    """Front matter that cannot be read, bytes that are no UTF-8, ids that two files bear."""
    for note in scene.shelf.store.notes.with_problems():
        yield _problem(scene, note)


def _problem(scene: Scene, note: Note) -> Trouble:
    said = note.file.problem or ""
    line = _LINE.match(said)
    data = _data(scene, note.path)
    check, level = "front-matter", "error"
    hint = f"mend that line: pkm notes edit {note.path}"
    if frontmatter.split(data).problem:
        check, hint = (
            "encoding",
            "save it as UTF-8 in your editor; until then pkm reads it and never writes it",
        )
    elif (twin := _bearer(scene, note, data)) is not None:
        new_id = scene.shelf.ids.new("n")
        finding = Finding(
            level="error",
            check="duplicate-id",
            path=note.path,
            line=None,
            message=f"it bears the id of {twin}",
            hint="pkm notes check --fix gives the copy an id of its own",
        )
        return Trouble(finding=finding, mend=lambda bytes_: set_keys(bytes_, {"id": new_id}))
    finding = Finding(
        level=level,
        check=check,
        path=note.path,
        line=int(line[1]) if line else None,
        message=line[2] if line else said,
        hint=hint,
    )
    return Trouble(finding=finding)


def _bearer(scene: Scene, note: Note, data: bytes) -> str | None:
    """The path of another note that has the id which a file bears; None if it bears its own or none."""
    own = read_note(data, stem=stem_of(note.path)).id
    other = scene.named(own) if own else None
    return other.path if other is not None and other.path != note.path else None


def _data(scene: Scene, path: str) -> bytes:
    try:
        return write.read_file(scene.shelf.home.root / path)
    except PkmError:  # it went between the look and this; what is known of it is told all the same
        return b""


def unmarked_quotes(scene: Scene) -> Iterator[Trouble]:
    """Quotes whose mark no longer stands in their note: nothing shows where they belong."""
    bodies = dict(scene.shelf.store.links.bodies())
    for quote in scene.shelf.store.quotes.all():
        note = scene.shelf.store.notes.get(quote.note)
        if note is None or note.missing_since is not None:
            path, message = quote.note, f"the note of a quote is gone: {_short(quote.anchor.exact)}"
        elif f"^{quote.id}" not in bodies.get(note.id, ""):
            path, message = note.path, f"a quote has lost its mark ^{quote.id}: {_short(quote.anchor.exact)}"
        else:
            continue
        finding = Finding(
            level="note",
            check="unmarked-quote",
            path=path,
            message=message,
            hint=f'quote it again: pkm sense {quote.item} --quote "{_short(quote.anchor.exact)}"',
        )
        yield Trouble(finding=finding)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:40]}…"
