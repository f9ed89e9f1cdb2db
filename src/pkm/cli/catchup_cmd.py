"""`pkm catchup`: back after an absence; a few items stay in view, the rest is let go."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import item_fields, name_of, title_of
from pkm.cli.naming import question_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, show_json
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.model.source import CAPTURES
from pkm.rules.amounts import age, ago, counted
from pkm.rules.gaps import Gap
from pkm.rules.limits import CATCHUP_LIMIT
from pkm.rules.tails import short_ids
from pkm.rules.when import parse_since
from pkm.seek.catchup import Order, Plan, let_go, plan
from pkm.shelf.shelf import Shelf

commands = Commands()

_NAMED = 5
_STALE_DAYS = 1


@commands(
    "catchup",
    examples=("pkm catchup", "pkm catchup --dry-run", "pkm catchup --since 3w --limit 10 --yes"),
)
def catch_up(
    run: Run,
    *,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="So many items stay in view.")
    ] = CATCHUP_LIMIT,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="Only what came in since: 3w, 2026-11-01; else all."),
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--for", metavar="Q", help="Only what matches your question stays in view."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; change nothing.")] = False,
) -> None:
    """After an absence: keep a few items in view, and let the rest go.

    What stays comes first from sources of strong tie or that seldom post, then what matches your questions,
    then what several sources link to, then each source in its turn. The plan is shown first.

    Nothing is deleted: `pkm find` finds what was let go, and `pkm undo` brings all of it back. What you put
    off stays as it is. What stays is the last list: `pkm keep 1 4 9`.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=not dry_run)
        order = Order(
            limit=limit,
            since=parse_since(since, now=shelf.now(), zone=shelf.zone) if since else None,
            question=question_named(run, shelf, question) if question else None,
            per_source=settings.seek.per_source,
        )
        planned = plan(shelf, order)
        numbered = bool(planned.rows) and _remember(run, shelf, planned)
        if not run.json:
            _show(run, shelf, planned, numbered=numbered)
        gone = 0 if dry_run else _apply(run, shelf, planned)
        if run.json:
            show_json(_document(planned, gone=gone, applied=not dry_run))
        elif gone:
            say(run, dotted(f"let go {counted(gone, 'item')}", "undo: pkm undo"))


def _remember(run: Run, shelf: Shelf, planned: Plan) -> bool:
    ids = [row.listed.item.id for row in planned.rows]
    return last_list(run, shelf).remember("catchup", ids, ids)


def _apply(run: Run, shelf: Shelf, planned: Plan) -> int:
    if not planned.going:
        return 0
    stay = counted(len(planned.rows), "item")
    if not confirm(run, f"Let go {counted(len(planned.going), 'item')}, and keep {stay} in view?"):
        say(run, "Nothing was changed.")
        return 0
    return let_go(shelf, planned)


# What is shown.


def _show(run: Run, shelf: Shelf, planned: Plan, *, numbered: bool) -> None:
    for line in _before(shelf, planned):
        say(run, line)
    if planned.rows:
        table = _person_table(shelf, planned, numbered=numbered) if run.table else _plain_table(planned)
        show(run, table, dict)
    for line in _after(shelf, planned):
        say(run, line)


def _before(shelf: Shelf, planned: Plan) -> Iterator[str]:
    if planned.away_since is not None and (days := (shelf.now() - planned.away_since).days):
        yield f"{counted(days, 'day')} since you last decided, wrote or shared. Nothing is owed."
    if not planned.waiting:
        yield "Nothing waits. Next: pkm seek"
    elif not planned.going:
        waits = "1 item waits" if planned.waiting == 1 else f"{planned.waiting} items wait"
        yield f"{waits}; all of it stays in view."
    if planned.rows and planned.going:
        yield f"In view would stay {len(planned.rows)} of {planned.waiting} items:"


