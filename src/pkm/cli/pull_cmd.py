"""`pkm pull`: fetch what is due."""

from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import name_of
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, rfc3339, say, show
from pkm.cli.pulling import Outcome, document, run_pull, tell_failures, tell_news_of_sources
from pkm.cli.quotenews import quotes_fields, tell_quotes
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.config import Settings
from pkm.errors import Busy, FeedError, NotFound
from pkm.model.source import CAPTURES, Source
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.urls import display_url
from pkm.seek.due import due
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

commands = Commands()
_HANGS_S = 6 * 60 * 60  # a pull that runs longer than this does not end by itself

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="Ask these alone, due or not: id, address or part of the title."),
]
Everything = Annotated[
    bool, typer.Option("--all", help="Ask all that were not asked within the last hour, due or not.")
]
Wait = Annotated[
    float, typer.Option("--wait", metavar="S", min=0, help="Seconds to wait for another pull to end.")
]
MaxTime = Annotated[
    float | None,
    typer.Option("--max-time", metavar="S", min=0, help="Begin no request after so many seconds."),
]
Strict = Annotated[bool, typer.Option("--strict", help="End with exit code 3 if any source failed.")]


@commands("pull", examples=("pkm pull", "pkm pull --quiet    (for cron)", "pkm pull jarche --json"))
def pull_sources(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    source: Sources = None,
    everything: Everything = False,  # noqa: FBT002 - Typer reads a flag so
    wait: Wait = 0.0,
    max_time: MaxTime = None,
    strict: Strict = False,  # noqa: FBT002 - the same
) -> None:
    """Fetch the sources that are due.

    Made for cron: it never asks a question, may be run as often as you like, and asks each server no more
    often than that server wants. With --quiet it speaks only when a person must act: a login refused, a
    source blocked or gone, five failures in a row, a mistake in rules.yaml; each is told once.

    Ctrl-C stores what has come, and ends; a second one ends at once. Nothing is lost either way.

    One source that fails never stops the others. The exit code is 0 if at least one was fine or nothing was
    due, 3 if all failed, 11 if another pull runs.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=False)
        began_at = shelf.now()
        chosen = _chosen(shelf, source or [], everything=everything)
        try:
            outcome = _pulled(
                run, shelf, chosen, settings, wait_s=wait, max_time_s=max_time, named=bool(source)
            )
        except Busy as busy:
            if _needs_nobody(run, busy):
                raise typer.Exit(Busy.exit_code) from busy
            raise
        show(run, _table(run, outcome), lambda: document(outcome) | quotes_fields(shelf, began_at))
        tell_failures(run, outcome)
        tell_news_of_sources(run, outcome)
        tell_quotes(run, shelf, began_at)
        _summarise(run, shelf, outcome)
    _end(run, outcome, strict=strict)


def _needs_nobody(run: Run, busy: Busy) -> bool:
    """Whether cron's mail may stay silent about a pull that runs already: unless that one hangs."""
    return run.quiet and not run.json and busy.held_s is not None and busy.held_s < _HANGS_S


def _chosen(shelf: Shelf, words: list[str], *, everything: bool) -> tuple[Source, ...]:
    if not words:
        return due(shelf.store.sources.all(), now=shelf.now(), everything=everything)
    named = {one.id: one for one in (source_of(shelf, word) for word in words)}
    for one in named.values():
        if not one.followed or one.kind == CAPTURES:
            raise NotFound(
                f"{name_of(one)} is not followed, so it cannot be pulled",
                hint=f"follow it again: pkm follow {display_url(one.url)}"
                if one.kind != CAPTURES
                else "it holds what you put in by hand: pkm add URL",
            )
    return tuple(named.values())


