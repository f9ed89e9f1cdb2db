"""`pkm source`: what you follow, and what there is to know about it."""

from typing import Annotated

import typer

from pkm.cli import source_set_cmd
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import SOURCES, health_word, name_of, named_hint, source_fields
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show
from pkm.cli.registry import Commands
from pkm.model.source import CAPTURES, Health, Source, Tie
from pkm.rules.urls import display_url
from pkm.seek.patience import told
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

commands = Commands()

Named = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id, its address, or part of its title.")]
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
        Column(name="url", keep=not run.table),
    ]
    rows = [
        (
            _id(run, one),
            name_of(one),
            one.space,
            one.tie if one.tie != Tie.UNKNOWN else None,
            health_word(one),
            display_url(one.url) if one.kind != CAPTURES else None,
        )
        for one in sources
    ]
    return Table(columns=tuple(columns), rows=tuple(rows))


def _id(run: Run, source: Source) -> str:
    return source.id[-4:] if run.table else source.id


def _error(source: Source) -> str:
    health = source.health
    times = f" ({health.failures} times in a row)" if health.failures > 1 else ""
    return f"{health.error or 'failed'}{times}"


@commands("source show", examples=("pkm source show jarche",))
def show_source(run: Run, source: Named) -> None:
    """All about one source."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        found = source_of(shelf, source)
        items = shelf.store.arrivals.count(found.id)
        table = Table(
            columns=(Column(name="fact", keep=True), Column(name="value", wrap=True)),
            rows=tuple(row for row in _facts(shelf, found, items) if row[1] not in {None, ""}),
            closing=(f"Its items: pkm seek --all --source {found.id[-4:]}",),
        )
        show(run, table, lambda: {"schema": SOURCES, "sources": [source_fields(found, items=items)]})


def _facts(shelf: Shelf, source: Source, items: int) -> list[tuple[str, Cell]]:
    health = source.health
    return [
        ("title", name_of(source)),
        ("id", source.id),
        ("url", display_url(source.url) if source.kind != CAPTURES else None),
        ("page", source.home_url),
        ("space", source.space),
        ("tie", source.tie),
        ("stance", source.stance),
        ("why", source.why),
        ("folders", ", ".join("/".join(path) for path in source.folders)),
        ("tags", " ".join(f"#{tag}" for tag in source.tags)),
        ("private", "yes: its items leave only by --widen" if source.private else None),
        ("private host", "allowed" if source.private_host else None),
        ("followed", _local(shelf, source.followed_at)),
        ("no longer followed", _local(shelf, source.removed_at)),
        ("muted", _local(shelf, source.muted_at)),
        ("format", source.format),
        ("items", items),
        ("health", health_word(source)),
        ("last asked", _local(shelf, health.checked_at)),
        ("last fine", _local(shelf, health.succeeded_at)),
        ("next asked", _next_asked(shelf, health)),
        ("failing since", _local(shelf, health.failing_since)),
        ("error", _error(source) if health.failures else None),
        ("what to type", named_hint(health.hint or "", source)),
    ]


def _next_asked(shelf: Shelf, health: Health) -> str:
    at, because = _local(shelf, health.next_check_at), told(health.next_because)
    return f"{at} ({because})" if at and because else at or because


def _local(shelf: Shelf, moment: object) -> str | None:
    astimezone = getattr(moment, "astimezone", None)
    return f"{astimezone(shelf.zone):%Y-%m-%d %H:%M}" if astimezone else None


commands.join(source_set_cmd.commands)
