"""`pkm notes`: the user's notes, listed, shown, edited, set and removed."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli import notes_adopt_cmd, notes_check_cmd, notes_links_cmd, notes_mv_cmd
from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.glyphs import glyphs
from pkm.cli.instep import in_step
from pkm.cli.naming import notes_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show, show_json, show_text, warn
from pkm.cli.picking import items_named, last_list
from pkm.cli.registry import Commands
from pkm.cli.relations import relation_lines
from pkm.cli.talk import dotted
from pkm.errors import Refused
from pkm.model.note import INSIGHTS, Kind, Note, Status
from pkm.rules.amounts import counted
from pkm.rules.checkfile import check_line
from pkm.rules.clean import Sink, clean
from pkm.rules.tails import short_ids
from pkm.rules.when import parse_since
from pkm.shelf.shelf import Shelf
from pkm.store.notes import NoteFilter

if TYPE_CHECKING:
    from pkm.sense.settings import Changed, NoteChange

commands = Commands()

Ids = Annotated[list[str], typer.Argument(help="Rows, ids or paths.", metavar="ID")]
OneId = Annotated[str, typer.Argument(help="A row, an id or a path.", metavar="ID")]


@commands(
    "notes list",
    default=True,
    examples=("pkm notes list --kind question", "pkm notes list --tag reading --since 3w"),
)
def list_notes(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    *,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help=f"One of: {', '.join(Kind)}.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help=f"One of: {', '.join(Status)}.")
    ] = None,
    insight: Annotated[
        str | None, typer.Option("--insight", metavar="WAY", help=f"One of: {', '.join(INSIGHTS)}.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="TAG", help="With this tag, or one below it.")
    ] = None,
    item: Annotated[str | None, typer.Option("--item", metavar="ID", help="On this item.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="Made or changed since: 3d, 2w, 2026-11-22, 2026-W47."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Rows to show; 0 is all.", min=0)] = 20,
) -> None:
    """Your notes, the last changed first."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        chosen = NoteFilter(
            kind=kind,
            status=status,
            insight=insight,
            tag=clean(tag.removeprefix("#"), Sink.LINE) if tag else None,
            item=items_named(run, shelf, [item])[0].id if item else None,
            since=parse_since(since, now=shelf.now(), zone=shelf.zone) if since else None,
            limit=limit + 1 if limit else 0,
        )
        notes = shelf.store.notes.listing(chosen)
        shown = notes[:limit] if limit else notes
        show(run, _table(run, shelf, shown, more=len(notes) > len(shown)), lambda: _document(shown))
    if not shown:
        say(run, 'No notes here. Next: pkm note "…"')


