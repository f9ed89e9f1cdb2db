"""The numbers of the last list: a small file per terminal, beside the store.

`pkm keep 1 2 5-7` means rows of the list that was last shown *here*: in the session that `PKM_SESSION`
names, else in this controlling terminal and login session. Where there is neither (cron), no numbers are
printed and a number is an error: it could only mean somebody else's list.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from pkm.errors import NotFound, UsageError
from pkm.rules.ids import TAIL, is_id, is_tail

REST: Final = "rest"
_FOLDER = "lists"
_MOST = 100  # files kept; the oldest go first
_NUMBERS = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", re.ASCII)
_HERE = "numbers mean rows of the list that was last shown in this terminal"

Lookup = Callable[[str], Sequence[str]]


def is_row(word: str) -> bool:
    """Whether a word is a row's number or a range of them; an id never is."""
    return _NUMBERS.fullmatch(word) is not None


def session_name(environ: Mapping[str, str]) -> str | None:
    """What tells this terminal from others: `PKM_SESSION`, else terminal and session; None without either."""
    named = environ.get("PKM_SESSION")
    if named:
        return f"named {named}"
    if not hasattr(os, "getsid"):
        return None
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
        return f"terminal {_terminal_number()} session {os.getsid(0)}"
    except OSError:
        return None


