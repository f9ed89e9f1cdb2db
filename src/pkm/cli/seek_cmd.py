"""`pkm seek`: what is new, and why it deserves a look."""

from random import SystemRandom
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.naming import question_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say
from pkm.cli.registry import Commands
from pkm.cli.seek_views import show_looked
from pkm.config import Settings
from pkm.errors import Busy, UsageError
from pkm.model.source import Space
from pkm.rules.amounts import counted
from pkm.rules.when import parse_since
from pkm.seek.look import Ask, Looked, look
from pkm.seek.questions import looked as remember_look
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
For = Annotated[
    str | None,
    typer.Option("--for", metavar="Q", help="Only what matches your question: its row, id or words of it."),
]
Random = Annotated[
    int,
    typer.Option("--random", metavar="N", min=0, help="So many by chance, from rarely seen sources first."),
]
Scan = Annotated[bool, typer.Option("--scan", help="Titles only, one a line.")]
Deep = Annotated[
    int, typer.Option("--deep", metavar="N", min=0, help="The first N with their whole text, one by one.")
]
NoPull = Annotated[bool, typer.Option("--no-pull", help="Do not fetch first.")]
Patience = Annotated[
    float | None, typer.Option("--patience", metavar="S", min=0, help="Seconds to spend on fetching first.")
]
OneByOne = Annotated[
    bool, typer.Option("-i", help="One at a time, one key each: k keep, d let go, ? shows all keys.")
]


@commands(
    "seek",
    dash_words=True,
    examples=(
        "pkm seek",
        "pkm seek decisions -climate --since 2w",
        "pkm seek --for findable",
        "pkm seek --minutes 8 -i",
    ),
)
def seek(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    words: Words = None,
    limit: Limit = None,
    everything: Everything = False,  # noqa: FBT002 - Typer reads a flag so
    hidden: Hidden = False,  # noqa: FBT002 - the same
    minutes: Minutes = None,
    question: For = None,
    space: SpaceOption = None,
    source: SourceOption = None,
    tag: Tag = None,
    since: Since = None,
    chance: Random = 0,
    deep: Deep = 0,
    scan: Scan = False,  # noqa: FBT002 - the same
    no_pull: NoPull = False,  # noqa: FBT002 - the same
    patience: Patience = None,
    one_by_one: OneByOne = False,  # noqa: FBT002 - the same
) -> None:
    """Show what is new, newest first.

    The line below a title says why a row deserves a look: a strong tie, a question of yours, several of your
    sources link to it, a source that seldom posts. It never changes the order. Of one source at most three
    rows stand together; the rest is one line.

    On a terminal what is due is fetched first, for a few seconds at most. The numbers are good for `keep`,
    `drop`, `read` and `sense` until the next list.

    With -i, and at a terminal with --deep, you go through the rows one by one; each key is stored at once.
    --minutes then is a clock: when the time is over, the row at hand is the last.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=False)
        asked = question_named(run, shelf, question) if question else None
        walks = one_by_one or (bool(deep) and run.asks and not run.json)
        ask = Ask(
            words=" ".join(words or ()),
            everything=everything,
            hidden=hidden,
            limit=deep or _limit(settings, limit, all_of_them=one_by_one and minutes is not None),
            minutes=None if walks else minutes,
            space=space,
            source=source_of(shelf, source).id if source else None,
            tag=tag.removeprefix("#") if tag else None,
            since=parse_since(since, now=shelf.now(), zone=shelf.zone) if since else None,
            question=asked,
            random=chance,
            per_source=0 if run.json else settings.seek.per_source,
        )
        if one_by_one:
            _must_have_keys(run)
        if run.table and not no_pull:
            _pull_first(run, shelf, settings, settings.seek.patience_s if patience is None else patience)
        looked = look(shelf, ask, random_below=SystemRandom().randrange)
        if walks:
            _walk(run, shelf, looked, minutes=minutes, deep=bool(deep), question=asked.id if asked else None)
        else:
            show_looked(run, shelf, looked, ask, scan=scan, deep=bool(deep))
        if asked is not None and not run.json:
            remember_look(shelf, [asked])


def _limit(settings: Settings, limit: int | None, *, all_of_them: bool) -> int:
    if limit is not None:
        return limit
    return 0 if all_of_them else settings.seek.limit


def _must_have_keys(run: Run) -> None:
    if not run.asks or run.json:
        raise UsageError(
            "-i needs a terminal",
            why="there is nobody to press a key",
            hint="leave out -i: pkm seek, then pkm keep ID or pkm drop ID",
        )


def _walk(  # noqa: PLR0913 - what was typed, once
    run: Run, shelf: Shelf, looked: Looked, *, minutes: int | None, deep: bool, question: str | None
) -> None:
    from pkm.cli.onebyone import walk  # noqa: PLC0415 - a list needs no keyboard

    walk(run, shelf, looked, minutes=minutes, deep=deep, question=question)


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
