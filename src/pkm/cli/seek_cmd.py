"""`pkm seek`: what is new, and why it deserves a look."""

import secrets
import sys
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.glyphs import glyphs
from pkm.cli.instep import in_step
from pkm.cli.itemview import ITEMS, also_in, item_fields, name_of, title_of
from pkm.cli.lastlist import short_ids
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.config import Settings
from pkm.errors import Busy, UsageError
from pkm.model.item import State
from pkm.model.source import CAPTURES, Space
from pkm.rules.amounts import age, counted
from pkm.rules.when import parse_since
from pkm.seek.look import Ask, Looked, Row, look
from pkm.seek.reasons import Fold
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

commands = Commands()

Words = Annotated[
    list[str] | None,
    typer.Argument(help='Only items with these words; -word, "a phrase", tag:x and OR work too.'),
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="Rows to show; 0 is all.")]
Everything = Annotated[bool, typer.Option("--all", help="Items of every state: new, kept and let go.")]
Hidden = Annotated[bool, typer.Option("--hidden", help="What your rules hide, and which rule does.")]
Minutes = Annotated[
    int | None,
    typer.Option("--minutes", metavar="N", min=1, help="As many as can be read in so many minutes."),
]
SpaceOption = Annotated[
    Space | None, typer.Option("--space", help="Only sources of that space: team, community, network.")
]
SourceOption = Annotated[
    str | None,
    typer.Option("--source", metavar="SOURCE", help="Only that source: id, address or part of its title."),
]
Tag = Annotated[
    str | None, typer.Option("--tag", metavar="TAG", help="Only items, or items of sources, with that tag.")
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="WHEN", help="Not older than: 3d, yesterday, 2026-11-22.")
]
Random = Annotated[
    int, typer.Option("--random", metavar="N", min=0, help="So many of what waits, drawn by chance.")
]
NoPull = Annotated[bool, typer.Option("--no-pull", help="Do not fetch first.")]
Patience = Annotated[
    float | None, typer.Option("--patience", metavar="S", min=0, help="Seconds to spend on fetching first.")
]
OneByOne = Annotated[
    bool, typer.Option("-i", help="One at a time: k keep, d let go, o open, Enter skip, q quit.")
]


