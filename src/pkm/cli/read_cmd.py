"""`pkm read` and `pkm open`: one item, here or in the browser."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.enclosures import enclosure_fields, enclosure_lines, numbered
from pkm.cli.instep import in_step
from pkm.cli.itemview import ITEMS, also_in, item_fields, name_of, title_of
from pkm.cli.opener import open_address
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, show_line, show_text
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.relations import relation_lines
from pkm.cli.talk import dotted
from pkm.cli.terminal import width
from pkm.cli.whichtext import text_fields, text_line, text_of, wanted
from pkm.errors import NotFound, UsageError
from pkm.model.item import Item, ListedItem, Version
from pkm.model.note import Kind
from pkm.model.quote import Quote, Standing
from pkm.rules.checkfile import check_line
from pkm.rules.clean import Sink, clean
from pkm.rules.pointers import via_text
from pkm.rules.reading import minutes_for
from pkm.shelf.bodies import bodies_of, enclosures_of
from pkm.shelf.shelf import Shelf

commands = Commands()

_WIDEST = 88
_MARK = ">> "

Earlier = Annotated[
    int | None,
    typer.Option(
        "--earlier",
        metavar="N",
        min=1,
        help="As its source had it before it was edited; 1 is the last before.",
    ),
]
FeedText = Annotated[
    bool, typer.Option("--feed-text", help="As the feed gives it, though its page says more.")
]
PageText = Annotated[bool, typer.Option("--page-text", help="As its page has it, where pkm asked for that.")]
Number = Annotated[
    int | None,
    typer.Option(
        "--enclosure", metavar="N", min=1, help="A file that it carries, as `pkm read` numbers them."
    ),
]
Id = Annotated[str | None, typer.Argument(metavar="ID", help="A row of the last list, an id or its end.")]


@commands("read", examples=("pkm read 2", "pkm read h4k2 --json"))
def read(
    run: Run,
    item: Id = None,
    earlier: Earlier = None,
    feed_text: FeedText = False,  # noqa: FBT002 - Typer reads a flag so
    page_text: PageText = False,  # noqa: FBT002 - the same
) -> None:
    """Read an item here, as plain text.

    Where its feed gives but the beginning and its page was asked for (`pkm source set SOURCE --full auto`),
    the better text is shown. Files that it carries are listed and never fetched: pkm open ID --enclosure 1.

    What its source said before an edit is shown by --earlier; the last five are kept, and any that you quoted.

    What you marked with `pkm sense --quote` stands behind `>>`. `pkm sense -m "…"` without an ID
    then means this item. Without ID: the one that was shown last.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        listed = _named(run, shelf, item)
        last_list(run, shelf).remember_shown(listed.item.id)
        versions = tuple(reversed(shelf.store.versions.of_item(listed.item.id)))
        shown = _version(listed.item, versions, earlier) if earlier else None
        bodies = bodies_of(shelf, listed.item)
        carried = enclosures_of(shelf, listed.item)
        which = wanted(earlier=bool(earlier), feed=feed_text, page=page_text)
        text = shelf.store.texts.get(shown.text_sha) if shown else text_of(listed.item, bodies, which)
        words = text.text if text else ""
        if run.json:
            show_json(
                {
                    "schema": ITEMS,
                    "items": [
                        item_fields(listed)
                        | ({"title": shown.title, "url": shown.url, "until": shown.until} if shown else {})
                        | {"text": words, "html": _html(text.html if text else "")}
                        | {"versions": [{"until": one.until, "title": one.title} for one in versions]}
                        | text_fields(bodies, which, earlier=shown is not None)
                        | {"enclosures": enclosure_fields(carried)}
                    ],
                }
            )
            return
        show_text(_head(shelf, listed, words, shown, versions))
        for line in (*text_line(listed.item, bodies, which), *enclosure_lines(listed.item, carried)):
            show_line(line)
        quotes = shelf.store.quotes.of_item(listed.item.id)
        if words:
            show_text("\n" + _body(run, words, quotes, {} if shown else _standings(shelf, quotes)))
        else:
            say(run, _no_text(listed.item))
        sense = '\nNext: pkm sense -m "what it means to you"'
        say(run, dotted(sense, f"pkm drop {listed.item.id[-4:]}"))


def body_of(run: Run, shelf: Shelf, item: Item) -> str:
    """The text of an item as `pkm read` shows it; what to type where there is none."""
    text = shelf.store.texts.get(item.text_sha)
    if text is None or not text.text:
        return _no_text(item)
    quotes = shelf.store.quotes.of_item(item.id)
    return clean(_body(run, text.text, quotes, _standings(shelf, quotes)), Sink.BODY)


def _standings(shelf: Shelf, quotes: tuple[Quote, ...]) -> Mapping[str, Standing]:
    return shelf.store.standings.of(quote.id for quote in quotes)


def _no_text(item: Item) -> str:
    if item.url is None:
        return "There is no text of it here; what you typed is in its note."
    return f"There is no text of it here. Its page: pkm open {item.id[-4:]}"


def _html(html: str) -> str:
    from pkm.rules.html import sanitise  # noqa: PLC0415 - for --json alone

    return sanitise(html)


