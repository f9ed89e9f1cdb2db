"""Who links to whom: the links of all notes, each with what it means now.

Worked out anew each time it is asked for. What a link means depends on the names of all notes, so a kept answer
would be wrong after the next note that is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pkm.model.note import NoteLink
from pkm.rules.resolve import Named, Names, Resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A link, and what it means.

    Attributes:
        note: The note that it stands in.
    """

    note: Named
    link: NoteLink
    meant: Resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGraph:
    """The notes and their links.

    Attributes:
        links: By the id of the note that they stand in, in order.
    """

    names: Names
    links: Mapping[str, tuple[NoteLink, ...]] = field(default_factory=dict)

    def edges(self) -> Iterator[Edge]:
        """Every link, note by note."""
        for note in self.names.notes:
            yield from self.out_of(note)

    def out_of(self, note: Named) -> Iterator[Edge]:
        """The links of one note, in order."""
        for link in self.links.get(note.id, ()):
            yield Edge(
                note=note, link=link, meant=self.names.resolve(link.target, form=link.form, at=note.path)
            )

    def into(self, note_id: str) -> tuple[Edge, ...]:
        """The links of other notes that mean this one."""
        return tuple(
            edge
            for edge in self.edges()
            if edge.note.id != note_id and edge.meant.one is not None and edge.meant.one.id == note_id
        )

    def orphans(self) -> frozenset[str]:
        """Ids of notes that no other note links to."""
        linked = {
            edge.meant.one.id for edge in self.edges() if edge.meant.one and edge.meant.one.id != edge.note.id
        }
        return self._ids() - linked

    def dead_ends(self) -> frozenset[str]:
        """Ids of notes that link to no other note."""
        linking = {
            edge.note.id for edge in self.edges() if edge.meant.one and edge.meant.one.id != edge.note.id
        }
        return self._ids() - linking

    def broken(self) -> frozenset[str]:
        """Ids of notes with a link that means no note, or several; pictures and other files apart."""
        return frozenset(
            edge.note.id
            for edge in self.edges()
            if edge.meant.one is None and not is_file_name(edge.link.target)
        )

    def _ids(self) -> frozenset[str]:
        return frozenset(note.id for note in self.names.notes)


_FILE_ENDINGS: Final = frozenset(
    [
        *(
            "png",
            "jpg",
            "jpeg",
            "gif",
            "bmp",
            "svg",
            "webp",
            "avif",
            "ico",
            "heic",
            "mp3",
            "wav",
            "m4a",
            "ogg",
        ),
        *(
            "flac",
            "3gp",
            "webm",
            "mp4",
            "ogv",
            "mov",
            "mkv",
            "pdf",
            "canvas",
            "base",
            "csv",
            "tsv",
            "txt",
            "json",
        ),
        *("html", "htm", "zip", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "epub"),
        *("excalidraw", "drawio"),
    ]
)


def is_file_name(target: str) -> bool:
    """Whether a target names a picture or another file that is no note, by its ending."""
    _, dot, ending = target.rpartition(".")
    return bool(dot) and ending.casefold() in _FILE_ENDINGS
