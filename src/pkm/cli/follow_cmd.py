"""`pkm follow`: find the feed behind an address, or take a whole list."""

from contextlib import closing
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.feedchoice import pick, rows_named
from pkm.cli.followed import Said, Told
from pkm.cli.followlist import follow_file
from pkm.cli.instep import in_step
from pkm.cli.lastlist import is_row
from pkm.cli.network import by_hand, open_door, terms
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import warn
from pkm.cli.registry import Commands
from pkm.cli.report import in_three_parts
from pkm.cli.ruling import rules_for_pull
from pkm.config import Settings
from pkm.errors import PkmError, UsageError
from pkm.model.source import Space, Stance, Tie
from pkm.rules.mailplaces import is_mail_place
from pkm.rules.urls import display_url
from pkm.seek.behind import Choice, Finder, Found
from pkm.seek.discover import FeedLink
from pkm.seek.follow import Followed, Wishes, file, known, preview
from pkm.seek.mailbox import settled
from pkm.seek.mailfollow import follow_mail
from pkm.seek.parser_process import FeedReader
from pkm.seek.sites import site_rules
from pkm.seek.typed import address_of, file_of
from pkm.shelf.shelf import Shelf

commands = Commands()

Addresses = Annotated[
    list[str],
    typer.Argument(
        metavar="URL|FILE", help="A feed, a page with a feed, a list (OPML), or a row of the choices."
    ),
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
        "pkm follow https://www.youtube.com/@somebody --pick 2",
        "pkm follow subscriptions.opml --folder Imported",
        "pkm follow maildir:~/Mail/Newsletters",
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
    pick_: Pick = None,
    allow_private: AllowPrivate = False,  # noqa: FBT002 - Typer reads a flag so
    dry_run: DryRun = False,  # noqa: FBT002 - the same
) -> None:
    """Follow a source: find its feed and store its items.

    Give the address of a page or of a feed; of a page, pkm finds the feed that it names. It knows where
    YouTube, Mastodon, Reddit and other places keep theirs, and takes @ana@social.example too. Of several
    feeds you pick: --pick 2, or `pkm follow 2` as the next line. The newest five items wait for you, the
    older ones go to the archive. What you follow already is left as it is, but for what you say about it now.

    A FILE.opml of another reader brings all its sources, which are then pulled. maildir:PATH and mbox:PATH
    are folders of mails on this machine: they are read at each pull, and never changed.
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
        said = Said(wishes=wishes, pick=pick_, allow_private=allow_private, dry_run=dry_run)
        with closing(_Session(run, shelf, settings, said)) as session:
            session.follow_all(addresses)


def _folder(path: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in path.split("/") if part.strip())
    if not parts:
        raise UsageError("--folder needs a name", hint="for example: --folder Work/Design")
    return parts


class _Session:
    """The words of one call: one door, one parser, one failure does not stop the others."""

    def __init__(self, run: Run, shelf: Shelf, settings: Settings, said: Said) -> None:
        self._run, self._shelf, self._settings, self._said = run, shelf, settings, said
        self._door = open_door(run, settings)
        self._reader = FeedReader()
        self._asker = by_hand(run, settings, shelf, self._door)
        self._finder = Finder(
            door=self._asker,
            reader=self._reader,
            now=shelf.now(),
            sites=site_rules(shelf.home),
            polite=settings.pull.loopback == "polite",
            allow_private=said.allow_private,
        )
        self._told = Told(run)

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
        self._told.show()
        if errors:
            raise errors[-1]

    def _follow(self, word: str) -> None:
        if is_row(word):
            for link, page in rows_named(self._run, self._shelf, word):
                self._asker.named(link.url)
                self._told.one(self._behind(link, of=page, private_host=True), dry_run=self._said.dry_run)
            return
        if is_mail_place(word):
            self._told.one(self._mail(word), dry_run=self._said.dry_run)
            return
        url = address_of(word)
        if url is None:
            follow_file(self._run, self._shelf, self._settings, self._told, file_of(word), self._said)
            return
        self._told.one(self._known(url) or self._found(url), dry_run=self._said.dry_run)

    def _mail(self, word: str) -> Followed:
        return follow_mail(
            self._shelf,
            settled(word),
            self._said.wishes,
            terms=terms(self._settings, rules_for_pull(self._run, self._shelf)),
            dry_run=self._said.dry_run,
        )

    def _known(self, url: str) -> Followed | None:
        return None if self._said.dry_run else known(self._shelf, url, self._said.wishes)

    def _found(self, url: str) -> Followed:
        self._asker.named(url)
        found = self._finder.find(url)
        if isinstance(found, Choice):
            return self._behind(self._picked(found), of=found.url, private_host=found.private_host)
        return self._filed(found)

    def _picked(self, choice: Choice) -> FeedLink:
        if self._said.pick is None:
            self._told.choices.append(choice)
        number = self._said.pick or pick(self._run, self._shelf, choice)
        if number > len(choice.links):
            raise UsageError(
                f"--pick {number}: there are {len(choice.links)} feeds to choose from",
                hint=f"pkm follow {display_url(choice.url)} --pick 1",
            )
        return choice.links[number - 1]

    def _behind(self, link: FeedLink, *, of: str, private_host: bool) -> Followed:
        there = self._known(link.url)
        return there or self._filed(self._finder.find_behind(link, of=of, private_host=private_host))

    def _filed(self, found: Found) -> Followed:
        if self._said.dry_run:
            return preview(found, self._said.wishes)
        rules = rules_for_pull(self._run, self._shelf)
        return file(self._shelf, found, self._said.wishes, terms=terms(self._settings, rules))
