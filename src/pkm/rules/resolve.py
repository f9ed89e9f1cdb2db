"""Which note a link means.

The first step that finds anything decides: id, path, end of a path, file name, title, alias; all
compared without case and in one Unicode form. Two notes at one step are ambiguous, and then none is meant; of notes
in several vaults the one in the link's own vault is. A path (`[…](x.md)`, or anything that begins with a dot) is looked
up from its own note first, and never by a title.
"""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pkm.model.note import LinkForm
from pkm.rules.names import name_key

_ENDING: Final = ".md"


class Step(StrEnum):
    """By what a link was understood."""

    ID = "id"
    RELATIVE = "relative"
    PATH = "path"
    SUFFIX = "suffix"
    STEM = "stem"
    TITLE = "title"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a note can be linked by.

    Attributes:
        path: Relative to the home, or absolute in an adopted folder elsewhere; ends in `.md`.
    """

    id: str
    path: str
    title: str
    aliases: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """Its file's name without folder and ending."""
        return stem_of(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a link means: one note; several, and so none; or nothing that is here."""

    notes: tuple[Named, ...] = ()
    step: Step | None = None

    @property
    def one(self) -> Named | None:
        """The note that is meant, None if none or several might be."""
        return self.notes[0] if len(self.notes) == 1 else None


class Names:
    """All that links can name, ready to be asked."""

    def __init__(self, notes: Iterable[Named], *, roots: Sequence[str] = ()) -> None:
        """Take the notes in.

        Args:
            notes: Those whose files are there.
            roots: Folders that are vaults of their own, as the notes' paths begin.
        """
        self.notes = tuple(notes)
        self._roots = tuple(sorted((root.rstrip("/") + "/" for root in roots if root != "."), key=len))
        self._by: dict[tuple[Step, str], list[Named]] = {}
        for note in self.notes:
            for step, name in dict.fromkeys(self._names(note)):
                self._by.setdefault((step, name), []).append(note)

    def resolve(self, target: str, *, form: LinkForm, at: str) -> Resolved:
        """The notes that a target means.

        Args:
            target: Without anchor and label, %-escapes resolved.
            form: How the link is written.
            at: Path of the note that it stands in.
        """
        for step, name in _asked(target, form, at):
            found = self._by.get((step, name))
            if found:
                return Resolved(notes=self._nearest(found, at), step=step)
        return Resolved()

    def root_of(self, path: str) -> str:
        """The vault that a path lies in, with a slash at its end; empty for the home."""
        return next((root for root in reversed(self._roots) if path.startswith(root)), "")

    def _names(self, note: Named) -> Iterator[tuple[Step, str]]:
        whole = name_key(without_ending(note.path))
        yield Step.ID, name_key(note.id)
        yield Step.RELATIVE, whole
        yield Step.PATH, whole
        root = self.root_of(note.path)
        if root:
            yield Step.PATH, name_key(without_ending(note.path[len(root) :]))
        parts = whole.strip("/").split("/")
        yield Step.STEM, parts[-1]
        for count in range(2, len(parts) + 1):
            yield Step.SUFFIX, "/".join(parts[-count:])
        yield Step.TITLE, name_key(note.title)
        for alias in note.aliases:
            yield Step.ALIAS, name_key(alias)

    def _nearest(self, found: list[Named], at: str) -> tuple[Named, ...]:
        if len(found) > 1 and self._roots:
            root = self.root_of(at)
            near = tuple(note for note in found if self.root_of(note.path) == root)
            if len(near) == 1:
                return near
        return tuple(found)


def _asked(target: str, form: LinkForm, at: str) -> Iterator[tuple[Step, str]]:
    """What is looked up for a target, in order."""
    name = name_key(without_ending(target.strip()))
    if form in {LinkForm.PATH, LinkForm.IMAGE} or target.startswith(("./", "../")):
        yield Step.RELATIVE, name_key(joined(at, without_ending(target)))
        if target.startswith("."):
            return
    else:
        yield Step.ID, name
    yield Step.PATH, name.removeprefix("/") if not at.startswith("/") else name
    plain = name.strip("/")
    yield (Step.SUFFIX if "/" in plain else Step.STEM), plain
    if form in {LinkForm.WIKI, LinkForm.EMBED}:
        whole = name_key(target.strip())
        yield Step.TITLE, whole
        yield Step.ALIAS, whole


def without_ending(path: str) -> str:
    """A path or name without its `.md`."""
    return path[: -len(_ENDING)] if path.casefold().endswith(_ENDING) else path


def stem_of(path: str) -> str:
    """The name of a file without folder and `.md`."""
    return without_ending(path.rpartition("/")[2])


def joined(at: str, target: str) -> str:
    """A path as it is meant in the file `at`: from that file's folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(at), target))
