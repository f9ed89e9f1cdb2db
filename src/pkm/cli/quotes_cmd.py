"""`pkm quotes`: all that was marked, searched, attached anew, removed."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import title_of
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json, show_line
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.stdin import read_words
from pkm.cli.talk import dotted
from pkm.errors import NotFound
from pkm.model.quote import Outcome, Quote, Standing
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.tails import short_ids
from pkm.rules.urls import without_secrets
from pkm.sense.quotelist import ListedQuote, listed_quotes, seen
from pkm.sense.quotes import reattach, remove
from pkm.shelf.shelf import Shelf
from pkm.store.quotes import QuoteFilter

commands = Commands()

_LOST = (Outcome.ORPHAN, Outcome.AMBIGUOUS)
_WORDS = {
    Outcome.EXACT: "",
    Outcome.EDITED: "edited since",
    Outcome.AMBIGUOUS: "stands in several places",
    Outcome.ORPHAN: "no longer in the text",
}


@commands(
    "quotes list",
    default=True,
    dash_words=True,
    examples=("pkm quotes", "pkm quotes doubt -wiki --tag search", "pkm quotes --orphans"),
)
def list_quotes(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    query: Annotated[
        list[str] | None, typer.Argument(help="Words to look for, as in `pkm find`.", metavar="QUERY")
    ] = None,
    *,
    orphans: Annotated[
        bool,
        typer.Option(
            "--orphans", help="Those that their item's text no longer has, or has in several places."
        ),
    ] = False,
    item: Annotated[str | None, typer.Option("--item", metavar="ID", help="Of this item.")] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="TAG", help="With this tag, or one below it.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Rows to show; 0 is all.", min=0)] = 20,
) -> None:
    """Your quotes, the newest first; those that words find, the best first.

    Each with the item that it is of, and how it stands where that was edited since: found again with some words
    put otherwise, standing in several places, or gone. What is gone stays in your note.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        chosen = QuoteFilter(
            item=items_named(run, shelf, [item])[0].id if item else None,
            tag=clean(tag.removeprefix("#"), Sink.LINE).casefold() if tag else None,
            outcomes=_LOST if orphans else (),
            limit=limit + 1 if limit else 0,
        )
        found = listed_quotes(shelf, " ".join(query or ()), chosen)
        shown = found[:limit] if limit else found
        show(run, _table(run, shelf, shown, more=len(found) > len(shown)), lambda: document(shown))
    if not shown:
        narrowed = bool(query or orphans or item or tag)
        say(run, "No such quotes." if narrowed else 'No quotes yet. Next: pkm quote ID "words of its text"')


@commands(
    "quotes reattach",
    examples=('pkm quotes reattach 3f2k "People look for doubts"', "pkm quotes reattach 3f2k - < words.txt"),
)
def reattach_one(
    run: Run,
    quote: Annotated[str, typer.Argument(help="A row or an id.", metavar="ID")],
    words: Annotated[
        list[str], typer.Argument(help="Words of the text as it is now; - reads stdin.", metavar="TEXT")
    ],
    *,
    nth: Annotated[
        int | None,
        typer.Option("--nth", metavar="N", min=1, help="Which place is meant, where it stands in several."),
    ] = None,
) -> None:
    """Let a quote mark other words of its item, as that says them now.

    Its id, its comment and its tags stay. In the note the passage is renewed, unless you have changed it there.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        [known] = quotes_named(run, shelf, [quote])
        said = read_words() if words == ["-"] else " ".join(words)
        changed = reattach(shelf, known, said, nth=nth)
        if run.json:
            show_json(document(seen(shelf, [changed])))
        elif not run.out_terminal:
            show_line(changed.id)
        say(run, dotted(f"It marks: {_short(changed.anchor.exact)}", "undo: pkm undo"))


@commands("quotes rm", examples=("pkm quotes rm 2",))
def remove_some(
    run: Run, quotes: Annotated[list[str], typer.Argument(help="Rows or ids.", metavar="ID")]
) -> None:
    """Take quotes out of their notes; what you wrote below them stays there."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        chosen = quotes_named(run, shelf, quotes)
        if len(chosen) > 1 and not confirm(run, f"remove {counted(len(chosen), 'quote')}?"):
            say(run, "Nothing was removed.")
            return
        remove(shelf, chosen)
        say(run, dotted(f"{counted(len(chosen), 'quote')} removed", "undo: pkm undo"))


