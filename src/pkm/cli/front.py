"""`pkm` alone: what it is, or what waits and what comes next. It never pulls, asks or changes anything.

It reads the store by counts and not the files: a note written a moment ago in another program is not yet
among them.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pkm.cli import pages
from pkm.cli.context import Run, is_home, make_run
from pkm.cli.stubs import STUBS
from pkm.cli.terminal import NARROW, width
from pkm.rules.amounts import ago, counted
from pkm.rules.limits import ABSENCE_DAYS, CATCHUP_LIMIT

if TYPE_CHECKING:
    from pkm.store.waiting import Waiting

_WELCOME = (
    "pkm helps you to seek, sense and share: it follows feeds, helps you pick what deserves attention, "
    "keeps your own words about it as notes, and makes a digest of them for other people.\n\n"
    "There is no home here yet: `pkm init` makes one. `pkm --help` shows the first commands."
)
_WEEK: Final = timedelta(days=7)
_CADENCE_DAYS: Final = {"daily": 1, "weekly": 7, "fortnightly": 14, "monthly": 28}
_STALE: Final = timedelta(days=1)
_LABEL: Final = 7
_TITLE: Final = 48

Step = tuple[str, str]


def first_words(environ: Mapping[str, str], *, asks_help: bool) -> int:
    """`pkm --help` or `pkm` alone, without the engine; returns the exit code."""
    if asks_help:
        print(pages.lay_out(pages.front_page(), width(environ)))  # noqa: T201 - data goes to stdout
    else:
        front(make_run({}, dict(environ)))
    return 0


def front(run: Run) -> None:
    """Greet who has no home; tell who has one what waits."""
    if is_home(run.home):
        show_waiting(run)
    elif run.json:
        from pkm.cli.output import show_json  # noqa: PLC0415 - the greeting does without it

        show_json({"schema": "pkm.status/1", "home": None, "next": "pkm init"})
    else:
        print(pages.lay_out(pages.Page(text=_WELCOME), width(run.environ)))  # noqa: T201 - data goes to stdout


def show_waiting(run: Run) -> None:
    """Three lines, seek, sense and share, and the next sensible command.

    Raises:
        NoHome: There is none.
        StoreDamaged, StoreTooNew: The store cannot be read.
    """
    from pkm.cli.opening import need_home, settings_of  # noqa: PLC0415 - the greeting does without them
    from pkm.cli.output import show_json, show_text  # noqa: PLC0415 - the same

    need_home(run)
    settings = settings_of(run)
    now, audience = run.clock(), settings.share.audience
    waiting = _look(run, settings, now)
    step = next_step(waiting, now, audience=audience, cadence=settings.cadence.share)
    if run.json:
        show_json(_document(run, waiting, audience, step))
    elif run.table:
        lines = _lines(waiting, now, audience=audience, step=step)
        show_text("\n".join(_laid_out(run, lines)))
    else:
        show_text("\n".join(f"{name}\t{value}" for name, value in _facts(run, waiting, audience, step)))


def _look(run: Run, settings: Any, now: datetime) -> "Waiting":
    from pkm.cli.opening import home_of, open_shelf  # noqa: PLC0415 - the greeting does without them
    from pkm.model.note import Level  # noqa: PLC0415 - the same
    from pkm.store import database, waiting  # noqa: PLC0415 - the same

    store = home_of(run, settings).store
    level = _level_of(settings)
    words: dict[str, Any] = {
        "since": now - _WEEK,
        "audience": settings.share.audience,
        "level": int(Level.of(level) or Level.PRIVATE),
    }
    if not store.exists():
        return waiting.Waiting()
    if database.is_due(store):
        with open_shelf(run, settings) as shelf:  # an upgrade, or the clearing up after a crash
            return waiting.count(shelf.store.connection, **words)
    return waiting.look(store, **words)


def _level_of(settings: Any) -> str:
    told = settings.audience.get(settings.share.audience)
    return told.level if told else "private"


def next_step(waiting: "Waiting", now: datetime, *, audience: str, cadence: str) -> Step | None:
    """The next sensible command and what it is for; of those that there are.

    People stall between seeking and sensing, and before sharing: so these two come first.
    """
    there = {stub.name for stub in STUBS}
    steps = _steps(waiting, now, audience=audience, cadence=cadence)
    return next((step for step in steps if step[0].split()[1] in there), None)


def _steps(waiting: "Waiting", now: datetime, *, audience: str, cadence: str) -> Iterator[Step]:
    if not waiting.sources and not waiting.unsensed:
        yield "pkm follow URL", "follow a feed, or a page that has one"
        return
    if away_days(waiting, now):
        yield "pkm catchup", f"about {CATCHUP_LIMIT} items stay in view, the rest is let go"
    if waiting.drafts:
        yield "pkm share edit", "go on with the open draft"
    if waiting.ready and _is_due(waiting, now, cadence):
        yield f"pkm share draft --to {audience}", "make the next digest"
    if waiting.unsensed:
        yield "pkm sense", "say in a sentence what the next one means to you"
    if waiting.new:
        yield "pkm seek", "look at what is new"
    if waiting.sources and (waiting.pulled_at is None or now - waiting.pulled_at > _STALE):
        yield "pkm pull", "fetch what is new"
    if waiting.to_meet:
        yield "pkm revisit", "nothing waits; meet an earlier note again"
    yield "pkm note", "nothing waits; write a thought of your own"


def away_days(waiting: "Waiting", now: datetime) -> int:
    """Days since the user last did something, if they are many and more waits than can be looked through; else 0."""
    if waiting.last_act is None or waiting.new <= CATCHUP_LIMIT:
        return 0
    days = (now - waiting.last_act).days
    return days if days >= ABSENCE_DAYS else 0


def _is_due(waiting: "Waiting", now: datetime, cadence: str) -> bool:
    days = _CADENCE_DAYS.get(cadence)
    if days is None:
        return False
    return waiting.shared_at is None or now - waiting.shared_at >= timedelta(days=days)


# The three forms.


def _lines(
    waiting: "Waiting", now: datetime, *, audience: str, step: Step | None
) -> Iterator[tuple[str, list[str]]]:
    away = away_days(waiting, now)
    if away:
        yield f"Welcome back, after {away} days. Nothing is owed.", []
        yield "", []
    count = "something" if away else str(waiting.new)  # nobody comes back to be told how much there is
    new = f"{count} new in {counted(waiting.new_sources, 'source')}" if waiting.new else "nothing new"
    pulled = f"pulled {ago(waiting.pulled_at, now)}" if waiting.pulled_at else "not pulled yet"
    seek = [new, pulled if waiting.sources else "no source followed yet"]
    if waiting.troubled:
        seek.append(f"{counted(waiting.troubled, 'source')} failed: pkm source list --failing")
    if waiting.matched:
        seek.append(_asked(waiting))
    unsensed = (
        f"{waiting.unsensed} kept without your words" if waiting.unsensed else "every kept item has words"
    )
    shared = f"last shared {ago(waiting.shared_at, now)}" if waiting.shared_at else "nothing shared yet"
    share = [f"{counted(waiting.ready, 'note')} ready for {audience}", shared]
    if waiting.drafts:
        share.append(counted(waiting.drafts, "open draft"))
    yield "Seek", seek
    yield "Sense", [unsensed, f"{counted(waiting.notes_since, 'note')} this week"]
    yield "Share", share
    if step:
        yield "", []
        yield "Next", list(step)


def _asked(waiting: "Waiting") -> str:
    from pkm.rules.tails import short_ids  # noqa: PLC0415 - most have no question

    if len(waiting.matched) > 1:
        return f"{len(waiting.matched)} of your questions matched: pkm questions"
    [(note_id, title, count)] = waiting.matched
    return f"'{_short(title)}' has {count}: pkm seek --for {short_ids([note_id])[0]}"


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 3].rstrip()}..."


def _laid_out(run: Run, lines: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    from pkm.cli.glyphs import glyphs  # noqa: PLC0415 - the greeting does without it

    # On a narrow terminal each fact has a line of its own, and so it has where a line would be broken.
    total = width(run.environ, sys.stdout)
    between, below = f" {glyphs(sys.stdout).dot} ", f"\n{'':<{_LABEL}}"
    for label, parts in lines:
        line = f"{label:<{_LABEL}}{between.join(parts)}".rstrip()
        broken = total < NARROW or len(line) > total
        yield f"{label:<{_LABEL}}{below.join(parts)}".rstrip() if broken else line


def _document(run: Run, waiting: "Waiting", audience: str, step: Step | None) -> dict[str, Any]:
    facts = asdict(waiting)
    seek = ("sources", "new", "new_sources", "troubled", "pulled_at")
    questions = [{"id": one, "title": title, "matched": count} for one, title, count in waiting.matched]
    away = away_days(waiting, run.clock())
    return {
        "schema": "pkm.status/1",
        "home": str(run.home),
        "seek": {name: facts[name] for name in seek} | {"questions": questions},
        "sense": {
            "unsensed": waiting.unsensed,
            "notes_this_week": waiting.notes_since,
            "to_meet": waiting.to_meet,
        },
        "share": {
            "audience": audience,
            "ready": waiting.ready,
            "drafts": waiting.drafts,
            "shared_at": waiting.shared_at,
        },
        "away_days": away or None,
        "next": step[0] if step else None,
    }


def _facts(run: Run, waiting: "Waiting", audience: str, step: Step | None) -> Iterator[tuple[str, str]]:
    from pkm.cli.output import rfc3339  # noqa: PLC0415 - the greeting does without it

    for part, values in _document(run, waiting, audience, step).items():
        if isinstance(values, dict):
            for name, value in values.items():
                shown = rfc3339(value) if isinstance(value, datetime) else value
                shown = len(value) if isinstance(value, list) else shown
                yield f"{part}.{name}", "" if shown is None else str(shown)
        elif part in {"away_days", "next"}:
            yield part, str(values or "")
