"""`pkm ask`, `pkm questions` and `pkm answer`: the questions that steer the reading."""

import sys
from typing import Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.glyphs import glyphs
from pkm.cli.instep import in_step
from pkm.cli.itemview import title_of
from pkm.cli.naming import question_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json, show_line
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.cli.stdin import read_words
from pkm.cli.talk import dotted
from pkm.config import Settings
from pkm.errors import AnswerNeeded, UsageError
from pkm.model.note import Level
from pkm.model.question import Question
from pkm.rules.amounts import age, counted
from pkm.rules.steering import Steer
from pkm.rules.tails import short_ids
from pkm.seek.answer import Answered, answer
from pkm.seek.ask import Asked, ask
from pkm.seek.questions import Match, Standing, looked, overview
from pkm.sense.settings import signed_tag
from pkm.shelf.shelf import Shelf

commands = Commands()

OneQuestion = Annotated[
    str, typer.Argument(metavar="Q", help="A row of `pkm questions`, an id, or words of the question.")
]


@commands(
    "ask",
    examples=(
        'pkm ask "How do distributed teams keep decisions findable?"',
        'pkm ask "What makes people write things down?" --words "decision log, ADR, tag:writing"',
    ),
)
def ask_question(
    run: Run,
    text: Annotated[list[str], typer.Argument(help="The question; - reads it from stdin.", metavar="TEXT")],
    *,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--words", metavar="QUERIES", help="What to look for, as in `pkm find`; commas between."
        ),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag of its note; may be given again.")
    ] = None,
    visibility: Annotated[
        str | None, typer.Option("--visibility", metavar="LEVEL", help="private, team, community or public.")
    ] = None,
) -> None:
    """Ask a question that steers your reading.

    It becomes a note in notes/, open until you answer it. What comes in and matches says so beside its row,
    and `pkm seek --for` shows nothing else. Any one of the --words is enough. Without them the longer words
    of the question are looked for, and an item must hold two.
    """
    said = read_words() if text == ["-"] else " ".join(text)
    if visibility is not None and Level.of(visibility) is None:
        levels = ", ".join(level.word for level in Level)
        raise UsageError(f"--visibility cannot be '{visibility}'", hint=f"use one of: {levels}")
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        tags = tuple(signed_tag(one)[1] for one in tag or ())
        asked = ask(shelf, said, words=words or (), tags=tags, level=visibility)
    _tell_asked(run, asked)


def _tell_asked(run: Run, asked: Asked) -> None:
    sought, note_id = asked.looked_for, asked.note.id
    if run.json:
        show_json(
            {
                "schema": "pkm.question/1",
                "question": note_fields(asked.note),
                "words": [sign.words for sign in sought.signs],
                "least": sought.least,
                "waiting": asked.waiting,
            }
        )
    elif run.out_terminal:
        say(run, f"Your question: {asked.note.path}")
    else:
        show_line(asked.note.path)
    say(run, dotted(_looks_for(sought), "undo: pkm undo"))
    if asked.waiting:
        waits = "1 new item matches" if asked.waiting == 1 else f"{asked.waiting} new items match"
        say(run, f"{waits} already. Next: pkm seek --for {short_ids([note_id])[0]}")


def _looks_for(sought: Steer) -> str:
    if not sought.signs:
        return 'It names nothing to look for; give it words: pkm ask "…" --words "decision log, ADR"'
    listed = ", ".join(sign.words for sign in sought.signs)
    if sought.least < 2:
        return f"looked for: {listed}"
    return f"looked for, {sought.least} of them in an item: {listed}"


