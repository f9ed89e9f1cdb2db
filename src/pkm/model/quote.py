"""A quote: a passage of an item, with its anchor."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a passage stands in a text (W3C TextQuoteSelector, with a position as a hint).

    Attributes:
        exact: The passage, characters of the text itself.
        prefix: Up to 32 characters before it.
        suffix: Up to 32 characters after it.
        start: Offset in characters; a hint, never proof.
    """

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int = 0


class Outcome(StrEnum):
    """What became of a quote in a text that changed since it was made."""

    EXACT = "exact"
    EDITED = "edited"
    AMBIGUOUS = "ambiguous"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a quote stands in what its item says now; found anew whenever that changes, kept in no file.

    Attributes:
        text_sha: The text that was looked at; of several that hold the quote, the one that does it best.
        start: Offset in characters in that text; None unless the outcome is exact or edited.
        stop: Offset after its last character.
        words: What stands there now; None likewise.
        at: Aware, UTC; when it was looked for.
    """

    quote: str
    outcome: Outcome
    text_sha: str
    start: int | None = None
    stop: int | None = None
    words: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A passage that the user marked.

    Attributes:
        id: `h-` and 12 characters.
        item: Id of the item it is from.
        url: The item's address when it was marked, so that files alone can tell.
        text_sha: The text that it was marked on; None if it was not checked against one.
        note: Id of the note in which it stands.
        tags: As the user gave them, without `#`.
        created_at: Aware, UTC.
    """

    id: str
    item: str
    url: str | None
    anchor: Anchor
    text_sha: str | None
    note: str
    tags: tuple[str, ...] = ()
    created_at: datetime
