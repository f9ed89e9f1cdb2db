"""What the user decided, what changed, and the log that `undo` reads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pkm.model.item import State


class By(StrEnum):
    """Who moved an item."""

    USER = "user"
    FIRST_PULL = "first-pull"
    RULE = "rule"
    CATCHUP = "catchup"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One move of one item.

    Attributes:
        item: Id of the item.
        before: The state that it left.
        after: The state that it came to (`new` again for "later").
        at: Aware, UTC.
        by: Who moved it.
        reason: The user's words, or the rule's name.
        question: Id of the question it was kept for.
        event: Id of its line in `decisions.jsonl`; None if it stands in the store alone.
        device: Where it was made.
        command: Number of the command in the undo log.
    """

    item: str
    before: State
    after: State
    at: datetime
    by: By = By.USER
    reason: str | None = None
    question: str | None = None
    event: str | None = None
    device: str | None = None
    command: int | None = None
