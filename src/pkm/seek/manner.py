"""How one address is asked, and what its answers teach us about that. Pure: the clock is an argument.

Both validators go back byte for byte. There are four ways out of that, each for servers that are known
to exist, and each learnt from answers, never from a name: see `Purpose` and `Manner`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pkm.model.asked import Purpose
from pkm.model.source import Manner, Rhythm, Validators
from pkm.net.headers import (
    ACCEPT_ENCODING,
    ANY_ACCEPT,
    FEED_ACCEPT,
    UNPACKED,
    believable_date,
    usable_validator,
)
from pkm.net.politeness import server_of

_SAME_BODIES = 3  # so often whole though nothing changed, before the ETag is suspected
_UNCHANGED_DAYS = 30
_MISSED = 3  # so many items overdue by the source's own rhythm, before its 304 is suspected
# They check that we never ask without validators, and their 304 is known to be right.
_TRUSTED = frozenset({"rachelbythebay.com", "openrss.org"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """How to ask an address now.

    Attributes:
        etag: To be sent; None for none.
        last_modified: The same.
    """

    etag: str | None = None
    last_modified: str | None = None
    accept: str = FEED_ACCEPT
    accept_encoding: str = ACCEPT_ENCODING
    purpose: Purpose = Purpose.DUE


PLAIN = Approach()
"""Asked for what is there, without validators."""


def approach_to(
    own: Validators, *, rhythm: Rhythm, now: datetime, purpose: Purpose = Purpose.DUE
) -> Approach:
    """How to ask the address of these validators.

    Args:
        own: What it gave us, and how it wants to be asked.
        rhythm: How often its source has something new.
        now: Aware.
        purpose: Why it is asked.
    """
    manner = own.manner
    etag, date = usable_validator(own.etag), _date(own.last_modified)
    if _is_suspect(own, rhythm, now):
        etag, date, purpose = None, None, Purpose.WHOLE
    elif etag and date and manner.same_bodies == _SAME_BODIES and not manner.date_only:
        etag, purpose = None, Purpose.DATE
    elif date and manner.date_only:
        etag = None
    return Approach(
        etag=etag,
        last_modified=date,
        accept=ANY_ACCEPT if manner.any_type else FEED_ACCEPT,
        accept_encoding=UNPACKED if manner.unpacked else ACCEPT_ENCODING,
        purpose=purpose,
    )


def as_sent(own: Validators) -> Validators:
    """The validators that a redirect may take to this address: those of its manner."""
    return replace(own, etag=None) if own.manner.date_only and own.last_modified else own


def after_304(own: Validators, approach: Approach, now: datetime) -> Manner:
    """What "nothing new" teaches: the validators that were sent do match."""
    return replace(
        own.manner,
        date_only=own.manner.date_only or approach.purpose == Purpose.DATE,
        same_bodies=0,
        unchanged_since=own.manner.unchanged_since or now,
    )


def after_same_body(own: Validators, approach: Approach, now: datetime) -> Manner:
    """What a whole answer teaches that is word for word what we had."""
    manner = own.manner
    if approach.purpose == Purpose.WHOLE:
        return replace(manner, unchanged_since=now)  # its 304s were right; the days count anew
    same = (
        manner.same_bodies + 1
        if approach.last_modified and (approach.etag or manner.date_only)
        else manner.same_bodies
    )
    if manner.date_only and same >= _SAME_BODIES:
        return replace(manner, date_only=False, same_bodies=0, unchanged_since=None)
    if approach.purpose == Purpose.DATE:
        same = _SAME_BODIES + 1  # the date did not match either: not tried again until something changes
    return replace(manner, same_bodies=same, unchanged_since=None)


def after_news(own: Validators) -> Manner:
    """What a new body teaches: nothing that counts goes on."""
    return replace(own.manner, same_bodies=0, unchanged_since=None)


def after_failure(own: Validators, *, status: int | None, kind: str) -> Manner:
    """What a failure teaches: to ask for any type after a 406, unpacked after what could not be unpacked."""
    return replace(
        own.manner,
        any_type=own.manner.any_type or status == 406,
        unpacked=own.manner.unpacked or kind == "encoding",
    )


def _date(value: str | None) -> str | None:
    usable = usable_validator(value)
    return usable if usable and believable_date(usable) else None


def _is_suspect(own: Validators, rhythm: Rhythm, now: datetime) -> bool:
    """Whether it says "nothing new" although its rhythm says that there should be: some servers always do."""
    since = own.manner.unchanged_since
    if since is None or rhythm.gap_s is None or server_of(own.url) in _TRUSTED:
        return False
    silent = now - since
    return silent >= timedelta(days=_UNCHANGED_DAYS) and silent.total_seconds() >= _MISSED * rhythm.gap_s
