"""What a check of the notes looks at, and what it gives back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pkm.model.digest import Finding
from pkm.rules.linkgraph import LinkGraph
from pkm.rules.resolve import Named, Names
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import Synced

Mend = Callable[[bytes], bytes]
"""From the bytes of the finding's file to those that are right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something found, and what mends it without a doubt; None if a person has to judge."""

    finding: Finding
    mend: Mend | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that checks look at.

    Attributes:
        synced: What the look at the files found just now.
        former: What notes were called before.
        files: Paths of files that are no notes, relative to the home.
    """

    shelf: Shelf
    synced: Synced
    graph: LinkGraph
    former: Names
    files: frozenset[str]

    def named(self, note_id: str) -> Named | None:
        """The note of an id, if its file is there."""
        return next((note for note in self.graph.names.notes if note.id == note_id), None)


Check = Callable[[Scene], Iterator[Trouble]]
