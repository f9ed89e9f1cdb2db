"""What is too old: commands of the undo log, the bytes that were kept for them, and the log of requests."""

from datetime import timedelta
from pathlib import Path

from pkm.rules.limits import TRASH_BYTES, UNDO_DAYS
from pkm.shelf.shelf import Shelf


def sweep(shelf: Shelf) -> None:
    """Forget commands and requests older than `UNDO_DAYS`, and of the trash what is older or past `TRASH_BYTES`.

    Takes the write lock only where there is something to forget.
    """
    oldest = shelf.now() - timedelta(days=UNDO_DAYS)
    if shelf.store.undo_log.has_before(oldest) or shelf.store.fetches.has_before(oldest):
        with shelf.writing():
            shelf.store.undo_log.forget_before(oldest)
            shelf.store.fetches.forget_before(oldest)
    # After the commit: what the log still names must still be there.
    for path in _surplus(shelf.home.trash, oldest.timestamp()):
        path.unlink(missing_ok=True)


def _surplus(folder: Path, oldest: float) -> list[Path]:
    """The files of the trash that go: by age, then the oldest until the rest is small enough."""
    if not folder.is_dir():
        return []
    found = sorted(((path.stat(), path) for path in folder.iterdir()), key=lambda pair: -pair[0].st_mtime)
    surplus, total = [], 0
    for stat, path in found:
        total += stat.st_size
        if stat.st_mtime < oldest or total > TRASH_BYTES:
            surplus.append(path)
    return surplus
