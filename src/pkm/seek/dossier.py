"""All that is known of one source: what `source show` has on its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pkm.model.asked import Asked, HostState, Proposal, Proposed
from pkm.model.source import KEY_POLICIES, Source
from pkm.net.politeness import server_of
from pkm.rules.amounts import counted
from pkm.rules.asking import interval_words
from pkm.rules.urls import display_url
from pkm.seek.redirects import Redirect, redirects
from pkm.shelf.shelf import Shelf

REQUESTS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is known of a source.

    Attributes:
        states: How many items it brought that are new, kept and let go.
        gone: Items that are gone from its feed, and are still here.
        requests: The last ones, the latest first.
        redirects: Where its addresses lead for good.
        proposals: What its answers propose.
        host: What its host asked for; None if nothing.
        addresses: Others that it was asked at, as they may be shown.
    """

    source: Source
    states: Mapping[str, int]
    gone: int
    requests: tuple[Asked, ...]
    redirects: tuple[Redirect, ...]
    proposals: tuple[Proposal, ...]
    host: HostState | None
    addresses: tuple[str, ...]

    @property
    def items(self) -> int:
        """How many it brought."""
        return sum(self.states.values())


def dossier_of(shelf: Shelf, source: Source) -> Dossier:
    """What is known of a source."""
    moves = redirects(shelf, [source], named=False)
    host = shelf.store.hosts.get(server_of(source.url))
    asked_at = shelf.store.addresses.of(source.id)
    return Dossier(
        source=source,
        states=shelf.store.sources.states(source.id),
        gone=shelf.store.arrivals.gone(source.id),
        requests=shelf.store.fetches.of(source.id, limit=REQUESTS_SHOWN),
        redirects=moves,
        proposals=shelf.store.proposals.of(source.id),
        host=host if host is not None and host.not_before > shelf.now() else None,
        addresses=tuple(sorted(display_url(url) for url in asked_at if url != source.url)),
    )


def rhythm_words(source: Source) -> str:
    """How often it has something new: `about every 2 days`; empty while that is not known."""
    gap_s = source.rhythm.gap_s
    if gap_s is None:
        return ""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if gap_s >= size:
            number = round(gap_s / size)
            return f"about every {counted(number, unit)}" if number > 1 else f"about every {unit}"
    return "several times a minute"


def asking_words(source: Source) -> tuple[tuple[str, str], ...]:
    """How it is asked, where that differs from all others; secrets are names."""
    asking = source.asking
    told = [(f"header {name}", value) for name, value in asking.headers]
    told += [
        ("proxy", asking.proxy or ""),
        ("asked as", asking.user_agent or ""),
        ("authority", asking.ca_file or ""),
        ("INSECURE", "nobody checks who answers; --no-insecure takes that back" if asking.insecure else ""),
        ("only IPv4", "yes" if asking.ipv4 else ""),
        ("your interval", interval_words(source.interval_s) if source.interval_s else ""),
        ("whole text", source.full if source.full != "never" else ""),
        ("told apart by", KEY_POLICIES[source.key_policy] if source.key_policy else ""),
        ("on its own", "never joined with items of other sources" if source.isolate else ""),
    ]
    return tuple((name, value) for name, value in told if value)


def request_words(asked: Asked, *, at: datetime) -> str:
    """One request in a line: when, what came, how.

    Args:
        asked: The request.
        at: Its moment in the zone in which it is to be shown.
    """
    came = asked.error or ("unchanged" if asked.status == 304 else counted(asked.seen, "item"))
    if asked.new:
        came += f", {asked.new} new"
    parts = [f"{at:%Y-%m-%d %H:%M}", str(asked.status or "no answer"), came, str(asked.purpose)]
    if asked.conditional:
        parts.append("conditional")
    if asked.hops:
        parts.append(counted(len(asked.hops), "redirect"))
    if asked.took_ms is not None:
        parts.append(f"{asked.took_ms} ms")
    if asked.retry_after_s:
        parts.append(f"asked to wait {asked.retry_after_s:g} s")
    return " · ".join(parts)


def proposal_words(proposal: Proposal) -> str:
    """What an answer proposes, in words."""
    where = display_url(proposal.url)
    return {
        Proposed.MOVED: f"the feed says that it is now at {where}",
        Proposed.PAGE: f"a web page came, and names the feed {where}",
        Proposed.TWIN: f"it moved to {where}, which is followed already",
        Proposed.OLDER: f"older items from {where}: pkm source backfill {proposal.source}",
    }[proposal.kind]
