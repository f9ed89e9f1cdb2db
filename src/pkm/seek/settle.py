"""What came of asking a source, onto the shelf: its items, what they teach about it, and when it is asked again.

items | validators | address | proposals | rhythm | health | log        one source, one transaction
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pkm.errors import PkmError, Refused
from pkm.model.asked import Asked, Proposal, Proposed
from pkm.model.item import ParsedFeed
from pkm.model.source import Health, Rhythm, Source
from pkm.net.address import is_loopback
from pkm.net.door import Answer
from pkm.net.failures import StatusFailed
from pkm.net.headers import mark
from pkm.net.politeness import server_of
from pkm.rules.limits import FIRST_PULL_NEW, RHYTHM_ITEMS
from pkm.rules.ruleset import Rule
from pkm.rules.urls import display_url
from pkm.seek.arrive import Brought, bring
from pkm.seek.fetch import Fetched, shown
from pkm.seek.moves import Belief, belief
from pkm.seek.patience import Because, Facts, Next, Trouble, next_due, rhythm_of, trouble_of
from pkm.shelf import following
from pkm.shelf.shelf import Shelf

_LOCAL = frozenset({"proxy"})  # what fails on this computer is no failure of a source's
_GONE, _EXPIRED = "gone", "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of one source.

    Attributes:
        status: `new`, `unchanged`, `failed` or `skipped`.
        new: Arrivals stored for the first time; one that joins an item of another source counts too.
        waiting: Of those, the ones that wait to be looked at.
        hidden: Of the new ones, those that the user's rules hide.
        revised: Items that the source edited.
        rekeyed: Items known under a new name, since their site moved.
        error: Why it failed, or was skipped.
        notice: What the user should know though nothing failed: it moved, or it has ended.
    """

    source: Source
    status: str
    new: int = 0
    waiting: int = 0
    hidden: int = 0
    revised: int = 0
    rekeyed: int = 0
    error: PkmError | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms answers are stored.

    Attributes:
        polite: Treat loopback hosts like all others.
        first_new: Items of a source's first pull that wait to be looked at.
        chance: Draws 0 to 1, so that machines do not all ask at the same minute.
        rules: The user's, in force now; for what comes in for the first time.
    """

    polite: bool = False
    first_new: int = FIRST_PULL_NEW
    chance: Callable[[], float] = lambda: 0.0
    rules: tuple[Rule, ...] = ()


def store_answer(shelf: Shelf, fetched: Fetched, *, terms: Terms) -> Pulled:
    """Store what came of asking a source; inside `shelf.writing`.

    Items, validators and the schedule go into one transaction: were the validators stored first, a crash
    between would hide the items behind a 304 for ever.
    """
    source, feed = fetched.source, fetched.feed
    if fetched.kind in _LOCAL:
        return Pulled(source=source, status="failed", error=fetched.error)
    brought = Brought()
    if feed is not None:
        brought = bring(
            shelf, source, feed, now=fetched.began_at, first_new=terms.first_new, rules=terms.rules
        )
        _learn(shelf, source, feed)
    if fetched.validators is not None:
        shelf.store.addresses.set(source.id, fetched.validators)
    moved = None
    if fetched.answer is not None and fetched.error is None:
        moved = _follow_move(shelf, source.id, fetched.answer, fetched.began_at)
    _propose(shelf, fetched)
    fetched = replace(fetched, source=replace(source, rhythm=_rhythm(shelf, source, feed, brought)))
    health, error = _health(shelf, fetched, terms)
    shelf.store.sources.set_health(source.id, health)
    shelf.store.fetches.log(_asked(fetched, brought, health))
    if error is not None:
        return Pulled(source=source, status="failed", error=error)
    return Pulled(
        source=source,
        status="new" if brought.new else "unchanged",
        new=brought.new,
        waiting=brought.waiting,
        hidden=brought.hidden,
        revised=brought.revised,
        rekeyed=brought.rekeyed,
        notice=moved or (_ENDED if health.parked_because == _EXPIRED else None),
    )


_ENDED = "the feed says that it has ended, so it is asked no more"


def _learn(shelf: Shelf, source: Source, feed: ParsedFeed) -> None:
    """What the feed says of itself fills in what the user did not say."""
    stored = shelf.store.sources.get(source.id) or source
    learnt = replace(
        stored,
        title=stored.title or feed.title,
        home_url=feed.home_url or stored.home_url,
        format=feed.format,
    )
    if learnt != stored:
        shelf.store.sources.save(learnt)


def _follow_move(shelf: Shelf, source_id: str, answer: Answer, at: datetime) -> str | None:
    """Ask at the new address from now on, once a permanent redirect has stood the test of time; what was done."""
    if answer.moved_to is None:
        shelf.store.addresses.saw_no_move(source_id)
        return None
    source = shelf.store.sources.get(source_id)
    if source is None or answer.moved_to == source.url:
        return None
    move = shelf.store.addresses.saw_move(source, answer.moved_to, at)
    holder = shelf.store.sources.at(move.target)
    verdict = belief(move, source, holder=holder, at=at)
    if verdict == Belief.TWIN:
        shelf.store.proposals.set(Proposal(source=source_id, kind=Proposed.TWIN, url=move.target, at=at))
    if verdict != Belief.LEARN:
        return None
    with suppress(Refused):  # sources.opml cannot be written now: the next pull comes here again
        following.save(shelf, [replace(source, url=move.target)], command=None)
        shelf.store.addresses.learnt(move, at)
        return f"it moved for good, and is asked at {display_url(move.target)} from now on"
    return None


def _propose(shelf: Shelf, fetched: Fetched) -> None:
    """Keep what the answer proposes for the user to decide, and drop what it proposes no more."""
    source, feed, proposals = fetched.source, fetched.feed, shelf.store.proposals
    if fetched.linked_feed:
        proposals.set(
            Proposal(source=source.id, kind=Proposed.PAGE, url=fetched.linked_feed, at=fetched.began_at)
        )
    if feed is None:
        return
    over = [Proposed.PAGE]
    if fetched.answer is not None and fetched.answer.moved_to is None:
        over.append(Proposed.TWIN)
    if feed.new_feed_url and feed.new_feed_url != source.url:
        proposals.set(
            Proposal(source=source.id, kind=Proposed.MOVED, url=feed.new_feed_url, at=fetched.began_at)
        )
    else:
        over.append(Proposed.MOVED)
    proposals.withdraw(source.id, over)


def _rhythm(shelf: Shelf, source: Source, feed: ParsedFeed | None, brought: Brought) -> Rhythm:
    """How often it has something new, anew if something is; and what the feed says of its hours."""
    if feed is None:
        return source.rhythm
    rhythm = source.rhythm
    if brought.new or rhythm.newest_at is None:
        rhythm = rhythm_of(shelf.store.sources.last_moments(source.id, limit=RHYTHM_ITEMS))
    rhythm = replace(rhythm, ttl_s=feed.ttl_s, skip_hours=feed.skip_hours, skip_days=feed.skip_days)
    if rhythm != source.rhythm:
        shelf.store.sources.set_rhythm(source.id, rhythm)
    return rhythm


def _health(shelf: Shelf, fetched: Fetched, terms: Terms) -> tuple[Health, PkmError | None]:
    """How the source is now, and the error as the user is told it."""
    was, error = fetched.source.health, fetched.error
    trouble = _trouble(fetched) if error else None
    parked = _parked(fetched, trouble, _gone_since(shelf, fetched))
    if parked == _GONE and was.parked_at is None:
        error = _parked_error(fetched)
    failures = was.failures + 1 if error else 0
    due_at = _next(fetched, terms, failures=failures, trouble=trouble) if not parked else None
    health = Health(
        checked_at=fetched.began_at,
        succeeded_at=was.succeeded_at if error else fetched.began_at,
        failing_since=(was.failing_since or fetched.began_at) if error else None,
        failures=failures,
        error_kind=error.kind if error else None,
        error=error.what if error else None,
        hint=(error.hint or error.why) if error else None,
        trouble=trouble,
        next_check_at=due_at.at if due_at else None,
        next_because=due_at.because if due_at else Because.PARKED,
        parked_at=(was.parked_at or fetched.began_at) if parked else None,
        parked_because=parked,
    )
    return health, error


def _trouble(fetched: Fetched) -> Trouble:
    # A 406 is tried once more, the next time, with any type allowed.
    if fetched.status == 406 and fetched.validators is not None:
        return Trouble.PASSING
    asked = bool(fetched.retry_after_s)
    return trouble_of(fetched.status, kind=fetched.kind, asked_to_wait=asked)


def _next(fetched: Fetched, terms: Terms, *, failures: int, trouble: Trouble | None) -> Next:
    answer, validators, source = fetched.answer, fetched.validators, fetched.source
    facts = Facts(
        has_validators=bool(validators and (validators.etag or validators.last_modified)),
        rhythm=source.rhythm,
        interval_s=source.interval_s,
        max_age_s=answer.max_age_s if answer else None,
        retry_after_s=fetched.retry_after_s,
        failures=failures,
        trouble=trouble or Trouble.PASSING,
        loopback=is_loopback(server_of(source.url)),
    )
    return next_due(fetched.began_at, facts, jitter=terms.chance(), polite=terms.polite)


def _parked(fetched: Fetched, trouble: Trouble | None, gone_since: datetime | None) -> str | None:
    """Why it is asked by name alone from now on, if it is.

    A 410 counts as the second only a day after the first: somebody may just be moving house.
    """
    was = fetched.source.health.parked_because
    if trouble == Trouble.GONE:
        twice = gone_since is not None and fetched.began_at - gone_since >= timedelta(days=1)
        return was or (_GONE if twice else None)
    if fetched.error is not None:
        return was
    if fetched.feed is not None:
        return _EXPIRED if fetched.feed.expired else None
    return _EXPIRED if was == _EXPIRED else None


def _gone_since(shelf: Shelf, fetched: Fetched) -> datetime | None:
    return shelf.store.fetches.gone_since(fetched.source.id) if fetched.status == 410 else None


def _parked_error(fetched: Fetched) -> StatusFailed:
    return StatusFailed(
        shown(fetched.source),
        "the server answered 410 Gone again, so it is asked no more",
        why="the site took it down for good",
        hint="pkm source remove SOURCE; to ask all the same: pkm pull SOURCE",
        status=410,
    )


def _asked(fetched: Fetched, brought: Brought, health: Health) -> Asked:
    answer, approach = fetched.answer, fetched.approach
    return Asked(
        source=fetched.source.id,
        at=fetched.began_at,
        purpose=approach.purpose,
        status=fetched.status,
        seen=brought.seen,
        new=brought.new,
        revised=brought.revised,
        rekeyed=brought.rekeyed,
        oldest_key=brought.oldest_key,
        newest_key=brought.newest_key,
        error=fetched.kind or None,
        url=shown(fetched.source),
        host=fetched.host,
        hops=tuple((hop.status, display_url(hop.location)) for hop in answer.hops) if answer else (),
        sent=tuple(sorted(name.lower() for name in answer.sent)) if answer else (),
        asked_with=(mark(approach.etag), mark(approach.last_modified)),
        gave=(mark(answer.etag), mark(answer.last_modified)) if answer else (None, None),
        body_bytes=len(answer.body) if answer else None,
        took_ms=fetched.took_ms,
        retry_after_s=fetched.retry_after_s,
        next_at=health.next_check_at,
        next_because=health.next_because,
    )
