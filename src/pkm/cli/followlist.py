"""`pkm follow FILE.opml`: all sources of a list are written first and then pulled, so it can be stopped anywhere."""

from pathlib import Path
from shlex import quote

from pkm.cli.context import Run
from pkm.cli.failedgroups import tell_groups
from pkm.cli.followed import Said, Told
from pkm.cli.output import say
from pkm.cli.pulling import Outcome, run_pull, tell_news_of_sources
from pkm.config import Settings
from pkm.errors import Busy, FeedError
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.seek.followlist import ListFollowed, follow_list, plan_list, read_list
from pkm.shelf.shelf import Shelf


def follow_file(run: Run, shelf: Shelf, settings: Settings, told: Told, path: Path, said: Said) -> None:  # noqa: PLR0913, PLR0917 - what a command holds
    """Follow what a file lists, and pull it.

    Raises:
        NotFound, UsageError, Refused: See `read_list`.
        FeedError: None of its sources answered.
    """
    listed = read_list(path)
    if said.dry_run:
        plan = plan_list(shelf, listed, said.wishes, allow_private=said.allow_private)
        _tell_taken(run, told, path, plan, said)
        return
    taken = follow_list(shelf, listed, said.wishes, name=path.name, allow_private=said.allow_private)
    _tell_taken(run, told, path, taken, said)
    asked = (*taken.sources, *taken.allowed, *taken.unasked)
    try:
        outcome = run_pull(run, shelf, asked, settings)
    except Busy:
        say(run, "Another pull is running: it brings these too, or else the next `pkm pull` does.")
        _add(told, shelf, taken, None)
        return
    _add(told, shelf, taken, outcome)
    _tell_pulled(run, told, path, outcome)


def _tell_taken(run: Run, told: Told, path: Path, taken: ListFollowed, said: Said) -> None:
    number = len(taken.allowed)
    parts = [
        f"{len(taken.sources)} {'would be followed' if said.dry_run else 'newly followed'}",
        f"{taken.known} you follow already" if taken.known else "",
        f"{number} private address{'' if number == 1 else 'es'} allowed now" if number else "",
        f"{len(taken.skipped)} left out" if taken.skipped else "",
    ]
    say(run, f"{path.name}: {', '.join(part for part in parts if part)}")
    told.left_out.extend(taken.skipped)
    for name, reason in taken.skipped:
        say(run, f"left out {clean(name, Sink.LINE)}: {reason}")
    for name, reason in taken.noted:
        say(run, f"noted {clean(name, Sink.LINE)}, not followed: {reason}")
    if said.dry_run:
        for source in taken.sources:
            told.add(source, "would follow", items=None, waiting=None)


def _add(told: Told, shelf: Shelf, taken: ListFollowed, outcome: Outcome | None) -> None:
    """The rows for programs, with what the pull learnt of each source."""
    pulled = {one.source.id: one for one in outcome.pulled} if outcome else {}
    for source in taken.sources:
        one = pulled.get(source.id)
        learnt = shelf.store.sources.get(source.id) or source
        told.add(learnt, "followed", items=one.new if one else None, waiting=one.waiting if one else None)


def _tell_pulled(run: Run, told: Told, path: Path, outcome: Outcome) -> None:
    if not outcome.asked:
        return
    if outcome.offline is not None:
        say(run, "They are followed; nothing was fetched yet.")
        raise outcome.offline
    tell_groups(run, outcome)
    tell_news_of_sources(run, outcome)
    told.waiting += outcome.waiting
    new, failed = counted(outcome.new, "item"), outcome.count("failed")
    say(run, f"{new} from {counted(outcome.count('new'), 'source')}, {failed} failed")
    if outcome.stopped_by is not None:
        left = outcome.asked - len(outcome.pulled)
        say(run, f"Stopped: {counted(left, 'source')} not asked yet, but followed. To go on: pkm pull")
        raise SystemExit(128 + outcome.stopped_by)
    if outcome.all_failed:
        raise FeedError(
            path.name,
            "its sources are followed, and none could be fetched yet",
            hint=_private_hint(outcome, path) or "pkm pull tries again; pkm source list --failing says why",
        )


def _private_hint(outcome: Outcome, path: Path) -> str:
    refused = any(one.error is not None and one.error.kind == "address" for one in outcome.pulled)
    return f"if these hosts are your own: pkm follow {quote(str(path))} --allow-private" if refused else ""
