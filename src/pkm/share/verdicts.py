"""A draft's blocks as the gate judges them with today's notes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pkm.errors import VisibilityRefused
from pkm.model.digest import ItemView
from pkm.model.draft import Block, DraftFile
from pkm.model.note import Note
from pkm.rules.draftmerge import FreshBlock
from pkm.rules.limits import OWN_WORDS
from pkm.rules.publictext import public_body
from pkm.rules.words import count_words
from pkm.share import facts
from pkm.share.compose import Candidate, ItemFacts, Terms, fresh_blocks, judge, seen
from pkm.share.entry import Entry
from pkm.share.gate import Withheld
from pkm.share.templates import DraftTemplate
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What today's gate says of each block; all by `Block.key`.

    Attributes:
        entries: What may be seen of it.
        withheld: Why it may not leave.
        unknown: Blocks that name a note or an item that nobody knows.
        notes: The notes of the blocks, whatever the gate says.
        items: What may be seen of items, by their ids.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    unknown: tuple[Block, ...] = ()
    notes: Mapping[str, Note] = field(default_factory=dict)
    items: Mapping[str, ItemView] = field(default_factory=dict)


def judge_blocks(shelf: Shelf, draft: DraftFile, terms: Terms) -> Verdicts:
    """Put every block of a draft through the gate again."""
    notes = {block.key: note for block in draft.blocks if (note := _note_of(shelf, block))}
    named = [item for block in draft.blocks for item in block.items]
    items = facts.item_facts(shelf, [*named, *(item for note in notes.values() for item in note.file.items)])
    entries: dict[str, Entry] = {}
    withheld: dict[str, Withheld] = {}
    unknown: list[Block] = []
    for block in draft.blocks:
        note = notes.get(block.key)
        if (block.note and note is None) or any(item not in items for item in block.items):
            unknown.append(block)
            continue
        verdict = _verdict(block, note, items, terms)
        if isinstance(verdict, Withheld):
            withheld[block.key] = verdict
        else:
            entries[block.key] = verdict
    return Verdicts(
        entries=entries,
        withheld=withheld,
        unknown=tuple(unknown),
        notes=notes,
        items=dict(_item_views(items, terms)),
    )


def known_blocks(verdicts: Verdicts, template: DraftTemplate) -> dict[str, FreshBlock]:
    """What the machine would write today for each block, under the key that the draft knows it by."""
    fresh = fresh_blocks(verdicts.entries.values(), template)
    return {
        key: replace(block, note=key if block.note else None)
        for key, block in zip(verdicts.entries, fresh, strict=True)
    }


def private_words(draft: DraftFile, verdicts: Verdicts) -> Iterator[tuple[Block, Note]]:
    """Blocks that still hold words that their note has marked as private since."""
    for block in draft.blocks:
        note = verdicts.notes.get(block.key)
        if note and holds_private(note, block.text):
            yield block, note


def holds_private(note: Note, text: str) -> bool:
    """Whether a text holds a line that the note marks as private."""
    return not _marked_private(note.file.body).isdisjoint(_plain_lines(text))


def _note_of(shelf: Shelf, block: Block) -> Note | None:
    note = shelf.store.notes.get(block.note) if block.note else None
    return facts.as_on_disk(shelf, note) if note else None


def _verdict(
    block: Block, note: Note | None, items: Mapping[str, ItemFacts], terms: Terms
) -> Entry | Withheld:
    """Of a note with its items, and of those that its anchor names beside them."""
    named = dict.fromkeys([*(note.file.items if note else ()), *block.items])
    known = {items[item].item.id: items[item] for item in named if item in items}
    if note:
        return judge(Candidate(note=note, items=tuple(known.values())), terms)
    views = [seen(one, terms) for one in known.values()]
    held = next((view for view in views if isinstance(view, Withheld)), None)
    return held or Entry(note=None, items=tuple(view for view in views if isinstance(view, ItemView)))


def _item_views(items: Mapping[str, ItemFacts], terms: Terms) -> Iterator[tuple[str, ItemView]]:
    for asked_as, one in items.items():
        view = seen(one, terms)
        if isinstance(view, ItemView):
            yield asked_as, view


def _marked_private(body: str) -> set[str]:
    try:
        shown = set(_plain_lines(public_body(body)))
    except VisibilityRefused:
        return set()  # the gate refuses the note as a whole
    return {line for line in _plain_lines(body) if line not in shown and count_words(line) >= OWN_WORDS}


def _plain_lines(text: str) -> Iterator[str]:
    for line in text.replace("%%", "\n").splitlines():
        plain = " ".join(line.replace("<!-- private -->", " ").replace("<!-- /private -->", " ").split())
        if plain:
            yield plain
