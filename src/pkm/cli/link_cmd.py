"""`pkm link`: how one note stands to another."""

from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.instep import in_step
from pkm.cli.naming import notes_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import UsageError
from pkm.sense.links import RELATIONS, tie

commands = Commands()


@commands(
    "link",
    examples=("pkm link 2 5 --as contradicts", 'pkm link 3f2k 9x1p --as "example of"'),
)
def link(
    run: Run,
    note: Annotated[str, typer.Argument(help="A note, or an item with one note.", metavar="A")],
    to: Annotated[str, typer.Argument(help="The other one.", metavar="B")],
    *,
    relation: Annotated[
        str,
        typer.Option("--as", metavar="REL", help=f"{', '.join(RELATIONS)}, or a word of your own."),
    ] = "see also",
) -> None:
    """Say how one note stands to another.

    It is written under `## Links` in the file of A. `pkm notes links` and `pkm notes show` tell it at both ends.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        named = notes_named(run, shelf, [note, to])
        if len(named) != 2:
            raise UsageError("both words name one note", hint="name two: pkm link A B --as supports")
        tied = tie(shelf, named[0], named[1], relation=relation)
        if run.json:
            show_json(
                {
                    "schema": "pkm.link/1",
                    "note": note_fields(tied.note),
                    "to": note_fields(tied.to),
                    "relation": tied.said,
                    "new": tied.new,
                }
            )
        elif not tied.new:
            say(run, f"{tied.note.path} says so already.")
        else:
            said = f"{tied.note.path}: {tied.said} '{tied.to.title}'"
            say(run, dotted(said, "undo: pkm undo"))
        if tied.new and tied.said not in RELATIONS:
            say(run, f"'{tied.said}' is a word of your own; pkm's are: {', '.join(RELATIONS)}.")
