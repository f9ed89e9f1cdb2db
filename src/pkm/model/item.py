"""An item, its arrivals, and what a feed says before either is stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pkm.model.source import Source


class State(StrEnum):
    """Where an item stands; derived from the user's decisions."""

    NEW = "new"
    KEPT = "kept"
    LET_GO = "let-go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """Whose pointer led here.

    Attributes:
        name: As given; None if only an address is known.
        url: http or https; None if only a name is known.
        direct: The user said that nobody pointed here; then name and url are None.
    """

    name: str | None = None
    url: str | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that an item carries: audio, video, a picture.

    Attributes:
        length: Bytes as the feed claims; None if it gave no number.
        duration_s: Seconds; None if unknown.
        transcript_url: What is said in it, as text; None if the feed names none.
    """

    url: str
    type: str | None = None
    length: int | None = None
    duration_s: int | None = None
    transcript_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedItem:
    """One item as a feed says it now; nothing is trusted or stored yet.

    Attributes:
        raw_id: Raw text of guid or id, white space trimmed, never joined with a base. None if absent.
        url: Absolute http or https address, or None.
        title: Plain text on one line, markup removed, cut to its limit; None if absent.
        authors: Plain names.
        published_at: Aware, UTC; None if the feed gave no date that we can read.
        updated_at: Aware, UTC; None likewise.
        html: Body as given (content before summary), relative links made absolute, NOT yet sanitised.
        summary_html: The shorter text beside a full one, NOT yet sanitised; None if there is none.
        comments_url: The discussion page.
        via: From Atom `rel=via` or the entry's `source`.
        tags: Categories, plain text.
        language: BCP 47 tag from the entry or its feed.
        position: 0 for the first in the document.
    """

    raw_id: str | None = None
    url: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    html: str | None = None
    summary_html: str | None = None
    comments_url: str | None = None
    via: Via | None = None
    enclosures: tuple[Enclosure, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A whole feed as parsed.

    Attributes:
        format: `rss20`, `rss10`, `atom10`, `json11`…
        title: Plain text; None if absent.
        home_url: The page the feed belongs to.
        self_url: What the feed says its own address is.
        next_url: The next page of older items, if the feed is paged (RFC 5005, section 3; JSON Feed).
        prev_archive_url: The document with the items before these (RFC 5005, section 4).
        complete: What is not in it any more is gone from it (RFC 5005, section 2).
        new_feed_url: Where the feed says that it now is; a proposal, None if that is where it came from.
        expired: The feed says that nothing will come any more.
        hub_url: A WebSub hub that would tell of news.
        language: BCP 47 tag.
        ttl_s: Seconds that the feed asks us to wait; None if it does not.
        skip_hours: Hours of the day, 0 to 23 in UTC, in which it asks not to be asked; in order.
        skip_days: Days likewise, 0 for Monday.
        truncated: The document ended early: store its items, but no validators.
        notes: What was odd but mended (charset overridden, markup repaired).
    """

    format: str
    title: str | None = None
    home_url: str | None = None
    self_url: str | None = None
    next_url: str | None = None
    prev_archive_url: str | None = None
    complete: bool = False
    new_feed_url: str | None = None
    expired: bool = False
    hub_url: str | None = None
    language: str | None = None
    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    truncated: bool = False
    notes: tuple[str, ...] = ()
    items: tuple[ParsedItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A body, cleaned once for storing; it is sanitised again wherever it is rendered.

    Attributes:
        sha: SHA-256 hex of `html`.
        html: Sanitised HTML, absolute links.
        text: The same as plain text.
    """

    sha: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item as one source gave it.

    Attributes:
        source: Id of the source; with `key`, the arrival's identity.
        key: See `rules.identity` for the chain that makes it.
        item: Id of the item that it belongs to.
        url: As published minus tracking parameters; None if it gave none.
        authors: Plain names.
        published_at: Aware, UTC; never later than `first_seen` for ordering, but shown as given. None: no date.
        date_source: `feed`, or `seen` if the feed gave no date that we could read.
        first_seen: Aware, UTC.
        last_seen: Aware, UTC.
        position: Place in the document at first sight.
        content_sha: Hash over title, link and text: differs when the source edited it.
        text_sha: Key of the body in `texts`; None if it has no body.
        aliases: Lower steps of the key chain, by which it is known too.
        revisions: How often the source changed it since.
    """

    source: str
    key: str
    item: str
    title: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    date_source: str = "feed"
    first_seen: datetime
    last_seen: datetime
    position: int = 0
    content_sha: str = ""
    text_sha: str | None = None
    comments_url: str | None = None
    via: Via | None = None
    hat_tip: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    aliases: tuple[str, ...] = ()
    revisions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an arrival said before its source edited it.

    Attributes:
        source: Id of the source.
        until: Aware, UTC; when it was found to say otherwise.
        text_sha: Key of the body in `texts`; None if it had no body.
    """

    source: str
    until: datetime
    title: str | None = None
    url: str | None = None
    text_sha: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that somebody else made; what it shows is the best of its arrivals.

    Attributes:
        id: `i-` and 12 characters.
        url: Clickable address; None for a talk, a mail or pasted text.
        kind: `page` (from a feed or an address), `talk`, `mail` or `text`.
        published_at: Aware, UTC; None if unknown.
        first_seen: Aware, UTC.
        sort_at: Aware, UTC; min(published, first seen): the order of lists.
        source: Id of the source whose arrival it shows; None for a stub.
        text_sha: Key of its body in `texts`.
        kept_at: Aware, UTC; when it was last kept, None if it is not kept.
        later_at: Aware, UTC; when the user put it off.
        hidden_by: The rule that hides it, None if it is in view.
        stub: Only the user's files know it; a pull may join it.
    """

    id: str
    title: str | None = None
    url: str | None = None
    kind: str = "page"
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    first_seen: datetime
    sort_at: datetime
    source: str | None = None
    language: str | None = None
    state: State = State.NEW
    via: Via | None = None
    hat_tip: str | None = None
    text_sha: str | None = None
    kept_at: datetime | None = None
    later_at: datetime | None = None
    hidden_by: str | None = None
    stub: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """An item as a list shows it.

    Attributes:
        source: Whose arrival it shows; None for a stub.
        notes: Ids of the notes on it, oldest first.
        sources: In how many sources it arrived.
        also_in: The others of them, first seen first; those that nobody follows any more too.
        comments_url: Where it is discussed, by the word of the first source that says so.
        edits: How often its source edited it.
        has_own_words: Whether one of its notes has words of the user's own.
    """

    item: Item
    source: Source | None = None
    notes: tuple[str, ...] = ()
    sources: int = 1
    also_in: tuple[Source, ...] = ()
    comments_url: str | None = None
    edits: int = 0
    has_own_words: bool = False
