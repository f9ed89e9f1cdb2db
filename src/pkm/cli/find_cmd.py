"""`pkm find`: one list over everything that was brought in, noted, marked and sent out."""

import os
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
from pkm.cli.talk import dotted
from pkm.errors import UsageError
from pkm.rules.clean import Sink, clean
from pkm.rules.query import Filter
from pkm.rules.querywords import HAS, IN, SORTS, meant, sort_named
from pkm.rules.tails import short_ids
from pkm.sense.finding import EVERYTHING, Finding, Found, Wish, find
from pkm.shelf.shelf import Shelf

commands = Commands()

Query = Annotated[
    list[str], typer.Argument(help="Words to look for; `pkm help query` has all forms.", metavar="QUERY")
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", help="Rows to show; 0 is all.", min=0)]
Newest = Annotated[bool, typer.Option("--newest", help="Newest first, not best first.")]
Sort = Annotated[str | None, typer.Option("--sort", metavar="HOW", help=f"{', '.join(SORTS)}.")]
In = Annotated[str | None, typer.Option("--in", metavar="KIND", help=f"Only: {', '.join(IN)}.")]
Is = Annotated[
    str | None, typer.Option("--is", metavar="STATE", help="How it stands: kept, unsensed, orphan…")
]
Has = Annotated[str | None, typer.Option("--has", metavar="WHAT", help=f"What it has: {', '.join(HAS)}.")]
Tag = Annotated[str | None, typer.Option("--tag", metavar="TAG", help="With that tag, or one below it.")]
Source = Annotated[str | None, typer.Option("--source", metavar="SOURCE", help="Of that source.")]
Since = Annotated[str | None, typer.Option("--since", metavar="WHEN", help="Not older than: 3d, 2026-W47.")]
Until = Annotated[
    str | None, typer.Option("--until", metavar="WHEN", help="Not younger than: yesterday, 2026-10.")
]
Context = Annotated[
    int, typer.Option("--context", metavar="N", help="Words to show around a hit.", min=4, max=400)
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Say how the query was read, and why each row stands there.")
]
Save = Annotated[str | None, typer.Option("--save", metavar="NAME", help="Keep the query: pkm find @NAME.")]


@commands(
    "find",
    dash_words=True,
    examples=(
        "pkm find decision log -wiki",
        "pkm find 'tag:reading date:2026-W47'",
        "pkm find 'is:orphan in:notes words:<50' --save stubs",
        "pkm find @stubs",
    ),
)
def find_all(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    query: Query,
    limit: Limit = None,
    newest: Newest = False,  # noqa: FBT002 - Typer reads a flag so
    sort: Sort = None,
    kind: In = None,
    state: Is = None,
    has: Has = None,
    tag: Tag = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    context: Context = 24,
    explain: Explain = False,  # noqa: FBT002 - the same
    save: Save = None,
) -> None:
    """Find items, notes, questions, quotes and editions.

    All words must stand somewhere in it. Between words: OR. Before a word: - for "not". A phrase goes into
    double quotes, a longer word is found by its beginning and *. Further keys, such as tag: is: has: date:
    in: and links-to:, stand in `pkm help query`; nothing that you type is an error.
    """
    words = " ".join(query)
    options = (("in", kind), ("is", state), ("has", has), ("tag", tag), ("source", source), ("since", since))
    also = tuple(_filter(key, value) for key, value in (*options, ("until", until)) if value is not None)
    if not words.strip():
        raise UsageError("there is nothing to look for", hint="for example: pkm find decision log")
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=save is not None)
        wish = Wish(
            limit=limit,
            sort=_sort(sort, newest=newest),
            also=also,
            width=context,
            seed=int.from_bytes(os.urandom(3)),
        )
        finding = find(shelf, words, wish)
        if finding.unknown and words.strip() == f"@{finding.unknown[0]}":
            from pkm.shelf import searches  # noqa: PLC0415 - it can write too, and most searches only look

            searches.get(shelf, finding.unknown[0])  # says what there is instead
        if save is not None:
            _keep(run, shelf, save, words, also)
        show(run, _table(run, shelf, finding, explain=explain), lambda: _document(finding))
    _talk(run, finding, words, explain=explain)


def _filter(key: str, value: str) -> Filter:
    said = meant(key, value)
    if said.key is None:
        known = f"--{key} knows: {', '.join(IN if key == 'in' else HAS)}"
        raise UsageError(f"'{value}' is nothing that --{key} knows", hint=known)
    return Filter(said.key, said.value)


def _sort(word: str | None, *, newest: bool) -> str | None:
    if word is None:
        return "new" if newest else None
    if (sort := sort_named(word)) is None:
        raise UsageError(f"'{word}' is no order", hint=f"--sort knows: {', '.join(SORTS)}")
    return sort


def _keep(run: Run, shelf: Shelf, name: str, words: str, also: tuple[Filter, ...]) -> None:
    """Options are saved as the words that mean the same."""
    from pkm.shelf import searches  # noqa: PLC0415 - the same

    options = (f'{one.key}:"{one.value}"' if " " in one.value else f"{one.key}:{one.value}" for one in also)
    # In brackets, since OR binds less than what stands behind it.
    query = " ".join([f"({words})", *options]) if also else words
    saved, new = searches.save(shelf, name, query)
    done = "saved" if new else "changed"
    say(run, dotted(f"{done} in {saved.path}", f"pkm find @{saved.name}", "undo: pkm undo"))


def _talk(run: Run, finding: Finding, words: str, *, explain: bool) -> None:
    if explain:
        say(run, f"read as: {finding.reading}")
    for hint in finding.hints:
        say(run, clean(hint, Sink.LINE))
    if finding.reading == EVERYTHING:
        say(run, "There is no word in it to look for, so this is everything, newest first.")
    if not finding.found:
        near = "; did you mean: " + " or ".join(f"pkm find {one}" for one in finding.near)
        say(run, f"Nothing found for {words}{near if finding.near else ''}")


def _document(finding: Finding) -> dict[str, Any]:
    return {
        "schema": "pkm.found/1",
        "found": [_fields(one) for one in finding.found],
        "read_as": finding.reading,
        "hints": finding.hints,
    }


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
        "marks": one.snippet.marks,
        "span": (one.snippet.start, one.snippet.end),
        "hits": one.snippet.hits,
        "alike": one.alike,
        **hidden,
    }


def _table(run: Run, shelf: Shelf, finding: Finding, *, explain: bool) -> Table:
    found = finding.found
    rank = (Column(name="because", wrap=True), Column(name="rank", right=True)) if explain else ()
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
            _title(one),
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


def _ranks(one: Found, *, explain: bool) -> tuple[float | str, ...]:
    return (one.weight or "by the order asked for", float(f"{one.rank:.3g}")) if explain else ()


def _title(one: Found) -> str:
    return f"{one.title} (and {len(one.alike)} alike)" if one.alike else one.title


def _text(one: Found) -> str:
    marks = glyphs(sys.stdout).ellipsis
    before = f"{marks} " if one.snippet.more_before else ""
    after = f" {marks}" if one.snippet.more_after else ""
    hidden = f"[hidden by the rule '{one.hidden_by}'] " if one.hidden_by is not None else ""
    return f"{hidden}{before}{one.snippet.text}{after}"
