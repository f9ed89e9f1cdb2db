"""Links that have to be written anew because a note has another name or place, each with what it becomes.

A link that means the same note as before is left as it is, even if it could be written better.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pkm.errors import Refused
from pkm.model.note import NoteLink
from pkm.rules.linkedit import with_targets
from pkm.rules.linkplaces import Place
from pkm.rules.resolve import Named, Names, Step, joined
from pkm.rules.retarget import Wanted, new_path, new_target


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """One note that gets another name, place or title.

    Attributes:
        before: As it is called.
        after: As it will be called; its id is another one if its path was its id.
        was: All names before.
        will_be: All names afterwards.
        is_file: Whether a path (relative to the home, or absolute) is a file that is no note.
    """

    before: Named
    after: Named
    was: Names
    will_be: Names
    is_file: Callable[[str], bool]

    def path_of(self, path: str) -> str:
        """Where the note at a path will be."""
        return self.after.path if path == self.before.path else path


def moving(
    before: Named,
    after: Named,
    notes: Iterable[Named],
    *,
    roots: tuple[str, ...],
    is_file: Callable[[str], bool],
) -> Moving:
    """A move among all the notes that there are, the one that moves included."""
    known = tuple(notes)
    others = tuple(note for note in known if note.id != before.id)
    return Moving(
        before=before,
        after=after,
        was=Names(known, roots=roots),
        will_be=Names((*others, after), roots=roots),
        is_file=is_file,
    )


def is_touched(move: Moving, at: str, links: Iterable[NoteLink]) -> bool:
    """Whether a note has to be looked at: it is the one that moves, or a link of it will mean something else."""
    if at == move.before.path:
        return True
    return any(_meant(move, link, at) is not None for link in links)


def rewritten(move: Moving, at: str, data: bytes) -> tuple[bytes, Mapping[int, str]]:
    """A note's bytes with every link that the move would break written anew.

    Args:
        move: The move.
        at: The note's path, before.
        data: Its bytes.

    Returns:
        The bytes, and for each link that changed its number in the file (front matter first) and its new target.

    Raises:
        NoteUnreadable: The bytes cannot be rewritten.
        Refused: No way of writing leads from a link to its note any more.
    """

    def wanted(place: Place) -> str | None:
        found = _meant(move, place, at)
        if found is not None:
            return _must(place, new_target(place, found, move.will_be), at)
        if at != move.path_of(at) and _is_own_file(move, place, at):
            return new_path(place, before=at, after=move.after.path)
        return None

    return _applied(data, wanted)


def repaired(names: Names, former: Names, at: str, data: bytes) -> tuple[bytes, Mapping[int, str]]:
    """A note's bytes with every broken link mended whose target was once the name of exactly one note.

    Raises:
        NoteUnreadable: The bytes cannot be rewritten.
    """

    def wanted(place: Place) -> str | None:
        found = meant_formerly(names, former, place, at)
        return new_target(place, found, names) if found else None

    return _applied(data, wanted)


def meant_formerly(names: Names, former: Names, link: Place | NoteLink, at: str) -> Wanted | None:
    """The note that a link meant before somebody renamed it; None if it is not broken, or never meant one."""
    if names.resolve(link.target, form=link.form, at=at).notes:
        return None
    found = former.resolve(link.target, form=link.form, at=at)
    ids = {note.id for note in found.notes}
    now = [note for note in names.notes if note.id in ids]
    return Wanted(note=now[0], step=found.step, at=at) if len(now) == 1 else None


def _applied(data: bytes, wanted: Callable[[Place], str | None]) -> tuple[bytes, Mapping[int, str]]:
    changed: dict[int, str] = {}
    number = -1

    def target(place: Place) -> str | None:
        nonlocal number
        number += 1
        written = wanted(place)
        if written is not None:
            changed[number] = written
        return written

    return with_targets(data, target), changed


def _meant(move: Moving, link: Place | NoteLink, at: str) -> Wanted | None:
    """What a link meant before, if it will mean something else."""
    found = move.was.resolve(link.target, form=link.form, at=at)
    if found.one is None:
        return None
    note = move.after if found.one.id == move.before.id else found.one
    then = move.will_be.resolve(link.target, form=link.form, at=move.path_of(at))
    # A path that led there from its own folder shall do so again: other programs read it no other way.
    as_direct = found.step != Step.RELATIVE or then.step == Step.RELATIVE
    if then.one is not None and then.one.id == note.id and as_direct:
        return None
    return Wanted(note=note, step=found.step, at=move.path_of(at))


def _must(place: Place, written: str | None, at: str) -> str:
    if written is None:
        raise Refused(
            f"{at}: the link to '{place.target}' cannot follow",
            why="no name of that note would be understood any more",
            hint="choose another name, without # ^ | [ ] in it and in its folders",
        )
    return written


def _is_own_file(move: Moving, place: Place, at: str) -> bool:
    dotted = place.target.startswith(("./", "../"))
    return (place.is_path or dotted) and move.is_file(joined(at, place.target))
