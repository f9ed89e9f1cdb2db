"""Whether a redirect that calls itself permanent is believed. Pure.

Half of those that a reader meets are mistakes, or the log-in page of a hotel. So the same target has to be
seen three times over a week, each time at the end of a chain that is permanent throughout, with a feed there.
"""

import re
from datetime import datetime, timedelta
from enum import Enum, auto
from urllib.parse import unquote

from pkm.model.asked import Move
from pkm.model.source import Source
from pkm.rules.asking import has_login
from pkm.rules.limits import MOVE_DAYS, MOVE_SIGHTINGS
from pkm.rules.urls import has_secret

_WAYLAID = re.compile(
    r"(?<![a-z])(?:log-?in|sign-?in|logon|auth|oauth2?|sso|saml|captive|portal|hot-?spot|wlan|wifi|guest|consent|"
    r"captcha|challenge|paywall|suspendedpage|suspended|defaultwebpage|parked|parking)(?![a-z])"
)


class Belief(Enum):
    """What a sighting of a permanent redirect leads to."""

    WAIT = auto()  # not often enough, not long enough
    LEARN = auto()
    TWIN = auto()  # the target is the address of another source: the user says which of the two stays
    NEVER = auto()  # only the old address holds the secret, or the new one looks like a log-in page


def belief(move: Move, source: Source, *, holder: Source | None, at: datetime) -> Belief:
    """What to make of a redirect.

    Args:
        move: The redirect with its sightings, this one included.
        source: Whose address it is.
        holder: The source that has the target for its own address, if one does.
        at: Aware; now.
    """
    if holder is not None and holder.id != source.id and holder.followed:
        return Belief.TWIN
    if has_secret(source.url) or has_login(source.asking) or leads_to_login(move):
        return Belief.NEVER
    often, long = move.seen >= MOVE_SIGHTINGS, at - move.first_seen >= timedelta(days=MOVE_DAYS)
    return Belief.LEARN if often and long else Belief.WAIT


def leads_to_login(move: Move) -> bool:
    """Whether the target's words are those of a log-in, a portal or a parked page, and the old address's are not."""
    return is_waylaid(move.url, move.target)


def is_waylaid(url: str, target: str) -> bool:
    """The same of any two addresses, the one that was asked and the one that answered."""
    return bool(_waylaid(target) - _waylaid(url))


def _waylaid(url: str) -> set[str]:
    return set(_WAYLAID.findall(unquote(url).lower()))
