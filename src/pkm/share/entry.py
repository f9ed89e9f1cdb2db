"""What a template is fed: views that have passed the gate, and the draft's own facts."""

from dataclasses import dataclass

from pkm.model.digest import ItemView, NoteView


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One block to be: what a template gets.

    Attributes:
        number: Its place, from 1.
        note: What may be seen of the note; None for an item without one.
        items: What may be seen of its items.
    """

    number: int = 1
    note: NoteView | None
    items: tuple[ItemView, ...] = ()

    @property
    def key(self) -> str:
        """As `Block.key`."""
        return self.note.note if self.note else self.items[0].item


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftHead:
    """Front matter of a new draft; the names are the file's.

    Attributes:
        cut_off: Local time of the home's zone, `2026-11-22T23:59`.
        edition: The next number for this audience.
    """

    id: str
    audience: str
    period: str
    cut_off: str
    template: str
    edition: int
    title: str | None = None
    ask_readers: str | None = None
