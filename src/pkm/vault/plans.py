"""Change several files as one: whatever happens between, all are changed afterwards or none.

    the plan, durable | every new text in a draft, durable | drafts over files, one by one | moves

Who carries a plan out keeps its file until the store has committed, and removes it then. A plan's file
that is found at a start belongs to a process that died: `roll_back` puts every file back.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pkm.errors import Refused
from pkm.vault import beside, write
from pkm.vault.write import ChangedUnderneath

_NEW_MODE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What becomes of one file.

    Attributes:
        path: Relative to the root, or absolute.
        to: Where it goes; None if it stays.
        before: Hash of its bytes now, as `write.sha` makes it.
        after: Hash of its bytes afterwards.
        kept: Name in the trash of a copy of its bytes now; None if they stay.
    """

    path: str
    to: str | None = None
    before: str
    after: str
    kept: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A plan as its file says.

    Attributes:
        id: Random; names the drafts, and the plan in the store.
    """

    id: str
    steps: tuple[Step, ...]


def keep(file: Path, plan: Steps) -> None:
    """Write a plan's file, durable.

    Raises:
        ChangedUnderneath: Another plan is under way.
        DiskFull, Refused: As `write.create`.
    """
    text = json.dumps({"v": 1, "id": plan.id, "steps": [asdict(step) for step in plan.steps]})
    write.create(file, text.encode("ascii"))


def kept(file: Path) -> Steps | None:
    """The plan that a file holds; None if it holds none.

    Raises:
        NotFound, Refused: It cannot be read.
    """
    try:
        said = json.loads(write.read_file(file))
        return Steps(id=str(said["id"]), steps=tuple(Step(**step) for step in said["steps"]))
    except (ValueError, KeyError, TypeError):
        return None


def forget(file: Path) -> None:
    """Remove a plan's file: it is carried out, or rolled back."""
    with write.told(file):
        file.unlink(missing_ok=True)
        write.sync_folder(file.parent)


def carry_out(root: Path, plan: Steps, data: Mapping[str, bytes]) -> None:
    """Change the files, whose plan is kept already. If it raises, `roll_back` has to follow.

    Args:
        root: The home; no link may lead out of it.
        plan: The steps, in the order in which they are done.
        data: The new bytes of each file that gets some, by path.

    Raises:
        ChangedUnderneath: A file is not what its step says; nothing was changed yet.
        Refused: A file stands where one is to go, or a link leads out.
        DiskFull: No room for the drafts; nothing was changed yet.
    """
    for step in plan.steps:
        _check(root, step)
    for path, new in data.items():
        with write.told(root / path):
            target = beside.target_of(root / path, root)
            draft = beside.draft_of(target, plan.id)
            beside.write_draft(draft, new, mode=beside.mode_of(target, _NEW_MODE))
    for step in plan.steps:
        with write.told(root / step.path):
            if step.path in data:
                target = beside.target_of(root / step.path, root)
                _must_be(root / step.path, step.before)
                beside.draft_of(target, plan.id).replace(target)
                write.sync_folder(target.parent)
            if step.to is not None:
                _move(root / step.path, root / step.to)


def roll_back(root: Path, trash: Path, plan: Steps) -> tuple[str, ...]:
    """Put back what a plan did, as far as it came; to be repeated without harm.

    Returns:
        What was left as it is, each with its reason: somebody else changed it since.
    """
    with suppress(OSError):
        tidy(root, plan)
    reasons = (_put_back(root, trash, step) for step in reversed(plan.steps))
    return tuple(reason for reason in reasons if reason)


def tidy(root: Path, plan: Steps) -> None:
    """Remove the drafts that a plan may have left."""
    for path in _ends(root, plan.steps):
        beside.draft_of(path, plan.id).unlink(missing_ok=True)


def _ends(root: Path, steps: Iterable[Step]) -> Iterable[Path]:
    for step in steps:
        path = root / step.path
        yield path.resolve() if path.is_symlink() else path


def _check(root: Path, step: Step) -> None:
    path = root / step.path
    _must_be(path, step.before)
    if step.to is None:
        return
    to = root / step.to
    if os.path.lexists(to) and not _is_same(path, to):
        raise Refused(
            f"{step.to}: there is a file of that name already",
            why="nothing was moved",
            hint="choose another name",
        )


def _must_be(path: Path, sha: str) -> None:
    current = _bytes(path)
    if current is None or write.sha(current) != sha:
        raise ChangedUnderneath(path, current)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names are one file, as `Note.md` and `note.md` are on a Mac."""
    return one.parent == other.parent and one.name.casefold() == other.name.casefold() and one.samefile(other)


def _move(path: Path, to: Path) -> None:
    write.make_folder(to.parent)
    if os.path.lexists(to) and _is_same(path, to):
        path.replace(to)
    else:
        beside.put_new(path, to)
    write.sync_folder(to.parent)
    if path.parent != to.parent:
        write.sync_folder(path.parent)


def _put_back(root: Path, trash: Path, step: Step) -> str | None:
    path = root / step.path
    if step.to is not None:
        _move_back(path, root / step.to, step)
    current = _bytes(path)
    found = None if current is None else write.sha(current)
    if found == step.before:
        return None
    if found != step.after or step.kept is None:
        return f"{step.path} was changed since"
    old = _bytes(trash / step.kept)
    if old is None:
        return f"what {step.path} held before is no longer in the trash"
    write.publish(path, old, expected=current, root=root)
    return None


def _move_back(path: Path, to: Path, step: Step) -> None:
    current = _bytes(to)
    if current is None:
        return
    if write.sha(current) != step.after:
        return  # not ours, or written in since
    if not os.path.lexists(path):
        _move(to, path)
    elif _is_same(path, to):
        to.replace(path)
    elif path.samefile(to):
        # It died between the new name and the end of the old one.
        to.unlink()
        write.sync_folder(to.parent)
