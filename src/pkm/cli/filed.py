"""How it is told that the user's words were filed; shared by `sense` and `note`."""

from typing import Any

from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.output import say, show_json, show_line
from pkm.rules.limits import OWN_WORDS
from pkm.sense.annotate import Sensed
from pkm.shelf.shelf import Shelf


def tell_filed(run: Run, shelf: Shelf, sensed: Sensed) -> None:
    """Say where the words stand: a sentence on a terminal, the path in a pipe, one document for `--json`."""
    note, words = sensed.note, sensed.note.file.own_words
    if run.json:
        show_json(_document(sensed))
    elif run.out_terminal:
        say(run, _sentence(sensed))
    else:
        show_line(note.path)
    if sensed.kept:
        say(run, "The item is kept now.")
    if sensed.marked:
        say(run, "That passage was marked before already.")
    if words < OWN_WORDS:
        counted = "1 word is" if words == 1 else f"{words} words are"
        waits = "; the item still waits for them" if note.file.items else ""
        say(run, f"{counted} not yet words of your own ({OWN_WORDS} are enough){waits}.")
    if sensed.made and shelf.options.level.word != note.level.word:
        say(run, f"Its visibility is {note.level.word}.")


def _sentence(sensed: Sensed) -> str:
    if sensed.note.file.own_words < OWN_WORDS:
        return f"The passage stands in {sensed.note.path}" if sensed.quote else f"Filed: {sensed.note.path}"
    return f"That is a note, and it is yours: {sensed.note.path}"


def _document(sensed: Sensed) -> dict[str, Any]:
    return {
        "schema": "pkm.sensed/1",
        "note": note_fields(sensed.note),
        "item": sensed.item.id if sensed.item else None,
        "made": sensed.made,
        "kept": sensed.kept,
        "quote": sensed.quote.id if sensed.quote else None,
    }
