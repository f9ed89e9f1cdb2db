"""`pkm source`: what you follow, and what you say about it."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import SOURCES, health_word, name_of, named_hint, source_fields
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import Refused, UsageError
from pkm.model.source import CAPTURES, Source, Space, Stance, Tie
from pkm.rules.urls import display_url, has_secret, join
from pkm.seek.follow import change
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

commands = Commands()

Word = TypeVar("Word", bound=StrEnum)
Named = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id, its address, or part of its title.")]
Failing = Annotated[bool, typer.Option("--failing", help="Only those whose last request failed, and why.")]
All = Annotated[bool, typer.Option("--all", help="Also those that you no longer follow, and captures.")]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Your name for it.")]
Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="Its new address.")]
SpaceOption = Annotated[
    str | None, typer.Option("--space", metavar="WORD", help="team, community, network, or none.")
]
TieOption = Annotated[Tie | None, typer.Option("--tie", help="strong, weak, unknown.")]
StanceOption = Annotated[
    str | None,
    typer.Option("--stance", metavar="WORD", help="usually-agree, usually-disagree, mixed, or none."),
]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help='Why you follow it; "" takes it off.')]
Folders = Annotated[
    list[str] | None,
    typer.Option("--folder", metavar="PATH", help='Its folders from now on, as Work/Design; "" for none.'),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="A tag; -TAG takes one off, +TAG adds one."),
]
Private = Annotated[
    bool | None, typer.Option("--private/--no-private", help="Its items leave only by --widen.")
]
AllowPrivate = Annotated[
    bool | None,
    typer.Option("--allow-private/--no-allow-private", help="Its host may be one of your own network."),
]


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
        ("next asked", _local(shelf, health.next_check_at)),
        ("failing since", _local(shelf, health.failing_since)),
        ("error", _error(source) if health.failures else None),
        ("what to type", named_hint(health.hint or "", source)),
    ]


def _local(shelf: Shelf, moment: object) -> str | None:
    astimezone = getattr(moment, "astimezone", None)
    return f"{astimezone(shelf.zone):%Y-%m-%d %H:%M}" if astimezone else None


@commands(
    "source set",
    examples=("pkm source set jarche --space network --tie strong", "pkm source set 4k2m --tag +design"),
)
def set_source(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    source: Named,
    title: Title = None,
    url: Url = None,
    space: SpaceOption = None,
    tie: TieOption = None,
    stance: StanceOption = None,
    why: Why = None,
    folder: Folders = None,
    tag: Tags = None,
    private: Private = None,
    allow_private: AllowPrivate = None,
) -> None:
    """Say something about a source; what is not named stays as it is."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        before = source_of(shelf, source)
        _refuse_captures(before)
        after = before
        if title is not None:
            after = replace(after, title=title.strip() or None)
        if url is not None:
            after = replace(after, url=_free_address(shelf, before, url))
        if space is not None:
            after = replace(after, space=_word(Space, space, "--space"))
        if stance is not None:
            after = replace(after, stance=_word(Stance, stance, "--stance"))
        if why is not None:
            after = replace(after, why=why.strip() or None)
        after = replace(
            after,
            tie=tie or after.tie,
            folders=after.folders if folder is None else _paths(folder),
            tags=after.tags if tag is None else _tags(after.tags, tag),
            private=after.private if private is None else private,
            private_host=after.private_host if allow_private is None else allow_private,
        )
        if has_secret(after.url) and not after.private:
            raise Refused(
                f"{name_of(before)} stays private",
                why="its address holds a secret, so its items could give it away",
                hint=f"give it an address without one: pkm source set {before.id[-4:]} --url URL",
            )
        _store(run, shelf, before, after, "noted")


def _store(run: Run, shelf: Shelf, before: Source, after: Source, done: str) -> None:
    if after == before:
        say(run, f"{name_of(before)}: nothing to change")
    else:
        with shelf.writing():
            change(shelf, after, name="source")
        say(run, dotted(f"{name_of(after)}: {done}", "undo: pkm undo"))
    if run.json:
        stored = shelf.store.sources.get(after.id) or after
        show_json({"schema": SOURCES, "sources": [source_fields(stored)]})


def _refuse_captures(source: Source) -> None:
    if source.kind == CAPTURES:
        raise Refused(
            "captures cannot be changed",
            why="it holds what you put in by hand",
            hint="pkm add URL adds to it",
        )


def _free_address(shelf: Shelf, source: Source, word: str) -> str:
    url = join(None, word.strip())
    if url is None:
        raise UsageError(
            f"'{display_url(word)}' is no web address", hint="give one that begins with https://"
        )
    holder = shelf.store.sources.at(url)
    if holder is not None and holder.id != source.id:
        raise Refused(
            f"{display_url(url)} is the address of {name_of(holder)}",
            hint=f"remove one of the two: pkm source remove {source.id[-4:]}",
        )
    return url


def _word(words: type[Word], said: str, flag: str) -> Word | None:
    if said.lower() in {"none", ""}:
        return None
    try:
        return words(said.lower())
    except ValueError as error:
        raise UsageError(
            f"{flag} cannot be {said!r}", hint=f"use one of: {', '.join(words)}, none"
        ) from error


def _paths(folders: list[str]) -> tuple[tuple[str, ...], ...]:
    paths = (tuple(part.strip() for part in path.split("/") if part.strip()) for path in folders)
    return tuple(dict.fromkeys(path for path in paths if path))


def _tags(tags: tuple[str, ...], said: list[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(tags)
    for word in said:
        name = word.lstrip("+-").removeprefix("#").strip()
        if not name:
            raise UsageError("--tag needs a name", hint="for example: --tag +design")
        if word.startswith("-"):
            kept.pop(name, None)
        else:
            kept[name] = None
    return tuple(kept)


@commands("source mute", examples=("pkm source mute jarche",))
def mute_source(run: Run, source: Named) -> None:
    """Ask a source no more, until it is unmuted."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        before = source_of(shelf, source)
        _refuse_captures(before)
        after = replace(before, muted_at=before.muted_at or shelf.now())
        _store(run, shelf, before, after, "muted; pkm source unmute asks it again")


@commands("source unmute", examples=("pkm source unmute jarche",))
def unmute_source(run: Run, source: Named) -> None:
    """Ask a muted source again."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        before = source_of(shelf, source)
        _store(run, shelf, before, replace(before, muted_at=None), "asked again")


@commands("source remove", examples=("pkm source remove jarche",))
def remove_source(run: Run, source: Named) -> None:
    """Follow a source no longer. Its items stay, and so does what you wrote about them."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        before = source_of(shelf, source)
        _refuse_captures(before)
        after = replace(before, removed_at=before.removed_at or shelf.now())
        items = shelf.store.arrivals.count(before.id)
        stay = "; its 1 item stays" if items == 1 else f"; its {items} items stay"
        _store(run, shelf, before, after, f"no longer followed{stay if items else ''}")
