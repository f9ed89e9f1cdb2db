"""`pkm prune`: take out old items that the user made nothing of."""

from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import name_of
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import UsageError
from pkm.rules.amounts import byte_count, counted
from pkm.rules.limits import UNDO_DAYS
from pkm.rules.moments import with_moments
from pkm.rules.query import And, Node, parse_query
from pkm.rules.when import parse_since
from pkm.shelf.prune import Plan, Pruned, plan, prune
from pkm.shelf.shelf import Shelf

commands = Commands()
_SHOWN = 10

Older = Annotated[
    str,
    typer.Option(
        "--older", metavar="WHEN", help="Older than: 180d, 1y, 2026-01-01; by date and by first sight."
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep", metavar="QUERY", help="What answers to it stays, as in `pkm find`; may be given again."
    ),
]
Undecided = Annotated[bool, typer.Option("--undecided", help="Also what you have not decided about.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")]


@commands(
    "prune",
    examples=(
        "pkm prune --dry-run",
        "pkm prune --older 1y",
        "pkm prune --keep tag:reference --keep author:Lark",
    ),
)
def prune_items(
    run: Run,
    older: Older = "180d",
    keep: Keep = None,
    *,
    undecided: Undecided = False,
    dry_run: DryRun = False,
) -> None:
    """Take out old items that you made nothing of.

    What you let go, or what your rules hide, goes once it is old; it says how much, and asks. What you ever kept, noted, quoted, tagged, shared or put in yourself is never touched. What is pruned does
    not come back with the next pull, and `pkm undo` brings it back for 90 days.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        before = parse_since(older, now=shelf.now(), zone=shelf.zone)
        queries = [_query(shelf, words) for words in keep or []]
        planned = plan(shelf, before=before, keep=queries, undecided=undecided)
        done = None
        if planned.items and not dry_run and _agrees(run, planned, older):
            done = prune(shelf, planned, before=before, undecided=undecided)
        if not planned.items or done or dry_run:
            show(run, _table(run, shelf, planned), lambda: _document(shelf, planned, done))
    _tell(run, planned, done, older, dry_run=dry_run)


def _query(shelf: Shelf, words: str) -> Node:
    query = parse_query(words)
    if query == And(()):
        raise UsageError(f"--keep {words!r} names nothing", hint="for example: --keep tag:reference")
    return with_moments(query, now=shelf.now(), zone=shelf.zone)


def _agrees(run: Run, planned: Plan, older: str) -> bool:
    back = f"`pkm undo` brings it back for {UNDO_DAYS} days" if planned.reversible else _FOR_GOOD
    question = f"Prune {counted(len(planned.items), 'item')} older than {older}, {byte_count(planned.size)}? ({back})"
    return confirm(run, question)


_FOR_GOOD = "too much for the trash: it CANNOT be taken back; a later --older takes less"


def _table(run: Run, shelf: Shelf, planned: Plan) -> Table:
    sources = shelf.store.sources.by_id()
    counts = sorted(planned.by_source.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = tuple((count, name_of(sources.get(source)) or source) for source, count in counts)
    more = len(rows) - _SHOWN
    return Table(
        columns=(Column(name="items", right=True), Column(name="of")),
        rows=rows[:_SHOWN] if run.table else rows,
        closing=(f"and of {counted(more, 'more source')}",) if run.table and more > 0 else (),
    )


def _document(shelf: Shelf, planned: Plan, done: Pruned | None) -> dict[str, Any]:
    sources = shelf.store.sources.by_id()
    return {
        "schema": "pkm.pruned/1",
        "items": done.items if done else len(planned.items),
        "bytes": planned.size,
        "freed": done.freed if done else 0,
        "reversible": planned.reversible,
        "done": done is not None,
        "sources": [
            {"id": source, "title": name_of(sources.get(source)), "items": count}
            for source, count in planned.by_source.items()
        ],
    }


def _tell(run: Run, planned: Plan, done: Pruned | None, older: str, *, dry_run: bool) -> None:
    if not planned.items:
        say(run, f"Nothing older than {older} may go: what you made something of stays.")
    elif done is not None:
        freed = (
            f"the store is {byte_count(done.freed)} smaller" if done.freed > 0 else "the store kept its size"
        )
        back = "undo: pkm undo" if done.reversible else "it cannot be undone"
        say(run, dotted(f"pruned {counted(done.items, 'item')}", freed, back))
    elif dry_run:
        size = byte_count(planned.size)
        say(run, f"{counted(len(planned.items), 'item')} would go, {size}; nothing was changed.")
        if not planned.reversible:
            say(run, f"That is {_FOR_GOOD}.")
    else:
        say(run, "Nothing was changed.")
