"""`pkm revisit` and `pkm drip`: earlier notes at a useful time, a few a day, and one for a greeting line."""

import textwrap
from typing import Annotated, Any, Final

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.keys import END, Keys, keyboard
from pkm.cli.lastlist import is_row
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json, show_text, warn
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.cli.terminal import width
from pkm.errors import AnswerNeeded, UsageError
from pkm.model.item import Item
from pkm.model.note import Note
from pkm.model.revisit import Answer, Rhythm
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.offers import since
from pkm.rules.tails import short_ids
from pkm.rules.words import own_text
from pkm.sense.revisit import Again, answer, drip, offered, today
from pkm.shelf.lookup import item_of, note_of, whole_id
from pkm.shelf.shelf import Shelf

commands = Commands()

HELP: Final = "f fruitful, n not now, d done, Enter pass, q quit"
_KEYS: Final = {"f": Answer.FRUITFUL, "n": Answer.NOT_NOW, "d": Answer.DONE}
_PASS: Final = {"\r", "\n", " ", "p"}
_WIDEST: Final = 80
_LINES: Final = 6
_GREETING_WORDS: Final = 50


@commands(
    "revisit",
    examples=("pkm revisit", "pkm revisit --list --json", "pkm revisit 2 --answer fruitful"),
)
def revisit(
    run: Run,
    thing: Annotated[
        str | None, typer.Argument(help="A row, or the id of a note or an item.", metavar="ID")
    ] = None,
    *,
    said: Annotated[
        str | None, typer.Option("--answer", metavar="ANSWER", help=f"One of: {', '.join(Answer)}.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only show them.")] = False,
) -> None:
    """Meet a few earlier notes again, each for a reason.

    On a terminal one key answers each. What was fruitful comes back after 1.6 times its last wait, what is put off (not-now) after 2.5 times, what is
    done never. The first wait is 7 days, none is under 3 or over 365. A day offers five at most; what you
    pass over is not counted and asks for nothing.
    """
    spoken = _spoken(said)
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        if thing is not None:
            _answer_one(run, shelf, _named(run, shelf, thing), spoken)
        elif spoken is not None:
            raise UsageError("it is not clear what is answered", hint=f"pkm revisit ID --answer {spoken}")
        elif listed or run.json or not run.asks:
            _list(run, shelf)
        else:
            _walk(run, shelf)


def _spoken(said: str | None) -> Answer | None:
    if said is None:
        return None
    if said not in set(Answer):
        raise UsageError(f"--answer cannot be '{said}'", hint=f"use one of: {', '.join(Answer)}")
    return Answer(said)


def _named(run: Run, shelf: Shelf, word: str) -> Note | Item:
    if is_row(word):
        [word] = last_list(run, shelf).resolve([word], lambda _: (), prefixes="in")[:1]
    if word.endswith(".md"):
        return note_of(shelf, word)
    one = whole_id(shelf, word, "ni")
    return item_of(shelf, one) if one.startswith("i-") else note_of(shelf, one)


def _answer_one(run: Run, shelf: Shelf, met: Note | Item, spoken: Answer | None) -> None:
    if spoken is None:
        raise AnswerNeeded(
            f"an answer to '{met.title or met.id}' is needed",
            hint=f"pkm revisit {met.id} --answer {'|'.join(Answer)}",
        )
    rhythm = answer(shelf, met, spoken)
    if run.json:
        show_json({"schema": "pkm.revisited/1", "id": met.id, "answer": str(spoken), **_times(rhythm)})
    say(run, dotted(_returns(shelf, spoken, rhythm), "undo: pkm undo"))


def _returns(shelf: Shelf, said: Answer, rhythm: Rhythm) -> str:
    if rhythm.due is None:
        return "done: it does not come back"
    days = (rhythm.due - today(shelf)).days
    return f"{said.replace('-', ' ')}: comes back in {counted(days, 'day')}, on {rhythm.due:%Y-%m-%d}"


# The list.


def _list(run: Run, shelf: Shelf) -> None:
    found = offered(shelf)
    show(run, _table(run, shelf, found), lambda: _document(shelf, found))
    if not found:
        _nothing(run)


def _nothing(run: Run) -> None:
    say(run, "Nothing to meet again today.")


def _table(run: Run, shelf: Shelf, found: tuple[Again, ...]) -> Table:
    ids = [again.met.id for again in found]
    if not run.table:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (again.met.id, again.why, again.because, again.met.title or again.met.id) for again in found
        )
        return Table(
            columns=tuple(Column(name=name, keep=True) for name in ("id", "why", "because", "title")),
            rows=rows,
        )
    numbered = bool(ids) and last_list(run, shelf).remember("revisit", ids)
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="id", keep=True),
        Column(name="title"),
        Column(name="because", wrap=True),
    )
    rows = tuple(
        (*((number,) if numbered else ()), tail, again.met.title or again.met.id, again.because)
        for number, (again, tail) in enumerate(zip(found, short_ids(ids), strict=True), 1)
    )
    closing = ("Next: pkm revisit, or pkm revisit ID --answer fruitful",) if found else ()
    return Table(columns=columns, rows=rows, closing=closing)


