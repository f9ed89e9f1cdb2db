"""Sources and their moves as tables and documents write them."""

from datetime import datetime
from typing import Any

from pkm.rules.urls import display_url
from pkm.seek.redirects import Redirect
from pkm.shelf.shelf import Shelf


def local_time(shelf: Shelf, moment: datetime | None) -> str | None:
    """A moment in the home's zone, to the minute; None for none."""
    return f"{moment.astimezone(shelf.zone):%Y-%m-%d %H:%M}" if moment else None


def state_of(one: Redirect) -> str:
    """`taken`, `watched`, or `left` where something stands in the way."""
    if one.learnt_at:
        return "taken"
    return "left" if one.obstacle else "watched"


def redirect_fields(one: Redirect) -> dict[str, Any]:
    """A move as JSON has it."""
    return {
        "source": one.source.id,
        "url": display_url(one.url),
        "target": display_url(one.target),
        "state": state_of(one),
        "seen": one.seen,
        "since": one.since,
        "taken": one.learnt_at,
        "obstacle": one.obstacle or None,
    }
