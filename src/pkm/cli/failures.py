"""What an exception means to the user: which error of the tree it is, and the file that a bug goes into."""

import errno
import os
import re
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Final

from pkm.errors import Busy, DiskFull, PkmError, StoreDamaged

LOG_NAME: Final = "log"
LOG_BYTES: Final = 1_000_000
LOG_FILES: Final = 5

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM}
_SECRET = re.compile(
    r"(?<=://)[^/@\s]+(?=@)|(?<=[?&])([^=&\s]*(?:token|key|auth|pass|secret|sig)[^=&\s]*=)[^&\s'\"]+"
)
# Primary result codes, sqlite.org/rescode.html
_SQLITE_BUSY = {5, 6}
_SQLITE_FULL = {8, 10, 13, 14}
_SQLITE_DAMAGED = {11, 26}


def meaning(error: BaseException) -> PkmError | None:
    """The error of the tree that an exception stands for; None if it is a bug."""
    if isinstance(error, PkmError):
        return error
    if isinstance(error, OSError):
        return _of_file(error)
    sqlite3 = sys.modules.get("sqlite3")  # not loaded: then it cannot have raised
    if sqlite3 is not None and isinstance(error, sqlite3.Error):
        return _of_store(str(error), getattr(error, "sqlite_errorcode", 0))
    return None


def _of_file(error: OSError) -> PkmError | None:
    name = f" {error.filename}" if error.filename else ""
    reason = error.strerror or ""
    if error.errno in _NO_ROOM:
        return DiskFull(f"cannot write{name}", why=reason, hint="make room, then run the same line again")
    if error.errno in _NOT_ALLOWED:
        return DiskFull(f"not allowed to use{name}", why=reason, hint="check its owner and mode")
    return None


def _of_store(text: str, code: int) -> PkmError | None:
    primary = code & 0xFF
    if primary in _SQLITE_BUSY:
        return Busy(
            "the store is busy", why=text, hint="wait for the other pkm, then run the same line again"
        )
    if primary in _SQLITE_FULL:
        return DiskFull(
            "the store cannot be written", why=text, hint="make room, then run the same line again"
        )
    if primary in _SQLITE_DAMAGED:
        return StoreDamaged("the store is damaged", why=text, hint="`pkm doctor` tells what can be saved")
    return None


def log_bug(error: BaseException, folder: Path, now: datetime) -> Path | None:
    """Append a bug's traceback to the log, secrets cut from addresses; None if it cannot be written.

    Args:
        error: The bug.
        folder: Where the store lies; it is never made for this.
        now: Aware.
    """
    path = folder / LOG_NAME
    trace = "".join(traceback.format_exception(error))
    try:
        _rotate(path)
        # A traceback may hold the user's words: the file is for the user alone.
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{now.isoformat(timespec='seconds')} bug\n{_SECRET.sub(_cut, trace)}\n")
    except OSError:
        return None
    return path


def _cut(match: re.Match[str]) -> str:
    return f"{match[1] or ''}***"


def _rotate(path: Path) -> None:
    if not path.exists() or path.stat().st_size < LOG_BYTES:
        return
    for number in range(LOG_FILES - 1, 0, -1):
        older = path if number == 1 else path.with_name(f"{path.name}.{number - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number}"))
