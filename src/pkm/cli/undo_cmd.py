"""`pkm undo`: take the last command back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json, warn
from pkm.cli.registry import Commands
from pkm.store.undo_log import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkm.shelf.outlook import Outlook

commands = Commands()
_COLUMNS = (
    Column(name="number", right=True),
    Column(name="when", keep=True),
    Column(name="command", keep=True),
    Column(name="what it did"),
    Column(name="would take back"),
    Column(name="but", below=True),
)
_STATE = Column(
    name="state", keep=True
)  # in a pipe; a person reads it in the place of what would be taken back


@commands("undo", examples=("pkm undo", "pkm undo --list", "pkm undo 12"))
def undo(
    run: Run,
    number: Annotated[
        int | None, typer.Argument(metavar="[NUMBER]", help="The command to take back: --list numbers them.")
    ] = None,
    *,
    listed: Annotated[
        bool, typer.Option("--list", help="Show what was done and can be taken back; change nothing.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Rows of --list; 0 is all.")] = 20,
) -> None:
    """Take back the last command that changed something.

    Typed once more it goes one further back. States, notes, sources and quotes go back to what they were. What was changed again since is left as it
    is, and named. What went to other people cannot be called back: `pkm share log` keeps the record, and
    `pkm undo NUMBER` goes past an export to what was done before it.
    """
    if listed:
        _show_list(run, limit)
    else:
        _take_back(run, number)


def _show_list(run: Run, limit: int) -> None:
    from pkm.shelf.outlook import Outlook, outlook  # noqa: PLC0415 - taking back does without it

    with open_shelf(run, settings_of(run)) as shelf:
        done = shelf.store.undo_log.listing(limit)
        looks = [outlook(shelf, one) if one.undone_at is None else Outlook() for one in done]
    if not done and not run.json:
        say(run, "Nothing was done yet that can be taken back.")
    pairs = list(zip(done, looks, strict=True))
    show(
        run,
        _table(run, pairs),
        lambda: {
            "schema": "pkm.commands/1",
            "commands": [
                {
                    **_fields(one),
                    "state": _state(one, look) or "stands",
                    "takes_back": look.takes,
                    "left": look.left,
                }
                for one, look in pairs
            ],
        },
    )


def _table(run: Run, pairs: "Sequence[tuple[Command, Outlook]]") -> Table:
    shared = [(one.number, one.at, one.name, one.summary) for one, _ in pairs]
    looks = [(look.takes, look.final or _but(look), _state(one, look)) for one, look in pairs]
    rows: tuple[tuple[Cell, ...], ...]
    if run.table:
        rows = tuple(
            (*did, state or takes, but) for did, (takes, but, state) in zip(shared, looks, strict=True)
        )
    else:
        rows = tuple((*did, *look) for did, look in zip(shared, looks, strict=True))
    return Table(
        columns=_COLUMNS if run.table else (*_COLUMNS, _STATE),
        rows=rows,
        closing=("To go back: pkm undo, or pkm undo NUMBER",) if rows else (),
    )


def _state(command: Command, look: "Outlook") -> str:
    return "undone" if command.undone_at else "cannot" if look.final else ""


def _but(look: "Outlook") -> str:
    more = len(look.left) - 1
    return f"{look.left[0]}{f', and {more} more' if more else ''}: left as it is" if look.left else ""


def _take_back(run: Run, number: int | None) -> None:
    from pkm.shelf.undo import undo as take_back  # noqa: PLC0415 - the list does without it

    with open_shelf(run, settings_of(run)) as shelf:
        undone = take_back(shelf, number)
    for reason in undone.left:
        warn(f"left as it is: {reason}")
    if run.json:
        show_json(
            {
                "schema": "pkm.undone/1",
                "command": _fields(undone.command),
                "taken_back": undone.taken_back,
                "left": undone.left,
            }
        )
        return
    say(run, f"took back `{undone.command.name}`: {undone.command.summary}")


def _fields(command: Command) -> dict[str, Any]:
    return {
        "number": command.number,
        "name": command.name,
        "summary": command.summary,
        "at": command.at,
        "undone_at": command.undone_at,
    }
