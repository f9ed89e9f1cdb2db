"""`pkm source health`, `redirects`, `audit`: what there is to know about all your sources."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import name_of
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show
from pkm.cli.registry import Commands
from pkm.cli.sourceview import local_time, redirect_fields, state_of
from pkm.cli.talk import dotted
from pkm.errors import Findings
from pkm.model.source import Source
from pkm.rules.amounts import ago, counted
from pkm.rules.urls import display_url
from pkm.rules.when import parse_since
from pkm.seek.ailments import Ailment, Circumstances, ailments, may_pass
from pkm.seek.audit import Check, Verdict, audit
from pkm.seek.redirects import Redirect, apply, redirects
from pkm.shelf.lookup import source_of
from pkm.shelf.secretbox import SecretBox
from pkm.shelf.shelf import Shelf

commands = Commands()

HEALTH = "pkm.health/1"
REDIRECTS = "pkm.redirects/1"
AUDIT = "pkm.audit/1"
_AUDITED = timedelta(days=30)

Some = Annotated[
    list[str] | None, typer.Argument(metavar="SOURCE", help="These alone: ids, addresses, parts of titles.")
]
Apply = Annotated[bool, typer.Option("--apply", help="Ask at the new addresses from now on.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Requests since then: 3w, 2026-11-01. [default: 30d]"),
]


# Health.


@commands("source health", examples=("pkm source health", "pkm source health --json"))
def show_health(run: Run) -> None:
    """The sources that need you, and what to type. Who is merely silent is well."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        sources = shelf.store.sources.all()
        known = Circumstances(
            proposals=shelf.store.proposals.of(),
            moves=shelf.store.addresses.moves(),
            secrets=SecretBox.of(shelf).all().keys(),
        )
        ill = ailments(sources, known, now=shelf.now())
        passing = may_pass(sources, ill)
        show(run, _health_table(run, ill, now=shelf.now()), lambda: _health_document(ill, passing))
        if not ill:
            say(run, "No source needs you.")
        if passing:
            verb = "fails" if passing == 1 else "fail"
            say(run, f"{counted(passing, 'source')} {verb} and may pass by itself: pkm source list --failing")


def _health_table(run: Run, ill: Sequence[Ailment], *, now: datetime) -> Table:
    columns = (
        Column(name="id", keep=True),
        Column(name="source"),
        Column(name="since"),
        Column(name="what is wrong", wrap=True),
        Column(name="what to type", below=run.table, keep=True),
    )
    rows = tuple(
        (
            one.source.id[-4:] if run.table else one.source.id,
            name_of(one.source),
            (ago(one.since, now) if run.table else one.since) if one.since else None,
            one.what,
            one.todo,
        )
        for one in ill
    )
    return Table(columns=columns, rows=rows)


def _health_document(ill: Sequence[Ailment], passing: int) -> dict[str, Any]:
    return {
        "schema": HEALTH,
        "sources": [
            {
                "id": one.source.id,
                "url": display_url(one.source.url),
                "title": one.source.title,
                "since": one.since,
                "message": one.what,
                "hint": one.todo,
            }
            for one in ill
        ],
        "may_pass": passing,
    }


# Redirects.


