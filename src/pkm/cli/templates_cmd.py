"""`pkm templates`: the prompts and templates that may be replaced by files of one's own."""

from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, show_json, show_line, show_text
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.shelf.replaceable import Replaceable, eject, listing, named

commands = Commands()

Name = Annotated[str, typer.Argument(metavar="NAME", help="A name of the list, or a place: prompts/cer.md.")]


@commands("templates list", default=True, examples=("pkm templates list", "pkm templates list --json"))
def list_templates(run: Run) -> None:
    """What is asked, and how notes and drafts are laid out: which files are yours, and which are pkm's."""
    with open_shelf(run, settings_of(run)) as shelf:
        found = listing(shelf)
    columns = tuple(Column(name=name, keep=True) for name in ("name", "used by", "file"))
    rows = tuple((one.name, one.used_by, one.asset.place if one.asset.own else "pkm's own") for one in found)
    closing = ("Make one yours: pkm templates eject NAME",)
    show(
        run,
        Table(columns=columns, rows=rows, closing=closing),
        lambda: {"schema": "pkm.templates/1", "templates": [_fields(one) for one in found]},
    )


@commands("templates show", examples=("pkm templates show cer",))
def show_template(run: Run, name: Name) -> None:
    """Print a prompt or template: yours if there is one, else pkm's."""
    with open_shelf(run, settings_of(run)) as shelf:
        found = named(shelf, name)
    if run.json:
        show_json({"schema": "pkm.template/1", **_fields(found), "text": found.asset.text})
    else:
        show_text(found.asset.text.rstrip("\n"))


@commands("templates eject", examples=("pkm templates eject plain", "pkm templates eject weekly"))
def eject_template(run: Run, name: Name) -> None:
    """Copy one of pkm's own into your home, to change it there.

    From then on yours is used. Remove the file, or `pkm undo`, and pkm's is back.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        place = eject(shelf, name)
    if run.json:
        show_json({"schema": "pkm.ejected/1", "place": place})
    elif run.out_terminal:
        say(run, f"It is yours now: {place}")
    else:
        show_line(place)
    say(run, dotted("undo: pkm undo"))


def _fields(one: Replaceable) -> dict[str, Any]:
    return {"name": one.name, "used_by": one.used_by, "place": one.asset.place, "own": one.asset.own}