def _pulled(  # noqa: PLR0913 - what `run_pull` takes
    run: Run,
    shelf: Shelf,
    chosen: tuple[Source, ...],
    settings: Settings,
    *,
    wait_s: float,
    max_time_s: float | None,
    named: bool,
) -> Outcome:
    outcome = run_pull(run, shelf, chosen, settings, wait_s=wait_s, max_time_s=max_time_s)
    if named or outcome.interrupted or outcome.offline or max_time_s is not None:
        return outcome
    # Whoever followed a list meanwhile was told that this pull brings it.
    asked = {one.source.id for one in outcome.pulled}
    fresh = [
        one
        for one in due(shelf.store.sources.all(), now=shelf.now())
        if one.health.checked_at is None and one.id not in asked
    ]
    if fresh:
        more = run_pull(run, shelf, fresh, settings, wait_s=wait_s)
        outcome.asked += more.asked
        outcome.pulled += more.pulled
        outcome.stopped_by = more.stopped_by
        outcome.pages += more.pages
        outcome.offline = more.offline
    return outcome


def _table(run: Run, outcome: Outcome) -> Table:
    """For a person the sources with news; for a pipe every one that was asked."""
    if run.table:
        news = sorted((one for one in outcome.pulled if one.new or one.revised), key=lambda one: -one.new)
        return Table(
            columns=(
                Column(name="new", right=True),
                Column(name="edited", right=True),
                Column(name="source"),
            ),
            rows=tuple((one.new, one.revised or None, name_of(one.source)) for one in news),
        )
    columns = tuple(Column(name=name) for name in ("status", "new", "revised", "id", "url", "error"))
    rows = tuple(
        (
            one.status,
            one.new,
            one.revised,
            one.source.id,
            display_url(one.source.url),
            clean(one.error.what, Sink.LINE) if one.error else None,
        )
        for one in outcome.pulled
        if not run.quiet
    )
    return Table(columns=columns, rows=rows)


def _summarise(run: Run, shelf: Shelf, outcome: Outcome) -> None:
    if outcome.interrupted:
        say(
            run,
            f"stopped: {len(outcome.pulled)} of {counted(outcome.asked, 'source')} done; what came is stored",
        )
    elif not outcome.asked:
        say(run, _nothing_due(shelf))
        return
    elif outcome.offline is not None and not outcome.pulled:
        return
    parts = [
        f"{outcome.new} new from {counted(outcome.count('new'), 'source')}" if outcome.new else "nothing new",
        f"{outcome.hidden} hidden by your rules" if outcome.hidden else "",
        f"{counted(outcome.pages, 'whole text')} fetched" if outcome.pages else "",
        *(
            f"{outcome.count(word)} {word}"
            for word in ("unchanged", "failed", "skipped")
            if outcome.count(word)
        ),
    ]
    say(run, dotted(*parts))
    if outcome.waiting:
        say(run, "Next: pkm seek")


def _nothing_due(shelf: Shelf) -> str:
    followed = [one for one in shelf.store.sources.all() if one.kind != CAPTURES]
    if not followed:
        return "You follow nothing yet. Next: pkm follow URL"
    coming = [
        one.health.next_check_at
        for one in followed
        if one.health.next_check_at is not None and one.muted_at is None
    ]
    when = f"; the next is due at {rfc3339(min(coming).astimezone(shelf.zone))[:16]}" if coming else ""
    return f"Nothing is due{when}. To ask now: pkm pull --all, or pkm pull SOURCE"


def _end(run: Run, outcome: Outcome, *, strict: bool) -> None:
    if outcome.stopped_by is not None:
        raise SystemExit(128 + outcome.stopped_by)
    if outcome.offline is not None:
        if run.quiet and not run.json:
            raise typer.Exit(outcome.offline.exit_code)
        raise outcome.offline
    failed = outcome.count("failed")
    if not (outcome.all_failed or (strict and failed)):
        return
    if run.quiet and not run.json:
        raise typer.Exit(FeedError.exit_code)
    which = "none of the sources could be fetched" if outcome.all_failed else "not all could be fetched"
    raise FeedError(
        "pull",
        f"{which}: {failed} of {len(outcome.pulled)} failed",
        hint="pkm source list --failing says why",
    )