@commands("source redirects", examples=("pkm source redirects", "pkm source redirects jarche --apply"))
def show_redirects(
    run: Run,
    source: Some = None,
    take: Apply = False,  # noqa: FBT002 - Typer reads a flag so
) -> None:
    """Where addresses of your sources lead for good; --apply asks there from now on."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=take)
        sources = tuple(source_of(shelf, word) for word in source) if source else shelf.store.sources.all()
        found = redirects(shelf, sources, named=bool(source))
        taken = apply(shelf, found) if take else ()
        if taken:
            found = redirects(shelf, [shelf.store.sources.get(one.id) or one for one in sources], named=False)
        show(run, _redirects_table(shelf, found), lambda: _redirects_document(found, taken))
        if take:
            say(
                run,
                dotted(f"{counted(len(taken), 'source')} asked at the new address", "undo: pkm undo")
                if taken
                else "Nothing was taken.",
            )
        elif not found:
            say(run, "No source has moved.")


def _redirects_table(shelf: Shelf, found: Sequence[Redirect]) -> Table:
    columns = (
        Column(name="source"),
        Column(name="state"),
        Column(name="times", right=True),
        Column(name="since"),
        Column(name="leads to", wrap=True),
        Column(name="note", below=True),
    )
    rows = tuple(
        (
            name_of(one.source),
            state_of(one),
            one.seen or None,
            local_time(shelf, one.since),
            display_url(one.target),
            one.obstacle or (f"taken by itself after {one.becomes_due}" if one.becomes_due else None),
        )
        for one in found
    )
    closing = ("To take them now: pkm source redirects --apply",) if any(map(_ready, found)) else ()
    return Table(columns=columns, rows=rows, closing=closing)


def _ready(one: Redirect) -> bool:
    return not one.learnt_at and not one.obstacle


def _redirects_document(found: Sequence[Redirect], taken: Sequence[Redirect]) -> dict[str, Any]:
    return {
        "schema": REDIRECTS,
        "redirects": [redirect_fields(one) for one in found],
        "taken": [one.source.id for one in taken],
    }


# Audit.


@commands("source audit", examples=("pkm source audit", "pkm source audit jarche --since 1w --json"))
def show_audit(run: Run, source: Some = None, since: Since = None) -> None:
    """Were we polite? Rules that servers ask feed readers to keep, checked on the log of our own requests."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        begins = parse_since(since, now=shelf.now(), zone=shelf.zone) if since else shelf.now() - _AUDITED
        chosen = {source_of(shelf, word).id for word in source or ()}
        requests = [one for one in shelf.store.fetches.since(begins) if not chosen or one.source in chosen]
        checks = audit(requests)
        names = shelf.store.sources.by_id()
        show(run, _audit_table(checks, names), lambda: _audit_document(checks, begins, len(requests)))
        say(run, f"{counted(len(requests), 'request')} since {begins.astimezone(shelf.zone):%Y-%m-%d}")
    broken = [one for one in checks if one.verdict == Verdict.BROKEN]
    if broken:
        raise Findings(
            f"{counted(len(broken), 'rule')} {'does' if len(broken) == 1 else 'do'} not hold",
            why=broken[0].rule,
            hint=f"pkm source show {broken[0].broken[0].source} has its last requests",
        )


def _audit_table(checks: Sequence[Check], names: dict[str, Source]) -> Table:
    columns = (
        Column(name="rule", wrap=True),
        Column(name="verdict", keep=True),
        Column(name="looked at", right=True),
        Column(name="detail", below=True),
    )
    rows = tuple((one.rule, one.verdict, one.looked_at, _detail(one, names)) for one in checks)
    return Table(columns=columns, rows=rows)


def _detail(check: Check, names: dict[str, Source]) -> str:
    if not check.broken:
        return check.detail
    worst = check.broken[0]
    whose = name_of(names.get(worst.source))
    return f"{counted(len(check.broken), 'time')}, as {whose} at {worst.at:%Y-%m-%d %H:%M} UTC; {check.detail}".rstrip(
        "; "
    )


def _audit_document(checks: Sequence[Check], since: datetime, requests: int) -> dict[str, Any]:
    return {
        "schema": AUDIT,
        "since": since,
        "requests": requests,
        "checks": [
            {
                "check": one.name,
                "rule": one.rule,
                "verdict": one.verdict,
                "looked_at": one.looked_at,
                "detail": one.detail,
                "broken": [
                    {"source": asked.source, "at": asked.at, "url": asked.url} for asked in one.broken[:20]
                ],
            }
            for one in checks
        ],
    }