def _document(shelf: Shelf, found: tuple[Again, ...]) -> dict[str, Any]:
    return {
        "schema": "pkm.revisit/1",
        "day": f"{today(shelf):%Y-%m-%d}",
        "offered": [_fields(again) for again in found],
    }


def _fields(again: Again) -> dict[str, Any]:
    met = again.met
    place = {"path": met.path} if isinstance(met, Note) else {"url": met.url}
    return {
        "kind": "note" if isinstance(met, Note) else "item",
        "id": met.id,
        "title": met.title,
        **place,
        "why": again.why,
        "because": again.because,
        "met": again.rhythm.met,
        **_times(again.rhythm),
    }


def _times(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "wait_days": round(rhythm.wait, 1),
        "due": f"{rhythm.due:%Y-%m-%d}" if rhythm.due else None,
    }


# One key each.


def _walk(run: Run, shelf: Shelf) -> None:
    found = offered(shelf)
    if not found:
        _nothing(run)
        return
    say(run, HELP)
    answered = 0
    with keyboard() as keys:
        for number, again in enumerate(found, 1):
            _print(run, again, f"{number}/{len(found)}")
            said = _key(keys)
            if said is None:
                break
            if isinstance(said, Answer):
                warn(f"  {_returns(shelf, said, answer(shelf, again.met, said))}")
                answered += 1
    say(run, "undo the last answer: pkm undo" if answered else "Nothing was answered; nothing is owed.")


def _key(keys: Keys) -> Answer | str | None:
    """An answer, an empty text for none, None to stop."""
    while True:
        key = keys.read()
        if key in {END, "q", None}:
            return None
        if key in _KEYS:
            return _KEYS[key]
        if key in _PASS:
            return ""
        warn(HELP)


def _print(run: Run, again: Again, place: str) -> None:
    met = again.met
    columns = min(width(run.environ), _WIDEST)
    title = clean(met.title or met.id, Sink.LINE)
    lines = [f"\n{place}  {title}", *_wrapped(again.because, columns)]
    lines += ["", *_said(met, columns)] if isinstance(met, Note) else []
    where = met.path if isinstance(met, Note) else met.url or ""
    # A path or an address is never broken.
    lines += [f"     {clean(where, Sink.LINE)}"] if where else []
    warn("\n".join(lines))


def _said(note: Note, columns: int) -> list[str]:
    lines = [
        line
        for part in own_text(note.file.body).splitlines()
        for line in (_wrapped(clean(part, Sink.LINE), columns) if part.strip() else [])
    ]
    more = [f"     and {len(lines) - _LINES} lines more"] if len(lines) > _LINES + 1 else []
    return [*(lines[:_LINES] if more else lines), *more]


def _wrapped(text: str, columns: int) -> list[str]:
    return textwrap.wrap(
        clean(text, Sink.LINE), max(columns, 30), initial_indent="     ", subsequent_indent="     "
    )


# One a day.


@commands("drip", examples=("pkm drip", "pkm drip --json"))
def drip_one(run: Run) -> None:
    """One earlier note of yours, for a greeting or a mail.

    The same one all day, as plain text, to you alone; nothing is written and nothing is asked. Without an earlier note it prints
    nothing.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        note = drip(shelf)
        if run.json:
            show_json(_dripped(shelf, note))
        elif note is not None:
            show_text("\n".join(_greeting(shelf, note, min(width(run.environ), _WIDEST))))


def _dripped(shelf: Shelf, note: Note | None) -> dict[str, Any]:
    fields = None
    if note is not None:
        fields = {
            "id": note.id,
            "title": note.title,
            "path": note.path,
            "kind": note.kind,
            "created": note.created_at,
            "text": own_text(note.file.body),
        }
    return {"schema": "pkm.drip/1", "day": f"{today(shelf):%Y-%m-%d}", "note": fields}


def _greeting(shelf: Shelf, note: Note, columns: int) -> list[str]:
    words = own_text(note.file.body).split()
    text = " ".join(words[:_GREETING_WORDS]) + (" …" if len(words) > _GREETING_WORDS else "")
    made = since(note.created_at.astimezone(shelf.zone).date(), today(shelf))
    # A title that is made of the first words says nothing beside them.
    named = "" if text.startswith(note.title) else f"{clean(note.title, Sink.LINE)}, "
    return [
        *textwrap.wrap(clean(text, Sink.LINE), max(columns, 30)),
        f"  {named}{made}: pkm notes show {short_ids([note.id])[0]}",
    ]
