"""A question of the user's that steers seeking: the light view of a note of kind question."""

from dataclasses import dataclass
from datetime import datetime

from pkm.model.note import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question.

    Attributes:
        id: Of its note.
        title: The question itself.
        path: Of its note, relative to the home.
        status: As its file says; one that says nothing is open.
        words: What to look for, as the file's `words` say: each a query, any of them is enough. Empty: the
            words of the title.
        asked_at: Aware, UTC.
    """

    id: str
    title: str
    path: str
    status: str = Status.OPEN
    words: tuple[str, ...] = ()
    asked_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it still steers seeking."""
        return self.status not in {Status.ANSWERED, Status.DROPPED}
