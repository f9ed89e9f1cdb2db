"""`pkm source`: what you follow, and what there is to know about it."""

from typing import Annotated

import typer

from pkm.cli import source_ask_cmd, source_look_cmd, source_set_cmd, source_show_cmd
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import SOURCES, health_word, name_of, named_hint, source_fields
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show
from pkm.cli.registry import Commands
from pkm.model.source import CAPTURES, Source, Tie
from pkm.rules.urls import display_url

commands = Commands()

Failing = Annotated[bool, typer.Option("--failing", help="Only those whose last request failed, and why.")]
All = Annotated[bool, typer.Option("--all", help="Also those that you no longer follow, and captures.")]


@commands(
    "source list", default=True, examples=("pkm source list", "pkm source --failing", "pkm source --json")
)
def list_sources(
    run: Run,
    failing: Failing = False,  # noqa: FBT002 - Typer reads a flag so
    everything: All = False,  # noqa: FBT002 - the same
) -> None:
    """What you follow, and how it answers."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        found = shelf.store.sources.all(removed=everything)
        chosen = [one for one in found if everything or one.kind != CAPTURES]
        if failing:
            chosen = [one for one in chosen if one.health.failures]
        table = _list_table(run, chosen, failing=failing)
        show(
            run,
            table,
            lambda: {"schema": SOURCES, "sources": [source_fields(one) for one in chosen]},
        )
        if not chosen:
            say(run, "No source fails." if failing else "You follow nothing yet. Next: pkm follow URL")


def _list_table(run: Run, sources: list[Source], *, failing: bool) -> Table:
    if failing:
        columns = [
            Column(name="id", keep=True),
            Column(name="source", wrap=True),
            Column(name="why", wrap=True),
        ]
        columns.append(Column(name="what to type", wrap=True))
        rows: list[tuple[Cell, ...]] = [
            (_id(run, one), name_of(one), _error(one), named_hint(one.health.hint or "", one))
            for one in sources
        ]
        return Table(columns=tuple(columns), rows=tuple(rows))
    columns = [
        Column(name="id", keep=True),
        Column(name="title"),
        Column(name="space"),
        Column(name="tie"),
        Column(name="health"),
    ]
    if not run.table:  # an address that is cut is of no use to a person; `source show` has it whole
        columns.append(Column(name="url", keep=True))
    rows = [
        (
            _id(run, one),
            name_of(one),
            one.space,
            one.tie if one.tie != Tie.UNKNOWN else None,
            health_word(one),
            *(() if run.table else (display_url(one.url) if one.kind != CAPTURES else None,)),
        )
        for one in sources
    ]
    closing = ("More of one, its address too: pkm source show ID",) if rows else ()
    return Table(columns=tuple(columns), rows=tuple(rows), closing=closing)


def _id(run: Run, source: Source) -> str:
    return source.id[-4:] if run.table else source.id


def _error(source: Source) -> str:
    health = source.health
    times = f" ({health.failures} times in a row)" if health.failures > 1 else ""
    return f"{health.error or 'failed'}{times}"


commands.join(source_show_cmd.commands)
commands.join(source_set_cmd.commands)
commands.join(source_look_cmd.commands)
commands.join(source_ask_cmd.commands)