def _terminal_number() -> str:
    """Number of the controlling terminal where the system tells it (proc(5), field 7 of `stat`), else `tty`."""
    try:
        return (
            Path("/proc/self/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[4]
        )
    except (OSError, IndexError):
        return "tty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown last.

    Attributes:
        kind: Which command showed it: `seek`, `catchup`, `find`…
        ids: Row by row.
        undecided: Those of them that `rest` means; empty for a list that knows no `rest`.
    """

    kind: str
    ids: tuple[str, ...]
    undecided: tuple[str, ...] = ()


class LastList:
    """The last list of one terminal.

    Args:
        folder: Where the store lies.
        session: From `session_name`.
    """

    def __init__(self, folder: Path, session: str | None) -> None:
        self._folder = folder / _FOLDER
        self._session = session

    @property
    def _path(self) -> Path:
        return self._folder / f"{blake2b((self._session or '').encode(), digest_size=12).hexdigest()}.json"

    @property
    def _item_path(self) -> Path:
        return self._path.with_suffix(".item.json")

    def remember(self, kind: str, ids: Sequence[str], undecided: Sequence[str] = ()) -> bool:
        """Keep what is about to be shown; False if numbers must not be printed.

        A home that cannot be written to can still be read: then there are no numbers.
        """
        return self._write(self._path, {"v": 1, "kind": kind, "ids": list(ids), "undecided": list(undecided)})

    def remember_shown(self, item: str) -> bool:
        """Keep which item `read` or `sense` shows here; the last list stays what it is."""
        return self._write(self._item_path, {"v": 1, "item": item})

    def shown_item(self) -> str | None:
        """The item that `read` or `sense` showed last in this terminal; None if none was."""
        if self._session is None:
            return None
        try:
            item = json.loads(self._item_path.read_text(encoding="utf-8"))["item"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return item if isinstance(item, str) and is_id(item) else None

    def _write(self, path: Path, document: Mapping[str, Any]) -> bool:
        if self._session is None:
            return False
        draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._sweep()
            # What was looked at is nobody else's business.
            handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file)
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            return False
        return True

    def _sweep(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - _MOST)]:
            path.unlink(missing_ok=True)

    def shown(self) -> Shown | None:
        """What was shown last in this terminal; None if nothing was, or the file is no use."""
        if self._session is None:
            return None
        try:
            return _shown_from(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def resolve(self, words: Sequence[str], lookup: Lookup, *, prefixes: str = "") -> tuple[str, ...]:
        """The ids that words mean, in their order, each once.

        Args:
            words: `3`, `5-7`, a whole id, the last characters of an id, or `rest`.
            lookup: Gives the whole ids that end with some characters; asked for tails only.
            prefixes: First letters of the ids that the command takes, `in` for items and notes; empty for any.

        Raises:
            UsageError: A number without a list, a tail that several ids have, an id of another kind.
            NotFound: A row or an id that is not there.
        """
        found: dict[str, None] = {}
        for word in words:
            for one in self._ids_of(word, lookup):
                if prefixes and one[0] not in prefixes:
                    raise UsageError(
                        f"{word} is {_noun(one)}", why=f"its id is {one}", hint=_wanted(prefixes)
                    )
                found[one] = None
        return tuple(found)

    def rows(self, word: str, *, kind: str) -> Sequence[str]:
        """What stands in these rows of the last list, which must be of one kind.

        Raises:
            UsageError: It is of another kind, or there is none.
            NotFound: It has no such row.
        """
        shown = self._list(word)
        if shown.kind != kind:
            raise UsageError(
                f"{word}: the last list is that of `pkm {shown.kind}`", hint=f"`pkm {kind}` numbers its rows"
            )
        return self._ids_of(word, lambda _tail: ())

    def _ids_of(self, word: str, lookup: Lookup) -> Sequence[str]:
        if word == REST:
            return self.rest()
        numbers = _NUMBERS.fullmatch(word)
        if numbers:
            return self._rows(word, int(numbers[1]), int(numbers[2] or numbers[1]))
        if is_id(word):
            return (word,)
        return (_one_of(word, lookup),)

    def _rows(self, word: str, first: int, last: int) -> Sequence[str]:
        ids = self._list(word).ids
        if not 1 <= first <= last:
            raise UsageError(f"{word} is no range of rows", hint="write the smaller number first: 5-7")
        if last > len(ids):
            raise NotFound(
                f"the last list has no row {last}",
                why=f"it has {len(ids)} rows",
                hint="look at the list again, or use the id",
            )
        return ids[first - 1 : last]

    def _list(self, word: str) -> Shown:
        if self._session is None:
            raise UsageError(
                f"{word}: there is no terminal here whose list it could mean",
                why=_HERE,
                hint="use the id, or set PKM_SESSION to a name of your own for all calls that belong together",
            )
        shown = self.shown()
        if shown is None:
            raise UsageError(f"{word}: no list was shown here yet", why=_HERE, hint="`pkm seek` shows one")
        return shown

    def rest(self) -> tuple[str, ...]:
        """The undecided rows of the last list.

        Raises:
            UsageError: The last list knows no rest.
        """
        shown = self._list(REST)
        if shown.kind not in {"seek", "catchup"}:
            raise UsageError(
                "there is no rest here",
                why=f"the last list is that of `pkm {shown.kind}`; rest means what `pkm seek` showed",
                hint="`pkm seek`, then `pkm drop rest`",
            )
        return shown.undecided


def _shown_from(document: Any) -> Shown:
    ids, undecided = tuple(document["ids"]), tuple(document["undecided"])
    if not all(isinstance(one, str) and one for one in (*ids, *undecided, document["kind"])):
        raise ValueError("not a list of ours")
    return Shown(kind=document["kind"], ids=ids, undecided=undecided)


def _one_of(word: str, lookup: Lookup) -> str:
    if not is_tail(word):
        raise NotFound(
            f"{word!r} is no id", why=f"an id, its last {TAIL} characters or more, or a row's number", hint=""
        )
    ids = lookup(word)
    if not ids:
        raise NotFound(f"no id ends with {word}", hint="`pkm find WORDS` finds what you mean")
    if len(ids) > 1:
        raise UsageError(
            f"several ids end with {word}", why=", ".join(sorted(ids)), hint="use more of its characters"
        )
    return ids[0]


_NOUNS: Final = {
    "i": "an item",
    "n": "a note",
    "h": "a quote",
    "s": "a source",
    "d": "a digest",
    "u": "an address",
}


def _noun(one: str) -> str:
    return _NOUNS.get(one[0], "something else")


def _wanted(prefixes: str) -> str:
    return f"this command takes {' or '.join(_NOUNS[letter] for letter in prefixes if letter in _NOUNS)}"
