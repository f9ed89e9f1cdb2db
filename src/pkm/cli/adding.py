"""The words of one call of `pkm add`: what it puts in, and what is told of each."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pkm.cli.context import Run
from pkm.cli.itemview import ITEMS, item_fields, title_of
from pkm.cli.network import by_hand, open_door
from pkm.cli.output import Column, Table, say, show, warn
from pkm.cli.picking import last_list
from pkm.cli.report import in_three_parts
from pkm.cli.stdin import read_bytes, read_words
from pkm.cli.talk import dotted
from pkm.config import Settings
from pkm.errors import NotFound, PkmError, UnsafeLink, UsageError
from pkm.model.item import State
from pkm.model.note import Note
from pkm.rules.amounts import counted
from pkm.rules.limits import MAIL_BYTES, MB, NOTE_BYTES
from pkm.rules.urls import display_url, is_web
from pkm.rules.words import own_text
from pkm.seek.capture import Captured, capture, known
from pkm.seek.pieces import Piece, of_file, of_mail, of_talk, of_words, read_address
from pkm.seek.triage import KeepWishes
from pkm.shelf.shelf import Shelf

if TYPE_CHECKING:
    from pkm.net.door import Door
    from pkm.seek.byhand import ByHand

_WORDS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user named; exactly one thing, but that a text may belong to an address."""

    address: str | None = None
    talk: str | None = None
    text: Path | None = None
    mail: str | None = None

    def must_be_one(self) -> None:
        """Refuse nothing, and refuse two things.

        Raises:
            UsageError: It is so.
        """
        named = [one for one in (self.address, self.talk, self.mail) if one is not None]
        if len(named) > 1 or (self.text and (self.talk or self.mail or self.address == "-")):
            raise UsageError(
                "give one thing to add, not two", hint="a text may have an address: pkm add URL --text FILE"
            )
        if not named and self.text is None:
            raise UsageError(
                "there is nothing to add",
                hint='pkm add URL, pkm add -, pkm add --mail FILE.eml, or pkm add --talk "who said what"',
            )


@dataclass(slots=True)
class _Outcome:
    """What came of a list of addresses.

    Attributes:
        done: What was stored, or was there.
        refused: Lines that were not added, each with its error.
    """

    done: list[Captured] = field(default_factory=list)
    refused: list[tuple[str, PkmError]] = field(default_factory=list)


