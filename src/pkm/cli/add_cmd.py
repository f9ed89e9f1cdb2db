"""`pkm add`: put in one thing by hand."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import ITEMS, item_fields, title_of
from pkm.cli.network import open_door
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, warn
from pkm.cli.picking import last_list
from pkm.cli.registry import Commands
from pkm.cli.report import in_three_parts
from pkm.cli.stdin import read_words
from pkm.cli.talk import dotted
from pkm.config import Settings
from pkm.errors import NotFound, PkmError, UnsafeLink, UsageError
from pkm.model.item import State
from pkm.rules.limits import NOTE_BYTES, TITLE_CHARS
from pkm.rules.pointers import read_via
from pkm.rules.urls import is_web
from pkm.rules.when import parse_period
from pkm.seek.capture import (
    Captured,
    Piece,
    capture,
    known,
    of_file,
    of_talk,
    of_words,
    pointer,
    read_address,
)
from pkm.seek.triage import KeepWishes
from pkm.shelf.shelf import Shelf

if TYPE_CHECKING:
    from pkm.model.note import Note
    from pkm.net.door import Door

commands = Commands()

Address = Annotated[
    str | None, typer.Argument(metavar="URL|-", help="An address; - reads addresses or words from stdin.")
]
Words = Annotated[
    str | None, typer.Option("-m", metavar="TEXT", help="A sentence of your own; it becomes a note.")
]
ViaOption = Annotated[
    str | None, typer.Option("--via", metavar="NAME", help='Whose pointer led here: "Ana <https://…>".')
]
HatTip = Annotated[str | None, typer.Option("--hat-tip", metavar="NAME", help="Who set you off.")]
Direct = Annotated[bool, typer.Option("--direct", help="Nobody pointed here: you found it yourself.")]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Its title, if not the page's.")]
Author = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="Who made it; may be said again.")
]
Date = Annotated[
    str | None, typer.Option("--date", metavar="DAY", help="When it came out: 2026-11-22, 2026-11, 2026.")
]
TextFile = Annotated[
    Path | None, typer.Option("--text", metavar="FILE", help="Its text: a saved page, or plain words.")
]
Talk = Annotated[
    str | None, typer.Option("--talk", metavar="TEXT", help="What was said, and by whom; it becomes a note.")
]


@commands(
    "add",
    examples=(
        'pkm add https://example.org/piece -m "Contradicts what we decided" --via Ana',
        'pkm add --talk "Joris: they dropped the wiki and kept the log"',
        "pkm add - < links.txt",
    ),
)
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    address: Address = None,
    words: Words = None,
    via: ViaOption = None,
    hat_tip: HatTip = None,
    direct: Direct = False,  # noqa: FBT002 - Typer reads a flag so
    title: Title = None,
    author: Author = None,
    date: Date = None,
    text: TextFile = None,
    talk: Talk = None,
) -> None:
    """Keep one thing that no source brought.

    A page, a talk, pasted words: what is put in by hand is kept by that.

    Title, author, date and text come from the page itself; where it cannot be had, the address is kept all
    the same. With - each line of stdin that is an address is added; anything else is taken as the words of
    one text, its first line as the title.
    """
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        published = parse_period(date, zone=shelf.zone).starts_at if date else None
        session = _Session(
            run=run,
            shelf=shelf,
            settings=settings,
            wishes=KeepWishes(
                words=words,
                via=read_via(pointer(via, direct=direct)),
                hat_tip=hat_tip.strip() if hat_tip and hat_tip.strip() else None,
            ),
            said={
                "title": (title or "")[:TITLE_CHARS] or None,
                "authors": tuple(author or ()),
                "published_at": published,
            },
        )
        with closing(session):
            session.add(address, talk=talk, text=text)


class _Session:
    """One call: what is said holds for all that it adds; the door is opened when first needed."""

    def __init__(
        self, *, run: Run, shelf: Shelf, settings: Settings, wishes: KeepWishes, said: dict[str, Any]
    ) -> None:
        self._run, self._shelf, self._wishes = run, shelf, wishes
        self._said = {name: value for name, value in said.items() if value}
        self._settings = settings
        self._door: Door | None = None

    def close(self) -> None:
        if self._door is not None:
            self._door.close()

    def add(self, address: str | None, *, talk: str | None, text: Path | None) -> None:
        if (address is None) == (talk is None):
            raise UsageError(
                "there is nothing to add" if talk is None else "give an address or --talk, not both",
                hint='pkm add URL, pkm add -, or pkm add --talk "who said what"',
            )
        if talk is not None:
            self._show([self._store(of_talk(talk))])
        elif address == "-":
            self._show(self._from_stdin())
        elif address is not None:
            url = _address(address)
            piece = of_file(_file(text), url=url) if text else self._read(url, typed=True)
            self._show([self._store(piece)])

    def _from_stdin(self) -> list[Captured]:
        words = read_words()
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        if lines and all(is_web(line) for line in lines):
            return self._all(list(dict.fromkeys(lines)))
        return [self._store(of_words(words))]

    def _all(self, urls: Sequence[str]) -> list[Captured]:
        done = []
        for url in urls:
            try:
                done.append(self._store(self._read(url, typed=False)))
            except UnsafeLink as error:
                warn(in_three_parts(error))
        return done

    def _read(self, url: str, *, typed: bool) -> Piece:
        if known(self._shelf, url) is not None:
            return Piece(url=url)  # what is here already is not asked for again
        self._door = self._door or open_door(self._run, self._settings)
        piece, error = read_address(url, door=self._door, now=self._shelf.now(), typed=typed)
        if error is not None:
            warn(f"kept without its page: {_reason(error)}")
        return piece

    def _store(self, piece: Piece) -> Captured:
        return capture(self._shelf, replace(piece, **self._said), self._wishes)

    def _show(self, done: Sequence[Captured]) -> None:
        last_list(self._run, self._shelf).remember("add", [one.item.id for one in done])
        columns = tuple(Column(name=name, keep=name != "title") for name in ("id", "title", "note"))
        rows = tuple((one.item.id, title_of(one.item), one.note.path if one.note else None) for one in done)
        show(self._run, Table(columns=columns, rows=rows), lambda: self._document(done))
        for one in done:
            if one.before is not None:
                say(self._run, _was_known(one, self._shelf))
        fresh = [one for one in done if one.before is None or one.note is not None or _moved(one)]
        if fresh:
            what = f"kept '{title_of(fresh[0].item)}'" if len(fresh) == 1 else f"kept {len(fresh)} items"
            waits = any(one.note is None for one in fresh)
            say(self._run, dotted(what, "undo: pkm undo"))
            if waits:
                say(self._run, "Next: pkm sense")

    def _document(self, done: Sequence[Captured]) -> dict[str, Any]:
        sources = self._shelf.store.sources.by_id()
        listed = self._shelf.store.items.listed([one.item for one in done], sources)
        return {"schema": ITEMS, "items": [item_fields(one) for one in listed]}


def _address(word: str) -> str:
    said = word.strip()
    if is_web(said):
        return said
    if "://" not in said and is_web(f"https://{said}") and "." in said.partition("/")[0]:
        return f"https://{said}"
    raise UsageError(
        f"'{word}' is no web address",
        hint="give one that begins with https://, or paste words: pkm add -",
    )


def _file(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(NOTE_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {path}", hint="check its name") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read", why=error.strerror or "", hint="check who may read it"
        ) from error
    if len(data) > NOTE_BYTES:
        raise UsageError(f"{path} is larger than 5 MB", hint="cut it to the part that matters")
    return data


def _reason(error: PkmError) -> str:
    return f"{error.what}{f' ({error.why})' if error.why else ''}"


def _moved(one: Captured) -> bool:
    return one.before is not None and one.before.state != one.item.state


def _was_known(one: Captured, shelf: Shelf) -> str:
    before = one.before
    if before is None:
        return ""
    if before.state == State.KEPT and before.kept_at is not None:
        day = before.kept_at.astimezone(shelf.zone).strftime("%-d %B %Y")
        said = f"you kept this on {day}"
    else:
        said = f"this came in before, and was {before.state}"
    return "; ".join([said, *(_note(note) for note in one.notes[:3])])


def _note(note: "Note") -> str:
    return f"note {note.path}"
