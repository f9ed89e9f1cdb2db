"""`pkm demo`: the whole loop, on sample feeds."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.registry import Commands
from pkm.cli.terminal import width

commands = Commands()

Keep = Annotated[
    Path | None, typer.Option("--keep", metavar="DIR", help="Make the demo's home there, and leave it.")
]


@commands("demo", examples=("pkm demo", "pkm demo --keep ~/pkm-demo"))
def demo(run: Run, keep: Keep = None) -> None:
    """Play the whole loop on sample feeds, offline.

    Every line is typed for you in a home of its own, and every answer is real; nothing of yours is touched.
    With --quiet it says something only if a step fails.
    """
    from pkm.demo.run import run as play  # noqa: PLC0415 - a server and a terminal, for this alone

    result = play(
        keep_home=keep.expanduser() if keep else None,
        out=sys.stdout,
        quiet=run.quiet,
        width=width(run.environ),
    )
    if result.exit_code:
        raise typer.Exit(result.exit_code)
