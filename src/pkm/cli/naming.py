"""From the words of a line to the notes that they name: rows of the last list, ids, last characters, paths."""

from collections.abc import Sequence

from pkm.cli.context import Run
from pkm.cli.lastlist import is_row
from pkm.cli.picking import last_list
from pkm.errors import UsageError
from pkm.model.note import Note
from pkm.model.question import Question
from pkm.shelf import lookup
from pkm.shelf.shelf import Shelf


def notes_named(run: Run, shelf: Shelf, words: Sequence[str]) -> tuple[Note, ...]:
    """The notes that words name, each once, in the order typed; all are known before any is changed.

    Args:
        run: Whose terminal.
        shelf: Where; its files were looked at already.
        words: Row numbers, `5-7`, ids or their last characters, paths; an item stands for its one note.

    Raises:
        UsageError, NotFound: See `LastList.resolve` and `lookup.note_of`.
    """
    if not words:
        raise UsageError("no note was named", hint="give row numbers or ids: `pkm notes list` shows both")
    last = last_list(run, shelf)
    found: dict[str, Note] = {}
    for word in words:
        for one in last.resolve([word], _no_tails) if is_row(word) else (word,):
            note = lookup.note_of(shelf, one)
            found[note.id] = note
    return tuple(found.values())


def question_named(run: Run, shelf: Shelf, word: str) -> Question:
    """The question that a word names: a row of the last list, an id or its end, or a part of the question.

    Raises:
        UsageError, NotFound: See `LastList.resolve` and `lookup.question_of`.
    """
    if is_row(word):
        [word] = last_list(run, shelf).resolve([word], _no_tails, prefixes="n")[:1] or [word]
    return lookup.question_of(shelf, word)


def _no_tails(_tail: str) -> Sequence[str]:
    return ()
