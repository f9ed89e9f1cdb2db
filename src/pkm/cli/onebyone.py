"""`pkm seek -i`: one item at a time, one key each; every key is stored before the next item is shown."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pkm.cli.context import Run
from pkm.cli.itemview import name_of, title_of
from pkm.cli.opener import open_address
from pkm.cli.output import say, warn
from pkm.cli.talk import dotted
from pkm.errors import UsageError
from pkm.model.item import State
from pkm.rules.amounts import age
from pkm.rules.clean import Sink, clean
from pkm.seek.look import Looked, Row
from pkm.seek.triage import KeepWishes, keep, let_go
from pkm.shelf.shelf import Shelf

_KEYS: Final = "k keep, d let go, o open, Enter skip, q quit"
_END: Final = {"q", "\x04", ""}


def walk(run: Run, shelf: Shelf, looked: Looked) -> None:
    """Show the undecided rows one after the other, and do what each key says.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was decided stays decided.
    """
    rows = [row for row in looked.rows if row.listed.item.state == State.NEW]
    if not rows:
        say(run, "Nothing new. Next: pkm sense")
        return
    say(run, _KEYS)
    kept = gone = 0
    for number, row in enumerate(rows, start=1):
        _print(shelf, row, f"{number}/{len(rows)}")
        key = _answer(run, row)
        if key in _END:
            break
        if key == "k":
            keep(shelf, [row.listed.item], KeepWishes())
            kept += 1
        elif key == "d":
            let_go(shelf, [row.listed.item])
            gone += 1
    say(run, dotted(f"kept {kept}, let go {gone}", "undo the last one: pkm undo" if kept or gone else ""))
    if kept:
        say(run, "Next: pkm sense")


def _print(shelf: Shelf, row: Row, place: str) -> None:
    item = row.listed.item
    about = "  ".join(
        part
        for part in (name_of(row.listed.source), age(item.sort_at, shelf.now()), "; ".join(row.because))
        if part
    )
    warn(f"\n{place}  {clean(title_of(item), Sink.LINE)}\n     {clean(about, Sink.LINE)}")


def _answer(run: Run, row: Row) -> str:
    while True:
        key = _key()
        if key == "o":
            url = row.listed.item.url
            if not url:
                warn("it has no address; pkm read shows it")
            elif not open_address(url, run.environ):
                warn(url)
        elif key in {"k", "d", "s", "\r", "\n", " ", *_END}:
            return key
        else:
            warn(_KEYS)


def _key() -> str:
    """One key; empty at the end of the input."""
    with _raw():
        return sys.stdin.read(1).lower()


@contextmanager
def _raw() -> Iterator[None]:
    """The terminal gives each key at once; Ctrl-C stays an interrupt."""
    try:
        import termios  # noqa: PLC0415 - not there on Windows
        import tty  # noqa: PLC0415 - the same
    except ImportError as error:
        raise UsageError("-i is not there on this system", hint="pkm keep ID, pkm drop ID") from error
    try:
        number = sys.stdin.fileno()
        before = termios.tcgetattr(number)
    except (termios.error, OSError, ValueError):
        yield  # lines instead of keys: the first letter counts
        return
    try:
        tty.setcbreak(number)
        yield
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
