"""`pkm source try` and `backfill`: requests that no pull makes."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import name_of, named_hint
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, warn
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import NotFound, UsageError
from pkm.model.source import Source
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.limits import BACKFILL_PAGES
from pkm.rules.urls import display_url
from pkm.seek.sourcewords import refuse_unasked
from pkm.seek.typed import address_of
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

if TYPE_CHECKING:
    from pkm.seek.backfill import Backfilled
    from pkm.seek.trial import Trial

commands = Commands()

TRIAL = "pkm.trial/1"
BACKFILL = "pkm.backfill/1"
_SHOWN = 5

Word = Annotated[
    str, typer.Argument(metavar="SOURCE|URL", help="A source, asked as it is set; or any address.")
]
Named = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id, its address, or part of its title.")]
Most = Annotated[int, typer.Option("--max", metavar="N", min=1, max=200, help="Older pages at most.")]
New = Annotated[bool, typer.Option("--new", help="What comes in is new, to be looked at; else it is let go.")]


@commands("source try", examples=("pkm source try https://jarche.com/feed/", "pkm source try jarche --json"))
def try_source(run: Run, word: Word) -> None:
    """Ask once, and show what was sent, each redirect, what came, and what would be stored. Stores nothing."""
    from pkm.cli.network import by_hand, open_door  # noqa: PLC0415 - `pkm source` shall not wait for the network
    from pkm.seek.parser_process import FeedReader  # noqa: PLC0415 - the same
    from pkm.seek.trial import attempt, with_known  # noqa: PLC0415 - the same

    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        source = _meant(shelf, word)
        with open_door(run, settings) as door, closing(FeedReader()) as reader:
            asker = by_hand(run, settings, shelf, door)
            asker.named(source.url)
            trial = attempt(source, door=asker, reader=reader, now=shelf.now())
        if source.id:
            trial = with_known(trial, shelf, source)
        table = Table(
            columns=(Column(name="fact", keep=True), Column(name="value", wrap=True)),
            rows=tuple(row for row in _trial_rows(trial) if row[1] not in {None, ""}),
        )
        show(run, table, lambda: _trial_fields(trial))
        if trial.error is not None:
            hint = named_hint(trial.error.hint, source) if source.id else trial.error.hint
            parts = [f"a pull would fail: {trial.error.what}", trial.error.why, hint]
            warn("\n  ".join(clean(part, Sink.LINE) for part in parts if part))


def _meant(shelf: Shelf, word: str) -> Source:
    """The source that a word names, else an address as a source of nobody's."""
    if "://" in word:
        known = shelf.store.sources.at(word)  # all of it: another address that begins so is another address
        return known if known is not None and known.url == word else _of_nobody(word)
    try:
        found = source_of(shelf, word)
    except NotFound:
        if "." not in word:
            raise
        return _of_nobody(word)
    refuse_unasked(found)
    return found


def _of_nobody(word: str) -> Source:
    url = address_of(word)
    if url is None:
        raise UsageError(f"'{display_url(word)}' is a file", hint="pkm source try https://ADDRESS")
    return Source(id="", url=url)


def _trial_rows(trial: "Trial") -> list[tuple[str, Cell]]:
    rows: list[tuple[str, Cell]] = [("asked for", trial.url)]
    rows += [("sent", f"{name}: {value}") for name, value in trial.sent.items()]
    rows += [(f"redirect {status}", url) for status, url in trial.hops]
    rows += [("answered by", trial.ended_at), ("status", trial.status)]
    rows += [("received", f"{name}: {value}") for name, value in trial.received.items()]
    if trial.status is not None:
        rows.append(("body", f"{trial.body_bytes:,} bytes in {trial.took_ms} ms"))
    if trial.feed is not None:
        rows += _feed_rows(trial)
    rows += [("names the feed", f"{link.url}  {link.title}".rstrip()) for link in trial.links]
    return rows


