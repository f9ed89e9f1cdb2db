"""Journals: files of one JSON object a line, only ever added to.

A line of another machine may arrive by git's union merge, a newer pkm may write keys that we do not
know, and a power cut may leave half a line: all of it is kept, and what cannot be read is reported.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkm.vault.beside import write_all
from pkm.vault.write import make_folder, sync_folder, told

VERSION: Final = 1
"""The `v` of every line that we write and read."""

_SHOWN: Final = 200
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a journal holds.

    Attributes:
        records: Its lines in the order of the file, every key kept.
        torn: `line 3: why: its beginning`, for each line that is kept but not understood.
    """

    records: tuple[Mapping[str, object], ...] = ()
    torn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Where a line was added.

    Attributes:
        before: Size of the journal without it, in bytes.
        after: Its size with it.
        mtime_ns: Its time without it, nanoseconds since 1970.
    """

    path: Path
    before: int
    after: int
    mtime_ns: int


def append(path: Path, record: Mapping[str, object]) -> Added:
    """Add one line and make it durable; as `extend`."""
    return extend(path, [record])


def extend(path: Path, records: Sequence[Mapping[str, object]]) -> Added:
    """Add lines and make them durable together; when this returns, a power cut does not take them.

    `v` is added if a record has none. A last line that a crash left open is closed first. If the
    write fails, nothing of the lines stays.

    Raises:
        DiskFull: No space, over quota, or read-only.
        Refused: No permission.
    """
    lines = b"".join(map(_line, records))
    with told(path):
        new = not path.exists()
        if new:
            make_folder(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            was = os.fstat(handle)
            after = _add(handle, lines, was.st_size)
        finally:
            os.close(handle)
        if new:
            sync_folder(path.parent)
    return Added(path=path, before=was.st_size, after=after, mtime_ns=was.st_mtime_ns)


def _line(record: Mapping[str, object]) -> bytes:
    text = json.dumps({"v": VERSION, **record}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _SURROGATE.sub("\ufffd", text).encode() + b"\n"


def take_back(added: Added) -> None:
    """Remove a line again, if nothing was added behind it; the caller holds the write lock ever since."""
    with told(added.path):
        handle = os.open(added.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            if os.fstat(handle).st_size == added.after:
                os.ftruncate(handle, added.before)
                os.fsync(handle)
        finally:
            os.close(handle)


def read(path: Path) -> Journal:
    """Read a journal whole; one that is not there is empty.

    Raises:
        Refused: No permission.
    """
    with told(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return Journal()
    return parse(data)


def parse(data: bytes) -> Journal:
    """The records and the torn lines of a journal's bytes."""
    records: list[Mapping[str, object]] = []
    torn: list[str] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        record = _record(line)
        if isinstance(record, str):
            torn.append(f"line {number}: {record}: {line[:_SHOWN].decode('utf-8', 'replace')}")
        else:
            records.append(record)
    return Journal(records=tuple(records), torn=tuple(torn))


def _record(line: bytes) -> Mapping[str, object] | str:
    """The object of a line, or why it is none."""
    try:
        record = json.loads(line.decode("utf-8-sig"))
        # Half of a surrogate pair, escaped, would pass here and fail wherever it is stored.
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeError:
        return "not UTF-8"
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(record, dict):
        return "not an object"
    if record.get("v") != VERSION or isinstance(record["v"], bool):
        return f"not of version {VERSION}"
    return record


def _add(handle: int, line: bytes, before: int) -> int:
    open_line = before > 0 and os.pread(handle, 1, before - 1) != b"\n"
    try:
        write_all(handle, b"\n" + line if open_line else line)
        os.fsync(handle)
    except OSError:
        # The caller holds the write lock, so what stands behind `before` is ours alone.
        os.ftruncate(handle, before)
        raise
    return os.fstat(handle).st_size
