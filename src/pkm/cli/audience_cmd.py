"""`pkm audience`: the groups that you share with."""

from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, warn
from pkm.cli.registry import Commands
from pkm.model.audience import Audience
from pkm.model.note import Level
from pkm.share.audiences import add_audience, all_audiences, meaning
from pkm.share.choosing import open_drafts
from pkm.share.period import last_edition
from pkm.shelf.shelf import Shelf

commands = Commands()

Name = Annotated[str, typer.Argument(help="Its name.", metavar="NAME")]


@commands("audience list", default=True, examples=("pkm audience list", "pkm audience list --json"))
def list_audiences(run: Run) -> None:
    """Your audiences, and which notes each may get."""
    with open_shelf(run, settings_of(run)) as shelf:
        found = all_audiences(shelf)
    rows = tuple((one.name, one.level.word, meaning(one.level), one.forward) for one in found)
    columns = (
        Column(name="name", keep=True),
        Column(name="level", keep=True),
        Column(name="may get", wrap=True),
        Column(name="handing on", wrap=True),
    )
    show(
        run,
        Table(columns=columns, rows=rows),
        lambda: {"schema": "pkm.audiences/1", "audiences": [_fields(one) for one in found]},
    )
    if len(found) == 1:
        say(run, "Next, for other people: pkm audience add team --level team")


@commands(
    "audience add",
    examples=(
        "pkm audience add team --level team",
        'pkm audience add readers --level public --forward "Freely, with the links."',
    ),
)
def add(
    run: Run,
    name: Name,
    *,
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="private, team, community or public.")
    ],
    forward: Annotated[
        str | None,
        typer.Option("--forward", metavar="TEXT", help="What its readers may do with it, in your words."),
    ] = None,
) -> None:
    """Add an audience: a name, and the least level that a note needs to go to it.

    It is written at the end of pkm.toml, and nothing else in that file changes.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        made = add_audience(shelf, name, level, forward)
    _show_one(run, made, {})
    if made.level is Level.PRIVATE:
        warn(f"Everything may go to {name}, your private notes too.")
    say(run, f"{name} may get {meaning(made.level)}. Next: pkm share draft --to {name}")


@commands("audience show", examples=("pkm audience show team",))
def show_audience(run: Run, name: Name) -> None:
    """One audience: its level, its last edition, its open drafts."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        found = shelf.options.named(name)
        _show_one(run, found, _standing(shelf, name))


def _standing(shelf: Shelf, name: str) -> dict[str, Any]:
    last = last_edition(shelf, name)
    return {
        "edition": last.edition if last else None,
        "exported_at": last.exported_at if last else None,
        "drafts": [digest.path for digest in open_drafts(shelf, name)],
    }


def _show_one(run: Run, found: Audience, standing: dict[str, Any]) -> None:
    fields = {**_fields(found), **standing}
    rows = tuple(
        (key, ", ".join(value) if isinstance(value, list) else value)
        for key, value in fields.items()
        if value not in (None, [], "")
    )
    show(
        run,
        Table(columns=(Column(name="what", keep=True), Column(name="value", wrap=True)), rows=rows),
        lambda: {"schema": "pkm.audience/1", "audience": fields},
    )


def _fields(one: Audience) -> dict[str, Any]:
    return {"name": one.name, "level": one.level.word, "forward": one.forward}
