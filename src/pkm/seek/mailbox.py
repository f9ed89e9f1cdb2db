"""Read a folder of mails: what is new in it, and nothing is changed in it.

A maildir (a file a mail, in `new` and `cur`; a name never changes but for the flags behind its colon) or an
mbox (one file, each mail begins with a line `From …`). Only plain files below the folder that the user
named are opened: a link that somebody put there leads nowhere.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pkm.errors import FetchError
from pkm.rules.limits import MAIL_BYTES, MB
from pkm.rules.mailplaces import MAILDIR, form_and_path, mail_place
from pkm.seek.letter import Letter, read_letter
from pkm.store.mailboxes import MboxMark

LETTERS_MOST: Final = 500  # at once; the next pull goes on
_TEXT_MOST: Final = 64 * MB  # of text that is held at once
_CHECKED: Final = 1_024  # bytes before a mark that must be as they were
_UNREAD_FLAGS: Final = frozenset("DT")  # a draft, or thrown away


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is new in a folder.

    Attributes:
        letters: The newest first.
        names: Files of a maildir that need not be read again.
        gone: Files that were read once and are no longer there.
        mark: How far an mbox was read; None of a maildir.
    """

    letters: tuple[Letter, ...] = ()
    names: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    mark: MboxMark | None = None


def settled(word: str) -> str:
    """The address of the folder that a word of the command line names: absolute, and there.

    Raises:
        FetchError: There is no such folder, or it is of another kind.
    """
    form, path = form_and_path(word)
    try:
        found = path.expanduser().absolute()
        mail_place(form, found).encode()
    except (RuntimeError, UnicodeEncodeError) as error:
        raise FetchError(word, "pkm cannot go there", why=str(error), hint="give the whole path") from error
    _must_be(form, found, mail_place(form, found))
    return mail_place(form, found)


def read_post(url: str, *, seen: frozenset[str], mark: MboxMark | None) -> Post:
    """What came since the last look.

    Args:
        url: Of the folder.
        seen: Files of a maildir that were read.
        mark: How far an mbox was read.

    Raises:
        FetchError: It is not there, or cannot be read.
    """
    form, path = form_and_path(url)
    _must_be(form, path, url)
    try:
        return _of_maildir(path, seen) if form == MAILDIR else _of_mbox(path, mark)
    except OSError as error:
        raise FetchError(
            url, "the folder cannot be read", why=error.strerror or "", hint="check who may read it"
        ) from error


def _must_be(form: str, path: Path, url: str) -> None:
    try:
        there = (path / "cur").is_dir() and (path / "new").is_dir() if form == MAILDIR else path.is_file()
        anything = path.exists()
    except OSError:
        there = anything = False
    if there:
        return
    what = "there are no mails" if anything else "there is no such file or folder"
    if form == MAILDIR:
        why = "a maildir is a folder with the folders `cur` and `new` in it"
        hint = "one file with many mails is an mbox: pkm follow mbox:PATH"
    else:
        why, hint = "an mbox is one file with many mails in it", "a folder of mails: pkm follow maildir:PATH"
    raise FetchError(url, what, why=why, hint=hint)


# Maildir


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    name: str
    path: str
    at_ns: int


def _of_maildir(path: Path, seen: frozenset[str]) -> Post:
    files = [one for folder in ("new", "cur") for one in _files(path / folder)]
    there = {one.name for one in files}
    fresh = sorted((one for one in files if one.name not in seen), key=lambda one: (-one.at_ns, one.name))
    letters: list[Letter] = []
    names: list[str] = []
    held = 0
    for one in fresh[:LETTERS_MOST]:
        data = _read(one.path)
        names.append(one.name)
        if data is not None:
            letters.append(read_letter(data))
            held += len(letters[-1].html) + len(letters[-1].text)
        if held > _TEXT_MOST:
            break
    if not seen:
        names = [one.name for one in fresh]  # at first the newest are enough: nobody is owed the past
    return Post(letters=tuple(letters), names=tuple(names), gone=tuple(seen - there))


def _files(folder: Path) -> Iterator[_File]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name, _, flags = entry.name.partition(":2,")
            if name.startswith(".") or _UNREAD_FLAGS & set(flags) or not entry.is_file(follow_symlinks=False):
                continue
            try:
                name.encode()
                yield _File(name=name, path=entry.path, at_ns=entry.stat(follow_symlinks=False).st_mtime_ns)
            except (FileNotFoundError, UnicodeEncodeError):
                continue  # moved meanwhile from `new` to `cur`; the next pull finds it


def _read(path: str) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        return file.read(MAIL_BYTES)


# Mbox


def _of_mbox(path: Path, mark: MboxMark | None) -> Post:
    with path.open("rb") as file:
        start = mark.size if mark and _sha_before(file, mark.size) == mark.sha else 0
        file.seek(start)
        letters: list[Letter] = []
        held, end = 0, start
        for data, ends_at in _mails(file, start):
            end = ends_at
            letters.append(read_letter(data))
            held += len(letters[-1].html) + len(letters[-1].text)
            if start and (len(letters) >= LETTERS_MOST or held > _TEXT_MOST):
                break
            if len(letters) > LETTERS_MOST or held > _TEXT_MOST:
                held -= len(letters[0].html) + len(letters[0].text)
                del letters[0]  # at first the newest are enough, and they stand last
        return Post(letters=tuple(reversed(letters)), mark=MboxMark(size=end, sha=_sha_before(file, end)))


def _sha_before(file: IO[bytes], size: int) -> str:
    begin = max(0, size - _CHECKED)
    file.seek(begin)
    return hashlib.sha256(file.read(size - begin)).hexdigest()


def _mails(file: IO[bytes], start: int) -> Iterator[tuple[bytes, int]]:
    """Each mail, at most `MAIL_BYTES` of it, with the place where it ends; linear in the file."""
    at, blank, inside = start, True, False
    pieces: list[bytes] = []
    size = 0
    while line := file.readline(65_536):
        if blank and line.startswith(b"From "):
            if inside:
                yield b"".join(pieces), at
            inside, pieces, size = True, [], 0
        elif inside and size < MAIL_BYTES:
            # `>From ` was `From ` before it was put into a file where that begins a mail.
            piece = line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line
            pieces.append(piece)
            size += len(piece)
        at += len(line)
        blank = line in (b"\n", b"\r\n")
    if inside:
        yield b"".join(pieces), at
