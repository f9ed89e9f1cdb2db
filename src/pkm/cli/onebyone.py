"""`pkm seek -i`: one item at a time, one key each; every key is stored before the next item is shown."""

import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from pkm.cli.context import Run
from pkm.cli.itemview import name_of, title_of
from pkm.cli.keys import END, Keys, keyboard
from pkm.cli.opener import open_address
from pkm.cli.output import say, warn
from pkm.cli.picking import last_list
from pkm.cli.talk import dotted
from pkm.cli.terminal import width
from pkm.errors import NotFound, Refused
from pkm.model.item import State
from pkm.rules.amounts import age
from pkm.rules.clean import Sink, clean
from pkm.seek.look import Looked, Row
from pkm.seek.triage import Decided, KeepWishes, keep, let_go, put_off
from pkm.shelf.shelf import Shelf
from pkm.shelf.undo import undo

HELP: Final = "k keep, d let go, n note, o open, l later, u undo, Enter skip, q quit, ? help"
_END: Final = {"q", END}
_SKIP: Final = {"s", "\r", "\n", " "}


@dataclass(slots=True, kw_only=True)
class Walk:
    """A walk through the undecided rows, and what was decided on it.

    Attributes:
        deep: Show the whole text of each.
        ends_at: On `clock`; None for no end.
        question: What is kept is kept for it.
        done: Each decision: the place of its row, the word for it, its number for `undo`.
        stop: The time is up: this row is the last.
    """

    run: Run
    shelf: Shelf
    keys: Keys
    deep: bool = False
    clock: Callable[[], float] = monotonic
    ends_at: float | None = None
    minutes: int = 0
    question: str | None = None
    done: list[tuple[int, str, int]] = field(default_factory=list)
    stop: bool = False

    def count(self, word: str) -> int:
        """How many rows were decided so."""
        return sum(said == word for _place, said, _number in self.done)


