"""Look through the notes for what a reader would trip over; mend what can be mended without a doubt.

Each check is a function from the scene to what it found, and stands in `CHECKS`. A finding may bring the change
that mends it; whatever needs a person's judgement brings none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from pkm.errors import NoteUnreadable
from pkm.model.digest import Finding
from pkm.rules.amounts import counted
from pkm.rules.resolve import Names
from pkm.sense import claims, filecheck, linkcheck
from pkm.sense.checkscene import Check, Mend, Scene, Trouble
from pkm.shelf import links, plan
from pkm.shelf.plan import Edit, Plan
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import Synced
from pkm.vault import attachments

CHECKS: Final[tuple[Check, ...]] = (
    filecheck.unreadable,
    filecheck.conflict_copies,
    filecheck.front_matter,
    linkcheck.broken_links,
    linkcheck.missing_files,
    linkcheck.lost_anchors,
    filecheck.unmarked_quotes,
    claims.unfinished,
)

_LEVELS: Final = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What was mended.

    Attributes:
        troubles: How many.
        paths: In which files.
        refused: Files that cannot be edited safely, with the reason.
    """

    troubles: int = 0
    paths: tuple[str, ...] = ()
    refused: tuple[tuple[str, NoteUnreadable], ...] = ()


def check(shelf: Shelf, synced: Synced) -> tuple[Trouble, ...]:
    """Everything that is wrong with the notes, the worst first, then by place.

    Args:
        shelf: In step with its files.
        synced: What the look at them found.
    """
    graph = links.graph(shelf)
    scene = Scene(
        shelf=shelf,
        synced=synced,
        graph=graph,
        former=Names(shelf.store.links.former(), roots=links.vaults(shelf)),
        files=attachments.others(shelf.home.root, (*shelf.home.note_folders, "attachments")),
    )
    found = [trouble for one in CHECKS for trouble in one(scene)]
    return tuple(sorted(found, key=lambda one: _order(one.finding)))


def mend(shelf: Shelf, troubles: Sequence[Trouble]) -> Mended:
    """Mend what brings its own change, all files as one; `undo` takes it back."""
    by_path: dict[str, list[Mend]] = {}
    for trouble in troubles:
        if trouble.mend is not None and trouble.mend not in by_path.setdefault(trouble.finding.path, []):
            by_path[trouble.finding.path].append(trouble.mend)
    edits, refused = _edits(shelf, {path: mends for path, mends in by_path.items() if mends})
    if edits:
        with shelf.writing():
            summary = f"mended {counted(len(edits), 'note')}"
            command = shelf.store.undo_log.begin("notes check --fix", summary, shelf.now())
            plan.carry_out(shelf, Plan(edits=edits), command=command)
    mended = sum(1 for one in troubles if one.mend is not None and one.finding.path in edits)
    return Mended(troubles=mended, paths=tuple(edits), refused=refused)


def _edits(
    shelf: Shelf, mends: Mapping[str, Sequence[Mend]]
) -> tuple[dict[str, Edit], tuple[tuple[str, NoteUnreadable], ...]]:
    edits: dict[str, Edit] = {}
    refused: list[tuple[str, NoteUnreadable]] = []
    for path, changes in mends.items():
        try:
            edit = plan.edited(shelf, path, _all(changes))
        except NoteUnreadable as error:
            refused.append((path, error))
            continue
        if edit is not None:
            edits[path] = edit
    return edits, tuple(refused)


def _all(changes: Sequence[Mend]) -> Callable[[bytes], bytes]:
    return lambda data: reduce(lambda so_far, change: change(so_far), changes, data)


def _order(finding: Finding) -> tuple[int, str, int]:
    return _LEVELS.index(finding.level), finding.path, finding.line or 0