@commands(
    "seek",
    dash_words=True,
    examples=("pkm seek", "pkm seek decisions -climate --since 2w", "pkm seek --minutes 8 -i"),
)
def seek(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    words: Words = None,
    limit: Limit = None,
    everything: Everything = False,  # noqa: FBT002 - Typer reads a flag so
    hidden: Hidden = False,  # noqa: FBT002 - the same
    minutes: Minutes = None,
    space: SpaceOption = None,
    source: SourceOption = None,
    tag: Tag = None,
    since: Since = None,
    chance: Random = 0,
    no_pull: NoPull = False,  # noqa: FBT002 - the same
    patience: Patience = None,
    one_by_one: OneByOne = False,  # noqa: FBT002 - the same
) -> None:
    """Show what is new, newest first.

    The last column says why a row deserves a look: a strong tie, several of your sources link to it, a
    source that seldom posts. It never changes the order. Of one source at most three rows stand together;
    the rest is one line.

    On a terminal what is due is fetched first, for a few seconds at most. The numbers are good for `keep`,
    `drop`, `read` and `sense` until the next list.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=False)
        ask = Ask(
            words=" ".join(words or ()),
            everything=everything,
            hidden=hidden,
            limit=settings.seek.limit if limit is None else limit,
            minutes=minutes,
            space=space,
            source=source_of(shelf, source).id if source else None,
            tag=tag.removeprefix("#") if tag else None,
            since=parse_since(since, now=shelf.now(), zone=shelf.zone) if since else None,
            random=chance,
            per_source=0 if run.json else settings.seek.per_source,
        )
        if run.table and not no_pull:
            _pull_first(run, shelf, settings, settings.seek.patience_s if patience is None else patience)
        looked = look(shelf, ask, random_below=secrets.randbelow)
        if one_by_one:
            _one_by_one(run, shelf, looked)
            return
        _show(run, shelf, looked, ask)


def _pull_first(run: Run, shelf: Shelf, settings: Settings, patience_s: float) -> None:
    """Fetch what is due as long as the user cares to wait; what is late comes with the next pull."""
    from pkm.cli.pulling import run_pull  # noqa: PLC0415 - a list without a pull needs no network
    from pkm.seek.due import due  # noqa: PLC0415 - the same

    waiting = due(shelf.store.sources.all(), now=shelf.now())
    if not waiting or patience_s <= 0:
        return
    try:
        outcome = run_pull(run, shelf, waiting, settings, max_time_s=patience_s, finish=False)
    except Busy:
        say(run, "Another pull is running; this is what is here so far.")
        return
    if outcome.offline is not None:
        say(run, "There is no network now; this is what is here so far.")
        return
    outcome.end_as_asked()
    if outcome.interrupted:
        say(run, "Fetching was stopped; this is what is here so far.")
        return
    failed = outcome.count("failed")
    late = outcome.asked - outcome.count("new") - outcome.count("unchanged") - failed
    parts = [f"{counted(failed, 'source')} failed: pkm source list --failing"] if failed else []
    parts += [f"{late} not asked yet: pkm pull"] if late > 0 else []
    if parts:
        say(run, "; ".join(parts))


def _one_by_one(run: Run, shelf: Shelf, looked: Looked) -> None:
    from pkm.cli.onebyone import walk  # noqa: PLC0415 - only -i needs the keyboard

    if not run.asks or run.json:
        raise UsageError(
            "-i needs a terminal",
            why="there is nobody to press a key",
            hint="pkm seek, then pkm keep ID or pkm drop ID",
        )
    walk(run, shelf, looked)


def _show(run: Run, shelf: Shelf, looked: Looked, ask: Ask) -> None:
    ids = [row.listed.item.id for row in looked.rows]
    numbered = last_list(run, shelf).remember("seek", ids, looked.undecided)
    if run.table:
        table = _person_table(shelf, looked, ask, numbered=numbered)
    else:
        table = _plain_table(looked, numbered=numbered)
    show(
        run,
        table,
        lambda: {
            "schema": ITEMS,
            "items": [item_fields(row.listed, row.because) for row in looked.rows],
        },
    )
    if not run.table and not run.json:
        for fold in looked.folds:
            say(run, _folded(looked, fold))
    if not looked.rows:
        say(run, _nothing(shelf, ask))


def _person_table(shelf: Shelf, looked: Looked, ask: Ask, *, numbered: bool) -> Table:
    shorts = short_ids([row.listed.item.id for row in looked.rows])
    rows: list[tuple[Cell, ...]] = [
        _person_row(shelf, row, short, number if numbered else None, everything=ask.everything)
        for number, (row, short) in enumerate(zip(looked.rows, shorts, strict=True), start=1)
    ]
    columns = [
        Column(name="n", right=True, keep=True),
        Column(name="title"),
        Column(name="source"),
        Column(name="age", keep=True),
        *([Column(name="state", keep=True)] if ask.everything else []),
        Column(name="because", below=True),
        Column(name="id", keep=True),
    ]
    return Table(
        columns=tuple(columns),
        rows=tuple(rows),
        between=tuple((fold.after, f"    {_folded(looked, fold)}") for fold in looked.folds),
        closing=_closing(looked, ask, numbered=numbered),
    )


def _person_row(
    shelf: Shelf, row: Row, short: str, number: int | None, *, everything: bool
) -> tuple[Cell, ...]:
    item = row.listed.item
    return (
        number,
        title_of(item),
        name_of(row.listed.source),
        age(item.sort_at, shelf.now()),
        *((str(item.state),) if everything else ()),
        "; ".join(filter(None, (*_reasons(row), also_in(row.listed)))),
        short,
    )


def _reasons(row: Row) -> tuple[str, ...]:
    hidden_by = row.listed.item.hidden_by
    return (f"hidden by the rule '{hidden_by}'", *row.because) if hidden_by else row.because


def _folded(looked: Looked, fold: Fold) -> str:
    source = looked.sources.get(fold.source or "")
    return f"and {fold.count} more: pkm seek --source {source.id[-4:] if source else CAPTURES}"


def _plain_table(looked: Looked, *, numbered: bool) -> Table:
    names = ("number", "id", "state", "published", "source", "title", "url", "because")
    rows = tuple(
        (
            number if numbered else None,
            row.listed.item.id,
            str(row.listed.item.state),
            row.listed.item.published_at or row.listed.item.sort_at,
            name_of(row.listed.source),
            title_of(row.listed.item),
            row.listed.item.url,
            "; ".join(_reasons(row)),
        )
        for number, row in enumerate(looked.rows, start=1)
    )
    return Table(columns=tuple(Column(name=name) for name in names), rows=rows)


def _closing(looked: Looked, ask: Ask, *, numbered: bool) -> tuple[str, ...]:
    if not looked.rows:
        return ()
    folded = sum(fold.count for fold in looked.folds)
    left = looked.matching - len(looked.rows) - folded
    lines = []
    if looked.minutes is not None:
        lines.append(f"About {looked.minutes} min of reading.")
    if left > 0 and ask.hidden:
        lines.append(f"{left} more: pkm seek --hidden --limit 0")
    elif left > 0 and ask.everything:
        lines.append(f"{left} more: pkm seek --all --limit 0")
    elif left > 0:
        lines.append(f"{left} more wait; nothing is owed. All of them: pkm seek --limit 0")
    dot = f" {glyphs(sys.stdout).dot} "
    first = next((n for n, row in enumerate(looked.rows, 1) if row.listed.item.state == State.NEW), None)
    if ask.hidden:
        lines.append(f"To see one again: pkm rules unhide {1 if numbered else 'ID'}")
    elif first is None:
        lines.append(f"Next: pkm read {1 if numbered else 'ID'}")
    elif numbered:
        lines.append(f"Next: pkm keep {first}{dot}pkm read {first}{dot}pkm drop rest")
    else:
        lines.append(f"Next: pkm keep ID{dot}pkm read ID{dot}pkm drop ID")
    return tuple(lines)


def _nothing(shelf: Shelf, ask: Ask) -> str:
    """What to say, and to type, where there is nothing to show."""
    if ask.hidden:
        return "Your rules hide nothing of what is new. Among kept and let go: pkm seek --hidden --all"
    if ask.words or ask.source or ask.tag or ask.space or ask.since:
        more = "" if ask.everything else "; among kept and let go: the same with --all"
        return f"Nothing new answers to that{more}"
    if not any(one.kind != CAPTURES for one in shelf.store.sources.all()):
        return "You follow nothing yet. Next: pkm follow URL"
    if shelf.store.items.unsensed():
        return "Nothing new. Something kept waits for a sentence of yours: pkm sense"
    return "Nothing new. To ask the sources: pkm pull --all"
