"""OPML, the exchange format of what one follows: read tolerantly, written strictly.

OPML 2.0 (opml.org/spec2.opml). Ours are the attributes under `NAMESPACE`; every other reader passes
them over. Nothing but http and https comes in: a file from somebody else once ran commands in a feed
reader, by addresses such as `|cmd` and `exec:…`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pkm.model.source import AS_EVER, Asking, Extra, Source, Space, Stance, Tie
from pkm.rules import limits
from pkm.rules.clean import tidy
from pkm.rules.urls import canonical, has_secret, join

NAMESPACE: Final = "urn:pkm-loop:opml"
WHY_CHARS: Final = 2_000

OUR_WORDS: Final = frozenset(
    {
        *("id", "since", "why", "space", "tie", "stance", "private", "private-host", "full", "isolate"),
        *("key-policy", "interval", "mute", "proxy", "user-agent", "ca", "insecure", "ipv4"),
    }
)
"""Names in our namespace that have a meaning here; `header-…` too. Others are a later pkm's, and are kept."""

Folder = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlOutline:
    """One feed of an OPML file, joined from all places where it stands.

    Attributes:
        url: http or https.
        title: Plain text; None if the file gave none but the address.
        home_url: http or https; None if absent.
        folders: Paths, sorted; empty if it stands in none.
        tags: Sorted.
        id: Our id, as the file says; not checked.
        since: Aware, UTC; when it was followed.
        muted_at: Aware, UTC.
        private_host: To be honoured in the home's own `sources.opml` alone.
        key_policy: As `Source.key_policy`; None if the file does not say.
        interval_s, asking: As of a source; to be honoured in the home's own `sources.opml` alone.
        extras: Attributes that are no words of ours; also `type` if it is not rss, and `title` if it is not `text`.
    """

    url: str
    title: str | None = None
    home_url: str | None = None
    folders: tuple[Folder, ...] = ()
    tags: tuple[str, ...] = ()
    id: str | None = None
    since: datetime | None = None
    why: str | None = None
    space: Space | None = None
    tie: Tie = Tie.UNKNOWN
    stance: Stance | None = None
    private: bool = False
    private_host: bool = False
    full: str = "never"
    isolate: bool = False
    key_policy: int | None = None
    interval_s: int | None = None
    asking: Asking = AS_EVER
    extras: tuple[Extra, ...] = ()
    muted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlOther:
    """An outline that is no feed: a note, a link to another list, a feed that is commented out.

    Attributes:
        folder: Where it stands.
        attributes: All of it, as written.
    """

    folder: Folder
    attributes: tuple[Extra, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlRest:
    """What a list holds beside its feeds: kept as it is for whoever wrote it.

    Attributes:
        head: Names and texts of the elements of the head, in the order of the file.
        folders: What is said of a folder beside its name.
        others: In the order of the file.
    """

    head: tuple[tuple[str, str], ...] = ()
    folders: tuple[tuple[Folder, tuple[Extra, ...]], ...] = ()
    others: tuple[OpmlOther, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFile:
    """A subscription list.

    Attributes:
        title: Plain text; None if absent.
        outlines: In the order in which the file names them first.
        rest: What else is in it.
        skipped: What cannot be taken as it stands: its name or address, and the reason.
        noted: What was read into `rest` though it may look like a source: the same.
    """

    title: str | None = None
    outlines: tuple[OpmlOutline, ...] = ()
    rest: OpmlRest = OpmlRest()
    skipped: tuple[tuple[str, str], ...] = ()
    noted: tuple[tuple[str, str], ...] = ()


def outline_of(source: Source) -> OpmlOutline:
    """What an OPML file says of a source."""
    url = join(None, source.url) or source.url
    return OpmlOutline(
        url=url,
        title=own_title(plain(source.title, limits.TITLE_CHARS), url),
        home_url=join(None, source.home_url) if source.home_url else None,
        folders=sorted_folders(source.folders),
        tags=sorted_tags(source.tags),
        id=source.id,
        since=source.followed_at,
        why=plain(source.why, WHY_CHARS),
        space=source.space,
        tie=source.tie,
        stance=source.stance,
        private=source.private,
        private_host=source.private_host,
        full=source.full,
        isolate=source.isolate,
        key_policy=source.key_policy or None,
        interval_s=source.interval_s,
        asking=source.asking,
        extras=source.extras,
        muted_at=source.muted_at,
    )


def sorted_folders(folders: Iterable[Folder]) -> tuple[Folder, ...]:
    """Folder paths, clean, each once, in the order of their names."""
    clean = {
        tuple(name for part in folder if (name := tidy(part, limit=limits.TAG_CHARS)))[: limits.OPML_DEPTH]
        for folder in folders
    }
    return tuple(sorted(clean - {()}, key=_order))


def sorted_tags(words: Iterable[str]) -> tuple[str, ...]:
    """Tags, clean, each once, in the order of their letters."""
    clean = {tidy(word, limit=limits.TAG_CHARS) for word in words} - {""}
    return tuple(sorted(clean, key=lambda word: (word.casefold(), word)))


def _order(folder: Folder) -> tuple[tuple[str, str], ...]:
    return tuple((name.casefold(), name) for name in folder)


def sorted_others(others: Iterable[OpmlOther]) -> tuple[OpmlOther, ...]:
    """Each once, by folder, a folder's own behind those of the folders in it: as they are written."""

    def place(other: OpmlOther) -> list[tuple[int, str, str]]:
        return [*((0, name.casefold(), name) for name in other.folder), (1, "", "")]

    return tuple(sorted(dict.fromkeys(others), key=place))


def own_title(name: str | None, url: str) -> str | None:
    """The name, unless it is the address, which we write where there is no name."""
    return None if name == tidy(url, limit=limits.TITLE_CHARS) else name


def plain(text: str | None, limit: int) -> str | None:
    """The text, plain and cut; None if nothing is left of it."""
    return tidy(text, limit=limit) or None if text else None


def source_key(url: str) -> str:
    """By which two addresses are those of one source.

    With a secret it is somebody's own feed: the address without it would be another's too.
    """
    return (None if has_secret(url) else canonical(url)) or url
