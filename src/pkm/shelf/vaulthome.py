"""A home in a folder that holds notes already, as Obsidian's: they stay where they are."""

from itertools import islice
from pathlib import Path
from typing import Final

from pkm.vault import write

IGNORE_FILE: Final = ".pkmignore"
_OURS: Final = ("digests", "drafts", "collections", "searches", "prompts")
_FEWEST_NOTES: Final = 3


def is_vault(folder: Path) -> bool:
    """Whether a folder holds notes already: it is Obsidian's, or has a few markdown files."""
    if (folder / ".obsidian").is_dir():
        return True
    if not folder.is_dir() or (folder / "notes").is_dir():
        return False
    return len(list(islice(folder.glob("*.md"), _FEWEST_NOTES))) == _FEWEST_NOTES


def ignore_ours(root: Path) -> None:
    """Name the folders that pkm will make in a vault, so that what lies in them is not taken for notes.

    A folder of such a name that is there already is the user's own, and stays a folder of notes.
    """
    path = root / IGNORE_FILE
    ours = [name for name in _OURS if not (root / name).exists()]
    if ours and not path.exists():
        write.create(path, "".join(f"{name}\n" for name in ours).encode(), root=root)
