"""Follow: store a source that was found, and its items from that same answer.

    ask | page? its feed | parse || note the source, its items, its validators

What comes before `||` (`seek/behind.py`) uses the network and no store; what comes after holds the write
lock for one transaction. So a feed is asked for once, and nothing is followed that could not be read.
"""

from dataclasses import dataclass, replace

from pkm.model.asked import Purpose
from pkm.model.source import Source, Space, Stance, Tie, Validators
from pkm.rules.asking import split_login
from pkm.rules.urls import display_url, has_secret
from pkm.seek.behind import Found
from pkm.seek.manner import Approach
from pkm.seek.settle import Pulled, Terms, store_answer
from pkm.seek.sourceset import login_apart
from pkm.shelf import following
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user says about a source; None and empty leave it as it is."""

    title: str | None = None
    space: Space | None = None
    tie: Tie | None = None
    stance: Stance | None = None
    why: str | None = None
    folders: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    private: bool | None = None

    def applied(self, source: Source) -> Source:
        """The source as wished; folders and tags are added to those that it has."""
        return replace(
            source,
            title=self.title or source.title,
            space=self.space or source.space,
            tie=self.tie or source.tie,
            stance=self.stance or source.stance,
            why=self.why or source.why,
            folders=tuple(dict.fromkeys((*source.folders, *self.folders))),
            tags=tuple(dict.fromkeys((*source.tags, *self.tags))),
            private=(source.private if self.private is None else self.private) or has_secret(source.url),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of it.

    Attributes:
        source: As it is now stored.
        was_followed: It was there already; only what the user said about it may have changed.
        changed: It was there already, and something did change.
        items: In the feed; None if it was not asked for.
        pulled: What was stored; None if nothing was.
    """

    source: Source
    was_followed: bool = False
    changed: bool = False
    items: int | None = None
    pulled: Pulled | None = None


def known(shelf: Shelf, url: str, wishes: Wishes) -> Followed | None:
    """The source of that address if it is followed, with the wishes applied; None if it is not."""
    source = following.held(shelf, url)
    if source is None or not source.followed:
        return None
    wished = wishes.applied(source)
    if wished != source:
        with shelf.writing():
            change(shelf, wished, name="follow")
    return Followed(source=wished, was_followed=True, changed=wished != source)


def change(shelf: Shelf, source: Source, *, name: str) -> None:
    """Store what the user changed of a source; inside `shelf.writing`."""
    done = "changed" if source.followed else "followed no longer:"
    summary = f"{done} {source.title or display_url(source.url)}"
    command = shelf.store.undo_log.begin(name, summary, shelf.now())
    following.save(shelf, [source], command=command)


def preview(found: Found, wishes: Wishes) -> Followed:
    """What would be followed; nothing is stored."""
    feed = found.fetched.feed
    source = wishes.applied(Source(id="", url=found.url, title=feed.title if feed else None))
    return Followed(source=source, items=len(feed.items) if feed else 0)


def file(shelf: Shelf, found: Found, wishes: Wishes, *, terms: Terms) -> Followed:
    """Follow what was found, and store its items; a login in its address goes into the box of secrets."""
    bare = split_login(found.url)[0]
    there = known(shelf, bare, wishes)
    if there is not None:
        return there
    apart = login_apart(shelf, _source(shelf, found, shelf.store.sources.at(bare)))
    with shelf.writing():
        source = wishes.applied(apart.keep(shelf))
        summary = f"followed {source.title or display_url(source.url)}"
        command = shelf.store.undo_log.begin("follow", summary, shelf.now())
        following.save(shelf, [source], command=command)
        asked = replace(
            found.fetched,
            source=source,
            approach=Approach(purpose=Purpose.FOLLOW),
            validators=_without_login(found.fetched.validators),
        )
        pulled = store_answer(shelf, asked, terms=terms)
    feed = found.fetched.feed
    return Followed(source=source, items=len(feed.items) if feed else 0, pulled=pulled)


def _without_login(validators: Validators | None) -> Validators | None:
    return validators and replace(validators, url=split_login(validators.url)[0])


def _source(shelf: Shelf, found: Found, before: Source | None) -> Source:
    feed = found.fetched.feed
    source = replace(before, removed_at=None) if before else following.new_source(shelf, found.url)
    return replace(
        source,
        url=found.url,
        title=source.title or (feed.title if feed else None),
        home_url=(feed.home_url if feed else None) or source.home_url,
        format=feed.format if feed else source.format,
        private_host=source.private_host or found.private_host,
    )
