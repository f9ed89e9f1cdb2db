"""A note gets another name, place or title, and the links to it follow: all of it, or nothing.

where to | what every link means before and after | which lines change || files and index in one go
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from pkm.errors import NotFound, Refused, UsageError
from pkm.model.note import Note
from pkm.rules import frontmatter
from pkm.rules.ids import path_id
from pkm.rules.linkmoves import Moving, is_touched, moving, rewritten
from pkm.rules.names import file_name, name_key, slug, unfit
from pkm.rules.notefile import read_note, set_keys
from pkm.rules.resolve import stem_of
from pkm.shelf import links, plan
from pkm.shelf.notes import taken_names
from pkm.shelf.plan import Edit, Plan
from pkm.shelf.shelf import Shelf
from pkm.vault import write

_HINT: Final = "give a name (new-name), a folder (archive/), both (archive/new-name.md), or a title in quotes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a note goes, and what it is called there.

    Attributes:
        path: As notes have theirs.
        title: None if it stays.
    """

    path: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A line in which a link follows.

    Attributes:
        line: 1 for the file's first line.
    """

    path: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a move will do.

    Attributes:
        note: As it is.
        to: Where it goes.
        rewrites: The lines of notes that change, by their paths before.
        plan: The same as bytes.
    """

    note: Note
    to: Place
    rewrites: tuple[Rewrite, ...]
    plan: Plan

    @property
    def changes(self) -> bool:
        """Whether anything becomes otherwise."""
        return bool(self.plan.edits or self.plan.moves)


def plan_move(shelf: Shelf, note: Note, new: str) -> Move:
    """Plan to move a note; nothing is changed.

    Args:
        shelf: In step with its files.
        note: The note.
        new: A name for its file, a folder, a path, or a title.

    Raises:
        UsageError: It is none of these.
        Refused: Something is there already, the note would leave its folders, or a link cannot follow.
        NoteUnreadable: A file in which a link has to be changed cannot be edited safely.
    """
    if note.missing_since is not None:
        raise NotFound(f"the file of '{note.title}' is gone", why=note.path, hint="pkm undo, or pkm trash")
    to = _destination(shelf, note, new)
    _refuse_taken(shelf, note, to)
    step = _moving(shelf, note, to)
    edits: dict[str, Edit] = {}
    rewrites: list[Rewrite] = []
    for path in _touched(shelf, step):
        data = write.read_file(shelf.home.root / path)
        try:
            changed = rewritten(step, path, data)[0]
        except Refused as error:
            raise type(error)(
                f"{path}: {error.what.removeprefix(f'{path}: ')}", why=error.why, hint=error.hint
            ) from error
        rewrites += _changed_lines(path, data, changed)
        if path == note.path and to.title is not None:
            changed = set_keys(changed, {"title": to.title})
        if changed != data:
            edits[path] = (write.sha(data), changed)
    moves = {note.path: to.path} if to.path != note.path else {}
    return Move(note=note, to=to, rewrites=tuple(rewrites), plan=Plan(edits=edits, moves=moves))


def carry_out(shelf: Shelf, move: Move) -> Note:
    """Do what was planned; the note as it now is.

    Raises:
        ChangedUnderneath: A file was changed since; nothing was done.
    """
    with shelf.writing():
        command = shelf.store.undo_log.begin(
            "notes mv", f"{move.note.path} to {move.to.title or move.to.path}", shelf.now()
        )
        plan.carry_out(shelf, move.plan, command=command)
    moved = shelf.store.notes.at(move.to.path)
    return moved if moved is not None else move.note


def _moving(shelf: Shelf, note: Note, to: Place) -> Moving:
    named = shelf.store.links.named()
    before = next(one for one in named if one.id == note.id)
    after = replace(
        before,
        id=path_id(to.path) if note.file.id is None else before.id,
        path=to.path,
        title=to.title or (stem_of(to.path) if _bears_its_name(shelf, note) else before.title),
    )
    root = shelf.home.root
    return moving(
        before,
        after,
        named,
        roots=links.vaults(shelf),
        is_file=lambda path: not path.endswith(".md") and (root / path).is_file(),
    )


