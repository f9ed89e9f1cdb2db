"""How a link has to be written so that it means a given note."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from pkm.rules.linkplaces import Place, places
from pkm.rules.markup import Spans
from pkm.rules.names import name_key
from pkm.rules.resolve import Named, Names, Step, without_ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a link is to mean, and how it meant it before.

    Attributes:
        note: What it shall mean.
        step: By what it was understood before: that way of writing is kept where it can be.
        at: Path of the note that it stands in, as it will be.
    """

    note: Named
    step: Step | None
    at: str


def new_target(place: Place, wanted: Wanted, names: Names) -> str | None:
    """The target to be written in a link's place; None if no way of writing leads there.

    Args:
        place: The link as it stands.
        wanted: What it shall mean.
        names: All that can be named by then.
    """
    for candidate in _candidates(place, wanted, names):
        written = place.written(candidate)
        if _means(place, written, wanted, names):
            return written
    return None


def new_path(place: Place, *, before: str, after: str) -> str:
    """The target of a path that leads to a file which stays, when its note moves.

    Args:
        place: The link.
        before: The note's path before.
        after: And afterwards.
    """
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(before), place.target))
    return place.written(_relative(meant, after, dotted=place.target.startswith("./")))


def _candidates(place: Place, wanted: Wanted, names: Names) -> Iterator[str]:
    note = wanted.note
    ending = ".md" if place.is_path or place.target.casefold().endswith(".md") else ""
    bare = without_ending(note.path)
    relative = _relative(note.path, wanted.at, dotted=place.target.startswith("./"))
    if wanted.step == Step.RELATIVE:
        yield relative if ending else without_ending(relative)
    if wanted.step == Step.ID:
        yield note.id
    if wanted.step == Step.TITLE:
        yield note.title
    if wanted.step == Step.ALIAS:
        yield place.target
    if wanted.step in {Step.PATH, Step.SUFFIX}:
        yield from _like(place, note, names, ending)
    if not place.is_path or wanted.step == Step.STEM:
        yield note.stem + ending
    parts = bare.strip("/").split("/")
    for count in range(2, len(parts) + 1):
        yield "/".join(parts[-count:]) + ending
    if place.is_path:
        yield relative
    else:
        yield note.id


def _like(place: Place, note: Named, names: Names, ending: str) -> Iterator[str]:
    """As many parts of the path as before: from the home, from the vault, or its end."""
    bare = without_ending(note.path)
    slash = "/" if place.target.startswith("/") else ""
    root = names.root_of(note.path)
    # How the link began tells which root it counted from: its first folder is still there, or it is not.
    first = name_key(place.target.strip("/").partition("/")[0])
    from_root = bare[len(root) :]
    whole = bare.strip("/")
    if name_key(whole.partition("/")[0]) == first or not root:
        yield slash + whole + ending
    yield slash + from_root + ending


def _means(place: Place, written: str, wanted: Wanted, names: Names) -> bool:
    """Whether a target, put into a link of that form, is read as one and leads where it shall."""
    if place.is_path:
        text = f"[x](<{written}>)" if place.pointed else f"[x]({written})"
    else:
        text = f"[[{written}|x]]"
    found = list(places(text, Spans(text)))
    if len(found) != 1 or found[0].anchor or found[0].closed != len(text):
        return False
    meant = names.resolve(found[0].target, form=place.form, at=wanted.at).one
    return meant is not None and meant.id == wanted.note.id


def _relative(path: str, at: str, *, dotted: bool) -> str:
    """A path from the folder of the file `at`."""
    way = posixpath.relpath(path, posixpath.dirname(at) or ".")
    return f"./{way}" if dotted and not way.startswith("../") else way
