"""Bring the store in step with the user's files before a command looks, and say what a person must know."""

from pkm.cli.context import Run
from pkm.cli.output import say, warn
from pkm.rules.amounts import counted
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import Synced, sync


def in_step(run: Run, shelf: Shelf, *, wait: bool) -> Synced:
    """Look at the files.

    Args:
        run: For talk.
        shelf: Where.
        wait: Wait for another writer, as commands that change something do.
    """
    synced = sync(shelf, wait=wait)
    for line in shelf.mended:
        warn(line)
    _tell_gone(synced)
    for line in synced.torn:
        warn(f"a line of a journal cannot be read; it stays in its file: {line}")
    if synced.doubted:
        warn(
            f"sources.opml lacks {len(synced.doubted)} of your sources at once, so none was unfollowed\n"
            "  to write them into it again: pkm doctor --fix"
        )
    if synced.broken_list is not None:
        warn(f"{synced.broken_list}\n  what you follow stays as it was")
    if synced.pending:
        say(run, f"{counted(synced.pending, 'changed note')} not yet in the index: another pkm is writing")
    if synced.released:
        say(run, f"{counted(synced.released, 'note')} off the index: pkm.toml names their folder no longer")
    if synced.followed:
        say(run, f"sources.opml: {len(synced.followed)} newly followed")
    if synced.unfollowed:
        say(run, f"sources.opml: {len(synced.unfollowed)} no longer followed; their items stay")
    return synced


def _tell_gone(synced: Synced) -> None:
    for folder in synced.absent:
        warn(
            f"the folder {folder} is not there; its notes stay in the index\n"
            f"  is the disk mounted? If it is gone for good: pkm notes adopt --remove {folder}"
        )
    if synced.vanished and not synced.absent:
        warn(
            "many notes are gone at once, so none of them was taken off the index\n"
            "  is the disk mounted, the sync client running? If they are meant to be gone: pkm doctor --fix"
        )
