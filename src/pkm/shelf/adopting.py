"""Folders of notes that were there before pkm: read where they are, and not one byte of them changed.

Which folders are read stands in `pkm.toml` alone, so that a person can say it there as well.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from pkm.errors import NotFound, Refused, UsageError
from pkm.rules.linkgraph import is_file_name
from pkm.rules.tomllist import with_list
from pkm.shelf import links, pen
from pkm.shelf.home import folder_name
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync
from pkm.store.notes import NoteFilter
from pkm.vault.scan import scan

_SETTING = ("notes", "folders")
_MADE_BY = ((".obsidian", "Obsidian"), (".zk", "zk"), (".foam", "Foam"), ("logseq", "Logseq"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A folder before it is adopted.

    Attributes:
        folder: As the settings will name it: below the home relative, else absolute.
        path: Absolute.
        notes: How many markdown files.
        size: Of all of them, bytes.
        made_by: The program whose folder it is, as far as a look tells.
    """

    folder: str
    path: Path
    notes: int
    size: int
    made_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """A folder that is read from now on.

    Attributes:
        notes, links: How many.
        broken: Links that mean no note, or several.
        problems: Path below the folder, and what cannot be read there, with its line.
        unreadable: Path below the folder, and why nothing of it could be read.
        copies: Conflict copies; they are no notes.
    """

    folder: str
    notes: int
    links: int
    broken: int
    problems: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    copies: tuple[str, ...] = ()


def look(shelf: Shelf, word: str) -> Looked:
    """Look at a folder that somebody wants to adopt; nothing is changed or stored.

    Raises:
        NotFound: There is no such folder.
        UsageError: It is read already, or holds no note.
        Refused: It holds the home, or something that is read already.
    """
    path = Path(os.path.abspath(Path(word).expanduser()))  # noqa: PTH100 - resolve() would follow the user's links
    if not path.is_dir():
        raise NotFound(f"{word}: no such folder", hint="name the folder that your notes are in")
    folder = folder_name(shelf.home.relative(path))
    _refuse(shelf, path, folder)
    found = scan(shelf.home.root, [folder], {}, now_ns=0)
    if not found.changed:
        raise UsageError(f"{word} holds no notes", why="pkm reads files whose name ends in .md")
    made_by = next((name for mark, name in _MADE_BY if (path / mark).is_dir()), None)
    size = sum(read.stamp.size for read in found.changed)
    return Looked(folder=folder, path=path, notes=len(found.changed), size=size, made_by=made_by)


def adopt(shelf: Shelf, looked: Looked) -> Adopted:
    """Name a folder in `pkm.toml`, and index its notes.

    Raises:
        Refused: `pkm.toml` is written so that the line has to be set by hand; nothing was changed.
    """
    summary = f"adopted {looked.notes} notes of {looked.folder}"
    _set(shelf, (*_named(shelf), looked.folder), summary)
    folders = (*shelf.home.note_folders, looked.folder)
    wider = replace(shelf, home=replace(shelf.home, note_folders=folders))
    seen = sync(wider, wait=True)
    inside = f"{looked.folder}/"
    held = [note for note in wider.store.notes.listing(NoteFilter()) if note.path.startswith(inside)]
    edges = [edge for edge in links.graph(wider).edges() if edge.note.path.startswith(inside)]
    return Adopted(
        folder=looked.folder,
        notes=len(held),
        links=len(edges),
        broken=sum(edge.meant.one is None and not is_file_name(edge.link.target) for edge in edges),
        problems=tuple(
            sorted((note.path.removeprefix(inside), note.file.problem) for note in held if note.file.problem)
        ),
        unreadable=_below(inside, seen.unreadable),
        copies=tuple(one.removeprefix(inside) for one in seen.conflicts if one.startswith(inside)),
    )


def release(shelf: Shelf, word: str) -> int:
    """Take a folder out of `pkm.toml`, and its notes off the index; how many. The folder stays as it is.

    Raises:
        NotFound: It was not adopted.
        Refused: As `adopt`.
    """
    path = Path(os.path.abspath(Path(word).expanduser()))  # noqa: PTH100 - as above
    named = {folder_name(folder): folder for folder in _named(shelf)}
    folder = folder_name(shelf.home.relative(path))
    if folder not in named:
        folder = folder_name(word)
    if folder not in named:
        raise NotFound(
            f"{word} was not adopted",
            why=f"adopted: {', '.join(named) or 'nothing'}",
            hint="pkm config get notes.folders",
        )
    rest = tuple(name for name in named if name != folder)
    _set(shelf, rest, f"no longer reads {folder}")
    narrower = replace(shelf.home, note_folders=tuple(f for f in shelf.home.note_folders if f != folder))
    return sync(replace(shelf, home=narrower), wait=True).released


def _named(shelf: Shelf) -> tuple[str, ...]:
    """The folders that the settings name: all but the home's own."""
    return tuple(folder for folder in shelf.home.note_folders if folder != "notes")


def _set(shelf: Shelf, folders: tuple[str, ...], summary: str) -> None:
    def edited(data: bytes) -> bytes:
        return with_list(data.decode("utf-8"), _SETTING, folders).encode("utf-8")

    with shelf.writing():
        command = shelf.store.undo_log.begin("notes adopt", summary, shelf.now())
        if shelf.home.settings.is_file():
            pen.change(shelf, shelf.home.settings, edited, command=command)
        else:
            pen.make(shelf, shelf.home.settings, edited(b""), command=command)


def _refuse(shelf: Shelf, path: Path, folder: str) -> None:
    home = shelf.home
    if home.holds(f"{folder}/x.md"):
        raise UsageError(f"the notes of {folder} are read already", hint="pkm notes list")
    if home.root.resolve().is_relative_to(path.resolve()):
        raise Refused(
            f"{path} holds your home",
            why="its drafts and digests would be taken for notes",
            hint=f"make the folder itself your home: pkm --home {path} init",
        )
    if path.resolve().is_relative_to(home.state.resolve()):
        raise Refused(f"{path} is pkm's own", why="everything in it can be made again, and goes")
    if inner := [
        one for one in home.note_folders if (home.root / one).resolve().is_relative_to(path.resolve())
    ]:
        raise Refused(
            f"{path} holds {inner[0]}, which is read already",
            hint=f"pkm notes adopt --remove {inner[0]}, then adopt {path}",
        )


def _below(inside: str, told: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((path.removeprefix(inside), why) for path, why in told if path.startswith(inside))
