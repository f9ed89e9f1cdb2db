"""Write a long file line by line, whole or not at all."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from pkm.vault.write import sync_folder, told


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Put lines into the place of a file; a reader sees the old file or the new, never half.

    Args:
        path: The file; its folder is there.
        lines: Without their line ends.

    Returns:
        How many there were.

    Raises:
        DiskFull, Refused: The system said so; the old file is as it was.
    """
    draft = path.with_name(f".{path.name[:100]}.pkm-{secrets.token_hex(6)}")
    count = 0
    with told(path):
        try:
            handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                for line in lines:
                    file.write(f"{line}\n")
                    count += 1
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    return count