@commands("questions", examples=("pkm questions", "pkm questions --all --json"))
def list_questions(
    run: Run,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those answered and given up too.")] = False,
) -> None:
    """Your open questions, and what matched each since you last looked.

    A look is this list, or `pkm seek --for`; with --json neither counts as one.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        standings = overview(shelf, everything=everything)
        ids = [one.question.id for one in standings]
        numbered = bool(ids) and last_list(run, shelf).remember("questions", ids)
        table = _person_table(shelf, standings, numbered=numbered) if run.table else _plain_table(standings)
        show(run, table, lambda: _document(standings))
        if not run.json:
            looked(shelf, [one.question for one in standings if one.question.is_open])
    if not standings:
        others = "" if everything else "; answered ones: pkm questions --all"
        say(run, f'No open questions{others}. Next: pkm ask "…"')


def _document(standings: tuple[Standing, ...]) -> dict[str, Any]:
    return {
        "schema": "pkm.questions/1",
        "questions": [
            {
                "id": one.question.id,
                "title": one.question.title,
                "path": one.question.path,
                "status": one.question.status,
                "asked": one.question.asked_at,
                "words": [sign.words for sign in one.looked_for.signs],
                "waiting": one.waiting,
                "fresh": one.fresh,
                "looked": one.looked_at,
                "matched": [
                    {"id": match.item.id, "title": match.item.title, "words": match.words}
                    for match in one.shown
                ],
                "kept": one.kept,
                "notes": one.notes,
            }
            for one in standings
        ],
    }


def _plain_table(standings: tuple[Standing, ...]) -> Table:
    names = ("id", "status", "asked", "fresh", "waiting", "kept", "question")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.question.id,
            one.question.status,
            one.question.asked_at,
            one.fresh,
            one.waiting,
            len(one.kept),
            one.question.title,
        )
        for one in standings
    )
    return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=rows)


def _person_table(shelf: Shelf, standings: tuple[Standing, ...], *, numbered: bool) -> Table:
    tails = short_ids([one.question.id for one in standings])
    closed = any(not one.question.is_open for one in standings)
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="question", wrap=True),
        Column(name="asked", keep=True),
        *((Column(name="status", keep=True),) if closed else ()),
        Column(name="waiting", right=True),
        Column(name="kept", right=True),
        Column(name="since you looked", below=True),
        Column(name="id", keep=True),
    )
    rows = tuple(
        (
            *((number,) if numbered else ()),
            one.question.title,
            age(one.question.asked_at, shelf.now()),
            *((one.question.status,) if closed else ()),
            one.waiting or None,
            len(one.kept) or None,
            _since(one),
            tail,
        )
        for number, (one, tail) in enumerate(zip(standings, tails, strict=True), 1)
    )
    dot = f" {glyphs(sys.stdout).dot} "
    q = "1" if numbered else "ID"
    closing = (f"Next: {dot.join((f'pkm seek --for {q}', f'pkm answer {q}'))}",) if standings else ()
    return Table(columns=columns, rows=rows, closing=closing)


def _since(one: Standing) -> str:
    if one.question.is_open and not one.looked_for.signs:
        return f"names nothing to look for; add a line `words:` to {one.question.path}"
    named = "; ".join(_match(match) for match in one.shown)
    left = one.fresh - len(one.shown)
    return f"{named}; and {left} more" if named and left > 0 else named


def _match(match: Match) -> str:
    return f"{title_of(match.item)} ({', '.join(match.words)})"


@commands(
    "answer",
    examples=(
        'pkm answer 1 -m "They write the doubt beside the verdict."',
        "pkm answer findable",
        'pkm answer 2 --drop -m "The team is no more."',
    ),
)
def answer_question(
    run: Run,
    question: OneQuestion,
    *,
    message: Annotated[str | None, typer.Option("-m", metavar="TEXT", help="Your answer.")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Give it up; -m may say why.")] = False,
) -> None:
    """Answer a question, or give it up.

    Your answer is added to the question's note, and below it what was kept and written for it, as links.
    Without -m your editor opens. To open it again: pkm notes set Q --status open.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        found = question_named(run, shelf, question)
        if message is not None or drop:
            _tell_answered(run, answer(shelf, found, message or "", dropped=drop), dropped=drop)
        else:
            _write_answer(run, shelf, settings, found)


def _write_answer(run: Run, shelf: Shelf, settings: Settings, question: Question) -> None:
    from pkm.cli.writing import write_draft  # noqa: PLC0415 - only an answer without -m needs an editor

    if not run.asks:
        raise AnswerNeeded(
            "an answer is needed",
            why="--no-input was given" if run.no_input else "there is no terminal to write it on",
            hint=f'pkm answer {question.id} -m "…", or pkm answer {question.id} --drop',
        )

    def file(words: str) -> Answered:
        return answer(shelf, question, words)

    answered = write_draft(
        run, shelf, settings, f"answer-{question.id}", help_lines=(question.title,), file=file
    )
    if answered is not None:
        _tell_answered(run, answered, dropped=False)


def _tell_answered(run: Run, answered: Answered, *, dropped: bool) -> None:
    note = answered.note
    if run.json:
        show_json({"schema": "pkm.question/1", "question": note_fields(note), "cited": answered.cited})
    elif not run.out_terminal:
        show_line(note.path)
    cited = f"{counted(answered.cited, 'thing')} named that led there" if answered.cited else ""
    done = "Given up" if dropped else "Answered"
    say(run, dotted(f"{done}: {note.path}", cited, "undo: pkm undo"))
