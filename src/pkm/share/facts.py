"""What the shelf knows of notes and items, in the form in which the gate asks for it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from pkm.model.audience import Audience
from pkm.model.item import Arrival, Item
from pkm.model.note import Note
from pkm.model.source import Source
from pkm.rules.names import name_key
from pkm.rules.urls import has_secret
from pkm.share.compose import Candidate, ItemFacts, Terms
from pkm.share.gate import may_know
from pkm.share.links import Visible
from pkm.shelf import journal
from pkm.shelf.shelf import Shelf
from pkm.vault import jsonl

_PLACE = re.compile(r"[#?^]")


def candidates(shelf: Shelf, notes: Sequence[Note]) -> tuple[Candidate, ...]:
    """Notes with what the gate asks about their items."""
    facts = item_facts(shelf, [item for note in notes for item in note.file.items])
    return tuple(
        Candidate(
            note=as_on_disk(shelf, note),
            items=tuple(facts[item] for item in note.file.items if item in facts),
        )
        for note in notes
    )


def as_on_disk(shelf: Shelf, note: Note) -> Note:
    """The note, marked as missing if its file is not there now.

    The index keeps notes of which too many vanish at once, in case a disk was not mounted; the words of
    a file that may have been deleted do not leave on the word of the index.
    """
    if note.missing_since or (shelf.home.root / note.path).is_file():
        return note
    return replace(note, missing_since=shelf.now())


def item_facts(shelf: Shelf, ids: Iterable[str]) -> dict[str, ItemFacts]:
    """Items by the ids that were asked for, old ones too; those that nobody knows are left out."""
    asked = tuple(dict.fromkeys(ids))
    items = shelf.store.items.many(asked)
    for gone in (one for one in asked if one not in items):
        if moved := shelf.store.items.get(gone):
            items[gone] = moved
    sources = shelf.store.sources.by_id()
    arrivals = shelf.store.arrivals.of_items([item.id for item in items.values()])
    private = _Privacy(shelf=shelf, sources=sources, arrivals=arrivals)
    return {
        asked_as: ItemFacts(item=item, source=sources.get(item.source or ""), private=private.holds(item))
        for asked_as, item in items.items()
    }


@dataclass(slots=True, kw_only=True)
class _Privacy:
    """Whether items came by private sources alone."""

    shelf: Shelf
    sources: Mapping[str, Source]
    arrivals: Mapping[str, tuple[Arrival, ...]]
    remembered: dict[str, str] | None = None

    def holds(self, item: Item) -> bool:
        came = [self.sources.get(arrival.source) for arrival in self.arrivals.get(item.id, ())]
        known = [source.private for source in came if source]
        return all(known) if known else self._was_private(item)

    def _was_private(self, item: Item) -> bool:
        """After a rebuild, files alone say where an item came from, until a pull brings it again."""
        if not item.stub:
            return False
        if self.remembered is None:
            lines = jsonl.read(self.shelf.home.decisions).records
            pairs = ((journal.text(line, "id"), journal.text(line, "source_url")) for line in lines)
            self.remembered = {item_id: url for item_id, url in pairs if item_id and url}
        named = (item.id, *self.shelf.store.items.former(item.id))
        url = next((self.remembered[one] for one in named if one in self.remembered), None)
        source = self.shelf.store.sources.at(url) if url else None
        return source.private if source else bool(url and has_secret(url))


def terms(shelf: Shelf, audience: Audience, *, widen: bool = False, redact: bool = False) -> Terms:
    """The rules for an audience, with the home's defaults."""
    return Terms(
        audience=audience,
        default_level=shelf.options.level,
        zone=shelf.zone,
        visible=visible_to(shelf, audience),
        widen=widen,
        redact=redact,
    )


def visible_to(shelf: Shelf, audience: Audience) -> Visible:
    """Whether an audience may know of the note that a link names; notes are looked up at the first link."""
    names = _Names(shelf=shelf)

    def visible(target: str) -> bool | None:
        found = [shelf.store.notes.get(note) for note in names.answering(target)]
        notes = [note for note in found if note]
        if not notes:
            return None
        return all(
            may_know(
                one.note,
                audience,
                default_level=shelf.options.level,
                item_private=any(facts.private for facts in one.items),
            )
            for one in candidates(shelf, notes)
        )

    return visible


@dataclass(slots=True, kw_only=True)
class _Names:
    """By which words notes can be linked: path, any end of it, stem, title, alias, id."""

    shelf: Shelf
    known: dict[str, set[str]] = field(default_factory=dict)
    is_read: bool = False

    def answering(self, target: str) -> tuple[str, ...]:
        """Ids of all notes that a link may mean; in doubt more rather than fewer, since one hidden hides."""
        if not self.is_read:
            self._read()
        said = unquote(target).strip().replace("\\", "/").lstrip("./")
        # What follows `#`, `?` or `^` is a place in the note; in a file's name it may be itself.
        places = (said, said.partition("#")[0], _PLACE.split(said, maxsplit=1)[0])
        stems = {place.strip().removesuffix(".md") for place in places}
        words = {said, *stems, *(PurePosixPath(stem).name for stem in stems)}
        return tuple(sorted({note for word in words if word for note in self.known.get(name_key(word), ())}))

    def _read(self) -> None:
        self.is_read = True
        for note, path, title, aliases in self.shelf.store.notes.called():
            parts = path.partition("#")[0].removesuffix(".md").split("/")
            ends = ("/".join(parts[at:]) for at in range(len(parts)))
            for word in (note, title, *aliases, *ends):
                self.known.setdefault(name_key(word), set()).add(note)
