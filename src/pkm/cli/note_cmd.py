"""`pkm note`: a thought of one's own, no item needed."""

from collections.abc import Container
from dataclasses import replace
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.registry import Commands
from pkm.cli.sensewalk import tell
from pkm.cli.stdin import read_words
from pkm.cli.writing import write_draft
from pkm.config import Settings
from pkm.errors import AnswerNeeded, UsageError
from pkm.model.note import INSIGHTS, Kind, Status
from pkm.rules.promptfile import Asks, Prompt, question_for
from pkm.rules.words import own_text
from pkm.sense.annotate import Sensed, Sentence, checked, think
from pkm.sense.asking import load
from pkm.sense.settings import signed_tag
from pkm.sense.shapes import shape, title_of
from pkm.shelf.shelf import Shelf

commands = Commands()


@commands(
    "note",
    examples=(
        'pkm note "Friday: add a column for what would change our mind"',
        'pkm note --practice "I now write the doubt beside the decision"',
        'pkm note --log "Talked to Ines about what they search for"',
        "pkm note --edit",
        "pkm note --template cer",
    ),
)
def note(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    text: Annotated[
        list[str] | None, typer.Argument(help="Your words; - reads them from stdin.", metavar="TEXT")
    ] = None,
    *,
    message: Annotated[str | None, typer.Option("-m", metavar="TEXT", help="The same.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help=f"One of: {', '.join(Kind)}.")
    ] = None,
    practice: Annotated[bool, typer.Option("--practice", help="What you now do differently.")] = False,
    log: Annotated[
        bool, typer.Option("--log", help="What you are working on: an entry in the file of the day.")
    ] = False,
    half_baked: Annotated[bool, typer.Option("--half-baked", help="Not thought through yet.")] = False,
    asked: Annotated[
        str | None,
        typer.Option(
            "--as", "--template", metavar="NAME", help="With the parts of a prompt: cer, sift, tetrad…"
        ),
    ] = None,
    insight: Annotated[
        str | None, typer.Option("--insight", metavar="WAY", help=f"One of: {', '.join(INSIGHTS)}.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag; may be given again.")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Else the first words.")
    ] = None,
    visibility: Annotated[
        str | None, typer.Option("--visibility", metavar="LEVEL", help="private, team, community or public.")
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Write it in your editor.")] = False,
) -> None:
    """Write a note of your own.

    It is one markdown file in notes/, and private until you say otherwise. Without TEXT your editor opens.
    """
    sentence = checked(
        Sentence(
            kind=_kind(kind, practice=practice, log=log),
            status=Status.HALF_BAKED if half_baked else None,
            visibility=visibility,
            insight=insight,
            tags=tuple(signed_tag(one)[1] for one in tag or ()),
        )
    )
    words = _words(text or [], message)
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        prompt = load(shelf.home, asked) if asked else None
        if prompt is not None:
            sentence = replace(sentence, kind=sentence.kind or prompt.kind)
        sensed = _filed(run, shelf, settings, sentence, words, prompt=prompt, title=title, edit=edit)
        if sensed is not None:
            tell(run, shelf, sensed)


def _filed(  # noqa: PLR0913 - what was typed, once
    run: Run,
    shelf: Shelf,
    settings: Settings,
    sentence: Sentence,
    words: str | None,
    *,
    prompt: Prompt | None,
    title: str | None,
    edit: bool,
) -> Sensed | None:
    headed = prompt if prompt is not None and prompt.asks == Asks.EACH else None

    def file(written: str) -> Sensed:
        named = title or (title_of({"": own_text(written).splitlines()}) if headed else None)
        return think(shelf, replace(sentence, text=written), title=named)

    blank = shape(shelf, headed, {}) if headed else ""
    if words is not None and headed:
        words = shape(shelf, headed, {headed.parts[0].heading: (words,)})
    if words is not None and not edit:
        return file(words)
    if not edit and not run.asks:
        raise AnswerNeeded(
            "a note needs words",
            why="--no-input was given" if run.no_input else "there is no terminal to write them on",
            hint='give them: pkm note "…", or pipe them: pkm note -',
        )
    asks = (question_for(prompt, "", said=0),) if prompt else ()
    name = f"note-{headed.name}" if headed else "note"
    return write_draft(
        run, shelf, settings, name, text=words or blank, blank=blank, help_lines=asks, file=file
    )


def _words(text: list[str], message: str | None) -> str | None:
    if text and message is not None:
        raise UsageError("the words are given twice", hint='give them once: pkm note "…"')
    if text == ["-"]:
        return read_words()
    if text and " " not in "".join(text) and text[0] in _verbs_of_notes():
        raise UsageError(
            f"'{' '.join(text)}' looks like a command, not like a note",
            hint=f'did you mean `pkm notes {" ".join(text)}`? To file the words all the same: pkm note -m "…"',
        )
    return " ".join(text) if text else message


def _verbs_of_notes() -> Container[str]:
    from pkm.cli.notes_cmd import commands as of_notes  # noqa: PLC0415 - only words without a space are looked up

    return of_notes.family("notes")


def _kind(kind: str | None, *, practice: bool, log: bool) -> str | None:
    said = [one for one in (kind, Kind.PRACTICE if practice else None, Kind.LOG if log else None) if one]
    if len(said) > 1:
        raise UsageError(f"a note is of one kind, not of {len(said)}: {', '.join(said)}", hint="name one")
    return said[0] if said else None
