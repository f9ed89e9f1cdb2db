"""`pkm find`: one list over everything that was brought in, noted, marked and sent out."""

import sys
from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.glyphs import glyphs
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.errors import UsageError
from pkm.rules.tails import short_ids
from pkm.sense.finding import EVERYTHING, Finding, Found, find
from pkm.shelf.shelf import Shelf

commands = Commands()


@commands(
    "find",
    dash_words=True,
    examples=(
        "pkm find decision log -wiki",
        "pkm find 'tag:reading since:3w'",
        "pkm find 'title:feeds OR in:quotes'",
    ),
)
def find_all(
    run: Run,
    query: Annotated[list[str], typer.Argument(help="Words to look for.", metavar="QUERY")],
    *,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Rows to show; 0 is all.", min=0)] = 20,
    newest: Annotated[bool, typer.Option("--newest", help="Newest first, not best first.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say how the query was read, and the rank of each row.")
    ] = False,
) -> None:
    """Find items, notes, questions, quotes and editions.

    All words must stand somewhere in it. Between words: OR. Before a word: - for "not". A phrase goes into
    double quotes, a longer word is found by its beginning and *. Further: title: body: quote: comment: tag:
    source: author: in: is: has: kind: since: until:, and ( ).
    """
    words = " ".join(query)
    if not words.strip():
        raise UsageError("there is nothing to look for", hint="for example: pkm find decision log")
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        finding = find(shelf, words, limit=limit, newest=newest)
        show(run, _table(run, shelf, finding, explain=explain), lambda: _document(finding))
    _talk(run, finding, words, explain=explain)


def _talk(run: Run, finding: Finding, words: str, *, explain: bool) -> None:
    if explain:
        say(run, f"read as: {finding.reading}")
    if finding.reading == EVERYTHING:
        say(run, "There is no word in it to look for, so this is everything, newest first.")
    if not finding.found:
        near = "; did you mean: " + " or ".join(f"pkm find {one}" for one in finding.near)
        say(run, f"Nothing found for {words}{near if finding.near else ''}")


def _document(finding: Finding) -> dict[str, Any]:
    return {"schema": "pkm.found/1", "found": [_fields(one) for one in finding.found]}


def _fields(one: Found) -> dict[str, Any]:
    # Each has the one that leads to it; a quote of an item without an address has its note's.
    place = "path" if one.kind in {"note", "question", "edition"} or (one.path and not one.url) else "url"
    hidden = {"hidden_by": one.hidden_by} if one.hidden_by is not None else {}
    return {
        "kind": one.kind,
        "id": one.id,
        "title": one.title,
        place: one.path if place == "path" else one.url,
        "snippet": one.snippet.text,
        "rank": float(f"{one.rank:.6g}"),
        **hidden,
    }


def _table(run: Run, shelf: Shelf, finding: Finding, *, explain: bool) -> Table:
    found = finding.found
    rank = (Column(name="rank", right=True),) if explain else ()
    if not run.table:
        names = ("id", "kind", "title", "where", "snippet")
        columns = (*(Column(name=name, keep=True) for name in names), *rank)
        rows = tuple(
            (one.id, one.kind, one.title, one.url or one.path, _text(one), *_ranks(one, explain=explain))
            for one in found
        )
        _remember(run, shelf, finding)
        return Table(columns=columns, rows=rows)
    numbered = _remember(run, shelf, finding)
    tails = short_ids([one.id for one in found])
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="id", keep=True),
        Column(name="kind", keep=True),
        Column(name="title"),
        Column(name="where it says so", below=True),
        *rank,
    )
    rows = tuple(
        (
            *((number,) if numbered else ()),
            tail,
            one.kind,
            one.title,
            _text(one),
            *_ranks(one, explain=explain),
        )
        for number, (one, tail) in enumerate(zip(found, tails, strict=True), 1)
    )
    return Table(columns=columns, rows=rows, closing=_closing(found))


def _remember(run: Run, shelf: Shelf, finding: Finding) -> bool:
    if not finding.found:
        return False
    return last_list(run, shelf).remember("find", [one.id for one in finding.found])


def _closing(found: tuple[Found, ...]) -> tuple[str, ...]:
    kinds = {one.kind for one in found}
    reads = ["pkm read ID"] if kinds & {"item", "quote"} else []
    shows = ["pkm notes show ID"] if kinds & {"note", "question"} else []
    dot = f" {glyphs(sys.stdout).dot} "
    return (f"Next: {dot.join([*reads, *shows])}",) if reads or shows else ()


def _ranks(one: Found, *, explain: bool) -> tuple[float, ...]:
    return (float(f"{one.rank:.3g}"),) if explain else ()


def _text(one: Found) -> str:
    marks = glyphs(sys.stdout).ellipsis
    before = f"{marks} " if one.snippet.more_before else ""
    after = f" {marks}" if one.snippet.more_after else ""
    hidden = f"[hidden by the rule '{one.hidden_by}'] " if one.hidden_by is not None else ""
    return f"{hidden}{before}{one.snippet.text}{after}"