def walk(  # noqa: PLR0913 - what was typed, once
    run: Run,
    shelf: Shelf,
    looked: Looked,
    *,
    minutes: int | None = None,
    deep: bool = False,
    question: str | None = None,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Show the undecided rows one after the other, and do what each key says.

    Args:
        run: The call.
        shelf: Where.
        looked: The rows; those that were put off come last.
        minutes: Stop after the row at which so much time is over; None for no such end.
        deep: Show the whole text of each.
        question: What is kept is kept for it.
        clock: Seconds; what it counts from does not matter.

    Raises:
        KeyboardInterrupt: Ctrl-C; what was decided stays decided, and is told.
    """
    rows = [row for row in looked.rows if row.listed.item.state == State.NEW]
    rows.sort(key=lambda row: row.listed.item.later_at is not None)
    if not rows:
        say(run, "Nothing new. Next: pkm sense")
        return
    say(run, _help(run))
    with keyboard() as keys:
        going = Walk(
            run=run,
            shelf=shelf,
            keys=keys,
            deep=deep,
            clock=clock,
            ends_at=clock() + minutes * 60 if minutes else None,
            minutes=minutes or 0,
            question=question,
        )
        try:
            _go(going, rows)
        finally:
            _tell(going, looked)


def _go(going: Walk, rows: list[Row]) -> None:
    place = 0
    while place < len(rows) and not _is_over(going):
        if not _is_new(going, rows[place]):  # decided in another terminal meanwhile
            place += 1
            continue
        _print(going, rows[place], f"{place + 1}/{len(rows)}")
        after = _decide(going, rows, place)
        if after is None or going.stop:
            return
        place = after


def _is_over(going: Walk) -> bool:
    return going.ends_at is not None and going.clock() >= going.ends_at


def _is_new(going: Walk, row: Row) -> bool:
    now = going.shelf.store.items.get(row.listed.item.id)
    return now is not None and now.state == State.NEW


def _decide(going: Walk, rows: list[Row], place: int) -> int | None:
    """Do what the keys say about a row; the place of the next row, None to end."""
    while True:
        key = _key(going)
        if key in _END:
            return None
        if key in _SKIP:
            return place + 1
        if key == "u":
            back = _undo(going)
            if back is not None:
                return back
        elif key == "o":
            _open(going, rows[place])
        elif key in _VERBS:
            word, verb = _VERBS[key]
            decided = verb(going, rows[place])
            if decided is not None:
                if decided.command is not None:
                    going.done.append((place, word, decided.command))
                warn(word)
                return place + 1
        else:
            warn(_help(going.run))


def _help(run: Run) -> str:
    """The keys, broken between words where the terminal is narrow."""
    return textwrap.fill(HELP, width(run.environ, sys.stderr))


def _key(going: Walk) -> str:
    """The next key; when the time is up while the user thinks, that is said once, and this row is the last."""
    if going.ends_at is not None and not going.stop:
        key = going.keys.read(going.ends_at - going.clock())
        if key is not None:
            return key
        going.stop = True
        over = "The minute is over" if going.minutes == 1 else f"{going.minutes} minutes are over"
        warn(f"{over}: this one, then it ends.")
    return going.keys.read() or END


# What the keys do.


def _keep(going: Walk, row: Row) -> Decided | None:
    return keep(going.shelf, [row.listed.item], KeepWishes(question=going.question))


def _drop(going: Walk, row: Row) -> Decided | None:
    return let_go(going.shelf, [row.listed.item])


def _later(going: Walk, row: Row) -> Decided | None:
    return put_off(going.shelf, row.listed.item)


def _note(going: Walk, row: Row) -> Decided | None:
    warn("What does it mean to you? One line; Enter alone goes back.")
    words = going.keys.line().strip()
    if not words:
        return None
    return keep(going.shelf, [row.listed.item], KeepWishes(words=words, question=going.question))


_VERBS: Final[dict[str, tuple[str, Callable[[Walk, Row], Decided | None]]]] = {
    "k": ("kept", _keep),
    "d": ("let go", _drop),
    "l": ("later", _later),
    "n": ("noted and kept", _note),
}


def _undo(going: Walk) -> int | None:
    if not going.done:
        warn("Nothing was decided here yet.")
        return None
    place, word, number = going.done[-1]
    try:
        undo(going.shelf, number)
    except (NotFound, Refused) as error:
        warn(str(error))
        return None
    going.done.pop()
    warn(f"took back: {word}")
    return place


def _open(going: Walk, row: Row) -> None:
    url = row.listed.item.url
    last_list(going.run, going.shelf).remember_shown(row.listed.item.id)
    if not url:
        warn("it has no address; pkm read shows it")
    elif not open_address(url, going.run.environ):
        warn(url)


# What is shown.


def _print(going: Walk, row: Row, place: str) -> None:
    item, shelf = row.listed.item, going.shelf
    facts = (name_of(row.listed.source), age(item.sort_at, shelf.now()), "; ".join(row.because))
    columns = max(30, width(going.run.environ))
    lines = [
        *_wrapped(f"{place}  {clean(title_of(item), Sink.LINE)}", columns, "  "),
        *_wrapped(
            clean("  ".join(fact for fact in facts if fact), Sink.LINE), columns, "     ", first="     "
        ),
    ]
    if going.deep:
        from pkm.cli.read_cmd import body_of  # noqa: PLC0415 - only whole texts need it

        last_list(going.run, shelf).remember_shown(item.id)
        lines += ["", body_of(going.run, shelf, item)]
    warn("\n" + "\n".join(lines))


def _wrapped(text: str, columns: int, later: str, *, first: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        columns - 1,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _tell(going: Walk, looked: Looked) -> None:
    kept, gone = going.count("kept") + going.count("noted and kept"), going.count("let go")
    later = going.count("later")
    undoing = "undo the last one: pkm undo" if going.done else ""
    put = f", {later} for later" if later else ""
    say(going.run, dotted(f"kept {kept}, let go {gone}{put}", undoing))
    left = looked.matching - kept - gone
    if left > 0:
        say(going.run, f"{left} left. They will wait; nothing is owed.")
    if kept:
        say(going.run, "Next: pkm sense")
