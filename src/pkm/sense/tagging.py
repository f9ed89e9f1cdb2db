"""Tags on notes, items, quotes and sources: given, taken, renamed; each where it is kept, all as one command.

Of a note the front matter, of a source `sources.opml`, of an item and a quote a journal: so a rebuild keeps them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pkm.errors import NoteUnreadable, NotFound, PkmError, Refused, UsageError
from pkm.model.note import Note
from pkm.model.source import CAPTURES, Source
from pkm.rules.amounts import counted
from pkm.rules.tagedit import renamed, retagged
from pkm.sense.settings import signed_tag, tag_keys
from pkm.shelf import following, notes, plan, tagged
from pkm.shelf.plan import Edit, Plan
from pkm.shelf.shelf import Shelf
from pkm.store.tags import TagCount
from pkm.vault import write

_LIKE: Final = 86  # of 100: how like two tags must be to be named together


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """What bears tags, sorted by where its tags are kept.

    Attributes:
        owners: Ids of items and quotes.
    """

    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = ()
    owners: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many things."""
        return len(self.notes) + len(self.sources) + len(self.owners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retagged:
    """How it went.

    Attributes:
        changed: Ids of what bears other tags now.
        same: How many bore them so already.
        refused: Notes that cannot be edited safely, with the reason.
    """

    changed: tuple[str, ...] = ()
    same: int = 0
    refused: tuple[tuple[Note, PkmError], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """A tag that is to get another name.

    Attributes:
        merges: How much bears the new name already; 0 if nothing does.
    """

    old: str
    new: str
    things: Things = field(default_factory=Things)
    merges: int = 0


def things_of(shelf: Shelf, ids: Sequence[str]) -> Things:
    """The things of these ids.

    Raises:
        NotFound: One is not there.
        Refused: One is the source of captures, which is no line of any file.
    """
    found_notes: dict[str, Note] = {}
    sources: dict[str, Source] = {}
    owners: dict[str, None] = {}
    for one in ids:
        note = shelf.store.notes.get(one) if one[0] == "n" else None
        source = shelf.store.sources.get(one) if one[0] == "s" else None
        if note is not None and note.missing_since is None:
            found_notes[note.id] = note
        elif source is not None:
            sources[source.id] = _own(source)
        elif (owner := _owner(shelf, one)) is not None:
            owners[owner] = None
        else:
            raise NotFound(f"there is nothing with the id {one}", hint="look for it: pkm find WORDS")
    return Things(notes=tuple(found_notes.values()), sources=tuple(sources.values()), owners=tuple(owners))


def tag(shelf: Shelf, things: Things, words: Sequence[str]) -> Retagged:
    """Give tags and take them: `+a` or `a` gives, `-a` takes.

    Raises:
        UsageError: A word is no tag, or there is none.
    """
    signed = [signed_tag(word) for word in words]
    if not signed:
        raise UsageError("no tag is named", hint="for example: pkm tag 2 +reading -todo")
    add = [one for sign, one in signed if sign == "+"]
    take = [one for sign, one in signed if sign == "-"]
    with shelf.writing():
        command = shelf.store.undo_log.begin(
            "tag", f"{' '.join(words)} on {counted(len(things), 'thing')}", shelf.now()
        )
        changed, refused = _tag_notes(shelf, things.notes, words, command)
        changed += [one for one in things.owners if tagged.tag(shelf, one, add, take, command=command)]
        after = [replace(one, tags=_with(one.tags, add, take)) for one in things.sources]
        changed += _save(shelf, things.sources, after, command)
    same = len(things) - len(changed) - len(refused)
    return Retagged(changed=tuple(changed), same=same, refused=tuple(refused))


def plan_rename(shelf: Shelf, old: str, new: str) -> Renaming:
    """What a new name for a tag means; nothing is changed.

    Raises:
        NotFound: Nothing bears the tag, or one below it.
        UsageError: One of the two is no tag.
    """
    before, after = _plain(old), _plain(new)
    bearers = shelf.store.tags.bearers(before)
    there = [one for one in bearers if not _gone(shelf, one)]
    if not there:
        raise NotFound(f"nothing has the tag '{before}'", hint="pkm tags shows them all")
    taken = set(shelf.store.tags.bearers(after)) if not _is_below(after, before) else set()
    return Renaming(old=before, new=after, things=things_of(shelf, there), merges=len(taken))


def rename(shelf: Shelf, renaming: Renaming) -> Retagged:
    """Give a tag its new name, and those below it; inside one command."""
    edits, refused = _edits(shelf, renaming)
    old, new = renaming.old, renaming.new
    with shelf.writing():
        command = shelf.store.undo_log.begin("tags rename", f"tag {old} is now {new}", shelf.now())
        changed = [note.id for note in plan.carry_out(shelf, Plan(edits=edits), command=command)]
        for owner in renaming.things.owners:
            take = [one for one in shelf.store.tags.of(owner) if renamed(one, old, new) != one]
            add = [renamed(one, old, new) for one in take]
            changed += [owner] if tagged.tag(shelf, owner, add, take, command=command) else []
        sources = renaming.things.sources
        after = [replace(one, tags=_once(renamed(tag_, old, new) for tag_ in one.tags)) for one in sources]
        changed += _save(shelf, sources, after, command)
    return Retagged(changed=tuple(changed), refused=tuple(refused))


def similar(tags: Sequence[TagCount]) -> Iterator[tuple[TagCount, TagCount]]:
    """Pairs of tags that may be meant as one: `album` and `albums`, `to-do` and `todo`; the one used more first."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only this list pays for it

    bare = [(one, _bare(one.tag)) for one in tags]
    for index, (one, name) in enumerate(bare):
        for other, other_name in bare[index + 1 :]:
            plural = name in {other_name + "s", other_name + "es"} or other_name in {name + "s", name + "es"}
            if name == other_name or plural or fuzz.ratio(name, other_name, score_cutoff=_LIKE):
                yield (one, other) if one.all >= other.all else (other, one)


def _bare(tag_: str) -> str:
    return "".join(char for char in tag_.casefold() if char.isalnum() or char == "/")


def _owner(shelf: Shelf, one: str) -> str | None:
    if one[0] == "i":
        item = shelf.store.items.get(one)
        return item.id if item is not None else None
    quote = shelf.store.quotes.get(one) if one[0] == "h" else None
    return quote.id if quote is not None else None


def _own(source: Source) -> Source:
    if source.kind == CAPTURES:
        raise Refused(
            "captures as a whole bear no tags",
            why="they are no source that a file could name",
            hint="tag an item: pkm tag ID +reading",
        )
    return source


def _gone(shelf: Shelf, owner: str) -> bool:
    note = shelf.store.notes.get(owner) if owner[0] == "n" else None
    return note is not None and note.missing_since is not None


def _tag_notes(
    shelf: Shelf, chosen: Sequence[Note], words: Sequence[str], command: int
) -> tuple[list[str], list[tuple[Note, PkmError]]]:
    changed: list[str] = []
    refused: list[tuple[Note, PkmError]] = []
    for note in chosen:
        try:
            keys = tag_keys(write.read_file(shelf.home.root / note.path), note, tuple(words))
            if keys:
                changed.append(notes.set_front_matter(shelf, note, keys, command=command).id)
        except PkmError as error:
            refused.append((note, error))
    return changed, refused


def _edits(shelf: Shelf, renaming: Renaming) -> tuple[dict[str, Edit], list[tuple[Note, PkmError]]]:
    edits: dict[str, Edit] = {}
    refused: list[tuple[Note, PkmError]] = []

    def change(data: bytes) -> bytes:
        return retagged(data, lambda one: renamed(one, renaming.old, renaming.new))

    for note in renaming.things.notes:
        try:
            edit = plan.edited(shelf, note.path, change)
        except NoteUnreadable as error:
            refused.append((note, notes.about(note, error)))
            continue
        if edit is not None:
            edits[note.path] = edit
    return edits, refused


def _save(shelf: Shelf, before: Sequence[Source], after: Sequence[Source], command: int) -> list[str]:
    changed = [new for old, new in zip(before, after, strict=True) if new != old]
    if changed:
        following.save(shelf, changed, command=command)
    return [one.id for one in changed]


def _with(tags: Sequence[str], add: Sequence[str], take: Sequence[str]) -> tuple[str, ...]:
    leaving = {one.casefold() for one in take}
    return _once([*(one for one in tags if one.casefold() not in leaving), *add])


def _once(tags: Sequence[str] | Iterator[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for one in tags:
        found.setdefault(one.casefold(), one)
    return tuple(found.values())


def _plain(word: str) -> str:
    sign, name = signed_tag(word)
    if sign == "-" or name.strip("/") != name:
        raise UsageError(f"'{word}' is no tag", why="a tag is one word", hint="pkm tags rename old new")
    return name


def _is_below(tag_: str, top: str) -> bool:
    return tag_.casefold() == top.casefold() or tag_.casefold().startswith(f"{top.casefold()}/")
