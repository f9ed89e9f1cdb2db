"""What a note links to, what links to it, and where it is named without a link; and a link put by command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pkm.errors import NotFound, Refused, UsageError
from pkm.model.note import LinkForm, Note, NoteLink
from pkm.rules import frontmatter
from pkm.rules.linkgraph import Edge
from pkm.rules.mentions import mention_pattern, mentions
from pkm.rules.notefile import add_link, set_keys
from pkm.rules.resolve import Named, Names, without_ending
from pkm.rules.when import local_stamp
from pkm.shelf import links, notes
from pkm.shelf.shelf import Shelf
from pkm.vault import write

RELATIONS: Final = ("supports", "contradicts", "extends", "explains", "example of", "answers", "see also")
"""Words for `--as` that lists and help name; any other word will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A link at one end of a note.

    Attributes:
        note: The note at the other end; None if the link is broken or ambiguous.
        link: As it is written.
        could_be: The notes that an ambiguous link might mean.
        words: The line that it stands in.
    """

    note: Named | None
    link: NoteLink
    could_be: tuple[Named, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A line that names a note and does not link to it.

    Attributes:
        line: 1 for the file's first line.
    """

    note: Named
    line: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """All that a note is tied to."""

    out: tuple[Linked, ...] = ()
    into: tuple[Linked, ...] = ()
    mentions: tuple[Mention, ...] = ()


def neighbours(shelf: Shelf, note: Note) -> Neighbours:
    """What a note links to, what links to it, and what names its title or an alias without linking."""
    graph = links.graph(shelf)
    here = next((one for one in graph.names.notes if one.id == note.id), None)
    if here is None:
        raise NotFound(
            f"the file of '{note.title}' is gone", why=note.path, hint="pkm notes list shows what is there"
        )
    lines = _Lines(shelf)
    into = graph.into(note.id)
    linking = {(edge.note.id, edge.link.line) for edge in into}
    named = _mentions(shelf, note, graph.names)
    return Neighbours(
        out=tuple(_linked(edge, edge.meant.one, lines) for edge in graph.out_of(here)),
        into=tuple(_linked(edge, edge.note, lines) for edge in into),
        mentions=tuple(one for one in named if (one.note.id, one.line) not in linking),
    )


def relations(shelf: Shelf, note_ids: Sequence[str]) -> tuple[tuple[str, NoteLink, Named], ...]:
    """The links with a relation at these notes, at either end: `to` or `from`, the link, the other note."""
    wanted = set(note_ids)
    found: list[tuple[str, NoteLink, Named]] = []
    for edge in links.graph(shelf).edges():
        if edge.link.rel is None or edge.meant.one is None:
            continue
        if edge.note.id in wanted:
            found.append(("to", edge.link, edge.meant.one))
        elif edge.meant.one.id in wanted:
            found.append(("from", edge.link, edge.note))
    return tuple(found)


class _Lines:
    """Lines of files, each file read once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[str, tuple[str, ...]] = {}

    def at(self, path: str, line: int) -> str:
        if path not in self._known:
            try:
                self._known[path] = links.lines_of(self._shelf, path)
            except (
                NotFound,
                Refused,
            ):  # it went meanwhile, or may not be read: the link is told all the same
                self._known[path] = ()
        known = self._known[path]
        return known[line - 1].strip() if line <= len(known) else ""


def _linked(edge: Edge, other: Named | None, lines: _Lines) -> Linked:
    return Linked(
        note=other,
        link=edge.link,
        could_be=edge.meant.notes if edge.meant.one is None else (),
        words=lines.at(edge.note.path, edge.link.line),
    )


def _mentions(shelf: Shelf, note: Note, names: Names) -> tuple[Mention, ...]:
    pattern = mention_pattern((note.title, *note.file.aliases))
    if pattern is None:
        return ()
    found: list[Mention] = []
    by_id = {one.id: one for one in names.notes}
    for note_id, body in shelf.store.links.bodies():
        if note_id == note.id or not pattern.search(body):
            continue
        other = by_id[note_id]
        first = frontmatter.split(write.read_file(shelf.home.root / other.path)).body_line
        for offset in mentions(body, pattern):
            end = body.find("\n", offset)
            words = body[body.rfind("\n", 0, offset) + 1 : end if end >= 0 else len(body)]
            found.append(Mention(note=other, line=first + body.count("\n", 0, offset), words=words.strip()))
    return tuple(found)


# A link by command.


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """What came of it.

    Attributes:
        said: The relation as it stands in the file.
        new: The link was not there before.
    """

    note: Note
    to: Note
    said: str
    new: bool


def tie(shelf: Shelf, note: Note, to: Note, *, relation: str) -> Tied:
    """Write `- REL: [[stem|Title]]` under `## Links` of a note.

    Raises:
        UsageError: Both are one note, or the relation is no word.
        NoteUnreadable: The note cannot be edited safely.
    """
    if note.id == to.id:
        raise UsageError(
            f"'{note.title}' cannot be linked to itself", hint="name two notes: pkm link A B --as supports"
        )
    said = " ".join(relation.split())
    target = _target(shelf, note, to)

    def edit(data: bytes) -> bytes:
        linked = add_link(data, rel=said, stem=target, title=to.title)
        return data if linked == data else set_keys(linked, changes)

    changes = {"modified": local_stamp(shelf.now(), shelf.zone)}
    if note.file.id is None:
        changes["id"] = shelf.ids.new("n")
    with shelf.writing():
        command = shelf.store.undo_log.begin("link", f"'{note.title}' {said} '{to.title}'", shelf.now())
        changed = notes.change(shelf, note, edit, command=command)
    return Tied(note=changed, to=to, said=said, new=changed.stamp.sha != note.stamp.sha)


def _target(shelf: Shelf, note: Note, to: Note) -> str:
    """The shortest name by which a link means that note: its file's name, else more of its path."""
    names = links.graph(shelf).names
    parts = without_ending(to.path).strip("/").split("/")
    for count in range(1, len(parts) + 1):
        target = "/".join(parts[-count:])
        meant = names.resolve(target, form=LinkForm.WIKI, at=note.path).one
        if meant is not None and meant.id == to.id:
            return target
    return to.id
