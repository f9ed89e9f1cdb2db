"""Ask: put a question, which is a note that steers seeking."""

from collections.abc import Sequence
from dataclasses import dataclass

from pkm.errors import UsageError
from pkm.model.note import Kind, Note, Status
from pkm.model.question import Question
from pkm.rules.clean import Sink, clean, tidy
from pkm.rules.inert import inert_line
from pkm.rules.limits import TITLE_CHARS
from pkm.rules.query import And, parse_query
from pkm.rules.steering import MOST_GIVEN, Steer, split_words, steer
from pkm.shelf import notes
from pkm.shelf.notes import NewNote
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was just asked.

    Attributes:
        looked_for: What it looks for.
        waiting: How many new items match already.
    """

    note: Note
    question: Question
    looked_for: Steer
    waiting: int


def ask(
    shelf: Shelf, text: str, *, words: Sequence[str] = (), tags: Sequence[str] = (), level: str | None = None
) -> Asked:
    """Write a question down as a note; from now on it steers seeking.

    Args:
        shelf: Where.
        text: The question; its first line is the title.
        words: What to look for, each a query, or several with commas between; empty for the words of the title.
        tags: Of the note.
        level: How far it may go, as a word; None for the home's default.

    Raises:
        UsageError: There are no words, or nothing to look for in those that were given.
    """
    notes.must_hold_words(text)
    looked_for = _given(words)
    first, _, more = text.strip().partition("\n")
    title = tidy(first, limit=TITLE_CHARS)
    with shelf.writing():
        command = shelf.store.undo_log.begin("ask", f"asked '{clean(title[:60], Sink.LINE)}'", shelf.now())
        new = NewNote(
            text=f"# {inert_line(title)}\n\n{more}",  # a heading is nobody's words: no digest takes it for a thought
            title=title,
            kind=Kind.QUESTION,
            status=Status.OPEN,
            words=looked_for,
            tags=tuple(tags),
            level=level,
        )
        note = notes.make(shelf, new, command=command)
        shelf.store.questions.set_look(note.id, shelf.now(), shelf.store.questions.last_row())
    question = Question(
        id=note.id, title=note.title, path=note.path, words=looked_for, asked_at=note.created_at
    )
    sought = steer(question.title, question.words)
    [waiting] = shelf.store.questions.waiting([sought])
    return Asked(note=note, question=question, looked_for=sought, waiting=len(waiting))


def _given(words: Sequence[str]) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(part for one in words for part in split_words(one)))
    empty = next((one for one in given if parse_query(one) == And(())), None)
    if empty is not None:
        raise UsageError(
            f"there is nothing to look for in '{empty}'", hint='for example: --words "decision log, ADR"'
        )
    if len(given) > MOST_GIVEN:
        raise UsageError(
            f"--words names {len(given)} things to look for",
            hint=f"name {MOST_GIVEN} at most; OR joins several",
        )
    return given
