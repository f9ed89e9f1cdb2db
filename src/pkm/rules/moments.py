"""`since:3d`, `date:2026-10..` and `added:2w` in a query as moments; here a clock and a zone come in."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pkm.errors import UsageError
from pkm.rules.query import And, Filter, Node, Term, replaced
from pkm.rules.querywords import TIMED
from pkm.rules.when import parse_since, parse_until, utc_stamp

_AGO_ENDS: Final = "hdwmy"


def with_moments(node: Node, *, now: datetime, zone: ZoneInfo, hints: list[str] | None = None) -> Node:
    """The query with its moments in RFC 3339, UTC; one that cannot be read is looked for as a word.

    `since` and `until` have a moment as their value, the other keys `>=` or `<` and a moment; `date` becomes
    `since` and `until`.

    Args:
        node: From `parse_query`.
        now: Aware.
        zone: The home's.
        hints: Takes a line for each that cannot be read.
    """

    def change(leaf: Term | Filter) -> Node:
        if not isinstance(leaf, Filter) or leaf.key not in TIMED:
            return leaf
        try:
            return _moments(leaf, now, zone)
        except UsageError as error:
            if hints is not None:
                why = f": {error.hint}" if error.hint else ""
                hints.append(f"'{leaf.key}:{leaf.value}' is no time, so it is looked for as words{why}")
            return Term(f"{leaf.key} {leaf.value}")

    return replaced(node, change)


def _moments(leaf: Filter, now: datetime, zone: ZoneInfo) -> Node:
    if leaf.key == "since":
        return Filter("since", utc_stamp(parse_since(leaf.value, now=now, zone=zone)))
    if leaf.key == "until":
        return Filter("until", utc_stamp(parse_until(leaf.value, now=now, zone=zone)))
    since, until = _ends(leaf.value)
    parts: list[Node] = []
    if since:
        moment = utc_stamp(parse_since(since, now=now, zone=zone))
        parts.append(Filter("since", moment) if leaf.key == "date" else Filter(leaf.key, f">={moment}"))
    if until:
        moment = utc_stamp(parse_until(until, now=now, zone=zone))
        parts.append(Filter("until", moment) if leaf.key == "date" else Filter(leaf.key, f"<{moment}"))
    if not parts:
        raise UsageError("no time at all", hint="try 2w.., 2026-10..2026-11 or ..yesterday")
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _ends(value: str) -> tuple[str, str]:
    """The words for the beginning and the end; `2w` alone has no end, a day or a period both."""
    since, dots, until = value.partition("..")
    if dots:
        return since.strip(), until.strip()
    plain = value.strip()
    is_ago = plain[-1:].lower() in _AGO_ENDS and plain[:-1].strip().isdecimal()
    return (plain, "") if is_ago else (plain, plain)
