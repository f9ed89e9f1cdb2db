"""Audiences: groups that the user shares with, as `pkm.toml` names them."""

import re

from pkm.errors import UsageError
from pkm.model.audience import SELF, Audience
from pkm.model.note import Level
from pkm.rules.tomltable import with_table
from pkm.shelf import pen
from pkm.shelf.shelf import Shelf

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def all_audiences(shelf: Shelf) -> tuple[Audience, ...]:
    """The built-in one, then the others by name."""
    named = shelf.options.audiences
    return (shelf.options.named(SELF.name), *(named[name] for name in sorted(named) if name != SELF.name))


def add_audience(shelf: Shelf, name: str, level: str, forward: str | None) -> Audience:
    """Write a new audience at the end of `pkm.toml`; every byte that is there stays.

    Args:
        shelf: Where.
        name: Lower-case letters, digits and `-`.
        level: `private`, `team`, `community` or `public`.
        forward: What its readers may do with an edition; None if nothing is said.

    Raises:
        UsageError: The name or the level is none, or the name is taken.
        Refused: The file is such that nothing can be added to it.
    """
    wanted = Level.of(level)
    if wanted is None:
        raise UsageError(f"there is no level '{level}'", hint=f"use one of: {_levels()}")
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' cannot be the name of an audience",
            why="lower-case letters, digits and - between them, 40 at most",
            hint=f"for example: pkm audience add {_suggested(name)} --level {wanted.word}",
        )
    if name == SELF.name or name in shelf.options.audiences:
        raise UsageError(
            f"there is an audience '{name}' already",
            hint=f"pkm audience show {name}; its level is a line of {shelf.home.settings}",
        )
    values = {"level": wanted.word, **({"forward": forward} if forward else {})}

    def appended(data: bytes) -> bytes:
        return with_table(data.decode("utf-8"), ("audience", name), values).encode("utf-8")

    with shelf.writing():
        command = shelf.store.undo_log.begin("audience add", f"added the audience {name}", shelf.now())
        if shelf.home.settings.is_file():
            pen.change(shelf, shelf.home.settings, appended, command=command)
        else:
            pen.make(shelf, shelf.home.settings, appended(b""), command=command)
    return Audience(name=name, level=wanted, forward=forward or None)


def meaning(level: Level) -> str:
    """Which notes an audience of a level may get, in words."""
    wider = [one.word for one in Level if one > level]
    also = f", and {' and '.join(wider)} ones" if wider else ""
    return f"your {level.word} notes{also}"


def _levels() -> str:
    return ", ".join(level.word for level in Level)


def _suggested(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "team"