def _bears_its_name(shelf: Shelf, note: Note) -> bool:
    """Whether its title is but its file's name: it says none of its own."""
    data = write.read_file(shelf.home.root / note.path)
    return read_note(data, stem="a").title != read_note(data, stem="b").title


def _touched(shelf: Shelf, step: Moving) -> Iterator[str]:
    graph = links.graph(shelf)
    for note in graph.names.notes:
        if is_touched(step, note.path, graph.links.get(note.id, ())):
            yield note.path


def _changed_lines(path: str, before: bytes, after: bytes) -> Iterator[Rewrite]:
    """The lines that differ; a link has no line end in it, so there are as many as before."""
    if before == after:
        return
    pairs = zip(_lines(before), _lines(after), strict=True)
    for number, (old, new) in enumerate(pairs, 1):
        if old != new:
            yield Rewrite(path=path, line=number, before=old.strip(), after=new.strip())


def _lines(data: bytes) -> list[str]:
    text = frontmatter.split(data).text
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# Where to.


def _destination(shelf: Shelf, note: Note, new: str) -> Place:
    said = new.strip()
    if not said or "\0" in said or "\n" in said:
        raise UsageError("it is not said where the note goes", hint=_HINT)
    here, root = posixpath.dirname(note.path), links.root_of(shelf, note.path)
    if said.endswith("/"):
        return Place(path=_inside(shelf, root, f"{said}{PurePosixPath(note.path).name}"))
    if "/" in said:
        return Place(path=_inside(shelf, root, _fit(said)))
    if said.casefold().endswith(".md") or slug(said) == said:
        return Place(path=posixpath.join(here, _fit(said)))
    if note.title == said:
        return Place(path=note.path)
    return Place(path=posixpath.join(here, _stem_for(shelf, note, said) + ".md"), title=said)


def _stem_for(shelf: Shelf, note: Note, title: str) -> str:
    taken = taken_names(shelf, (shelf.home.root / note.path).parent) - {name_key(stem_of(note.path))}
    return file_name(
        shelf.options.names,
        title=title,
        note_id=note.id,
        day=f"{note.created_at.astimezone(shelf.zone):%Y-%m-%d}",
        taken=taken,
    )


def _fit(path: str) -> str:
    """The path with its ending, if its last part is a good name."""
    folder, slash, name = path.rpartition("/")
    stem = stem_of(name)
    reason = unfit(stem)
    if reason:
        raise UsageError(f"'{stem}' is no good name for a note", why=reason, hint=_HINT)
    return f"{folder}{slash}{stem}.md"


def _inside(shelf: Shelf, root: str, path: str) -> str:
    """A path as notes have theirs: from the home if it begins with a folder of notes, else in the note's own."""
    folders = [folder for folder in shelf.home.note_folders if folder != "."]
    own = any(path.startswith(f"{folder.rstrip('/')}/") for folder in folders)
    whole = posixpath.normpath(path if own else posixpath.join(root, path))
    parts = whole.strip("/").split("/")
    kept = not folders or any(whole.startswith(f"{folder.rstrip('/')}/") for folder in folders)
    if (
        ".." in parts
        or any(part.startswith(".") for part in parts)
        or not (kept or "." in shelf.home.note_folders)
    ):
        raise Refused(
            f"{path}: no folder of your notes",
            why="the note would no longer be found",
            hint=f"your notes lie in {', '.join(shelf.home.note_folders)}",
        )
    return whole


def _refuse_taken(shelf: Shelf, note: Note, to: Place) -> None:
    if to.path == note.path:
        return
    same = name_key(to.path) == name_key(note.path)
    if (shelf.home.root / to.path).exists() and not same:
        raise Refused(f"there is a file at {to.path}", why="nothing was moved", hint="choose another name")
    stem = name_key(stem_of(to.path))
    if stem == name_key(stem_of(note.path)):
        return
    others = [
        one.path for one in shelf.store.links.named() if name_key(one.stem) == stem and one.id != note.id
    ]
    if others:
        raise Refused(
            f"there is a note of that name: {others[0]}",
            why=f"with a second one nobody could tell which of them [[{stem_of(to.path)}]] means",
            hint="choose another name",
        )
