"""`pkm sense`: what does it mean to you? One item, one question, one sentence."""

from dataclasses import replace
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.sensewalk import ask_about, draft_name, put_off, tell
from pkm.cli.writing import edit_note, file_or_put_aside, write_draft
from pkm.config import Settings
from pkm.errors import UsageError
from pkm.model.item import Item
from pkm.model.note import INSIGHTS, Kind, Note, Status
from pkm.rules.clean import Sink, clean
from pkm.rules.promptfile import Asks, Prompt
from pkm.rules.words import own_text
from pkm.sense.annotate import Sensed, Sentence, annotate, checked
from pkm.sense.asking import PLAIN, load, next_question
from pkm.sense.shapes import shape, title_of
from pkm.sense.walk import Wanted, next_unsensed
from pkm.shelf.lookup import question_of, source_of
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
    asked: Annotated[
        str | None,
        typer.Option(
            "--as",
            "--prompt",
            metavar="NAME",
            help="What is asked: cer, sift, tetrad, practice, experience, synthesis, or one of your own.",
        ),
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
    source: Annotated[
        str | None, typer.Option("--source", metavar="SOURCE", help="Only items of that source.")
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only items with that tag.")] = None,
    question: Annotated[
        str | None, typer.Option("--for", metavar="Q", help="Only items kept for that question.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="Items to go through; 0 is all.", min=0)
    ] = 1,
) -> None:
    """Say in a sentence what an item means to you.

    Without ID: the kept item that waits longest, then up to --limit of them; Enter alone skips one. With
    -m, --quote or --skip and no ID: the item that `pkm sense` or `pkm read` showed last here.

    The sentence is added to the item's note in notes/. A new item is kept by it. Seven words are enough.

    What is asked depends on what you have said: first what it changes for you, then what it does not fit with,
    then who should see it. --as asks otherwise; `pkm templates list` shows the prompts.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        prompt = load(shelf.home, asked or PLAIN)
        sentence = checked(
            Sentence(
                text=message or "",
                kind=kind or prompt.kind,
                status=status,
                visibility=visibility,
                insight=insight,
                new=new,
            )
        )
        if skipped:
            _refuse_both(message, quote)
            put_off(run, shelf, _named(run, shelf, item))
        elif edit:
            _edit(run, shelf, settings, _named_or_next(run, shelf, item), sentence, prompt, quote)
        elif message is not None or quote is not None:
            named = _named(run, shelf, item)
            said = _shaped(shelf, named, sentence, prompt)
            tell(
                run,
                shelf,
                file_or_put_aside(shelf, named, said, name=draft_name(named, prompt), passage=quote),
            )
            _closing(run, shelf)
        else:
            _walk(run, shelf, item, sentence, prompt, _wanted(shelf, source, tag, question, limit))


def _wanted(shelf: Shelf, source: str | None, tag: str | None, question: str | None, limit: int) -> Wanted:
    return Wanted(
        source=source_of(shelf, source).id if source else None,
        tag=clean(tag.removeprefix("#"), Sink.LINE) if tag else None,
        question=question_of(shelf, question).id if question else None,
        limit=limit,
    )


def _shaped(shelf: Shelf, item: Item, sentence: Sentence, prompt: Prompt) -> Sentence:
    """The same, its words below the first heading where the prompt has several."""
    if prompt.asks != Asks.EACH or not sentence.text.strip():
        return sentence
    said = {prompt.parts[0].heading: (sentence.text,)}
    return replace(sentence, text=shape(shelf, prompt, said, item), title=title_of(said))


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
        waiting = next_unsensed(shelf, Wanted(limit=1))
        if waiting:
            return waiting[0]
    return _named(run, shelf, word)


# The walk.


def _walk(  # noqa: PLR0913, PLR0917 - what was typed, once
    run: Run,
    shelf: Shelf,
    word: str | None,
    sentence: Sentence,
    prompt: Prompt,
    wanted: Wanted,
) -> None:
    in_step(run, shelf, wait=False)
    items = items_named(run, shelf, [word]) if word is not None else next_unsensed(shelf, wanted)
    if not items:
        _nothing_waits(run, wanted)
        return
    for item in items:
        ask_about(run, shelf, item, sentence, prompt)
    if word is None:
        _closing(run, shelf)


def _nothing_waits(run: Run, wanted: Wanted) -> None:
    if run.json:
        show_json({"schema": "pkm.sense/1", "item": None})
    if wanted.narrowed:
        say(run, "None of those waits for your words. All that wait: pkm sense")
        return
    say(run, "Nothing waits: every kept item has words of yours. Next: pkm seek")


def _closing(run: Run, shelf: Shelf) -> None:
    left = shelf.store.items.unsensed()
    if left:
        are = "kept item has" if left == 1 else "kept items have"
        say(run, f"{left} {are} no words of yours yet. Next: pkm sense")
    else:
        say(run, "Next: pkm share draft")


# In an editor.


def _edit(  # noqa: PLR0913, PLR0917 - what was typed, once
    run: Run,
    shelf: Shelf,
    settings: Settings,
    item: Item,
    sentence: Sentence,
    prompt: Prompt,
    quote: str | None,
) -> None:
    in_step(run, shelf, wait=True)
    last_list(run, shelf).remember_shown(item.id)
    headed = prompt.asks == Asks.EACH
    note = None if sentence.apart or headed else comment_note(shelf, item)
    if note is not None:
        if sentence.text or quote is not None:
            note = annotate(shelf, item, sentence, passage=quote).note
        _edit_known(run, shelf, settings, item, note)
        return

    def file(words: str) -> Sensed:
        title = title_of({"": own_text(words).splitlines()}) if headed else None
        return annotate(shelf, item, replace(sentence, text=words, title=title), passage=quote)

    blank = shape(shelf, prompt, {}, item) if headed else ""
    sensed = write_draft(
        run,
        shelf,
        settings,
        draft_name(item, prompt),
        text=_shaped(shelf, item, sentence, prompt).text or blank,
        blank=blank,
        help_lines=(f"{item.title or item.id}", next_question(shelf, item, prompt)),
        file=file,
    )
    if sensed is not None:
        tell(run, shelf, sensed)


def _edit_known(run: Run, shelf: Shelf, settings: Settings, item: Item, note: Note) -> None:
    changed = edit_note(run, shelf, settings, note)
    if changed is not None:
        tell(run, shelf, Sensed(note=changed, item=item))
