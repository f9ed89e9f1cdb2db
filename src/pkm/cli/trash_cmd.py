"""`pkm trash`: what files held before they were changed."""

from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.lastlist import is_row
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, show_json, show_line
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.rules.amounts import byte_count, counted
from pkm.rules.limits import UNDO_DAYS
from pkm.shelf.shelf import Shelf
from pkm.shelf.trash import Kept, empty, listing, named, restore

commands = Commands()

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Rows to show; 0 is all.")]
Which = Annotated[
    str,
    typer.Argument(metavar="N|PATH", help="A row of `pkm trash`, the path of the file, or the copy's name."),
]
Some = Annotated[list[str] | None, typer.Argument(metavar="N|PATH", help="Only these; else all of it.")]
To = Annotated[str | None, typer.Option("--to", metavar="PATH", help="Another path in the home.")]


@commands("trash list", default=True, examples=("pkm trash", "pkm trash --json"))
def list_trash(run: Run, limit: Limit = 20) -> None:
    """What your files held before pkm changed or removed them, newest first.

    Kept for 90 days and up to 200 MB; a pull takes away what is older.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        found = listing(shelf)
        shown = found[: limit or None]
        numbered = last_list(run, shelf).remember("trash", [one.name for one in shown])
    columns = (
        Column(name="n", right=True, keep=True),
        Column(name="when", keep=True),
        Column(name="file"),
        Column(name="size", right=True),
        Column(name="before"),
        *(() if run.table else (Column(name="name"),)),
    )
    rows = tuple(
        (
            number if numbered else None,
            one.at,
            one.called,
            byte_count(one.size) if run.table else one.size,
            f"pkm {one.command.name}" if one.command else None,
            *(() if run.table else (one.name,)),
        )
        for number, one in enumerate(shown, 1)
    )
    total = sum(one.size for one in found)
    show(
        run,
        Table(columns=columns, rows=rows, closing=_closing(found, len(shown), total, numbered=numbered)),
        lambda: {
            "schema": "pkm.trash/1",
            "kept": [_fields(one) for one in found],
            "bytes": total,
            "days": UNDO_DAYS,
        },
    )
    if not found:
        say(run, "The trash is empty.")


def _closing(found: tuple[Kept, ...], shown: int, total: int, *, numbered: bool) -> tuple[str, ...]:
    if not found:
        return ()
    more = "; all of it: pkm trash --limit 0" if len(found) > shown else ""
    size = f"{counted(len(found), 'copy').replace('copys', 'copies')}, {byte_count(total)}{more}"
    return size, f"To put one back: pkm trash restore {1 if numbered else 'PATH'}"


def _fields(one: Kept) -> dict[str, Any]:
    return {
        "name": one.name,
        "at": one.at,
        "bytes": one.size,
        "path": one.path,
        "command": one.command.name if one.command else None,
    }


@commands("trash restore", examples=("pkm trash restore 1", "pkm trash restore notes/on-logs.md"))
def restore_file(run: Run, which: Which, to: To = None) -> None:
    """Put back what a file held. What it holds now goes into the trash, and `pkm undo` takes this back."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        kept = _the(run, shelf, which)
        path = restore(shelf, kept, to=to)
        in_step(run, shelf, wait=True)
    if run.json:
        show_json({"schema": "pkm.restored/1", "path": path, "from": kept.name})
    elif path is not None:
        show_line(path)
    if path is None:
        say(run, f"{kept.called} holds just that already.")
    else:
        say(run, dotted(f"put back as of {kept.at.astimezone():%Y-%m-%d %H:%M}", "undo: pkm undo"))


@commands("trash empty", examples=("pkm trash empty", "pkm trash empty 2", "pkm trash empty notes/secret.md"))
def empty_trash(run: Run, which: Some = None) -> None:
    """Take old bytes away for good: all of them, or those named. Asks first.

    `pkm undo` can then no longer bring back what stood in them.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        found = listing(shelf)
        if which:
            wanted = {_the(run, shelf, word).called for word in which}
            found = tuple(one for one in found if one.called in wanted)
        size = sum(one.size for one in found)
        what = f"{len(found)} old {'version' if len(found) == 1 else 'versions'} ({byte_count(size)})"
        if not found:
            say(run, "The trash is empty.")
        elif not confirm(run, f"Take away {what} for good?"):
            say(run, "Nothing was changed.")
            return
        removed = empty(shelf, found)
    if run.json:
        show_json({"schema": "pkm.emptied/1", "removed": removed, "bytes": size})
    if found:
        say(run, f"took away {what}; that cannot be undone")


def _the(run: Run, shelf: Shelf, word: str) -> Kept:
    if is_row(word):
        [name, *_] = last_list(run, shelf).rows(word, kind="trash")
        return named(shelf, name)
    return named(shelf, word)
