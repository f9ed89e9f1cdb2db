"""`pkm sense`: what does it mean to you? One item, one question, one sentence."""

from dataclasses import replace
from typing import Annotated

import typer

from pkm.cli.ask import ask_line
from pkm.cli.context import Run
from pkm.cli.filed import tell_filed
from pkm.cli.instep import in_step
from pkm.cli.itemcard import card, show_card
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.writing import edit_note, write_draft
from pkm.config import Settings
from pkm.errors import AnswerNeeded, UsageError
from pkm.model.item import Item, State
from pkm.model.note import Kind, Note, Status
from pkm.sense.annotate import INSIGHTS, Sensed, Sentence, annotate, checked
from pkm.sense.prompts import prompt_for
from pkm.sense.walk import next_unsensed, skip
from pkm.shelf.notes import comment_note
from pkm.shelf.shelf import Shelf

commands = Commands()


@commands(
    "sense",
    examples=(
        "pkm sense",
        'pkm sense 2 -m "Our log lists verdicts; we should log doubts."',
        'pkm sense 2 --quote "People search for doubts" -m "So do we."',
    ),
)
def sense(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    item: Annotated[str | None, typer.Argument(help="A row or an id.", metavar="ID")] = None,
    *,
    message: Annotated[str | None, typer.Option("-m", metavar="TEXT", help="Your sentence.")] = None,
    quote: Annotated[
        str | None,
        typer.Option("--quote", metavar="TEXT", help="A passage of the item, to keep in the note."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help=f"One of: {', '.join(Kind)}; in a file of its own."),
    ] = None,
    insight: Annotated[
        str | None, typer.Option("--insight", metavar="WAY", help=f"One of: {', '.join(INSIGHTS)}.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help=f"One of: {', '.join(Status)}.")
    ] = None,
    visibility: Annotated[
        str | None, typer.Option("--visibility", metavar="LEVEL", help="private, team, community or public.")
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Write it in your editor.")] = False,
    new: Annotated[bool, typer.Option("--new", help="In a file of its own.")] = False,
    skipped: Annotated[bool, typer.Option("--skip", help="Not now: let it wait at the end.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Items to go through; 0 is all.", min=0)
    ] = 1,
) -> None:
    """Say in a sentence what an item means to you.

    Without ID: the kept item that waits longest, then up to --limit of them; Enter alone skips one. With
    -m, --quote or --skip and no ID: the item that `pkm sense` or `pkm read` showed last here.

    The sentence is added to the item's note in notes/. A new item is kept by it.
    """
    sentence = checked(
        Sentence(
            text=message or "", kind=kind, status=status, visibility=visibility, insight=insight, new=new
        )
    )
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        if skipped:
            _refuse_both(message, quote)
            _skip(run, shelf, _named(run, shelf, item))
        elif edit:
            _edit(run, shelf, settings, _named_or_next(run, shelf, item), sentence, quote)
        elif message is not None or quote is not None:
            tell_filed(run, shelf, annotate(shelf, _named(run, shelf, item), sentence, passage=quote))
            _closing(run, shelf)
        else:
            _walk(run, shelf, item, sentence, limit)


def _refuse_both(message: str | None, quote: str | None) -> None:
    if message is not None or quote is not None:
        raise UsageError("--skip takes no words", hint="leave it out, or leave out -m and --quote")


def _named(run: Run, shelf: Shelf, word: str | None) -> Item:
    """The item named, else the one that was shown last here."""
    if word is not None:
        return items_named(run, shelf, [word])[0]
    shown = last_list(run, shelf).shown_item()
    known = shelf.store.items.get(shown) if shown else None
    if known is None:
        raise UsageError(
            "it is not clear which item is meant",
            why="none was shown here yet by `pkm sense` or `pkm read`",
            hint='name it: pkm sense ID -m "…"',
        )
    return known


def _named_or_next(run: Run, shelf: Shelf, word: str | None) -> Item:
    if word is None and last_list(run, shelf).shown_item() is None:
        in_step(run, shelf, wait=False)
        waiting = next_unsensed(shelf, limit=1)
        if waiting:
            return waiting[0]
    return _named(run, shelf, word)


def _skip(run: Run, shelf: Shelf, item: Item) -> None:
    skip(shelf, item)
    say(run, f"Skipped, it waits at the end: {item.title or item.id}")


# The walk.


def _walk(run: Run, shelf: Shelf, word: str | None, sentence: Sentence, limit: int) -> None:
    in_step(run, shelf, wait=False)
    items = items_named(run, shelf, [word]) if word is not None else next_unsensed(shelf, limit=limit)
    if not items:
        _nothing_waits(run)
        return
    for item in items:
        _ask(run, shelf, item, sentence)
    if word is None:
        _closing(run, shelf)


def _nothing_waits(run: Run) -> None:
    if run.json:
        show_json({"schema": "pkm.sense/1", "item": None})
    say(run, "Nothing waits: every kept item has words of yours. Next: pkm seek")


def _closing(run: Run, shelf: Shelf) -> None:
    left = shelf.store.items.unsensed()
    if left:
        are = "kept item has" if left == 1 else "kept items have"
        say(run, f"{left} {are} no words of yours yet. Next: pkm sense")
    else:
        say(run, "Next: pkm share draft")


def _ask(run: Run, shelf: Shelf, item: Item, sentence: Sentence) -> None:
    question = prompt_for(shelf.home, item.id)
    last_list(run, shelf).remember_shown(item.id)
    show_card(run, shelf, card(shelf, item), question)
    if not run.asks or run.json:
        raise AnswerNeeded(
            "a sentence is needed",
            why="--no-input was given" if run.no_input else "there is no terminal to ask on",
            hint=f'pkm sense {item.id} -m "…", or pkm sense {item.id} --skip',
        )
    answer = ask_line(run, ">", flag="-m")
    if answer:
        tell_filed(run, shelf, annotate(shelf, item, replace(sentence, text=answer)))
    elif item.state == State.KEPT:
        _skip(run, shelf, item)
    else:
        say(run, "Nothing was filed.")


# In an editor.


def _edit(  # noqa: PLR0913, PLR0917 - what was typed, once
    run: Run, shelf: Shelf, settings: Settings, item: Item, sentence: Sentence, quote: str | None
) -> None:
    in_step(run, shelf, wait=True)
    last_list(run, shelf).remember_shown(item.id)
    note = None if sentence.apart else comment_note(shelf, item)
    if note is not None:
        if sentence.text or quote is not None:
            note = annotate(shelf, item, sentence, passage=quote).note
        _edit_known(run, shelf, settings, item, note)
        return

    def file(words: str) -> Sensed:
        return annotate(shelf, item, replace(sentence, text=words), passage=quote)

    lines = (f"{item.title or item.id}", prompt_for(shelf.home, item.id))
    sensed = write_draft(
        run,
        shelf,
        settings,
        f"sense-{item.id}",
        text=sentence.text,
        help_lines=lines,
        file=file,
    )
    if sensed is not None:
        tell_filed(run, shelf, sensed)


def _edit_known(run: Run, shelf: Shelf, settings: Settings, item: Item, note: Note) -> None:
    changed = edit_note(run, shelf, settings, note)
    if changed is not None:
        tell_filed(run, shelf, Sensed(note=changed, item=item))
