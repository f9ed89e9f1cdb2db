"""Prompts and templates that the user may replace: which there are, and how one becomes the user's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pkm.errors import NotFound, Refused, UsageError
from pkm.shelf import pen
from pkm.shelf.shelf import Shelf
from pkm.vault import assets
from pkm.vault.assets import Asset

_PROMPTS: Final = ("prompts", ".md", "sense --as")
_TEMPLATES: Final = ("templates", ".md.j2", "share draft --template")
_OF_NOTES: Final = "note-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaceable:
    """A prompt or template.

    Attributes:
        used_by: The command that it serves.
    """

    name: str
    used_by: str
    asset: Asset


def listing(shelf: Shelf) -> tuple[Replaceable, ...]:
    """All of them, prompts first; the user's own stand for ours."""
    return tuple(_all(shelf))


def _all(shelf: Shelf) -> Iterator[Replaceable]:
    for folder, ending, used_by in (_PROMPTS, _TEMPLATES):
        for asset in assets.listing(shelf.home.root, folder, ending):
            name = asset.place.removeprefix(f"{folder}/").removesuffix(ending)
            of_notes = folder == "templates" and name.startswith(_OF_NOTES)
            yield Replaceable(name=name, used_by="sense --as" if of_notes else used_by, asset=asset)


def named(shelf: Shelf, word: str) -> Replaceable:
    """The one that a name or a place means.

    Raises:
        NotFound: None does.
        UsageError: Two do.
    """
    everything = listing(shelf)
    found = [one for one in everything if word in {one.name, one.asset.place}]
    if not found:
        known = ", ".join(one.name for one in everything)
        raise NotFound(
            f"there is no prompt or template '{word}'", why=f"known: {known}", hint="pkm templates list"
        )
    if len(found) > 1:
        places = [one.asset.place for one in found]
        raise UsageError(f"'{word}' could be {' or '.join(places)}", hint=f"pkm templates show {places[0]}")
    return found[0]


def eject(shelf: Shelf, word: str) -> str:
    """Copy one of ours into the home; its place there.

    Raises:
        Refused: The user has one of that name already.
        NotFound, UsageError: As `named`.
    """
    one = named(shelf, word)
    if one.asset.own:
        raise Refused(
            f"{one.asset.place} is yours already",
            why="so it stays as it is",
            hint=f"pkm templates show {one.name} prints it; without that file pkm's own is used",
        )
    path = shelf.home.root / one.asset.place
    with shelf.writing():
        command = shelf.store.undo_log.begin("templates eject", f"made {one.asset.place}", shelf.now())
        pen.make(shelf, path, one.asset.text.encode(), command=command)
    return one.asset.place