@commands("notes show", examples=("pkm notes show 2", "pkm notes show notes/decisions.md"))
def show_note(run: Run, note: OneId) -> None:
    """One note: what it is, and its text."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        [found] = notes_named(run, shelf, [note])
        if run.json:
            show_json(_whole(shelf, found))
            return
        show_text("\n".join([*_head(shelf, found), "", found.file.body.strip("\n")]))


@commands("notes edit", examples=("pkm notes edit 2",))
def edit_one(run: Run, note: OneId) -> None:
    """Open a note in your editor; what you wrote is found at once."""
    from pkm.cli.writing import edit_note  # noqa: PLC0415 - `notes list` shall not wait for it

    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        [found] = notes_named(run, shelf, [note])
        changed = edit_note(run, shelf, settings, found)
        if changed is not None:
            say(
                run,
                dotted(
                    f"{changed.path}: {counted(changed.file.own_words, 'word')} of your own", "undo: pkm undo"
                ),
            )


@commands(
    "notes set",
    examples=(
        "pkm notes set 1-7 --visibility team",
        "pkm notes set 3f2k --tag +reading --tag -todo",
        "pkm notes set 2 --status settled --only friends",
    ),
)
def set_some(  # noqa: PLR0913 - one argument an option of the command
    run: Run,
    notes: Ids,
    *,
    visibility: Annotated[
        str | None, typer.Option("--visibility", metavar="LEVEL", help="private, team, community or public.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help=f"One of: {', '.join(Status)}.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help=f"One of: {', '.join(Kind)}.")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The file keeps its name.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="+a adds a tag, -a removes it; may be given again."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="AUDIENCE", help="For this audience alone; may be given again."),
    ] = None,
) -> None:
    """Change what stands in the front matter of notes, and no other byte of their files.

    An empty value takes a line away: --status "". A note whose front matter cannot be edited safely is left
    as it is and named; the others are changed.
    """
    from pkm.sense.settings import NoteChange, set_notes  # noqa: PLC0415 - `notes list` shall not wait for it

    change = NoteChange(
        title=title,
        kind=kind,
        status=status,
        visibility=visibility,
        only=tuple(name for name in only if name) if only is not None else None,
        tags=tuple(tag or ()),
    )
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        changed = set_notes(shelf, notes_named(run, shelf, notes), change)
        _tell_set(run, changed, change)


@commands("notes rm", examples=("pkm notes rm 2",))
def remove_some(run: Run, notes: Ids) -> None:
    """Move notes to the trash; `pkm undo` brings them back."""
    from pkm.sense.settings import remove_notes  # noqa: PLC0415 - `notes list` shall not wait for it

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        chosen = notes_named(run, shelf, notes)
        remove_notes(shelf, chosen)
        say(run, dotted(f"{counted(len(chosen), 'note')} moved to the trash", "undo: pkm undo"))


def _tell_set(run: Run, changed: "Changed", change: "NoteChange") -> None:
    from pkm.sense.settings import change_words  # noqa: PLC0415 - `notes list` shall not wait for it

    if run.json:
        show_json(_document((*changed.changed, *changed.same)))
    for _, error in changed.refused:
        warn(str(error))
    if changed.changed:
        say(
            run,
            dotted(f"{change_words(change)} set: {counted(len(changed.changed), 'note')}", "undo: pkm undo"),
        )
    if changed.same:
        say(run, f"{counted(len(changed.same), 'note')} said so already.")
    if changed.refused:
        raise Refused(
            f"{counted(len(changed.refused), 'note')} not changed",
            hint="; ".join(f"pkm notes edit {note.id}" for note, _ in changed.refused),
        )


# Views.


def _document(notes: Sequence[Note]) -> dict[str, Any]:
    return {"schema": "pkm.notes/1", "notes": [note_fields(note) for note in notes]}


def _whole(shelf: Shelf, note: Note) -> dict[str, Any]:
    quotes = shelf.store.quotes.of_note(note.id)
    return {
        "schema": "pkm.note/1",
        "note": {
            **note_fields(note),
            "created": note.created_at,
            "modified": note.modified_at,
            "only": note.file.only,
            "via": note.file.via,
            "problem": note.file.problem,
            "body": note.file.body,
            "quotes": [{"id": one.id, "item": one.item, "text": one.anchor.exact} for one in quotes],
            "extra": dict(note.file.extra),
        },
    }


def _head(shelf: Shelf, note: Note) -> list[str]:
    dot = f" {glyphs(sys.stdout).dot} "
    only = f"only {', '.join(note.file.only)}" if note.file.only else ""
    facts = (note.kind, note.file.status, note.level.word, only, *(f"#{tag}" for tag in note.file.tags))
    items = shelf.store.items.many(note.file.items)
    lines = [
        note.title,
        dot.join(filter(None, facts)),
        f"{note.path}{dot}{note.id}",
        *(
            f"on {items[item].title or items[item].url or item} ({item})"
            for item in note.file.items
            if item in items
        ),
    ]
    lines += relation_lines(shelf, [note.id])
    if note.kind != Kind.CHECK:
        checks = [
            one for item in note.file.items for one in shelf.store.notes.on(item) if one.kind == Kind.CHECK
        ]
        lines += [f"checked {check_line(one, zone=shelf.zone)} ({one.id})" for one in checks]
    if note.file.problem:
        lines.append(f"front matter: {note.file.problem}")
    if note.missing_since:
        gone = note.missing_since.astimezone(shelf.zone)
        lines.append(f"its file is gone since {gone:%Y-%m-%d}; these are its last words")
    return [clean(line, Sink.LINE) for line in lines]


def _table(run: Run, shelf: Shelf, notes: Sequence[Note], *, more: bool) -> Table:
    numbered = bool(notes) and last_list(run, shelf).remember("notes", [note.id for note in notes])
    if not run.table:
        names = ("id", "kind", "changed", "visibility", "path", "title")
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (note.id, note.kind, note.modified_at, note.level.word, note.path, note.title) for note in notes
        )
        return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=rows)
    tails = short_ids([note.id for note in notes])
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="id", keep=True),
        Column(name="title"),
        Column(name="kind", keep=True),
        Column(name="for", keep=True),
        Column(name="changed", keep=True),
    )
    rows = tuple(
        (
            *((number,) if numbered else ()),
            tail,
            note.title,
            " ".join(filter(None, (note.file.status, note.kind))),
            "unreadable" if note.file.problem else note.level.word,
            f"{note.modified_at.astimezone(shelf.zone):%Y-%m-%d}",
        )
        for number, (note, tail) in enumerate(zip(notes, tails, strict=True), 1)
    )
    dot = f" {glyphs(sys.stdout).dot} "
    closing = [f"Next: {dot.join(('pkm notes show ID', 'pkm notes edit ID'))}"] if notes else []
    if more:
        closing.insert(0, f"There are more than these {len(notes)}: pkm notes list --limit 0")
    return Table(columns=columns, rows=rows, closing=tuple(closing))


commands.join(notes_links_cmd.commands)
commands.join(notes_mv_cmd.commands)
commands.join(notes_check_cmd.commands)
commands.join(notes_adopt_cmd.commands)
