"""`pkm searches`: the queries that you gave a name."""

from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, show_json
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.shelf import searches

commands = Commands()


@commands("searches list", default=True, examples=("pkm searches", "pkm find @weekly-letter"))
def list_searches(run: Run) -> None:
    """The queries that you gave a name; each is a text file in `searches/`, which you may edit.

    A line that begins with `# ` is for you alone. Such a name stands for its query wherever one is typed:
    `pkm find @NAME more words`, `pkm seek @NAME`, `when: "@NAME"` in rules.yaml, and in another saved search.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        every = searches.all_saved(shelf)
        table = Table(
            columns=(Column(name="name", keep=True), Column(name="query", wrap=True), Column(name="file")),
            rows=tuple((one.name, one.query, one.path) for one in every),
        )
        show(run, table, lambda: {"schema": "pkm.searches/1", "searches": every})
        if not every:
            say(run, "No search was saved yet: pkm find WORDS --save NAME")


@commands("searches rm", examples=("pkm searches rm weekly-letter",))
def remove_search(
    run: Run, name: Annotated[str, typer.Argument(help="Its name, with or without @.", metavar="NAME")]
) -> None:
    """Take a saved search away; `pkm undo` brings it back."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        gone = searches.remove(shelf, name)
        if run.json:
            show_json({"schema": "pkm.search-removed/1", "search": gone})
        else:
            say(run, dotted(f"removed {gone.path}", "undo: pkm undo"))
