"""Two locks: one pull at a time, one writer at a time. Readers take none.

They are flocks, so one left by a dead process is free at once; the note beside each says who holds it.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pkm.errors import Busy
from pkm.rules.limits import BUSY_S

_DAY_S = 24 * 60 * 60


@contextmanager
def held(path: Path, *, what: str, wait_s: float, hint: str) -> Iterator[None]:
    """Hold a lock.

    Args:
        path: The lock's file, in the home's own folder.
        what: What its holder does: `pulls`, `writes`.
        wait_s: How long to wait for it; 0 not at all.
        hint: What to type if it is not to be had.

    Raises:
        Busy: Another process held it all that time.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - readers take no lock

    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=wait_s, poll_interval=0.01)
    except Timeout as error:
        who, held_s = _holder(path)
        raise Busy(f"another pkm {what}", why=who, hint=hint, held_s=held_s) from error
    try:
        with suppress(OSError):  # the note is a courtesy: a full disk must not stop a reader
            _sign(path)
        yield
    finally:
        with suppress(FileNotFoundError):
            _note_of(path).unlink()
        lock.release()


@contextmanager
def pulling(state: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of pulls: the second pull ends with Busy, or waits."""
    hint = "it brings the same news; `pkm pull --wait 60` waits for it"
    with held(state / "pull.lock", what="is pulling", wait_s=wait_s, hint=hint):
        yield


@contextmanager
def writing(state: Path, *, wait_s: float = BUSY_S) -> Iterator[None]:
    """Hold the lock of writers, for the length of one transaction; never over the network or an editor."""
    hint = "try again in a moment"
    with held(state / "write.lock", what="is writing", wait_s=wait_s, hint=hint):
        yield


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.holder")


def _sign(path: Path) -> None:
    note = _note_of(path)
    draft = note.with_name(f"{note.name}.{os.getpid()}")
    handle = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"pid": os.getpid(), "since": time.time()}, file)
        draft.replace(note)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _holder(path: Path) -> tuple[str, float | None]:
    """Who holds a lock, in words, and for how many seconds."""
    try:
        said = json.loads(_note_of(path).read_text(encoding="utf-8"))
        pid, begun = int(said["pid"]), float(said["since"])
        since = datetime.fromtimestamp(begun, UTC).astimezone()
    except (OSError, ValueError, OverflowError, KeyError, TypeError):
        return "it holds the lock, and did not say who it is", None
    held_s = max(time.time() - begun, 0.0)
    day = f"{since:%Y-%m-%d} " if held_s > _DAY_S else ""
    return f"process {pid}, since {day}{since:%H:%M:%S}", held_s
