"""What `pkm follow` tells of the sources that it found."""

from dataclasses import dataclass, field
from typing import Any

from pkm.cli.context import Run
from pkm.cli.feedchoice import choice_fields
from pkm.cli.itemview import SOURCES, name_of, source_fields
from pkm.cli.output import Cell, Column, Table, say, show, show_line
from pkm.model.source import MAIL, Source
from pkm.rules.urls import display_url
from pkm.seek.behind import Choice
from pkm.seek.follow import Followed, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the options said.

    Attributes:
        wishes: About each source.
        pick: Which feed of a page that names several, from 1.
        allow_private: Private hosts are right for a list, or behind a page.
        dry_run: Store nothing.
    """

    wishes: Wishes
    pick: int | None
    allow_private: bool
    dry_run: bool


@dataclass(slots=True)
class Told:
    """The rows and fields of one call, shown together at its end.

    Attributes:
        waiting: Items that wait to be looked at.
        choices: Pages of which a feed had to be picked.
        left_out: Lines of lists that were not taken, with their reason.
    """

    run: Run
    waiting: int = 0
    choices: list[Choice] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    _fields: list[dict[str, Any]] = field(default_factory=list)
    _rows: list[tuple[Cell, ...]] = field(default_factory=list)

    def one(self, followed: Followed, *, dry_run: bool) -> None:
        """Tell of one source at once; rows for programs wait for `show`."""
        waiting = followed.pulled.waiting if followed.pulled else 0
        self.waiting += waiting
        status = _status(followed, dry_run=dry_run)
        self.add(followed.source, status, items=followed.items, waiting=waiting)
        if self.run.table:
            for line in _lines(followed, dry_run=dry_run):
                show_line(line)
        if followed.was_followed:
            changed = "; what you said about it is noted" if followed.changed else ""
            say(self.run, f"You follow {name_of(followed.source)} already{changed}")

    def add(self, source: Source, status: str, *, items: int | None, waiting: int | None) -> None:
        """A row for programs.

        Args:
            source: Which.
            status: `followed`, `known` or `would follow`.
            items: In its feed; None if it was not asked for.
            waiting: Of these, to be looked at.
        """
        self._fields.append(source_fields(source, status=status, items=items, waiting=waiting))
        self._rows.append((source.id or None, source.title, display_url(source.url), items, waiting))

    def show(self) -> None:
        """Print what programs read, and the next step."""
        if not self.run.table:
            names = ("id", "title", "url", "items", "waiting")
            columns = tuple(Column(name=name, keep=True) for name in names)
            show(self.run, Table(columns=columns, rows=tuple(self._rows)), self._document)
        if self.waiting:
            say(self.run, "Next: pkm seek")

    def _document(self) -> dict[str, Any]:
        return {
            "schema": SOURCES,
            "sources": self._fields,
            "choices": [choice_fields(one) for one in self.choices],
            "left_out": [{"name": name, "reason": reason} for name, reason in self.left_out],
        }


def _status(followed: Followed, *, dry_run: bool) -> str:
    if followed.was_followed:
        return "known"
    return "would follow" if dry_run else "followed"


def _lines(followed: Followed, *, dry_run: bool) -> list[str]:
    """What a person is told of one source."""
    source, pulled = followed.source, followed.pulled
    if followed.was_followed:
        return []
    lines = [name_of(source), f"  found {display_url(source.url)}"]
    if dry_run:
        return [*lines, f"  {followed.items} items; nothing was stored (--dry-run)"]
    if pulled is not None:
        archived = pulled.new - pulled.waiting
        tail = f", {archived} went to the archive" if archived else ""
        lines.append(f"  {followed.items} items: {pulled.waiting} wait for you{tail}")
    if source.private:
        why = "mails are letters to you" if source.kind == MAIL else "its address holds a secret"
        lines.append(f"  private: {why}, so its items leave only by --widen")
    return lines