def _after(shelf: Shelf, planned: Plan) -> Iterator[str]:
    if planned.going:
        yield f"To let go: {len(planned.going)} ({_sources(planned)}). pkm find still finds them."
    if planned.put_off:
        stay = "1 item that you put off stays as it is." if planned.put_off == 1 else ""
        yield stay or f"{planned.put_off} items that you put off stay as they are."
    for source, gap in planned.gaps[:_NAMED]:
        yield f"{_between(shelf, gap)} the feed of {name_of(source)} may have dropped items that we never saw."
    if len(planned.gaps) > _NAMED:
        yield f"So may {len(planned.gaps) - _NAMED} other feeds."
    if planned.failing:
        named = ", ".join(name_of(source) for source in planned.failing[:_NAMED])
        more = len(planned.failing) - _NAMED
        others = f" and {more} others" if more > 0 else ""
        yield f"Failing meanwhile: {named}{others}: pkm source list --failing"
    pulled = _pulled_at(shelf)
    if pulled is not None and (shelf.now() - pulled).days >= _STALE_DAYS:
        yield f"Last pulled {ago(pulled, shelf.now())}; to fetch what is new before you catch up: pkm pull"


def _sources(planned: Plan) -> str:
    named = [f"{name_of(source) or CAPTURES} {count}" for source, count in planned.from_sources[: _NAMED - 2]]
    left = len(planned.from_sources) - len(named)
    return ", ".join(
        [*named, *([f"{left} more sources"] if left > 1 else []), *(["1 more source"] if left == 1 else [])]
    )


def _between(shelf: Shelf, gap: Gap) -> str:
    first, last = (moment.astimezone(shelf.zone) for moment in (gap.after, gap.before))
    if first.date() == last.date():
        return f"On {last.day} {last:%B}"
    if (first.year, first.month) == (last.year, last.month):
        return f"Between {first.day} and {last.day} {last:%B}"
    if first.year == last.year:
        return f"Between {first.day} {first:%B} and {last.day} {last:%B}"
    return f"Between {first.day} {first:%B %Y} and {last.day} {last:%B %Y}"


def _pulled_at(shelf: Shelf) -> datetime | None:
    asked = [
        source.health.checked_at
        for source in shelf.store.sources.all()
        if source.health.checked_at is not None
    ]
    return max(asked, default=None)


def _person_table(shelf: Shelf, planned: Plan, *, numbered: bool) -> Table:
    shorts = short_ids([row.listed.item.id for row in planned.rows])
    rows = tuple(
        (
            number if numbered else None,
            title_of(row.listed.item),
            name_of(row.listed.source),
            age(row.listed.item.sort_at, shelf.now()),
            "; ".join(row.because),
            short,
        )
        for number, (row, short) in enumerate(zip(planned.rows, shorts, strict=True), start=1)
    )
    columns = (
        Column(name="n", right=True, keep=True),
        Column(name="title"),
        Column(name="source"),
        Column(name="age", keep=True),
        Column(name="because", below=True),
        Column(name="id", keep=True),
    )
    return Table(columns=columns, rows=rows)


def _plain_table(planned: Plan) -> Table:
    rows = tuple(
        (row.listed.item.id, name_of(row.listed.source), title_of(row.listed.item), "; ".join(row.because))
        for row in planned.rows
    )
    return Table(
        columns=tuple(Column(name=name, keep=True) for name in ("id", "source", "title", "because")),
        rows=rows,
    )


def _document(planned: Plan, *, gone: int, applied: bool) -> dict[str, Any]:
    return {
        "schema": "pkm.catchup/1",
        "away_since": planned.away_since,
        "waiting": planned.waiting,
        "items": [item_fields(row.listed, row.because) for row in planned.rows],
        "going": len(planned.going),
        "let_go": gone,
        "put_off": planned.put_off,
        "gaps": [
            {"source": source.id, "title": source.title, "after": gap.after, "before": gap.before}
            for source, gap in planned.gaps
        ],
        "failing": [source.id for source in planned.failing],
        "applied": applied,
    }