class Adding:
    """One call: what is said holds for all that it adds; the door is opened when first needed."""

    def __init__(
        self, *, run: Run, shelf: Shelf, settings: Settings, wishes: KeepWishes, said: dict[str, Any]
    ) -> None:
        self._run, self._shelf, self._wishes = run, shelf, wishes
        self._said = {name: value for name, value in said.items() if value}
        self._settings = settings
        self._door: Door | None = None
        self._asker: ByHand | None = None
        self._gave_text = False

    def close(self) -> None:
        """Close the door, if it was opened."""
        if self._door is not None:
            self._door.close()

    def add(self, given: Given) -> None:
        """Put in what the user named, and tell of it."""
        given.must_be_one()
        if given.address == "-":
            self._from_stdin()
            return
        self._gave_text = given.text is not None
        self._show(_Outcome(done=[self._store(self._piece(given))]))

    def _piece(self, given: Given) -> Piece:
        if given.talk is not None:
            return of_talk(given.talk)
        if given.mail is not None:
            return of_mail(
                read_bytes(MAIL_BYTES) if given.mail == "-" else _file(Path(given.mail), MAIL_BYTES)
            )
        url = _address(given.address) if given.address is not None else None
        if given.text is not None:
            return of_file(_file(given.text, NOTE_BYTES), url=url)
        return self._read(url or "", typed=True)

    def _from_stdin(self) -> None:
        words = read_words()
        lines = [line.strip().removeprefix("- ").removeprefix("* ").strip() for line in words.splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        # A list with one bad line is still a list: that line is told of, and is not the start of a text.
        if not lines or not all("://" in line and len(line.split()) == 1 for line in lines):
            self._show(_Outcome(done=[self._store(of_words(words))]))
            return
        outcome = _Outcome()
        for url in lines:
            try:
                outcome.done.append(self._store(self._read(url, typed=False)))
            except UnsafeLink as error:
                outcome.refused.append((url, error))
        self._show(outcome)

    def _read(self, url: str, *, typed: bool) -> Piece:
        if known(self._shelf, url) is not None:
            return Piece(url=url)  # what is here already is not asked for again
        asker = self._asker = self._asker or self._opened()
        if typed:
            asker.named(url)
        piece, error = read_address(url, door=asker, now=self._shelf.now(), typed=typed)
        if error is not None:
            warn(f"kept without its page: {_reason(error)}")
        return piece

    def _opened(self) -> "ByHand":
        self._door = open_door(self._run, self._settings)
        return by_hand(self._run, self._settings, self._shelf, self._door)

    def _store(self, piece: Piece) -> Captured:
        return capture(self._shelf, replace(piece, **self._said), self._wishes)

    def _show(self, outcome: _Outcome) -> None:
        done = outcome.done
        last_list(self._run, self._shelf).remember("add", [one.item.id for one in done])
        columns = tuple(Column(name=name, keep=name != "title") for name in ("id", "title", "note"))
        rows = tuple((one.item.id, title_of(one.item), one.note.path if one.note else None) for one in done)
        show(self._run, Table(columns=columns, rows=rows), lambda: self._document(outcome))
        for one in done:
            if one.before is not None:
                several = len(done) > 1
                say(
                    self._run,
                    _was_known(one, self._shelf, left_out=bool(self._said) or self._gave_text, named=several),
                )
        for _url, error in outcome.refused:
            warn(in_three_parts(error))
        self._sum_up(outcome)

    def _sum_up(self, outcome: _Outcome) -> None:
        fresh = [one for one in outcome.done if one.before is None or one.note is not None or _moved(one)]
        if fresh:
            one = f"kept '{title_of(fresh[0].item)}'"
            what = one if len(fresh) == 1 else f"kept {counted(len(fresh), 'item')}"
            left = len(outcome.done) - len(fresh)
            already = f"{left} kept before" if left else ""
            say(self._run, dotted(what, already, "undo: pkm undo"))
            if any(one.note is None for one in fresh):
                say(self._run, "Next: pkm sense")

    def _document(self, outcome: _Outcome) -> dict[str, Any]:
        sources = self._shelf.store.sources.by_id()
        listed = self._shelf.store.items.listed([one.item for one in outcome.done], sources)
        was_here = {one.item.id for one in outcome.done if one.before is not None}
        return {
            "schema": ITEMS,
            "items": [item_fields(one) | {"known": one.item.id in was_here} for one in listed],
            "refused": [
                {"url": display_url(url), "kind": error.kind, "message": _reason(error)}
                for url, error in outcome.refused
            ],
        }


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


def _file(path: Path, most: int) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {path}", hint="check its name") from error
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{path} cannot be read", why=why or "", hint="check who may read it") from error
    if len(data) > most:
        raise UsageError(f"{path} is larger than {most // MB} MB", hint="cut it to the part that matters")
    return data


def _reason(error: PkmError) -> str:
    return f"{error.what}{f' ({error.why})' if error.why else ''}"


def _moved(one: Captured) -> bool:
    return one.before is not None and one.before.state != one.item.state


def _was_known(one: Captured, shelf: Shelf, *, left_out: bool, named: bool) -> str:
    """`you kept this on 3 May 2026; note notes/x.md: "Contradicts …"`."""
    before = one.before
    if before is None:
        return ""
    what = f"'{title_of(before)}'" if named else "this"
    if before.state == State.KEPT and before.kept_at is not None:
        day = before.kept_at.astimezone(shelf.zone).strftime("%-d %B %Y")
        said = f"you kept {what} on {day}"
    else:
        said = f"{what} came in before, and was {'new' if before.state == State.NEW else 'let go'}"
    parts = [said, *(_note(note) for note in one.notes[:3])]
    if left_out:
        parts.append("its title, author, date and text stay as they were")
    return "; ".join(parts)


def _note(note: Note) -> str:
    words = own_text(note.file.body).split()
    first = " ".join(words[:_WORDS_SHOWN]) + (" …" if len(words) > _WORDS_SHOWN else "")
    return f'note {note.path}: "{first}"' if words else f"note {note.path}"
