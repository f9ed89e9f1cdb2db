"""A source: something the user follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

CAPTURES = "captures"
"""Kind and title of the one built-in source: what the user put in by hand."""

MAIL = "mail"
"""Kind of a source that is a folder of mails on this machine."""

KEY_POLICIES = ("id", "link", "enclosure", "title", "text")
"""Words for the steps of the key chain, `Source.key_policy` being the place in it."""


_MISSING = "missing"  # a word of `seek.patience.Trouble`
_DEAD_TRIES = 5
_DEAD_AFTER = timedelta(days=14)


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
        trouble: Sort of the failure, a word of `seek.patience.Trouble`; None while it is well.
        next_check_at: Aware, UTC; not before then. None: due.
        next_because: What decided that moment, a word of `seek.patience.Because`; None before the first request.
        parked_at: Aware, UTC; since then it is asked by name alone. None: it is not parked.
        parked_because: `gone` (410 twice) or `expired` (the feed says that it has ended).
    """

    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    error_kind: str | None = None
    error: str | None = None
    hint: str | None = None
    trouble: str | None = None
    next_check_at: datetime | None = None
    next_because: str | None = None
    parked_at: datetime | None = None
    parked_because: str | None = None

    @property
    def is_likely_dead(self) -> bool:
        """Whether its address was missing at every try for a fortnight; it is still asked, weekly."""
        if self.checked_at is None or self.failing_since is None or self.trouble != _MISSING:
            return False
        return self.failures >= _DEAD_TRIES and self.checked_at - self.failing_since >= _DEAD_AFTER

    @property
    def word(self) -> str:
        """`ok`, `failing`, `new`, `parked` or `dead?`, for lists."""
        if self.parked_at:
            return "parked"
        if self.is_likely_dead:
            return "dead?"
        if self.failures:
            return "failing"
        return "ok" if self.succeeded_at else "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a source has something new, by its last items, and when it says that it has.

    Attributes:
        gap_s: Median of the seconds between its items; None while too few are known.
        newest_at: Aware, UTC; date of the newest. None if there is none.
        ttl_s: Seconds that the feed asks us to wait; None if it does not.
        skip_hours: Hours of the day, 0 to 23 in UTC, in which it asks not to be asked.
        skip_days: Days likewise, 0 for Monday.
    """

    gap_s: float | None = None
    newest_at: datetime | None = None
    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the user wants a source to be asked; without a word of theirs as every other one.

    In a header's value and before the `@` of a proxy `secret:NAME` stands for a secret that is kept apart:
    nothing in here is one.

    Attributes:
        headers: Name and value, sent beside our own; sorted by name.
        proxy: URL of an http or https proxy, or `direct` for none; None: that of the environment.
        user_agent: In the place of pkm's own name; None: pkm's own.
        ca_file: PEM file with authorities that are trusted as well; an absolute path.
        insecure: Nobody checks whether the server is who it says.
        ipv4: Addresses of IPv6 are not tried.
    """

    headers: tuple[tuple[str, str], ...] = ()
    proxy: str | None = None
    user_agent: str | None = None
    ca_file: str | None = None
    insecure: bool = False
    ipv4: bool = False


AS_EVER = Asking()
"""As every source of which the user said nothing."""


class Extra(NamedTuple):
    """An attribute of an OPML outline that is no word of ours, kept for whoever wrote it.

    Attributes:
        name: As written, with its prefix.
        value: Any text that XML can hold.
        namespace: URI that the prefix stands for; empty without one.
    """

    name: str
    value: str
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something followed: a feed, or the built-in `captures`.

    Attributes:
        id: `s-` and 12 characters.
        url: Where it is asked for; may hold a secret, so show `rules.urls.display_url` of it.
        title: The user's name for it, else the feed's, else None.
        home_url: The page it belongs to, from the feed.
        kind: `feed`, `mail` or `captures`.
        format: The feed's own format name (`rss20`, `atom10`, `json11`…), `maildir` or `mbox`; None before the
            first pull.
        folders: Paths for the user's order; a source may stand in several.
        private: Its items leave only by `--widen`.
        private_host: The user allowed a loopback or private address for it.
        isolate: Its items are never joined with those of other sources.
        full: `auto`, `always` or `never`: whether to fetch the whole article.
        key_policy: First step of the key chain that is trusted; 0 is the raw id.
        interval_s: Seconds between two requests as the user wishes, in place of what its rhythm says. None: no wish.
        asking: How it is to be asked.
        extras: What other programs say of it in `sources.opml`.
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
    interval_s: int | None = None
    asking: Asking = AS_EVER
    extras: tuple[Extra, ...] = ()
    muted_at: datetime | None = None
    followed_at: datetime | None = None
    removed_at: datetime | None = None
    health: Health = Health()
    rhythm: Rhythm = Rhythm()

    @property
    def followed(self) -> bool:
        """Whether it is still followed."""
        return self.removed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one URL wants to be asked, as its own answers taught us.

    Attributes:
        any_type: It answered 406 to our `Accept`: ask with `*/*`.
        unpacked: What it packed could not be unpacked: ask for `identity`.
        date_only: Its ETag never matches (Apache's `-gzip`), its date does: send the date alone.
        same_bodies: Answers in a row that were whole and word for word what we had, though validators were sent.
        unchanged_since: Aware, UTC; since then it answered 304 alone. None after an answer with a body.
    """

    any_type: bool = False
    unpacked: bool = False
    date_only: bool = False
    same_bodies: int = 0
    unchanged_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What one URL gave us to ask "anything new?" with; sent to that URL alone, byte for byte.

    Attributes:
        url: The URL that gave them.
        etag: The header's value untouched, quotes and `W/` included; None if it gave none.
        last_modified: The header's value untouched, never re-formatted.
        body_sha: SHA-256 of the last decoded body, for servers without a working 304.
        manner: How it wants to be asked.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_sha: str | None = None
    manner: Manner = Manner()
