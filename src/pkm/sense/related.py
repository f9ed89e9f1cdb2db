"""Related: what else you have that belongs with an item or a note, and why it is said to.

words, tags, links, notes, questions that they share | weighed | each row with its reasons
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pkm.errors import NotFound
from pkm.model.item import Item
from pkm.model.note import Note
from pkm.rules import kinship
from pkm.rules.kinship import Shared
from pkm.rules.urls import without_secrets
from pkm.shelf import links
from pkm.shelf.shelf import Shelf

LIMIT: Final = 10
_ON_ONE: Final = {"note": "your note on it", "item": "what the note is on", "both": "a note on the same item"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One thing that belongs with another.

    Attributes:
        kind: `item`, `note` or `question`.
        url: Of an item, without secrets; None for the others.
        path: Of a note, relative to the home.
        because: What the two share, what counts most first.
        rank: Larger is closer; comparable within one answer only.
    """

    kind: str
    id: str
    title: str
    url: str | None = None
    path: str | None = None
    because: tuple[str, ...]
    rank: float


def related(shelf: Shelf, thing: Item | Note, *, limit: int = LIMIT) -> tuple[Related, ...]:
    """What belongs with an item or a note, the closest first; nothing that only chance would bring.

    Args:
        shelf: Where; its files were looked at already.
        thing: The item or the note.
        limit: 0 for all that share anything.
    """
    shared = _shared(shelf, thing)
    _add_sources(shelf, thing, shared)
    close = {ref: kinship.closeness(parts) for ref, parts in shared.items()}
    order = sorted((ref for ref in close if close[ref] > 0), key=lambda ref: (-close[ref], ref))
    rows: list[Related] = []
    for ref in order:
        if limit and len(rows) == limit:
            break
        row = _row(shelf, ref, shared[ref], close[ref])
        if row is not None:
            rows.append(row)
    return tuple(rows)


def _shared(shelf: Shelf, thing: Item | Note) -> dict[str, list[Shared]]:
    """What each thing shares with this one."""
    pairs = [*_by_words(shelf, thing), *_by_tags(shelf, thing), *_by_notes(shelf, thing)]
    pairs += _by_links(shelf, thing) if isinstance(thing, Note) else ()
    found: dict[str, list[Shared]] = {}
    for ref, part in pairs:
        if ref != thing.id:
            found.setdefault(ref, []).append(part)
    return found


def _by_tags(shelf: Shelf, thing: Item | Note) -> Iterable[tuple[str, Shared]]:
    bearers: dict[str, list[tuple[str, int]]] = {}
    for tag, others in shelf.store.kin.tagged_alike(thing.id).items():
        for ref in others:
            bearers.setdefault(ref, []).append((tag, len(others)))
    return [(ref, kinship.by_tags(tags)) for ref, tags in bearers.items()]


def _by_notes(shelf: Shelf, thing: Item | Note) -> Iterable[tuple[str, Shared]]:
    for how, ref in shelf.store.kin.on_one_item(thing.id):
        yield ref, kinship.noted(_ON_ONE[how])
    for title, others in shelf.store.kin.kept_for_one_question(thing.id).items():
        for ref in others:
            yield ref, kinship.asked(title)


def _by_words(shelf: Shelf, thing: Item | Note) -> Iterable[tuple[str, Shared]]:
    kin = shelf.store.kin
    words = kin.counts(kinship.words_of_text(*_texts(shelf, thing)))
    holders: dict[str, list[tuple[str, float]]] = {}
    for word, weight in kinship.rare_words(words, kin.things()):
        for ref in kin.holding(word):
            holders.setdefault(ref, []).append((word, weight))
    return [(ref, kinship.by_words(said)) for ref, said in holders.items()]


def _texts(shelf: Shelf, thing: Item | Note) -> tuple[str, str]:
    if isinstance(thing, Note):
        return thing.title, thing.file.body
    text = shelf.store.texts.get(thing.text_sha)
    return thing.title or "", text.text if text else ""


def _by_links(shelf: Shelf, note: Note) -> Iterable[tuple[str, Shared]]:
    graph = links.graph(shelf)
    here = next((one for one in graph.names.notes if one.id == note.id), None)
    for edge in graph.out_of(here) if here else ():
        if edge.meant.one is not None:
            yield edge.meant.one.id, kinship.linked(f"it is linked from here{_relation(edge.link.rel)}")
    for edge in graph.into(note.id):
        yield edge.note.id, kinship.linked(f"it links here{_relation(edge.link.rel)}")


def _relation(said: str | None) -> str:
    return f" ({said})" if said else ""


def _add_sources(shelf: Shelf, thing: Item | Note, shared: dict[str, list[Shared]]) -> None:
    """One source is a reason more for what is close already."""
    if not isinstance(thing, Item) or thing.source is None:
        return
    source = shelf.store.sources.by_id().get(thing.source)
    if source is None:
        return
    for ref, other in shelf.store.kin.sources_of([ref for ref in shared if ref.startswith("i-")]).items():
        if other == thing.source:
            shared[ref].append(kinship.of_one_source(source.title or source.id))


def _row(shelf: Shelf, ref: str, shared: list[Shared], rank: float) -> Related | None:
    """The row of a thing; None if it is gone."""
    because = tuple(dict.fromkeys(one.said for one in sorted(shared, key=lambda one: -one.weight)))
    if ref.startswith("i-"):
        item = shelf.store.items.get(ref)
        if item is None:
            return None
        url = without_secrets(item.url) if item.url else None
        title = item.title or url or item.id
        return Related(kind="item", id=item.id, title=title, url=url, because=because, rank=rank)
    note = shelf.store.notes.get(ref)
    if note is None or note.missing_since is not None:
        return None
    kind = "question" if note.kind == "question" else "note"
    return Related(kind=kind, id=note.id, title=note.title, path=note.path, because=because, rank=rank)


def thing_of(shelf: Shelf, ref: str) -> Item | Note:
    """The item or note of a whole id; a quote stands for its item.

    Raises:
        NotFound: It is gone, or is something else.
    """
    if ref.startswith("h-") and (quote := shelf.store.quotes.get(ref)) is not None:
        ref = quote.item
    found = shelf.store.items.get(ref) if ref.startswith("i-") else shelf.store.notes.get(ref)
    if found is None:
        raise NotFound(f"there is no item or note {ref}", hint="look for it: pkm find WORDS")
    return found
