"""`since:3d` and `until:yesterday` in a query as moments; here a clock and a zone come in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pkm.errors import UsageError
from pkm.rules.query import And, Filter, Node, Not, Or, Term
from pkm.rules.when import parse_since, parse_until, utc_stamp


def with_moments(node: Node, *, now: datetime, zone: ZoneInfo) -> Node:
    """The query with its moments in RFC 3339, UTC; one that cannot be read is looked for as a word.

    Args:
        node: From `parse_query`.
        now: Aware.
        zone: The home's.
    """
    if isinstance(node, Filter) and node.key in {"since", "until"}:
        return _moment(node, now, zone)
    if isinstance(node, Not):
        return Not(with_moments(node.node, now=now, zone=zone))
    if isinstance(node, And | Or):
        return type(node)(tuple(with_moments(child, now=now, zone=zone) for child in node.nodes))
    return node


def _moment(node: Filter, now: datetime, zone: ZoneInfo) -> Node:
    try:
        parse = parse_since if node.key == "since" else parse_until
        return Filter(node.key, utc_stamp(parse(node.value, now=now, zone=zone)))
    except UsageError:
        return Term(f"{node.key} {node.value}")
