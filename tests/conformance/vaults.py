"""Vaults of other people and programs, adopted whole: every note read, every trouble named, no byte changed."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from conformance.score import Score
from pkm.shelf.adopting import Adopted, adopt, look
from support.shelves import new_home, opened


def scores(root: Path) -> Sequence[Score]:
    """A row a vault: how many of its notes have front matter that can be read, its links, and the broken ones."""
    return [_score(vault) for vault in vaults(root)]


def vaults(root: Path) -> list[Path]:
    return sorted(path for path in (root / "vaults").iterdir() if path.is_dir())


def adopted(vault: Path, at: Path) -> Adopted:
    """A vault adopted by a new home."""
    with opened(new_home(at)) as shelf:
        return adopt(shelf, look(shelf, str(vault)))


def tree_hash(folder: Path) -> str:
    """One hash of every name, byte, mode and time below a folder."""
    digest = hashlib.sha256()
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            stat = path.lstat()
            digest.update(f"{path}\0{stat.st_mode}\0{stat.st_mtime_ns}\0{stat.st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _score(vault: Path) -> Score:
    with tempfile.TemporaryDirectory() as folder:
        found = adopted(vault, Path(folder))
    return Score(
        name=f"vault {vault.name}: {found.links} links, {found.broken} broken; notes read",
        held=found.notes - len(found.problems),
        checked=found.notes + len(found.unreadable),
        missed=tuple((f"{vault.name}/{path}", why) for path, why in (*found.problems, *found.unreadable)),
    )
