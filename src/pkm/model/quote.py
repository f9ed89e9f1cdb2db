"""A quote: a passage of an item, with its anchor."""

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A passage that the user marked.

    Attributes:
        id: `h-` and 12 characters.
        item: Id of the item it is from.
        url: The item's address when it was marked, so that files alone can tell.
        text_sha: The text that it was marked on; None if it was not checked against one.
        note: Id of the note in which it stands.
        created_at: Aware, UTC.
    """

    id: str
    item: str
    url: str | None
    anchor: Anchor
    text_sha: str | None
    note: str
    created_at: datetime
