"""Meeting something again: what the user says to an old note, and when it comes back."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Answer(StrEnum):
    """What the user says to something that was met again; the word in the journal."""

    FRUITFUL = "fruitful"
    NOT_NOW = "not-now"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One answer.

    Attributes:
        at: Aware, UTC.
    """

    at: datetime
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When something comes back.

    Attributes:
        wait: Days between the last meeting and the next, before the shift by id.
        due: Local day from which on it may be offered; None: never again.
        met: How often it was answered.
    """

    wait: float
    due: date | None
    met: int = 0


class Why(StrEnum):
    """Why something is offered today; a closed list, in the order in which one of each is taken."""

    THIS_DAY = "this-day"
    LINKED = "linked"
    CLAIM = "claim"
    DUE = "due"
    UNMET = "unmet"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that could be met again today.

    Attributes:
        ref: Id of a note or of an item.
        because: The reason in words.
    """

    ref: str
    why: Why
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A note of the user's, as little of it as choosing needs.

    Attributes:
        created_at, modified_at: Aware, UTC.
    """

    id: str
    title: str
    kind: str | None
    status: str | None
    created_at: datetime
    modified_at: datetime
