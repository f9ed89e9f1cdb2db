"""`pkm check`: a look into an item or a source: what is known here, then one question a move."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from pkm.cli.ask import ask_line
from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.filed import tell_filed
from pkm.cli.instep import in_step
from pkm.cli.itemview import item_fields, source_fields
from pkm.cli.lastlist import is_row
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, show_text
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.stdin import read_words
from pkm.cli.terminal import as_text
from pkm.errors import AnswerNeeded, NotFound, UsageError
from pkm.model.source import CAPTURES, Source
from pkm.rules.checkfile import MOVES, VERDICTS, Answers, must_be_verdict, read_answers, verdict_of
from pkm.rules.ids import is_id
from pkm.rules.inert import plain
from pkm.rules.limits import MB, NOTE_BYTES
from pkm.sense.annotate import must_be_known
from pkm.sense.check import record
from pkm.sense.checkwords import fact_lines, plain_lines
from pkm.sense.lookinto import Facts, facts_of_item, facts_of_source
from pkm.sense.prompts import questions_of
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

commands = Commands()

_FALLBACK: Final = {
    "stop": "Stop: what makes you want to believe it, or not?",
    "investigate": "Investigate: who says it?",
    "find": "Find: who else reports it?",
    "trace": "Trace: where does it come from?",
}


@commands(
    "check",
    examples=(
        "pkm check 2",
        'pkm check 2 --verdict mixed -m "Its numbers are older than it says."',
        "pkm check jarche --answers answers.txt",
        "pkm check 2 --facts --json",
    ),
)
def check(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    subject: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="An item (a row or an id), or a source (id, address, title)."),
    ] = None,
    *,
    message: Annotated[
        str | None, typer.Option("-m", metavar="TEXT", help="Your reason for the verdict, in a sentence.")
    ] = None,
    verdict: Annotated[
        str | None, typer.Option("--verdict", metavar="WORD", help=f"One of: {', '.join(VERDICTS)}.")
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            "--answers",
            metavar="FILE",
            help="A file with lines `stop: …`, `find: …`, `verdict: …`; - reads stdin.",
        ),
    ] = None,
    facts: Annotated[
        bool, typer.Option("--facts", help="Only show what is known here; ask and file nothing.")
    ] = False,
    visibility: Annotated[
        str | None, typer.Option("--visibility", metavar="LEVEL", help="private, team, community or public.")
    ] = None,
) -> None:
    """Look into an item or a source before you trust it: SIFT, in a minute.

    First what can be known here, without the internet: who says it, your own history with them, when, which
    other sites among your sources report it, where it says it has it from. Then one question for each move:
    stop, investigate, find, trace. Enter alone skips one. The verdict is yours, in your words; none is computed.

    It becomes a note of kind check, dated, yours to edit. Without ID: the item that was shown last here.
    """
    if verdict is not None:
        must_be_known(verdict, "--verdict", VERDICTS)
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        found = _facts(run, shelf, subject)
        if facts:
            _show(run, shelf, found)
            return
        said = _given(message, verdict, answers)
        if said is None:
            _show(run, shelf, found)
            said = _asked(run, shelf, found)
        if said.empty:
            say(run, "Nothing was filed.")
            return
        tell_filed(run, shelf, record(shelf, found, said, visibility=visibility))


def _facts(run: Run, shelf: Shelf, word: str | None) -> Facts:
    source = _source(run, shelf, word) if word is not None else None
    if source is not None:
        return facts_of_source(shelf, source)
    named = word or last_list(run, shelf).shown_item()
    if named is None:
        raise UsageError(
            "which item or source?", why="none was shown here yet", hint="pkm seek, then: pkm check 1"
        )
    [item] = items_named(run, shelf, [named])[:1]
    last_list(run, shelf).remember_shown(item.id)
    return facts_of_item(shelf, item)


def _source(run: Run, shelf: Shelf, word: str) -> Source | None:
    """The source that a word means; None if it means something else."""
    if is_row(word):
        [one] = last_list(run, shelf).resolve([word], _no_tails)[:1]
        return shelf.store.sources.get(one) if one.startswith("s-") else None
    if is_id(word) and not word.startswith("s-"):
        return None
    store = shelf.store
    if any(kind.ending(word) for kind in (store.items, store.notes, store.quotes) if len(word) >= 4):
        return None
    found = None
    with suppress(NotFound):
        found = source_of(shelf, word)
    if found is not None and found.kind == CAPTURES:
        raise UsageError("captures is no source to look into", hint="name one of its items: pkm check ID")
    return found


def _no_tails(_tail: str) -> tuple[str, ...]:
    return ()


# Answers.


def _given(message: str | None, verdict: str | None, answers: str | None) -> Answers | None:
    """What the line itself answers; None if it answers nothing."""
    if message is None and verdict is None and answers is None:
        return None
    said = read_answers(_text(answers)) if answers is not None else Answers(moves={})
    return Answers(
        moves=said.moves,
        verdict=must_be_verdict(verdict) or said.verdict,
        reason=message if message is not None else said.reason,
    )


def _text(name: str) -> str:
    if name == "-":
        return read_words()
    path = Path(name).expanduser()
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {name}", hint="check its name") from error
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read", why=error.strerror or "", hint="check who may read it"
        ) from error
    if len(data) > NOTE_BYTES:
        raise UsageError(f"{name} is larger than {NOTE_BYTES // MB} MB", hint="answer in fewer words")
    return as_text(data.decode("utf-8", "replace"))


def _asked(run: Run, shelf: Shelf, found: Facts) -> Answers:
    """One question a move, then the verdict; what was answered before the end of the input counts."""
    if not run.asks or run.json:
        one = found.item.id if found.item else found.source.id if found.source else "ID"
        raise AnswerNeeded(
            "your answers are needed",
            why="--no-input was given" if run.no_input else "there is no terminal to ask on",
            hint=f'pkm check {one} --verdict mixed -m "why", or --answers FILE, or --facts to look only',
        )
    moves: dict[str, str] = {}
    verdict, reason = None, ""
    with suppress(AnswerNeeded, KeyboardInterrupt):  # what was typed is filed, not thrown away
        for move, question in questions(shelf).items():
            say(run, f"\n{question}")
            if answer := ask_line(run, ">", flag="--answers"):
                moves[move] = answer
        verdict = _verdict(run)
        if verdict is not None:
            say(run, "Why? In a sentence of yours.")
            reason = ask_line(run, ">", flag="-m")
    return Answers(moves=moves, verdict=verdict, reason=reason)


def _verdict(run: Run) -> str | None:
    say(run, "")
    while True:
        answer = ask_line(run, f"Your verdict: {', '.join(VERDICTS)}? (Enter: none)", flag="--verdict")
        try:
            return must_be_verdict(answer or None)
        except UsageError as error:
            say(run, f"{error.what}; {error.hint}")


def questions(shelf: Shelf) -> Mapping[str, str]:
    """The question of each move: those of `prompts/check.md`, in order."""
    asked = questions_of(shelf.home, "check")
    return {move: asked[place] if place < len(asked) else _FALLBACK[move] for place, move in enumerate(MOVES)}


# Views.


def _show(run: Run, shelf: Shelf, found: Facts) -> None:
    lines = fact_lines(found, zone=shelf.zone)
    if run.json:
        show_json(_document(shelf, found))
        return
    show_text("\n".join([found.title, *(plain(line) for line in plain_lines(lines))]))


def _document(shelf: Shelf, found: Facts) -> dict[str, Any]:
    history, coverage = found.history, found.coverage
    listed = shelf.store.items.listed([found.item], shelf.store.sources.by_id()) if found.item else ()
    return {
        "schema": "pkm.check/1",
        "item": item_fields(listed[0]) if listed else None,
        "source": source_fields(found.source) if found.source else None,
        "history": None
        if history is None
        else {
            "items": history.came,
            "kept": history.kept,
            "noted": history.noted,
            "shared": history.shared,
            "since": history.since,
        },
        "edits": found.edits,
        "coverage": None
        if coverage is None
        else {
            "since": coverage.since,
            "until": coverage.until,
            "looked_at": coverage.looked_at,
            "words": list(coverage.words),
            "items": [
                {
                    "id": one.item.id,
                    "title": one.item.title,
                    "url": one.item.url,
                    "source": one.source.title if one.source else None,
                    "shares": list(one.words),
                }
                for one in coverage.found
            ],
            "more": coverage.more,
        },
        "origins": [{"url": one.url, "text": one.words, "sign": one.sign} for one in found.origins],
        "named": list(found.named),
        "checks": [
            note_fields(note)
            | {
                "created": note.created_at,
                "verdict": said.word if said else None,
                "reason": said.reason if said else "",
            }
            for note in found.checks
            for said in [verdict_of(note.file)]
        ],
        "questions": dict(questions(shelf)),
    }
