"""`pkm notes links`: what a note is tied to."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.naming import notes_named
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Cell, Column, Table, say, show
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.model.note import Note
from pkm.rules.resolve import Named
from pkm.shelf.shelf import Shelf

if TYPE_CHECKING:
    from pkm.sense.links import Linked, Neighbours

commands = Commands()

Row = tuple[str, Named | str, int, str, str]
"""Which end, the note there (of a broken link its target), the line, the relation, the words."""


@commands("notes links", examples=("pkm notes links 2", "pkm notes links notes/doubt.md --json"))
def show_links(
    run: Run, note: Annotated[str, typer.Argument(help="A row, an id or a path.", metavar="ID")]
) -> None:
    """What a note links to, what links to it, and where it is only named.

    Named is a note where its title or an alias stands without a link. A link is broken if no note, or more
    than one, could be meant.
    """
    from pkm.sense.links import neighbours  # noqa: PLC0415 - `notes list` shall not wait for it

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        [found] = notes_named(run, shelf, [note])
        tied = neighbours(shelf, found)
        show(run, _table(run, shelf, tuple(_rows(tied))), lambda: _document(found, tied))
        if not (tied.out or tied.into or tied.mentions):
            say(run, f"'{found.title}' stands alone. Next: pkm link {found.id[-4:]} ID --as supports")


def _rows(tied: "Neighbours") -> Iterator[Row]:
    for one in tied.out:
        relation = one.link.rel or ""
        if one.note is not None:
            yield "to", one.note, one.link.line, relation, one.words
        else:
            yield _trouble(one), one.link.target, one.link.line, relation, _words(one)
    for one in tied.into:
        yield "from", one.note or "", one.link.line, one.link.rel or "", one.words
    for mention in tied.mentions:
        yield "named in", mention.note, mention.line, "", mention.words


def _trouble(one: "Linked") -> str:
    return "ambiguous" if one.could_be else "broken"


def _words(one: "Linked") -> str:
    if one.could_be:
        return f"{one.words} (could be {', '.join(note.path for note in one.could_be)})"
    return one.words


def _table(run: Run, shelf: Shelf, rows: Sequence[Row]) -> Table:
    if not run.table:
        names = ("end", "id", "path", "line", "relation", "words")
        cells: tuple[tuple[Cell, ...], ...] = tuple(
            (end, *_place(note), line, relation, words) for end, note, line, relation, words in rows
        )
        return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=cells)
    ids = [note.id for _, note, *_ in rows if isinstance(note, Named)]
    related = any(relation for _, _, _, relation, _ in rows)
    numbered = bool(ids) and last_list(run, shelf).remember("notes", ids)
    numbers = iter(range(1, len(ids) + 1))
    columns = (
        *((Column(name="n", right=True),) if numbered else ()),
        Column(name="end", keep=True),
        *((Column(name="relation", keep=True),) if related else ()),
        Column(name="note"),
        Column(name="line", right=True),
        Column(name="words", below=True),
    )
    rows_ = tuple(
        (
            *((next(numbers) if isinstance(note, Named) else None,) if numbered else ()),
            end,
            *((relation,) if related else ()),
            note.title if isinstance(note, Named) else note,
            line,
            words,
        )
        for end, note, line, relation, words in rows
    )
    closing = ("Next: pkm notes show N",) if numbered else ()
    return Table(columns=columns, rows=rows_, closing=closing)


def _place(note: Named | str) -> tuple[str | None, str]:
    return (note.id, note.path) if isinstance(note, Named) else (None, note)


def _document(note: Note, tied: "Neighbours") -> dict[str, Any]:
    return {
        "schema": "pkm.links/1",
        "note": {"id": note.id, "title": note.title, "path": note.path},
        "out": [_link_fields(one) for one in tied.out],
        "in": [_link_fields(one) for one in tied.into],
        "mentions": [
            {"line": one.line, "words": one.words, "note": _note_fields(one.note)} for one in tied.mentions
        ],
    }


def _link_fields(one: "Linked") -> dict[str, Any]:
    return {
        "line": one.link.line,
        "target": one.link.target,
        "anchor": one.link.anchor,
        "label": one.link.label,
        "rel": one.link.rel,
        "form": one.link.form,
        "words": one.words,
        "note": _note_fields(one.note) if one.note else None,
        "could_be": [_note_fields(note) for note in one.could_be],
    }


def _note_fields(note: Named) -> dict[str, Any]:
    return {"id": note.id, "title": note.title, "path": note.path}