def _feed_rows(trial: "Trial") -> list[tuple[str, Cell]]:
    feed = trial.feed
    if feed is None:
        return []
    known = f", {trial.unknown} of them not here yet" if trial.unknown is not None else ""
    rows: list[tuple[str, Cell]] = [
        ("feed", f"{feed.format}: {feed.title or '(no title)'}"),
        ("page", feed.home_url),
        ("items", f"{len(feed.items)}{known}"),
    ]
    for item in feed.items[:_SHOWN]:
        date = f"{item.published_at:%Y-%m-%d}" if item.published_at else "no date"
        rows.append(("item", f"{date}  {item.title or '(no title)'}  {display_url(item.url or '')}".rstrip()))
    rows += [("older items at", display_url(feed.prev_archive_url or feed.next_url or "") or None)]
    rows += [("mended", note) for note in feed.notes]
    return rows


def _trial_fields(trial: "Trial") -> dict[str, Any]:
    feed = trial.feed
    return {
        "schema": TRIAL,
        "url": trial.url,
        "took_ms": trial.took_ms,
        "sent": dict(trial.sent),
        "hops": [{"status": status, "url": url} for status, url in trial.hops],
        "answered_by": trial.ended_at,
        "status": trial.status,
        "received": dict(trial.received),
        "body_bytes": trial.body_bytes,
        "feed": None
        if feed is None
        else {
            "format": feed.format,
            "title": feed.title,
            "home_url": feed.home_url,
            "items": len(feed.items),
            "unknown": trial.unknown,
            "older": display_url(feed.prev_archive_url or feed.next_url or "") or None,
            "notes": list(feed.notes),
        },
        "links": [{"url": link.url, "title": link.title, "type": link.type} for link in trial.links],
        "error": None
        if trial.error is None
        else {"kind": trial.error.kind, "message": trial.error.what, "hint": trial.error.hint},
    }


@commands(
    "source backfill", examples=("pkm source backfill jarche", "pkm source backfill jarche --max 3 --new")
)
def backfill_source(
    run: Run,
    source: Named,
    most: Most = BACKFILL_PAGES,
    new: New = False,  # noqa: FBT002 - Typer reads a flag so
) -> None:
    """Bring in what a source had before you followed it, page by page, as far as its feed leads back.

    What comes in is let go, so that it is found and floods nothing; --new puts it before you.
    """
    from pkm.cli.network import open_door, terms  # noqa: PLC0415 - as above
    from pkm.cli.ruling import rules_for_pull  # noqa: PLC0415 - as above
    from pkm.seek.backfill import BackfillOptions, backfill  # noqa: PLC0415 - as above

    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        found = source_of(shelf, source)
        refuse_unasked(found)
        with open_door(run, settings) as door:
            options = BackfillOptions(
                most=most, as_new=new, terms=terms(settings, rules_for_pull(run, shelf))
            )
            done = backfill(shelf, found, door=door, options=options)
        rows = tuple((page.url, page.seen, page.new) for page in done.pages)
        columns = (
            Column(name="page", wrap=True),
            Column(name="items", right=True),
            Column(name="new", right=True),
        )
        show(run, Table(columns=columns, rows=rows), lambda: _backfill_fields(done))
        _tell(run, done, as_new=new)


def _tell(run: Run, done: "Backfilled", *, as_new: bool) -> None:
    older = sum(page.new for page in done.pages[1:])
    where = "they wait in pkm seek" if as_new else "they are let go; pkm find finds them"
    say(
        run,
        dotted(
            f"{name_of(done.source)}: {counted(older, 'older item')}",
            where if older else "",
            "undo: pkm undo" if older and as_new else "",
        ),
    )
    say(run, f"It ends here: {_ENDS[done.ended]}")
    if done.ended == "most" and done.next_url:
        say(run, f"To go on from there: pkm source backfill {done.source.id[-4:]}")
    if done.error is not None:
        parts = [f"{done.next_url}: not read", done.error.what, done.error.why]
        warn("\n  ".join(clean(part, Sink.LINE) for part in parts if part))


_ENDS = {
    "no-older": "its feed names no older page.",
    "known": "nothing on the last page was unknown.",
    "most": "that is as many pages as you allowed.",
    "circle": "its pages lead in a circle.",
    "failed": "the next page could not be read.",
}


def _backfill_fields(done: "Backfilled") -> dict[str, Any]:
    return {
        "schema": BACKFILL,
        "source": done.source.id,
        "pages": [{"url": page.url, "items": page.seen, "new": page.new} for page in done.pages],
        "ended": done.ended,
        "next": done.next_url,
        "error": None
        if done.error is None
        else {"kind": done.error.kind, "message": done.error.what, "hint": done.error.hint},
    }
