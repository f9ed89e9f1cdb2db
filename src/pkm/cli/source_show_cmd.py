"""`pkm source show`: the page of one source."""

from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import SOURCES, health_word, name_of, named_hint, source_fields
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, show
from pkm.cli.registry import Commands
from pkm.cli.sourceview import local_time, redirect_fields, state_of
from pkm.model.asked import Asked
from pkm.model.source import CAPTURES, Source, Tie
from pkm.rules.amounts import counted
from pkm.rules.asking import attributes
from pkm.rules.urls import display_url
from pkm.seek.dossier import (
    Dossier,
    asking_words,
    dossier_of,
    proposal_words,
    request_words,
    rhythm_words,
)
from pkm.seek.patience import told
from pkm.seek.redirects import Redirect
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

commands = Commands()

Named = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id, its address, or part of its title.")]


@commands("source show", examples=("pkm source show jarche",))
def show_source(run: Run, source: Named) -> None:
    """All about one source: what it is, how it is asked, when and why then, and what came."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        dossier = dossier_of(shelf, source_of(shelf, source))
        found = dossier.source
        table = Table(
            columns=(Column(name="fact", keep=True), Column(name="value", wrap=True)),
            rows=tuple(row for row in _facts(shelf, dossier) if row[1] not in {None, ""}),
            closing=(f"Its items: pkm seek --all --source {found.id[-4:]}",),
        )
        show(run, table, lambda: {"schema": SOURCES, "sources": [_page_fields(dossier)]})


def _facts(shelf: Shelf, dossier: Dossier) -> list[tuple[str, Cell]]:
    source = dossier.source
    return [
        *_what_it_is(shelf, source),
        *asking_words(source),
        *_how_it_is(shelf, dossier),
        *_where_it_leads(shelf, dossier),
        *(("request", request_words(one, at=one.at.astimezone(shelf.zone))) for one in dossier.requests),
    ]


def _what_it_is(shelf: Shelf, source: Source) -> list[tuple[str, Cell]]:
    return [
        ("title", name_of(source)),
        ("id", source.id),
        ("url", display_url(source.url) if source.kind != CAPTURES else None),
        ("page", source.home_url),
        ("space", source.space),
        ("tie", source.tie if source.tie != Tie.UNKNOWN else None),
        ("stance", source.stance),
        ("why", source.why),
        ("folders", ", ".join("/".join(path) for path in source.folders)),
        ("tags", " ".join(f"#{tag}" for tag in source.tags)),
        ("private", "yes: its items leave only by --widen" if source.private else None),
        ("private host", "allowed" if source.private_host else None),
        ("followed", local_time(shelf, source.followed_at)),
        ("no longer followed", local_time(shelf, source.removed_at)),
        ("muted", local_time(shelf, source.muted_at)),
        ("format", source.format),
    ]


def _how_it_is(shelf: Shelf, dossier: Dossier) -> list[tuple[str, Cell]]:
    source, health = dossier.source, dossier.source.health
    states = ", ".join(f"{count} {state}" for state, count in dossier.states.items())
    next_at = local_time(shelf, health.next_check_at) or (
        "now" if source.followed and not source.muted_at else None
    )
    reason = told(health.next_because)
    return [
        ("items", f"{dossier.items}: {states}" if states else "none"),
        ("gone from it", f"{counted(dossier.gone, 'item')}, kept here" if dossier.gone else None),
        ("has something new", rhythm_words(source)),
        ("health", health_word(source)),
        ("last asked", local_time(shelf, health.checked_at)),
        ("last fine", local_time(shelf, health.succeeded_at)),
        ("next asked", _next(next_at, reason) if source.followed and source.kind != CAPTURES else None),
        (
            "its host",
            f"asked us to wait until {local_time(shelf, dossier.host.not_before)}" if dossier.host else None,
        ),
        ("failing since", local_time(shelf, health.failing_since)),
        ("error", _error(source) if health.failures else None),
        ("what to type", named_hint(health.hint or "", source)),
    ]


def _next(at: str | None, reason: str) -> str:
    return f"{at}: {reason}" if at and reason else at or reason


def _where_it_leads(shelf: Shelf, dossier: Dossier) -> list[tuple[str, Cell]]:
    moved = [(f"moved {state_of(one)}", _move_words(shelf, one)) for one in dossier.redirects if one.seen]
    proposed: list[tuple[str, Cell]] = [("proposal", proposal_words(one)) for one in dossier.proposals]
    return [*moved, *proposed, ("also asked at", ", ".join(dossier.addresses))]


def _move_words(shelf: Shelf, one: Redirect) -> str:
    taken = f"; taken {local_time(shelf, one.learnt_at)}" if one.learnt_at else ""
    wait = f"; taken by itself after {one.becomes_due}" if one.becomes_due else ""
    times = counted(one.seen, "time")
    return f"{display_url(one.target)}, {times} since {local_time(shelf, one.since)}{taken}{wait}"


def _page_fields(dossier: Dossier) -> dict[str, Any]:
    source = dossier.source
    return source_fields(
        source,
        items=dossier.items,
        states=dict(dossier.states),
        gone=dossier.gone,
        asking=attributes(source.asking),
        interval_s=source.interval_s,
        full=source.full,
        key_policy=source.key_policy,
        isolate=source.isolate,
        next_because=source.health.next_because,
        host_waits_until=dossier.host.not_before if dossier.host else None,
        redirects=[redirect_fields(one) for one in dossier.redirects],
        proposals=[
            {"kind": one.kind, "url": display_url(one.url), "since": one.at} for one in dossier.proposals
        ],
        requests=[_request_fields(one) for one in dossier.requests],
    )


def _request_fields(asked: Asked) -> dict[str, Any]:
    return {
        "at": asked.at,
        "purpose": asked.purpose,
        "status": asked.status,
        "conditional": asked.conditional,
        "seen": asked.seen,
        "new": asked.new,
        "error": asked.error,
        "hops": [{"status": status, "url": url} for status, url in asked.hops],
        "took_ms": asked.took_ms,
        "retry_after_s": asked.retry_after_s,
        "next_at": asked.next_at,
        "next_because": asked.next_because,
    }


def _error(source: Source) -> str:
    health = source.health
    times = f" ({health.failures} times in a row)" if health.failures > 1 else ""
    return f"{health.error or 'failed'}{times}"
