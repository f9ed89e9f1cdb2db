"""Run a pull and tell of it: one line that moves on a terminal, and what came of each source."""

import signal
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from pkm.cli.context import Run
from pkm.cli.interrupts import stopping
from pkm.cli.itemview import name_of, named_hint
from pkm.cli.network import open_door, pull_options
from pkm.cli.output import say, warn
from pkm.cli.progress import Progress
from pkm.cli.ruling import rules_for_pull
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
        stopped_by: Number of the signal that stopped it, None if none did; what is in `pulled` is stored.
        offline: There is no network; what is in `pulled` is stored.
        pages: Of how many items the text of the page was fetched, and is the better one.
    """

    asked: int
    pulled: list[Pulled] = field(default_factory=list)
    stopped_by: int | None = None
    offline: Offline | None = None
    pages: int = 0

    def take_pages(self, count: int) -> None:
        """Count pages that were fetched."""
        self.pages += count

    @property
    def interrupted(self) -> bool:
        """Whether the user, or the system, stopped it."""
        return self.stopped_by is not None

    def end_as_asked(self) -> None:
        """End the command if the system asked for that; after Ctrl-C it may go on with what it has."""
        if self.stopped_by not in {None, signal.SIGINT}:
            raise SystemExit(128 + int(self.stopped_by or 0))

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
    progress = Progress(run, len(sources))

    def show_progress(wait_s: float = 0.0, left: int = 0) -> None:
        waits = f"{left} left, asked in {wait_s:.0f} s (Ctrl-C keeps what came)" if left else ""
        done = len(outcome.pulled)
        progress.show(done, f"{done} of {len(sources)} sources, {outcome.new} new items", waits=waits)

    with stopping() as stop:
        options = replace(
            pull_options(settings, max_time_s=max_time_s, finish=finish, rules=rules_for_pull(run, shelf)),
            on_wait=show_progress,
            on_pages=outcome.take_pages,
            stop=stop.asked,
        )
        steps = pull(shelf, sources, door=open_door(run, settings), options=options, wait_s=wait_s)
        try:
            with closing(steps):
                for one in steps:
                    outcome.pulled.append(one)
                    show_progress()
        except Offline as error:
            outcome.offline = error
        finally:
            progress.clear()
    outcome.stopped_by = stop.number
    return outcome


def tell_failures(run: Run, outcome: Outcome) -> None:
    """Say of each source that failed why, and what to type; with `--quiet` only what needs a person."""
    failed = [one for one in outcome.pulled if one.error is not None and one.status == "failed"]
    told = [one for one in failed if not run.quiet or needs_person(one)]
    for one in told[:_FAILURES_SHOWN]:
        warn(failure_line(one))
    if len(told) > _FAILURES_SHOWN:
        warn(f"and {len(told) - _FAILURES_SHOWN} more sources failed: pkm source list --failing")
    for one in outcome.pulled:
        if one.status == "skipped" and one.error is not None:
            say(run, f"skipped {name_of(one.source)}: {clean(str(one.error), Sink.LINE)}")


def tell_news_of_sources(run: Run, outcome: Outcome) -> None:
    """Say which source moved, ended or named its old items anew, though nothing failed."""
    for one in outcome.pulled:
        if one.notice is not None:
            say(run, f"{name_of(one.source)}: {clean(one.notice, Sink.LINE)}")
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
        "interrupted": outcome.interrupted,
        "pages": outcome.pages,
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
