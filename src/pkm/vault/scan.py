"""See what changed in the user's folders: one stat a file, a read only where the stat differs.

A file is unchanged if size, time and inode are as we knew them, unless its time was so young when we
read it that a later write could bear the same one (git's rule for racy entries): then it is read again.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pkm.model.note import FileStamp
from pkm.rules import limits, vaultnames
from pkm.vault.write import stamp_of

_RACY_NS: Final = int(limits.RACY_S * 1_000_000_000)
_TRIES: Final = 3
_VANISHED_AT_LEAST: Final = 3  # one note of four removed by hand is no unmounted disk
_IGNORE_FILE: Final = ".pkmignore"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file that is new or changed.

    Attributes:
        path: As known to the caller: folder and `/` and the rest.
        data: Its bytes; of one larger than `limits.NOTE_BYTES` the first so many and one.
        stamp: What it is now.
    """

    path: str
    data: bytes
    stamp: FileStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scan found.

    Attributes:
        changed: New or with other content, by path.
        touched: Same content, other stat: the new stamp of each path.
        gone: Known, and not there.
        unchanged: How many are as they were.
        unreadable: What could not be read, and why; none of it is gone.
        conflicts: Conflict copies; they are not notes, and never removed by us.
        vanished: So many are gone that a disk may be unmounted: change nothing, ask.
        absent: Folders that are not there and of which notes are known.
    """

    changed: tuple[Read, ...] = ()
    touched: tuple[tuple[str, FileStamp], ...] = ()
    gone: tuple[str, ...] = ()
    unchanged: int = 0
    unreadable: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[str, ...] = ()
    vanished: bool = False
    absent: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """A walk in progress.

    Attributes:
        ignored: What the home's `.pkmignore` names.
        ignored_here: What that of the folder now walked names, if it is not the home's.
        here: The folder now walked, as its paths begin.
        missing: Folders that are not there.
    """

    root: str
    known: Mapping[str, FileStamp]
    ignored: re.Pattern[str] | None = None
    ignored_here: re.Pattern[str] | None = None
    here: str = ""
    same: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    folders: set[tuple[int, int]] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def scan(root: Path, folders: Sequence[str], known: Mapping[str, FileStamp], *, now_ns: int) -> Scan:
    """Compare the markdown files below `folders` with what is known of them.

    Hidden files and folders are left out, and what `.pkmignore` names, in the root or in the folder (a
    pattern a line, as in a shell, for a name or a path). Links to folders are not followed; links to files
    only inside the root.

    Args:
        root: The home.
        folders: Below it (`notes`; `.` is the home itself), or absolute for an adopted one.
        known: Stamps by path.
        now_ns: The time, nanoseconds since 1970.
    """
    found = _Found(root=str(root), known=known, ignored=_ignored(root))
    for folder in folders:
        _walk(found, folder)
    _resolve_links(found, folders)
    changed: list[Read] = []
    touched: list[tuple[str, FileStamp]] = []
    for path in sorted(set(found.others)):
        read = _read(found, path, now_ns)
        if read is None:
            continue
        before = known.get(path)
        if before == read.stamp:
            found.same.add(path)  # still so young that it will be read again; nothing to store
        elif before is not None and before.sha == read.stamp.sha:
            touched.append((path, read.stamp))
        else:
            changed.append(read)
    gone = _gone(found)
    # A folder that is not there at all is rather not mounted than emptied, however few notes it had.
    absent = [folder for folder in found.missing if any(path.startswith(folder) for path in gone)]
    return Scan(
        changed=tuple(changed),
        touched=tuple(touched),
        gone=gone,
        unchanged=len(found.same),
        unreadable=tuple(sorted(set(found.unreadable))),
        conflicts=tuple(sorted(set(found.conflicts))),
        vanished=bool(absent) or _vanished(found, gone, changed),
        absent=tuple(folder.rstrip("/") for folder in absent),
    )


def _ignored(folder: Path) -> re.Pattern[str] | None:
    try:
        return vaultnames.ignoring((folder / _IGNORE_FILE).read_text("utf-8", "replace"))
    except OSError:
        return None


def _walk(found: _Found, folder: str) -> None:
    found.here = "" if folder in {"", "."} else f"{folder.rstrip('/')}/"
    found.ignored_here = _ignored(Path(found.root, folder)) if found.here else None
    if not os.path.isdir(os.path.join(found.root, found.here)):  # noqa: PTH112, PTH118 - as below
        found.missing.append(found.here)
    stack = [found.here]
    while stack:
        prefix = stack.pop()
        where = os.path.join(found.root, prefix)  # noqa: PTH118 - strings: a Path a file doubles the time
        try:
            here = os.stat(where)  # noqa: PTH116
            if (here.st_dev, here.st_ino) in found.folders:
                continue
            found.folders.add((here.st_dev, here.st_ino))
            with os.scandir(where) as entries:
                _folder(found, prefix, entries, stack)
        except FileNotFoundError:
            continue
        except OSError as error:
            found.unreadable.append((prefix or ".", error.strerror or str(error)))


def _folder(found: _Found, prefix: str, entries: Iterator[os.DirEntry[str]], stack: list[str]) -> None:
    """The hot loop: one stat a file, and nothing else for a file that is as it was."""
    known, same = found.known.get, found.same
    ignored = found.ignored or found.ignored_here
    for entry in entries:
        name = entry.name
        if name[0] == ".":
            continue
        if not name.endswith(".md"):
            if entry.is_dir(follow_symlinks=False):
                if vaultnames.is_for_notes(prefix + name) and not _is_ignored(found, prefix, name):
                    stack.append(f"{prefix}{name}/")
            elif name.endswith(".md.orig"):
                found.conflicts.append(prefix + name)
            continue
        path = prefix + name
        before = known(path)
        if before is not None and not ignored and not entry.is_symlink() and _as_known(entry, before):
            same.add(path)
            continue
        _sort(found, prefix, entry, stack)


def _as_known(entry: os.DirEntry[str], before: FileStamp) -> bool:
    try:
        now = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return (
        now.st_mtime_ns == before.mtime_ns
        and now.st_size == before.size
        and now.st_ino == before.inode
        and not before.racy
    )


def _sort(found: _Found, prefix: str, entry: os.DirEntry[str], stack: list[str]) -> None:
    """Everything about a name in `.md` that the hot loop did not settle."""
    name, path = entry.name, prefix + entry.name
    if name.startswith(("~$", "~syncthing~")) or _is_ignored(found, prefix, name):
        return
    try:
        path.encode()
    except UnicodeEncodeError:
        found.unreadable.append((path.encode("utf-8", "replace").decode(), "its name is not UTF-8"))
        return
    if entry.is_symlink():
        found.links.append(path)
    elif entry.is_dir(follow_symlinks=False):
        stack.append(f"{path}/")
    elif not entry.is_file(follow_symlinks=False):
        found.unreadable.append((path, "not a file"))
    elif vaultnames.is_copy(name):
        found.conflicts.append(path)
    elif (before := found.known.get(path)) is not None and _as_known(entry, before):
        found.same.add(path)
    else:
        found.others.append(path)


def _is_ignored(found: _Found, prefix: str, name: str) -> bool:
    path = prefix + name
    if found.ignored and (found.ignored.match(name) or found.ignored.match(path)):
        return True
    here = found.ignored_here
    return bool(here and (here.match(name) or here.match(path.removeprefix(found.here))))


def _resolve_links(found: _Found, folders: Sequence[str]) -> None:
    """Follow links to files inside the root, unless the walk has met the file itself."""
    if not found.links:
        return
    inside = tuple(f"{_real(found, folder)}{os.sep}" for folder in (".", *folders))
    met = {_real(found, path) for path in (*found.same, *found.others)}
    for path in sorted(found.links):
        target = _real(found, path)
        if not target.startswith(inside):
            found.unreadable.append((path, "a link that leads out of the home"))
        elif not os.path.isfile(target):  # noqa: PTH113
            found.unreadable.append((path, "a link to nothing"))
        elif target not in met:
            met.add(target)
            found.others.append(path)


def _real(found: _Found, path: str) -> str:
    return os.path.realpath(os.path.join(found.root, path))  # noqa: PTH118


def _read(found: _Found, path: str, now_ns: int) -> Read | None:
    """Read a file that holds still; one that does not is left for the next scan."""
    full = os.path.join(found.root, path)  # noqa: PTH118
    try:
        for _ in range(_TRIES):
            read = _read_once(full, path, now_ns)
            if read is not None:
                return read
    except FileNotFoundError:
        return None
    except OSError as error:
        found.unreadable.append((path, error.strerror or str(error)))
        return None
    found.unreadable.append((path, "it changed while it was read"))
    return None


def _read_once(full: str, path: str, now_ns: int) -> Read | None:
    handle = os.open(full, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(0, "not a file")
        data, digest = _bytes(handle, before.st_size)
        after = os.fstat(handle)
    finally:
        os.close(handle)
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        return None
    made = stamp_of(after, b"", now_ns=now_ns)
    whole = FileStamp(size=made.size, mtime_ns=made.mtime_ns, inode=made.inode, sha=digest, racy=made.racy)
    return Read(path=path, data=data, stamp=whole)


def _bytes(handle: int, size: int) -> tuple[bytes, str]:
    """The bytes as far as a note may be long, and the hash of all of them."""
    digest = hashlib.blake2b(digest_size=16)
    kept: list[bytes] = []
    room = limits.NOTE_BYTES + 1
    while chunk := os.read(handle, min(_CHUNK, size + 1)):
        digest.update(chunk)
        kept.append(chunk[:room])
        room -= len(kept[-1])
    return b"".join(kept), digest.hexdigest()


def _gone(found: _Found) -> tuple[str, ...]:
    """Known, and neither met nor hidden by something that could not be read."""
    if len(found.same) == len(found.known):
        return ()
    hidden = {path for path, _ in found.unreadable}
    folders = tuple(path for path in hidden if path.endswith("/"))
    met = {*found.same, *found.others, *found.links}
    missing = [path for path in found.known if path not in met and path not in hidden]
    if "." in hidden:
        return ()
    return tuple(sorted(path for path in missing if not (folders and path.startswith(folders))))


def _vanished(found: _Found, gone: Sequence[str], changed: Sequence[Read]) -> bool:
    """Whether too many are gone to be believed; one that stands elsewhere under another name is not gone."""
    if not gone:
        return False
    elsewhere = {read.stamp.sha for read in changed}
    lost = [path for path in gone if found.known[path].sha not in elsewhere]
    if len(lost) <= limits.VANISHED_SHARE * len(found.known):
        return False
    return len(lost) >= _VANISHED_AT_LEAST
