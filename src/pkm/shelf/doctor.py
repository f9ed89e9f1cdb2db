"""Look whether the home is sound: each check has a name, a verdict and a line to type."""

import sqlite3
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pkm.model.source import CAPTURES
from pkm.rules.fold import VERSION as FOLD_VERSION
from pkm.rules.limits import WAL_WARN
from pkm.shelf import following, ruleset, trash
from pkm.shelf import home as homes
from pkm.shelf.home import Home
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import Synced, sync
from pkm.store.database import wal_is_safe
from pkm.store.notes import NoteFilter
from pkm.vault import jsonl

_NAMED = 5
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check.

    Attributes:
        check: Its name, stable for scripts.
        verdict: `ok`, `warn` or `fail`.
        message: What was found.
        hint: What to type; empty if all is well.
    """

    check: str
    verdict: str
    message: str
    hint: str = ""


def examine(shelf: Shelf) -> tuple[Checked, ...]:
    """All checks, in the order in which they matter; of a damaged store only those that need none of it."""
    sound = _database(shelf)
    if sound.verdict == "fail":
        return (sound, _permissions(shelf.home), _place(shelf.home))
    return (
        sound,
        _references(shelf),
        _index(shelf),
        _journal_mode(shelf),
        *_files(shelf),
        _rules(shelf),
        _permissions(shelf.home),
        _place(shelf.home),
        _wal(shelf.home),
        _failing(shelf),
    )


def fix(shelf: Shelf) -> tuple[str, ...]:
    """Mend what can be mended without losing anything.

    Returns:
        What was mended, in words; empty if there was nothing to do.
    """
    trash.sweep(shelf)
    mended = [f"made {path} private to you" for path in _close(shelf.home)]
    with shelf.writing():
        if not shelf.store.search.check():
            shelf.store.search.rebuild()
            mended.append("made the search index again")
    seen = sync(shelf, wait=True, believe=True)
    mended += [f"took note that {path} is gone" for path in seen.missing]
    with shelf.writing():
        following.catch_up(shelf)
        if following.write_file(shelf):
            mended.append(f"wrote {shelf.home.relative(shelf.home.sources)} from what you follow")
    return tuple(mended)


def _ok(check: str, message: str) -> Checked:
    return Checked(check=check, verdict="ok", message=message)


def _warn(check: str, message: str, hint: str) -> Checked:
    return Checked(check=check, verdict="warn", message=message, hint=hint)


def _fail(check: str, message: str, hint: str) -> Checked:
    return Checked(check=check, verdict="fail", message=message, hint=hint)


# The store.


def _database(shelf: Shelf) -> Checked:
    said = shelf.store.quick_check()
    if said == "ok":
        return _ok("database", "the store is sound")
    return _fail("database", f"the store is damaged: {said}", "pkm doctor --rebuild")


def _references(shelf: Shelf) -> Checked:
    broken = shelf.store.broken_references()
    if not broken:
        return _ok("references", "every row points to one that is there")
    return _fail("references", f"{broken} rows point to nothing", "pkm doctor --rebuild")


def _index(shelf: Shelf) -> Checked:
    with shelf.writing():
        sound = shelf.store.search.check()
    if shelf.store.files.fact("fold_version") != str(FOLD_VERSION):
        return _fail(
            "index", "the search index was made by another pkm's folding of words", "pkm doctor --rebuild"
        )
    if sound:
        return _ok("index", "the search index fits what it indexes")
    return _fail("index", "the search index is out of step", "pkm doctor --fix")


def _journal_mode(shelf: Shelf) -> Checked:
    version, mode = sqlite3.sqlite_version, shelf.store.journal_mode()
    why = "" if wal_is_safe() else f"; SQLite {version} has the WAL-reset race, so WAL is not used"
    return _ok("journal-mode", f"SQLite {version}, journal mode {mode}{why}")


def _wal(home: Home) -> Checked:
    wal = home.store.with_name(home.store.name + "-wal")
    size = wal.stat().st_size if wal.exists() else 0
    if size <= WAL_WARN:
        return _ok("wal", "the write-ahead log is small")
    return _warn(
        "wal",
        f"the write-ahead log has grown to {size // 1_000_000} MB",
        "end programs that read the store, then run any pkm command",
    )


def _failing(shelf: Shelf) -> Checked:
    failing = [source for source in shelf.store.sources.all() if source.health.failures]
    if not failing:
        return _ok("sources", "no source is failing")
    name = "1 source is" if len(failing) == 1 else f"{len(failing)} sources are"
    return _warn("sources", f"{name} failing", "pkm source list --failing")


# The user's files.


def _files(shelf: Shelf) -> tuple[Checked, ...]:
    found = [*_torn(shelf), *_listed(shelf), *_notes(shelf)]
    return tuple(found) or (_ok("files", "every note and journal can be read"),)


def _torn(shelf: Shelf) -> Iterable[Checked]:
    for path in (shelf.home.decisions, shelf.home.quotes, shelf.home.share_log):
        for line in jsonl.read(path).torn:
            yield _warn("journal", f"{path.name}: {line}", "the line is kept; mend it by hand")


def _listed(shelf: Shelf) -> Iterable[Checked]:
    """Look at the files as every command does, and say what it had to say."""
    seen = sync(shelf)
    yield from _seen(seen)
    if (broken := seen.broken_list) is not None:
        yield _fail("sources-file", f"{broken.what}: {broken.why}", broken.hint)
        return
    path = shelf.home.sources
    held = {source.url for source in shelf.store.sources.all() if source.kind != CAPTURES}
    if path.is_file() and not seen.pending:
        read = following.read_own(path)
        ids = {outline.id for outline in read.outlines}
        held -= {outline.url for outline in read.outlines}
        lacking = [one for one in shelf.store.sources.all() if one.url in held and one.id not in ids]
        for name, reason in read.skipped:
            yield _warn("sources-file", f"sources.opml: {name}: {reason}", "mend the line in sources.opml")
    else:
        lacking = [one for one in shelf.store.sources.all() if one.url in held]
    if lacking and not seen.pending:
        yield _warn(
            "sources-file",
            f"sources.opml lacks {len(lacking)} of the sources that you follow; none was unfollowed",
            f"pkm doctor --fix writes them into it again; pkm source remove {lacking[0].id[-4:]} unfollows one",
        )


def _rules(shelf: Shelf) -> Checked:
    found = ruleset.load(shelf)
    if not found.problems:
        return _ok("rules", f"{len(found.rules)} rules are in force" if found.rules else "there are no rules")
    first = found.problems[0]
    message = f"rules.yaml, line {first.line}: {first.what}; no rule is applied"
    return _warn("rules", message, first.hint or "mend it, then: pkm rules apply")


def _seen(seen: Synced) -> Iterable[Checked]:
    if seen.vanished:
        yield _fail(
            "vanished",
            "over a fifth of the notes are gone at once; nothing was changed",
            "is the disk mounted, the sync client running? If they are meant to be gone: pkm doctor --fix",
        )
    for path, reason in seen.unreadable:
        yield _warn("unreadable", f"{path}: {reason}", f"look at {path}")
    for path in seen.conflicts:
        yield _warn(
            "conflict-copy",
            f"{path} is a copy that a sync tool or an edit conflict left",
            "take over what you need from it, then remove it",
        )


def _notes(shelf: Shelf) -> Iterable[Checked]:
    for note in shelf.store.notes.with_problems():
        yield _warn("front-matter", f"{note.path}: {note.file.problem}", f"pkm notes edit {note.id}")
    missing = shelf.store.notes.listing(NoteFilter(missing=True))
    if missing:
        names = ", ".join(note.path for note in missing[:_NAMED])
        yield _ok("missing", f"{len(missing)} notes that there were are gone: {names}")


# Who may read, and who copies.


def _permissions(home: Home) -> Checked:
    open_ones = _open_to_others(home)
    if not open_ones:
        return _ok("permissions", "only you can read the store and the journals")
    names = ", ".join(home.relative(path) for path in open_ones[:_NAMED])
    return _warn("permissions", f"others on this machine can read {names}", "pkm doctor --fix")


def _open_to_others(home: Home) -> list[Path]:
    named = [home.settings, home.decisions, home.quotes, home.share_log, home.sources, home.state]
    inside = sorted(home.state.rglob("*")) if home.state.is_dir() else []
    # A link's own mode says nothing, and what it points to is not ours.
    there = [path for path in (*named, *inside) if path.exists() and not path.is_symlink()]
    return [path for path in there if path.stat().st_mode & _OTHERS]


def _close(home: Home) -> list[str]:
    open_ones = _open_to_others(home)
    for path in open_ones:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXU)
    return [home.relative(path) for path in open_ones]


def _place(home: Home) -> Checked:
    service = homes.synced_folder(home)
    if service is None:
        return _ok("place", "the store lies in no folder that a sync service copies")
    return _warn(
        "place",
        f"the store lies in a folder of {service}, which may copy it half-written",
        'set store = "~/.local/share/pkm" in pkm.toml; the notes may stay where they are',
    )
