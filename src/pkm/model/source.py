"""A source: something the user follows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CAPTURES = "captures"
"""Kind and title of the one built-in source: what the user put in by hand."""


class Space(StrEnum):
    """Where a source stands towards the user; set by the user, never inferred."""

    TEAM = "team"
    COMMUNITY = "community"
    NETWORK = "network"


class Tie(StrEnum):
    """How close the user is to who writes; `unknown` until the user says."""

    STRONG = "strong"
    WEAK = "weak"
    UNKNOWN = "unknown"


class Stance(StrEnum):
    """Whether the user tends to agree; set by the user."""

    USUALLY_AGREE = "usually-agree"
    USUALLY_DISAGREE = "usually-disagree"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the last requests to a source went.

    Attributes:
        checked_at: Aware, UTC; when the last finished request began. None: never asked.
        succeeded_at: Aware, UTC; when it last answered as it should (a 304 counts).
        failing_since: Aware, UTC; None while it is well.
        failures: Failures in a row.
        error_kind: `kind` of the last error, None while it is well.
        error: The sentence for the user; no secrets.
        hint: What to type about it.
        next_check_at: Aware, UTC; not before then. None: due.
    """

    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    error_kind: str | None = None
    error: str | None = None
    hint: str | None = None
    next_check_at: datetime | None = None

    @property
    def word(self) -> str:
        """`ok`, `failing` or `new`, for lists."""
        if self.failures:
            return "failing"
        return "ok" if self.succeeded_at else "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something followed: a feed, or the built-in `captures`.

    Attributes:
        id: `s-` and 12 characters.
        url: Where it is asked for; may hold a secret, so show `rules.urls.display_url` of it.
        title: The user's name for it, else the feed's, else None.
        home_url: The page it belongs to, from the feed.
        kind: `feed` or `captures`.
        format: The feed's own format name (`rss20`, `atom10`, `json11`…), None before the first pull.
        folders: Paths for the user's order; a source may stand in several.
        private: Its items leave only by `--widen`.
        private_host: The user allowed a loopback or private address for it.
        isolate: Its items are never joined with those of other sources.
        full: `auto`, `always` or `never`: whether to fetch the whole article.
        key_policy: First step of the key chain that is trusted; 0 is the raw id.
        muted_at: Aware, UTC; a muted source is not asked. None: not muted.
        followed_at: Aware, UTC.
        removed_at: Aware, UTC; set once unfollowed (its items stay).
    """

    id: str
    url: str
    title: str | None = None
    home_url: str | None = None
    kind: str = "feed"
    format: str | None = None
    space: Space | None = None
    tie: Tie = Tie.UNKNOWN
    stance: Stance | None = None
    why: str | None = None
    folders: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    private: bool = False
    private_host: bool = False
    isolate: bool = False
    full: str = "never"
    key_policy: int = 0
    muted_at: datetime | None = None
    followed_at: datetime | None = None
    removed_at: datetime | None = None
    health: Health = Health()

    @property
    def followed(self) -> bool:
        """Whether it is still followed."""
        return self.removed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What one URL gave us to ask "anything new?" with; sent to that URL alone, byte for byte.

    Attributes:
        url: The URL that gave them.
        etag: The header's value untouched, quotes and `W/` included; None if it gave none.
        last_modified: The header's value untouched, never re-formatted.
        body_sha: SHA-256 of the last decoded body, for servers without a working 304.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha: str | None = None
