"""What was asked of whom, for the log of requests: enough to show that we were polite."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """Why a request was made, and so why it was or was not conditional."""

    DUE = "due"
    NAMED = "named"  # the user asked for this source by name, due or not
    AGAIN = "again"  # the second try in one run, after a failure that may pass
    WHOLE = "whole"  # without validators on purpose: only 304 for weeks, though the feed used to have news
    DATE = "date"  # without the ETag on purpose: to see whether the date alone gets a 304
    FOLLOW = "follow"
    BACKFILL = "backfill"  # an older page of the feed: says nothing about the source's own address
    PAGE = "page"  # the page of an item, for its whole text: the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One finished request to a source, redirects and all.

    Attributes:
        at: Aware, UTC; when it began.
        status: HTTP status of the last hop; None if there was no answer.
        seen: Items in the document; new, revised, rekeyed (known under a new name): of those.
        oldest_key: Of the oldest item in the document, newest_key of the newest; None if it had none.
        error: `kind` of the error; None if all went well.
        url: Address that was asked first, as it may be shown (no secrets).
        host: Who answered last, or was to answer.
        hops: Status and target, as it may be shown, of each redirect on the way.
        sent: Names of the header fields of the first hop, lower case; empty if nothing was sent.
        asked_with: Marks of the ETag and the date that were sent, see `net.headers.mark`; None for one not sent.
        gave: Marks of the ETag and the date that the answer gave.
        body_bytes: Of the decoded body; None without an answer.
        took_ms: Milliseconds from the first byte of ours to the last of theirs.
        retry_after_s: Seconds that the server asked us to wait.
        next_at: Aware, UTC; when the source is due again.
        next_because: What decided that.
    """

    source: str
    at: datetime
    purpose: Purpose = Purpose.DUE
    status: int | None = None
    seen: int = 0
    new: int = 0
    revised: int = 0
    rekeyed: int = 0
    oldest_key: str | None = None
    newest_key: str | None = None
    error: str | None = None
    url: str | None = None
    host: str | None = None
    hops: tuple[tuple[int, str], ...] = ()
    sent: tuple[str, ...] = ()
    asked_with: tuple[str | None, str | None] = (None, None)
    gave: tuple[str | None, str | None] = (None, None)
    body_bytes: int | None = None
    took_ms: int | None = None
    retry_after_s: float | None = None
    next_at: datetime | None = None
    next_because: str | None = None

    @property
    def conditional(self) -> bool:
        """Whether it asked only for what changed."""
        return any(self.asked_with)


class Proposed(StrEnum):
    """What a source's answers propose, and only the user decides."""

    MOVED = "moved"  # the feed names another address as its own (itunes:new-feed-url)
    PAGE = "page"  # a web page came, and it links this feed
    TWIN = "twin"  # it moved for good to an address that is followed already
    OLDER = "older"  # a backfill ended at this page only since it was to read no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Another address for a source, until the user takes it or the source proposes it no more.

    Attributes:
        url: The address; show `rules.urls.display_url` of it.
        at: Aware, UTC; when it was first proposed.
    """

    source: str
    kind: Proposed
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What a host wants.

    Attributes:
        host: As in `net.politeness.server_of`.
        not_before: Aware, UTC; nobody asks it before then.
        reason: In words; None if it asked for nothing.
        strikes: Times in a row that it was too busy for us.
        asked_at: Aware, UTC; when a request to it last began; kept only of hosts that want long gaps.
    """

    host: str
    not_before: datetime
    reason: str | None = None
    strikes: int = 0
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect that is being watched, or was believed.

    Attributes:
        url: The address that sends us on.
        target: Where to.
        seen: How often.
        first_seen: Aware, UTC.
        learnt_at: Aware, UTC; when the source took the new address. None: not yet.
    """

    source: str
    url: str
    target: str
    seen: int
    first_seen: datetime
    learnt_at: datetime | None = None
