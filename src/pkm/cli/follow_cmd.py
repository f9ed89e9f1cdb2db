"""`pkm follow`: find the feed behind an address, or take a whole list."""

from contextlib import closing
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from pkm.cli.ask import ask_line
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import SOURCES, name_of, source_fields
from pkm.cli.network import open_door, pull_options
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, show_line, warn
from pkm.cli.pulling import Outcome, run_pull, tell_failures
from pkm.cli.registry import Commands
from pkm.cli.report import in_three_parts
from pkm.config import Settings
from pkm.errors import AnswerNeeded, Busy, FeedError, PkmError, UsageError
from pkm.model.source import Space, Stance, Tie
from pkm.rules.amounts import counted
from pkm.rules.urls import display_url
from pkm.seek.behind import Choice, Found, find, find_behind
from pkm.seek.follow import Followed, Wishes, file, known, preview
from pkm.seek.followlist import ListFollowed, follow_list, read_list
from pkm.seek.parser_process import FeedReader
from pkm.seek.typed import address_of, file_of
from pkm.shelf.shelf import Shelf

commands = Commands()

Addresses = Annotated[
    list[str], typer.Argument(metavar="URL|FILE", help="A feed, a page with a feed, or a list (OPML).")
]
SpaceOption = Annotated[
    Space | None, typer.Option("--space", help="Where they stand towards you: team, community, network.")
]
TieOption = Annotated[Tie | None, typer.Option("--tie", help="How close you are: strong, weak, unknown.")]
StanceOption = Annotated[
    Stance | None,
    typer.Option("--stance", help="Whether you tend to agree: usually-agree, usually-disagree, mixed."),
]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Why you follow it; for yourself.")]
Folders = Annotated[
    list[str] | None,
    typer.Option("--folder", metavar="PATH", help="A folder of your own order, as in Work/Design."),
]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag; its items have it too.")]
Pick = Annotated[
    int | None, typer.Option("--pick", metavar="N", min=1, help="Which feed of a page that names several.")
]
AllowPrivate = Annotated[
    bool,
    typer.Option("--allow-private", help="Hosts of your own network are right, in a list or behind a page."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Look, and store nothing.")]


@commands(
    "follow",
    examples=(
        "pkm follow https://jarche.com --space network --tie weak",
        'pkm follow https://example.org/feed.xml --why "How teams decide"',
        "pkm follow subscriptions.opml --folder Imported",
    ),
)
def follow(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    addresses: Addresses,
    space: SpaceOption = None,
    tie: TieOption = None,
    stance: StanceOption = None,
    why: Why = None,
    folder: Folders = None,
    tag: Tags = None,
    pick: Pick = None,
    allow_private: AllowPrivate = False,  # noqa: FBT002 - Typer reads a flag so
    dry_run: DryRun = False,  # noqa: FBT002 - the same
) -> None:
    """Follow a source: find its feed and store its items.

    Give the address of a page or of a feed; of a page, pkm finds the feed that it names. The newest five
    items wait for you, the older ones go to the archive. What you follow already is left as it is, but for
    what you say about it now.

    A FILE.opml of another reader brings all its sources, which are then pulled.
    """
    wishes = Wishes(
        space=space,
        tie=tie,
        stance=stance,
        why=why,
        folders=tuple(_folder(path) for path in folder or ()),
        tags=tuple(one.strip().removeprefix("#") for one in tag or () if one.strip().removeprefix("#")),
    )
    settings = settings_of(run)
    with open_shelf(run, settings) as shelf:
        in_step(run, shelf, wait=True)
        session = _Session(
            run, shelf, settings, wishes, pick=pick, allow_private=allow_private, dry_run=dry_run
        )
        with closing(session):
            session.follow_all(addresses)


def _folder(path: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in path.split("/") if part.strip())
    if not parts:
        raise UsageError("--folder needs a name", hint="for example: --folder Work/Design")
    return parts


class _Session:
    """The words of one call: one door, one parser, one failure does not stop the others."""

    def __init__(  # noqa: PLR0913 - the options of the command
        self,
        run: Run,
        shelf: Shelf,
        settings: Settings,
        wishes: Wishes,
        *,
        pick: int | None,
        allow_private: bool,
        dry_run: bool,
    ) -> None:
        self._run, self._shelf, self._settings, self._wishes = run, shelf, settings, wishes
        self._pick, self._allow_private, self._dry_run = pick, allow_private, dry_run
        self._door = open_door(run, settings)
        self._reader = FeedReader()
        self._fields: list[dict[str, Any]] = []
        self._rows: list[tuple[Any, ...]] = []
        self._waiting = 0

    def close(self) -> None:
        self._door.close()
        self._reader.close()

    def follow_all(self, words: list[str]) -> None:
        errors: list[PkmError] = []
        for word in words:
            try:
                self._follow(word)
            except PkmError as error:
                if errors:
                    warn(in_three_parts(errors[-1]))
                errors.append(error)
        self._show()
        if errors:
            raise errors[-1]

    def _follow(self, word: str) -> None:
        url = address_of(word)
        if url is None:
            self._follow_list(file_of(word))
            return
        followed = known(self._shelf, url, self._wishes) if not self._dry_run else None
        self._tell(followed or self._found(url))

    def _found(self, url: str) -> Followed:
        found = find(url, door=self._door, reader=self._reader, now=self._shelf.now())
        if isinstance(found, Choice):
            found = self._picked(found)
        if self._dry_run:
            return preview(found, self._wishes)
        return file(self._shelf, found, self._wishes, options=pull_options(self._settings))

    def _picked(self, choice: Choice) -> Found:
        number = self._pick or self._asked(choice)
        if number > len(choice.links):
            raise UsageError(
                f"--pick {number}: the page names {len(choice.links)} feeds",
                hint=f"pkm follow {display_url(choice.url)} --pick 1",
            )
        return find_behind(
            choice.links[number - 1],
            of=choice.url,
            private_host=choice.private_host or self._allow_private,
            door=self._door,
            reader=self._reader,
            now=self._shelf.now(),
        )

    def _asked(self, choice: Choice) -> int:
        listed = [
            f"{number}  {link.title or link.type or 'feed'}  {display_url(link.url)}"
            for number, link in enumerate(choice.links, start=1)
        ]
        if not self._run.json:
            warn("\n".join([f"{display_url(choice.url)} names {len(listed)} feeds:", *listed]))
        if not self._run.asks:
            raise AnswerNeeded(
                f"{display_url(choice.url)} names {len(listed)} feeds",
                why="; ".join(listed) if self._run.json else "which of them is for you to say",
                hint=f"pkm follow {display_url(choice.url)} --pick 1",
            )
        while True:
            answer = ask_line(
                self._run, f"Which one? [1-{len(listed)}, Enter for the first]", flag="--pick N"
            )
            if not answer:
                return 1
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(listed):
                return int(answer)

    def _follow_list(self, path: Path) -> None:
        listed = read_list(path)
        if self._dry_run:
            show_line(f"{path.name}: {len(listed.outlines)} feeds, {len(listed.skipped)} left out")
            return
        taken = follow_list(
            self._shelf, listed, self._wishes, name=path.name, allow_private=self._allow_private
        )
        self._tell_list(path, taken)
        if not (taken.sources or taken.allowed):
            return
        outcome = self._pulled(taken)
        if outcome is None:
            return
        tell_failures(self._run, outcome)
        self._waiting += outcome.waiting
        say(
            self._run,
            f"{counted(outcome.new, 'item')} from {counted(outcome.count('new'), 'source')},"
            f" {outcome.count('failed')} failed",
        )
        if outcome.interrupted:
            raise KeyboardInterrupt
        if outcome.all_failed:
            raise FeedError(
                path.name,
                "its sources are followed, and none could be fetched yet",
                hint=_private_hint(outcome, path) or "pkm pull tries again; pkm source list says why",
            )

    def _pulled(self, taken: ListFollowed) -> Outcome | None:
        try:
            return run_pull(self._run, self._shelf, [*taken.sources, *taken.allowed], self._settings)
        except Busy:
            say(self._run, "Another pull is running: it brings these too, or else the next `pkm pull` does.")
            return None

    def _tell_list(self, path: Path, taken: ListFollowed) -> None:
        known_too = f", {taken.known} you follow already" if taken.known else ""
        number = len(taken.allowed)
        allowed = f", {number} private address{'' if number == 1 else 'es'} allowed now" if number else ""
        say(self._run, f"{path.name}: {len(taken.sources)} newly followed{known_too}{allowed}")
        for name, reason in taken.skipped[:20]:
            say(self._run, f"left out {name}: {reason}")
        for source in taken.sources:
            self._fields.append(source_fields(source, status="followed"))
            if not self._run.table:
                self._rows.append((source.id, source.title, display_url(source.url), None, None))

    def _tell(self, followed: Followed) -> None:
        source, pulled = followed.source, followed.pulled
        waiting = pulled.waiting if pulled else 0
        self._waiting += waiting
        self._fields.append(
            source_fields(
                source, status=_status(followed, dry_run=self._dry_run), items=followed.items, waiting=waiting
            )
        )
        if not self._run.table:
            items = followed.items
            self._rows.append((source.id or None, source.title, display_url(source.url), items, waiting))
        elif not self._run.json:
            for line in _lines(followed, dry_run=self._dry_run):
                show_line(line)
        if followed.was_followed:
            say(self._run, f"You follow {name_of(source)} already{_what_changed(followed)}")

    def _show(self) -> None:
        if self._run.json or not self._run.table:
            columns = tuple(
                Column(name=name, keep=True) for name in ("id", "title", "url", "items", "waiting")
            )
            show(
                self._run,
                Table(columns=columns, rows=tuple(self._rows)),
                lambda: {"schema": SOURCES, "sources": self._fields},
            )
        if self._waiting:
            say(self._run, "Next: pkm seek")


def _status(followed: Followed, *, dry_run: bool) -> str:
    if followed.was_followed:
        return "known"
    return "would follow" if dry_run else "followed"


def _what_changed(followed: Followed) -> str:
    return "; what you said about it is noted" if followed.changed else ""


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
        lines.append("  private: its address holds a secret, so its items leave only by --widen")
    return lines


def _private_hint(outcome: Outcome, path: Path) -> str:
    refused = any(one.error is not None and one.error.kind == "address" for one in outcome.pulled)
    return f"if these hosts are your own: pkm follow {quote(str(path))} --allow-private" if refused else ""
