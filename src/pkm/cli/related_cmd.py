"""`pkm related`: what else you have that belongs with an item or a note."""

from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.rules.tails import short_ids
from pkm.sense.related import LIMIT, Related, related, thing_of
from pkm.shelf.lookup import whole_id
from pkm.shelf.shelf import Shelf

commands = Commands()


@commands("related", examples=("pkm related 2", "pkm related 3f2k --limit 0 --json"))
def show_related(
    run: Run,
    thing: Annotated[str, typer.Argument(help="A row of the last list, or an id.", metavar="ID")],
    *,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Rows to show; 0 is all.", min=0)
    ] = LIMIT,
) -> None:
    """What belongs with an item or a note, and why.

    Two things belong together if a link ties them, if a note is on both, if they were kept for one question, or if
    they share tags or rare words. Nothing is sent anywhere, and nothing is guessed: each row says what is shared.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        found = related(shelf, thing_of(shelf, _id_named(run, shelf, thing)), limit=limit)
        table = _table(run, shelf, found)
        show(run, table, lambda: {"schema": "pkm.related/1", "related": [_fields(one) for one in found]})
        if not found:
            say(run, "It shares no rare word, tag, link, note or question with anything else that is here.")


def _id_named(run: Run, shelf: Shelf, word: str) -> str:
    def lookup(tail: str) -> tuple[str, ...]:
        store = shelf.store
        return (*store.items.ending(tail), *store.notes.ending(tail), *store.quotes.ending(tail))

    found = last_list(run, shelf).resolve([word], lookup, prefixes="inh")
    return whole_id(shelf, found[0] if found else word, "inh")


def _fields(one: Related) -> dict[str, Any]:
    place = {"url": one.url} if one.kind == "item" else {"path": one.path}
    return {
        "kind": one.kind,
        "id": one.id,
        "title": one.title,
        **place,
        "because": one.because,
        "rank": float(f"{one.rank:.6g}"),
    }


def _table(run: Run, shelf: Shelf, found: tuple[Related, ...]) -> Table:
    numbered = bool(found) and last_list(run, shelf).remember("related", [one.id for one in found])
    if not run.table:
        names = ("id", "kind", "title", "where", "because")
        rows = tuple(
            (one.id, one.kind, one.title, one.url or one.path, "; ".join(one.because)) for one in found
        )
        return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=rows)
    tails = short_ids([one.id for one in found])
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="id", keep=True),
        Column(name="kind", keep=True),
        Column(name="title"),
        Column(name="because", below=True),
    )
    shown = tuple(
        (*((number,) if numbered else ()), tail, one.kind, one.title, "; ".join(one.because))
        for number, (one, tail) in enumerate(zip(found, tails, strict=True), 1)
    )
    return Table(columns=columns, rows=shown)
