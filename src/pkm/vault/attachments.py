"""The files beside the notes that are no notes: pictures, documents."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path


def others(root: Path, folders: Sequence[str]) -> frozenset[str]:
    """Paths of all files below the folders that are no markdown; relative to the root, or as the folder is given.

    Hidden files and folders are left out, and links to folders are not followed.
    """
    return frozenset(path for folder in dict.fromkeys(folders) for path in _below(root, folder))


def _below(root: Path, folder: str) -> Iterator[str]:
    prefix = "" if folder in {"", "."} else f"{folder.rstrip('/')}/"
    top = root / folder
    for where, inner, names in os.walk(top):
        inner[:] = [name for name in inner if not name.startswith(".")]
        below = Path(where).relative_to(top).as_posix()
        here = prefix if below == "." else f"{prefix}{below}/"
        for name in names:
            if not name.startswith(".") and not name.casefold().endswith(".md"):
                yield here + name
