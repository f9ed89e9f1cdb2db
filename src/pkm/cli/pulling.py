"""Run a pull and tell of it: one line that moves on a terminal, and what came of each source."""

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from pkm.cli.context import Run
from pkm.cli.itemview import name_of, named_hint
from pkm.cli.network import open_door, pull_options
from pkm.cli.output import say, warn
from pkm.cli.ruling import rules_for_pull
from pkm.cli.terminal import is_terminal, width
from pkm.config import Settings
from pkm.errors import Offline
from pkm.model.source import Source
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.rules.urls import display_url
from pkm.seek.attention import needs_person
from pkm.seek.pull import pull
from pkm.seek.settle import Pulled
from pkm.shelf.shelf import Shelf

_FAILURES_SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """What came of a pull.

    Attributes:
        asked: How many sources were to be asked.
        pulled: Those that are done, in the order in which they were.
        interrupted: The user stopped it; what is in `pulled` is stored.
        offline: There is no network; what is in `pulled` is stored.
    """

    asked: int
    pulled: list[Pulled] = field(default_factory=list)
    interrupted: bool = False
    offline: Offline | None = None

    def count(self, status: str) -> int:
        """How many sources ended so."""
        return sum(one.status == status for one in self.pulled)

    @property
    def new(self) -> int:
        """Items stored for the first time."""
        return sum(one.new for one in self.pulled)

    @property
    def waiting(self) -> int:
        """Of those, the ones that wait to be looked at."""
        return sum(one.waiting for one in self.pulled)

    @property
    def hidden(self) -> int:
        """Of the new ones, those that the user's rules hide."""
        return sum(one.hidden for one in self.pulled)

    @property
    def revised(self) -> int:
        """Items that their source edited."""
        return sum(one.revised for one in self.pulled)

    @property
    def all_failed(self) -> bool:
        """Whether nobody answered as they should, and at least one did not."""
        return bool(self.count("failed")) and not (self.count("new") + self.count("unchanged"))


def run_pull(  # noqa: PLR0913 - how long to wait, and for what
    run: Run,
    shelf: Shelf,
    sources: Sequence[Source],
    settings: Settings,
    *,
    wait_s: float = 0.0,
    max_time_s: float | None = None,
    finish: bool = True,
) -> Outcome:
    """Ask these sources and store what they say.

    Raises:
        Busy: Another pull runs.
    """
    outcome = Outcome(asked=len(sources))
    if not sources:
        return outcome
    progress = _Progress(run, len(sources))
    options = replace(
        pull_options(settings, max_time_s=max_time_s, finish=finish, rules=rules_for_pull(run, shelf)),
        on_wait=lambda wait_s, left: progress.wait(outcome, wait_s, left),
    )
    steps = pull(shelf, sources, door=open_door(run, settings), options=options, wait_s=wait_s)
    try:
        with closing(steps):
            for one in steps:
                outcome.pulled.append(one)
                progress.step(outcome)
    except KeyboardInterrupt:
        outcome.interrupted = True
    except Offline as error:
        outcome.offline = error
    finally:
        progress.clear()
    return outcome


class _Progress:
    """One line on a terminal's stderr, written over and over, gone at the end."""

    def __init__(self, run: Run, total: int) -> None:
        self._on = (
            is_terminal(sys.stderr)
            and not (run.quiet or run.json or run.plain)
            and run.environ.get("TERM", "dumb") != "dumb"
        )
        self._total = total
        self._width = width(run.environ, sys.stderr)

    def step(self, outcome: Outcome, more: str = "") -> None:
        if self._on:
            said = f"{len(outcome.pulled)} of {self._total} sources, {outcome.new} new items{more}"
            sys.stderr.write(f"\r\x1b[K{said[: self._width - 1]}")
            sys.stderr.flush()

    def wait(self, outcome: Outcome, wait_s: float, left: int) -> None:
        self.step(outcome, f"; {left} left, asked in {wait_s:.0f} s (Ctrl-C keeps what came)")

    def clear(self) -> None:
        if self._on:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def tell_failures(run: Run, outcome: Outcome) -> None:
    """Say of each source that failed why, and what to type; with `--quiet` only what needs a person."""
    failed = [one for one in outcome.pulled if one.error is not None and one.status == "failed"]
    told = [one for one in failed if not run.quiet or needs_person(one)]
    for one in told[:_FAILURES_SHOWN]:
        warn(failure_line(one))
    if len(told) > _FAILURES_SHOWN:
        warn(f"and {len(told) - _FAILURES_SHOWN} more sources failed: pkm source list --failing")
    for one in outcome.pulled:
        if one.notice is not None:
            say(run, f"{name_of(one.source)}: {clean(one.notice, Sink.LINE)}")
        if one.status == "skipped" and one.error is not None:
            say(run, f"skipped {name_of(one.source)}: {clean(str(one.error), Sink.LINE)}")


def tell_moves(run: Run, outcome: Outcome) -> None:
    """Say of each source that named its old items anew that this was seen."""
    for one in outcome.pulled:
        if one.rekeyed:
            items = counted(one.rekeyed, "item")
            say(run, f"re-keyed {items} of {name_of(one.source)}: its site moved; what you decided stays")


def failure_line(one: Pulled) -> str:
    """One failure in three parts, each line short enough to be read."""
    error = one.error
    if error is None:
        return ""
    title = f"{one.source.title}: " if one.source.title else ""
    lines = [f"failed: {title}{error.what}", error.why, named_hint(error.hint, one.source)]
    return "\n  ".join(clean(line, Sink.LINE) for line in lines if line)


def document(outcome: Outcome) -> dict[str, Any]:
    """`pkm.pull/1`."""
    return {
        "schema": "pkm.pull/1",
        "sources": [pulled_fields(one) for one in outcome.pulled],
        "totals": {
            "sources": len(outcome.pulled),
            "new": outcome.new,
            "revised": outcome.revised,
            "failed": outcome.count("failed"),
        },
        "hidden": outcome.hidden,
    }


def pulled_fields(one: Pulled) -> dict[str, Any]:
    """One source of `pkm.pull/1`."""
    error = one.error
    return {
        "id": one.source.id,
        "url": display_url(one.source.url),
        "status": one.status,
        "new": one.new,
        "revised": one.revised,
        "rekeyed": one.rekeyed,
        **({"notice": one.notice} if one.notice else {}),
        "error": None
        if error is None
        else {
            "kind": error.kind,
            "message": f"{error.what}: {error.why}" if error.why else error.what,
            "hint": named_hint(error.hint, one.source),
        },
    }
