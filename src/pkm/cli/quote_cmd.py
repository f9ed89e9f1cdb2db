"""`pkm quote`: mark a passage of an item."""

from dataclasses import replace
from typing import Annotated

import typer

from pkm.cli.ask import ask_line
from pkm.cli.context import Run
from pkm.cli.filed import tell_filed
from pkm.cli.instep import in_step
from pkm.cli.lastlist import is_row
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.stdin import read_words
from pkm.cli.talk import dotted
from pkm.errors import AnswerNeeded, NotFound, UsageError
from pkm.model.item import Item
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.ids import is_id
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.quotes import Passage, around, passage_of, places_of
from pkm.shelf.shelf import Shelf

commands = Commands()

_SHOWN = 20

Words = Annotated[
    list[str],
    typer.Argument(
        help="A row or an id, then words of its text; - reads them from stdin.", metavar="ID TEXT"
    ),
]


@commands(
    "quote",
    examples=(
        'pkm quote 2 "People search for doubts"',
        'pkm quote 2 "People search for doubts" -m "So should we." --tag search',
        "xclip -o | pkm quote 2 -",
    ),
)
def quote(
    run: Run,
    words: Words,
    *,
    comment: Annotated[
        str | None,
        typer.Option(
            "-m", "--comment", metavar="TEXT", help="What you say of it; stands below it in the note."
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="A tag for the quote; may be given again."),
    ] = None,
    nth: Annotated[
        int | None,
        typer.Option("--nth", metavar="N", min=1, help="Which place is meant, where it stands in several."),
    ] = None,
) -> None:
    """Mark a passage of an item, and keep it in the item's note.

    The passage must stand in the item's text; blanks, capitals and the form of quotation marks and dashes do
    not matter. If it does not, the nearest passages are shown and nothing is stored. Without ID: the item that
    `pkm read` or `pkm sense` showed last here.

    When the source edits its text the quote is looked for again: `pkm quotes` says how each stands.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        item, passage = _said(run, shelf, words)
        place = _place(run, shelf, item, passage, nth)
        place = replace(place, comment=comment or "", tags=tuple(_tag(one) for one in tag or ()))
        sensed = annotate(shelf, item, Sentence(), passage=place, name="quote")
        tell_filed(run, shelf, sensed)
        if sensed.quote is not None and not run.json:
            say(run, dotted(f"pkm quotes --item {item.id[-4:]}", "undo: pkm undo"))


def _said(run: Run, shelf: Shelf, words: list[str]) -> tuple[Item, str]:
    """The item and the words of the passage."""
    if len(words) == 1:
        if is_row(words[0]) or is_id(words[0]):
            raise UsageError("the passage is missing", hint=f'pkm quote {words[0]} "words of its text"')
        shown = last_list(run, shelf).shown_item()
        item = shelf.store.items.get(shown) if shown else None
        if item is None:
            raise UsageError(
                "it is not clear which item is meant",
                why="none was shown here yet by `pkm read` or `pkm sense`",
                hint='name it first: pkm quote ID "words of its text"',
            )
        return item, _words(words)
    [item] = items_named(run, shelf, words[:1])[:1]
    return item, _words(words[1:])


def _words(words: list[str]) -> str:
    return read_words() if words == ["-"] else " ".join(words)


def _place(run: Run, shelf: Shelf, item: Item, words: str, nth: int | None) -> Passage:
    if nth is not None or not run.asks or run.json:
        return passage_of(shelf, item, words, nth=nth)
    places = places_of(shelf, item, words)
    if len(places) == 1:
        return places[0]
    say(run, f"It stands in {counted(len(places), 'place')}:")
    for number, one in enumerate(places[:_SHOWN], 1):
        say(run, f"{number:>3}  {clean(around(one.anchor), Sink.LINE)}")
    answer = ask_line(run, f"Which one? 1-{len(places)}, Enter: none", flag="--nth")
    if not answer:
        raise AnswerNeeded("nothing was marked", hint="give more words before or after it, or --nth 2")
    if not (answer.isdecimal() and 1 <= int(answer) <= len(places)):
        raise NotFound(f"there is no place '{answer}'", hint=f"a number from 1 to {len(places)}")
    return places[int(answer) - 1]


def _tag(word: str) -> str:
    tag = "-".join(clean(word.lstrip("#"), Sink.LINE).split())
    if not tag or tag.replace("/", "").isdigit():
        raise UsageError(f"'{word}' is no tag", why="a tag has a letter", hint="for example: --tag reading")
    return tag