def quotes_named(run: Run, shelf: Shelf, words: Sequence[str]) -> tuple[Quote, ...]:
    """The quotes that words mean: rows of the last list, ids, or their last characters.

    Raises:
        UsageError, NotFound: See `LastList.resolve`; or there is no such quote.
    """
    ids = last_list(run, shelf).resolve(words, shelf.store.quotes.ending, prefixes="h")
    found = {one.id: one for one in shelf.store.quotes.many(ids)}
    for one in ids:
        if one not in found:
            raise NotFound(f"there is no quote {one}", hint="pkm quotes lists what there is")
    return tuple(found.values())


# Views.


def document(found: Sequence[ListedQuote]) -> dict[str, Any]:
    """`pkm.quotes/1`."""
    return {"schema": "pkm.quotes/1", "quotes": [_fields(one) for one in found]}


def _fields(one: ListedQuote) -> dict[str, Any]:
    quote, item = one.quote, one.item
    url = item.url if item else quote.url
    return {
        "id": quote.id,
        "text": quote.anchor.exact,
        "item": quote.item,
        "title": item.title if item else None,
        "url": without_secrets(url) if url else None,
        "note": quote.note,
        "path": one.note.path if one.note else None,
        "comment": one.comment or None,
        "tags": list(quote.tags),
        "created": quote.created_at,
        "prefix": quote.anchor.prefix,
        "suffix": quote.anchor.suffix,
        "start": quote.anchor.start,
        "text_sha": quote.text_sha,
        "standing": _standing_fields(one.standing, one.earlier),
    }


def _standing_fields(standing: Standing | None, earlier: int | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "outcome": standing.outcome,
        "text": standing.words,
        "start": standing.start,
        "at": standing.at,
        "earlier": earlier,
    }


def _table(run: Run, shelf: Shelf, found: Sequence[ListedQuote], *, more: bool) -> Table:
    ids = [one.quote.id for one in found]
    numbered = bool(found) and last_list(run, shelf).remember("quotes", ids)
    if not run.table:
        names = ("id", "standing", "item", "title", "quote", "comment")
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                one.quote.id,
                one.standing.outcome.value if one.standing else "",
                one.quote.item,
                _title(one),
                one.quote.anchor.exact,
                one.comment,
            )
            for one in found
        )
        return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=rows)
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="id", keep=True),
        Column(name="quote", wrap=True),
        Column(name="of"),
        Column(name="more", below=True),
    )
    rows = tuple(
        (*((number,) if numbered else ()), tail, _short(one.quote.anchor.exact), _title(one), _more(one))
        for number, (one, tail) in enumerate(zip(found, short_ids(ids), strict=True), 1)
    )
    closing = [f"There are more than these {len(found)}: pkm quotes --limit 0"] if more else []
    if any(one.standing and one.standing.outcome in _LOST for one in found):
        closing.append(
            'Gone or unclear: pkm quotes reattach ID "the words as they are now", or pkm quotes rm ID'
        )
    return Table(columns=columns, rows=rows, closing=tuple(closing))


def _title(one: ListedQuote) -> str:
    return title_of(one.item) if one.item else one.quote.item


def _more(one: ListedQuote) -> str:
    stands = one.standing
    now = (
        f': "{_short(stands.words)}"' if stands and stands.outcome == Outcome.EDITED and stands.words else ""
    )
    said = f"{_WORDS[stands.outcome]}{now}" if stands else ""
    before = (
        f"as it was: pkm read {one.quote.item[-4:]} --earlier {one.earlier}" if said and one.earlier else ""
    )
    tags = " ".join(f"#{tag}" for tag in one.quote.tags)
    comment = f"- {' '.join(one.comment.split())}" if one.comment else ""
    return "  ".join(part for part in (comment, tags, said, before) if part)


def _short(text: str, most: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