def _named(run: Run, shelf: Shelf, word: str | None) -> ListedItem:
    wanted = word or last_list(run, shelf).shown_item()
    if wanted is None:
        raise UsageError("which item?", why="none was shown here yet", hint="pkm seek, then: pkm read 1")
    found = items_named(run, shelf, [wanted])
    if len(found) != 1:
        raise UsageError(f"{wanted} means {len(found)} items", hint="name one: pkm read 1")
    [listed] = shelf.store.items.listed(found, shelf.store.sources.by_id())
    return listed


def _version(item: Item, versions: Sequence[Version], earlier: int) -> Version:
    if earlier > len(versions):
        kept = "none is kept" if not versions else f"{len(versions)} kept"
        raise NotFound(
            f"'{title_of(item)}' has no {earlier}. earlier version",
            why=f"its source edited it less often, or it was long ago: {kept}",
            hint=f"pkm read {item.id[-4:]}" + (f" --earlier {len(versions)}" if versions else ""),
        )
    return versions[earlier - 1]


def _edited(listed: ListedItem, versions: Sequence[Version]) -> str:
    if not listed.edits or not versions:
        return ""
    times = "once" if listed.edits == 1 else f"{listed.edits} times"
    return f"edited {times} by its source; before: pkm read {listed.item.id[-4:]} --earlier 1"


def _head(
    shelf: Shelf, listed: ListedItem, words: str, shown: Version | None, versions: Sequence[Version]
) -> str:
    said = _edited(listed, versions)
    if shown is not None:
        said = f"as its source had it until {shown.until.astimezone(shelf.zone):%Y-%m-%d %H:%M}"
        listed = replace(listed, item=replace(listed.item, title=shown.title, url=shown.url))
    item = listed.item
    minutes = max(1, round(minutes_for(words)))
    facts = [
        ", ".join(item.authors),
        name_of(listed.source),
        item.published_at.astimezone(shelf.zone).strftime("%Y-%m-%d") if item.published_at else "",
        f"{minutes} min" if words else "",
        str(item.state),
    ]
    lines = [title_of(item), "  ".join(fact for fact in facts if fact)]
    lines += [said, also_in(listed)]
    lines += [item.url] if item.url else []
    lines += [f"discussed at {listed.comments_url}" if listed.comments_url not in {None, item.url} else ""]
    lines += [f"via {via_text(item.via)}"] if item.via and not item.via.direct else []
    notes = shelf.store.notes.on(item.id)
    lines += [f"checked {check_line(note, zone=shelf.zone)}" for note in notes if note.kind == Kind.CHECK]
    lines += [f"note {note.path}" for note in notes]
    lines += relation_lines(shelf, [note.id for note in notes])
    return "\n".join(line for line in lines if line)


def _body(run: Run, words: str, quotes: tuple[Quote, ...], standings: Mapping[str, Standing]) -> str:
    """The text: each paragraph wrapped for a person, as it stands for a pipe; what was marked has a mark."""
    columns = min(width(run.environ), _WIDEST) if run.table else 0
    said = [_says_now(quote, standings.get(quote.id)) for quote in quotes]
    marked = [" ".join(one.split()) for one in said if one]
    return "\n".join(_line(line, columns, marked) for line in words.split("\n"))


def _says_now(quote: Quote, standing: Standing | None) -> str | None:
    """The words of a quote as its item has them now; None if it has them no more."""
    return quote.anchor.exact if standing is None else standing.words


def _line(line: str, columns: int, marked: list[str]) -> str:
    flat = " ".join(line.split())
    mark = _MARK if any(one in flat or (flat and flat in one and len(flat) > 20) for one in marked) else ""
    if not columns:
        return f"{mark}{line}"
    return textwrap.fill(
        line,
        max(columns, 30),
        initial_indent=mark,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
    )


@commands("open", examples=("pkm open 2", "pkm open 2 --enclosure 1"))
def open_item(run: Run, item: Id = None, enclosure: Number = None) -> None:
    """Open an item's page in your browser.

    --enclosure opens a file that it carries in its place.

    $BROWSER, or else the system's own. Only http and https addresses are handed on, and never through a shell. Where there is no browser, the
    address is printed.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        listed = _named(run, shelf, item)
        last_list(run, shelf).remember_shown(listed.item.id)
        carried = enclosures_of(shelf, listed.item)
        url = numbered(listed.item, carried, enclosure).url if enclosure else _address(listed.item)
    if run.json:
        show_json(_opened(listed, url, opened=open_address(url, run.environ)))
    elif not open_address(url, run.environ):
        say(run, "No browser could be started here. Its address:")
        show_line(url)


def _address(item: Item) -> str:
    if item.url is None:
        raise NotFound(
            f"'{title_of(item)}' has no address", why=f"it is a {item.kind}", hint=f"pkm read {item.id[-4:]}"
        )
    return item.url


def _opened(listed: ListedItem, url: str, *, opened: bool) -> dict[str, Any]:
    return {"schema": ITEMS, "items": [item_fields(listed)], "opened": opened, "address": url}
