"""Facts as lines: what a check says of who, when, who else and from where. Pure; inert markdown."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pkm.model.item import Item
from pkm.model.source import Source
from pkm.rules.amounts import counted
from pkm.rules.checkfile import check_line
from pkm.rules.coverage import DAYS
from pkm.rules.inert import inert_line
from pkm.rules.markdown import destination
from pkm.rules.urls import host_of, shareable
from pkm.sense.lookinto import Covering, Facts

_CHECKS: Final = 5
_WORDS: Final = 6


def fact_lines(facts: Facts, *, zone: ZoneInfo) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The facts, each kind with its heading; a kind that has nothing to say says so."""
    parts = [("Who", tuple(_who(facts, zone)))]
    if facts.item is not None:
        parts += [
            ("When", tuple(_when(facts, facts.item, zone))),
            ("Who else", tuple(_who_else(facts, zone))),
            ("From where", tuple(_from_where(facts))),
        ]
    return tuple(parts)


def _who(facts: Facts, zone: ZoneInfo) -> Iterator[str]:
    item, source, history = facts.item, facts.source, facts.history
    if item is not None:
        names = ", ".join(inert_line(name) for name in item.authors)
        yield f"by {names}" if names else "it names no author"
        yield f"at {host_of(item.url)}" if item.url else "it has no address"
    if source is None:
        yield "none of your sources brought it"
    else:
        yield from _source(source)
        if history is not None and history.came:
            since = f" since {_day(history.since, zone)}" if history.since else ""
            yield (
                f"of {counted(history.came, 'item')} of it{since} you kept {history.kept}, "
                f"said something of {history.noted}, and shared {history.shared}"
            )
    for note in facts.checks[:_CHECKS]:
        of = "" if item is not None and item.id in note.file.items else f" ({inert_line(note.title)})"
        yield f"checked {inert_line(check_line(note, zone=zone))}{of}"
    if len(facts.checks) > _CHECKS:
        yield f"and {len(facts.checks) - _CHECKS} earlier checks"
    if not facts.checks:
        yield "never checked before"


def _source(source: Source) -> Iterator[str]:
    name = inert_line(source.title or host_of(source.url) or source.url)
    said = [
        f"{source.tie} tie" if source.tie and source.tie != "unknown" else "",
        f"you say: {source.stance}" if source.stance else "",
        f"followed because: {inert_line(source.why)}" if source.why else "",
    ]
    yield "; ".join([f"from {name}", *filter(None, said)])


def _when(facts: Facts, item: Item, zone: ZoneInfo) -> Iterator[str]:
    if item.published_at is None:
        yield "it gives no date: when it was written is not known"
    else:
        days = (facts.at - item.published_at).days
        old = f"{counted(days, 'day')} before this look" if days > 0 else "within a day of this look"
        yield f"published {_day(item.published_at, zone)}, {old}"
    seen = f"first seen {_day(item.first_seen, zone)}"
    times = "once" if facts.edits == 1 else f"{facts.edits} times"
    yield f"{seen}, edited {times} by its source since" if facts.edits else f"{seen}, not edited since"


def _who_else(facts: Facts, zone: ZoneInfo) -> Iterator[str]:
    coverage = facts.coverage
    if coverage is None:
        return
    span = f"{_day(coverage.since, zone)} to {_day(coverage.until, zone)}"
    among = f"among the {counted(coverage.looked_at, 'item')} of your sources from {span}"
    if not coverage.words:
        yield f"it shares no rare word with anything here, so there is nothing to compare by ({among})"
    elif not coverage.found:
        yield f"no other site reports it {among} ({DAYS} days on either side)"
    else:
        yield f"{counted(len(coverage.found) + coverage.more, 'item')} of other sites may report it, {among}:"
        yield from (_covering(one, zone) for one in coverage.found)
        if coverage.more:
            yield f"and {coverage.more} more"


def _covering(one: Covering, zone: ZoneInfo) -> str:
    item = one.item
    title = _linked(item.title or item.url or item.id, item.url)
    name = inert_line(one.source.title or host_of(one.source.url)) if one.source else ""
    when = _day(item.published_at or item.first_seen, zone)
    words = ", ".join(inert_line(word) for word in one.words[:_WORDS])
    return f"{title} ({', '.join(filter(None, (name, when)))}); both say: {words}"


def _from_where(facts: Facts) -> Iterator[str]:
    for one in facts.origins:
        yield f"{one.sign}: {_linked(one.words or host_of(one.url), one.url)}"
    for sentence in facts.named:
        yield f"it says: “{inert_line(sentence)}”"
    if not facts.origins and not facts.named:
        yield "it links to nothing that looks like an origin, and names none"


def _linked(words: str, url: str | None) -> str:
    target = shareable(url) if url else None
    return f"[{inert_line(words)}]({destination(target)})" if target else inert_line(words)


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}" if at else ""


def plain_lines(parts: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """The facts for a terminal: a heading, its lines below it."""
    return [line for head, lines in parts for line in (head, *(f"  {one}" for one in lines))]
