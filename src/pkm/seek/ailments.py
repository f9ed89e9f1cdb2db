"""Which sources need a person, and what that person types. Pure.

Silence is no illness: a source that posts once a year is as well as one that posts daily. What may pass by
itself is no matter for a person either, until it has lasted.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pkm.model.asked import Move, Proposal, Proposed
from pkm.model.source import CAPTURES, MAIL, Source
from pkm.rules.amounts import counted
from pkm.rules.asking import has_login, secrets_of
from pkm.rules.limits import MOVE_DAYS, MOVE_SIGHTINGS, PATIENT
from pkm.rules.urls import display_url, has_secret
from pkm.seek.patience import Trouble

LASTING: Final = timedelta(days=7)
_AT_ONCE: Final = frozenset({Trouble.BLOCKED, Trouble.LOGIN, Trouble.GONE})
_KINDS_AT_ONCE: Final = frozenset({"credentials", "address", "refused", "unsafe-link", "bot-check"})

_LINE: Final = re.compile(r"(?<=`)pkm [^`]+(?=`)|(?<!\S)pkm [^;`]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """A source that needs a person.

    Attributes:
        what: In a sentence; no secrets.
        since: Aware, UTC; None if that is not known.
        todo: What to type.
    """

    source: Source
    what: str
    since: datetime | None
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the sources themselves.

    Attributes:
        proposals: What answers proposed.
        moves: Permanent redirects.
        secrets: Names of the secrets that there are.
    """

    proposals: Sequence[Proposal] = ()
    moves: Sequence[Move] = ()
    secrets: Collection[str] = ()


def ailments(sources: Sequence[Source], known: Circumstances, *, now: datetime) -> tuple[Ailment, ...]:
    """The sources that need a person, the longest ill first.

    Args:
        sources: To be looked at; who is muted or no longer followed is passed over.
        known: What else is known.
        now: Aware.
    """
    watched = [one for one in sources if one.followed and one.muted_at is None and one.kind != CAPTURES]
    found = [ill for one in watched if (ill := _ailment(one, known, now)) is not None]
    return tuple(sorted(found, key=lambda ill: (ill.since or now, ill.source.id)))


def may_pass(sources: Sequence[Source], ill: Sequence[Ailment]) -> int:
    """How many sources fail, and may be well again without anybody's doing."""
    told = {one.source.id for one in ill}
    return sum(
        bool(one.health.failures) and one.id not in told
        for one in sources
        if one.followed and one.muted_at is None
    )


def _ailment(source: Source, known: Circumstances, now: datetime) -> Ailment | None:
    missing = [name for name in secrets_of(source.asking) if name not in known.secrets]
    if missing:
        return _told(source, f"its secret '{missing[0]}' is not here", f"pkm config secret set {missing[0]}")
    proposal = _proposed(source, known.proposals)
    return _parked(source) or proposal or _failing(source, now) or _moved(source, known.moves, now)


def _told(source: Source, what: str, todo: str, *, since: datetime | None = None) -> Ailment:
    return Ailment(source=source, what=what, since=since or source.health.failing_since, todo=todo)


def _parked(source: Source) -> Ailment | None:
    health = source.health
    if health.parked_at is None:
        return None
    what = (
        "its feed says that it has ended, so it is asked no more"
        if health.parked_because == "expired"
        else "the site took it down for good, so it is asked no more"
    )
    return _told(source, what, f"pkm source remove {source.id}    (its items stay)", since=health.parked_at)


def _proposed(source: Source, proposals: Sequence[Proposal]) -> Ailment | None:
    mine = {one.kind: one for one in proposals if one.source == source.id}
    if twin := mine.get(Proposed.TWIN):
        what = f"it moved to {display_url(twin.url)}, which you follow already"
        return _told(source, what, f"pkm source remove {source.id}    (its items stay)", since=twin.at)
    page = mine.get(Proposed.PAGE) if source.health.failures else None
    if page is not None:
        what = f"a web page comes in its place, and names the feed {display_url(page.url)}"
        return _told(source, what, f"pkm source set {source.id} --url {display_url(page.url)}")
    if moved := mine.get(Proposed.MOVED):
        what = f"its feed says that it is now at {display_url(moved.url)}"
        return _told(source, what, f"pkm source redirects {source.id} --apply", since=moved.at)
    return None


def _failing(source: Source, now: datetime) -> Ailment | None:
    health = source.health
    if not health.failures:
        return None
    at_once = health.trouble in _AT_ONCE or health.error_kind in _KINDS_AT_ONCE
    lasting = health.failing_since is not None and now - health.failing_since >= LASTING
    if not (at_once or health.failures >= PATIENT or lasting):
        return None
    times = f" ({counted(health.failures, 'time')} in a row)" if health.failures > 1 else ""
    return _told(source, f"{health.error or 'it fails'}{times}", _todo(source))


def _todo(source: Source) -> str:
    """The typed line of the failure's own hint, made whole; else a look at what comes."""
    hint = source.health.hint or ""
    if source.health.trouble == Trouble.LOGIN and has_login(source.asking):
        return f"pkm config secret set {secrets_of(source.asking)[0]}    (the server refused the old one)"
    if "pkm " not in hint:
        return f"pkm {'pull' if source.kind == MAIL else 'source try'} {source.id}"
    told = _LINE.search(hint)
    line = told[0] if told else hint
    return line.replace(
        "pkm follow URL --allow-private", f"pkm source set {source.id} --allow-private"
    ).replace("SOURCE", source.id)


def _moved(source: Source, moves: Sequence[Move], now: datetime) -> Ailment | None:
    """A move that was seen often and long, and that is not followed since something secret would go along."""
    if not (has_secret(source.url) or has_login(source.asking)):
        return None
    for move in moves:
        lasting = now - move.first_seen >= timedelta(days=MOVE_DAYS) and move.seen >= MOVE_SIGHTINGS
        if move.source == source.id and move.url == source.url and move.learnt_at is None and lasting:
            what = f"it moved to {display_url(move.target)}, and your login is for the old address"
            todo = f"pkm source set {source.id} --url URL    (if you trust the new server with it)"
            return _told(source, what, todo, since=move.first_seen)
    return None
