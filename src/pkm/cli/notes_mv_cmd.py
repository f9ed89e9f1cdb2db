"""`pkm notes mv`: another name, place or title for a note; links follow."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.glyphs import glyphs
from pkm.cli.instep import in_step
from pkm.cli.naming import notes_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, show_line
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.model.note import Note
from pkm.rules.amounts import counted

if TYPE_CHECKING:
    from pkm.sense.moving import Move

commands = Commands()

_SHOWN = 12
_AROUND = 16


@commands(
    "notes mv",
    examples=(
        "pkm notes mv 2 decision-log",
        "pkm notes mv 2 archive/",
        'pkm notes mv 2 "Doubts beside decisions" --dry-run',
    ),
)
def move_note(
    run: Run,
    note: Annotated[str, typer.Argument(help="A row, an id or a path.", metavar="ID")],
    new: Annotated[
        str, typer.Argument(help="A name in small letters, a folder/, a path, or a title.", metavar="NEW")
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; change nothing.")
    ] = False,
) -> None:
    """Give a note another name, place or title; every link to it follows.

    NEW in small letters with dashes, or in .md, is the file's name; with a slash at its end a folder; anything
    else is a title, and the file is named after it. Links keep their words and their way of writing. All files
    are changed, or none.
    """
    from pkm.sense.moving import carry_out, plan_move  # noqa: PLC0415 - `notes list` shall not wait for it

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        [found] = notes_named(run, shelf, [note])
        move = plan_move(shelf, found, new)
        moved = found if dry_run or not move.changes else carry_out(shelf, move)
        if run.json:
            show_json(_document(move, moved, applied=not dry_run and move.changes))
            return
        _show(run, move)
        if not move.changes:
            say(run, f"{found.path} is called so already.")
        elif dry_run:
            say(run, "Nothing was changed.")
        else:
            say(run, dotted(_sentence(move), "undo: pkm undo"))


def _show(run: Run, move: "Move") -> None:
    arrow = glyphs(sys.stdout).arrow
    if move.to.path != move.note.path:
        show_line(f"{move.note.path} {arrow} {move.to.path}")
    if move.to.title is not None:
        show_line(f"title: {move.note.title} {arrow} {move.to.title}")
    rows = move.rewrites[:_SHOWN] if run.table else move.rewrites
    for one in rows:
        show_line(
            f"{one.path}:{one.line}: {_changed(one.before, one.after)} {arrow} {_changed(one.after, one.before)}"
        )
    if len(rows) < len(move.rewrites):
        say(run, f"and {counted(len(move.rewrites) - len(rows), 'more line')}")


def _changed(line: str, other: str) -> str:
    """The part of a line in which it differs from the other, with a little around it."""
    start = _same(line, other)
    rest = line[start:], other[start:]
    end = len(line) - _same(rest[0][::-1], rest[1][::-1])
    opened, closed = max(0, start - _AROUND), min(len(line), end + _AROUND)
    dots = glyphs(sys.stdout).ellipsis
    return f"{dots if opened else ''}{line[opened:closed]}{dots if closed < len(line) else ''}"


def _same(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _sentence(move: "Move") -> str:
    files = len({one.path for one in move.rewrites})
    if not files:
        return "no link had to follow"
    return f"links follow on {counted(len(move.rewrites), 'line')} of {counted(files, 'note')}"


def _document(move: "Move", moved: Note, *, applied: bool) -> dict[str, Any]:
    return {
        "schema": "pkm.moved/1",
        "note": note_fields(moved),
        "from": move.note.path,
        "to": move.to.path,
        "title": move.to.title,
        "links": [
            {"path": one.path, "line": one.line, "before": one.before, "after": one.after}
            for one in move.rewrites
        ],
        "applied": applied,
    }
