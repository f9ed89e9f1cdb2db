"""Draft a digest:  files | period | notes | gate | a new file, or the open draft made again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pkm.model.audience import Audience
from pkm.model.digest import Digest, ItemView
from pkm.model.draft import DraftFile
from pkm.model.item import State
from pkm.model.note import Note
from pkm.rules import frontmatter
from pkm.rules.draft import read_draft
from pkm.rules.draftmerge import FreshBlock, Redraft, refresh
from pkm.rules.when import Period
from pkm.share import choosing, facts
from pkm.share.compose import Candidate, ItemFacts, Selection, compose_draft, fresh_blocks, select
from pkm.share.entry import DraftHead
from pkm.share.gate import Withheld
from pkm.share.period import Asked, period_of, stretch
from pkm.share.templatefiles import WEEKLY, load_template
from pkm.share.templates import DraftTemplate
from pkm.share.verdicts import Verdicts, judge_blocks, known_blocks
from pkm.shelf import pen
from pkm.shelf.shelf import Shelf
from pkm.store.items import ItemFilter
from pkm.store.notes import NoteFilter
from pkm.store.undo_log import Change
from pkm.vault import write


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """What a draft is to hold.

    Attributes:
        limit: At most so many blocks; 0 for all.
        tag: Only notes that bear it, or whose items do; None for all.
        template: None for the draft's own, else `weekly`.
    """

    audience: Audience
    asked: Asked = field(default_factory=Asked)
    limit: int = 0
    tag: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What came of it.

    Attributes:
        digest: The draft; None if there was nothing to draft.
        made: The file is new.
        changed: Its bytes changed.
        redraft: Which blocks were kept, refreshed, added, left out.
        titles: By key of a block, what the user knows it by.
        blocks: Keys in the order of the file.
        withheld: What may not go, and why; rows that a wider visibility would mend come first.
        unsensed: How many kept items of the period have no own words.
        surplus: How many more notes there were than the limit.
        problems: Places of the file that cannot be read as blocks.
    """

    digest: Digest | None
    period: Period
    made: bool = False
    changed: bool = False
    redraft: Redraft
    titles: Mapping[str, str]
    blocks: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    unsensed: int = 0
    surplus: int = 0
    problems: int = 0


def draft(shelf: Shelf, order: DraftOrder) -> Drafted:
    """Draft a digest for an audience; an open draft goes on, and keeps every edit.

    The store is in step with the files: `shelf.sync` comes before.

    Raises:
        UsageError: The period's words mean nothing; the template cannot be used.
        NoteUnreadable: The open draft's front matter cannot be edited safely.
    """
    choosing.take_in(shelf)
    period = period_of(shelf, order.audience, order.asked)
    standing = _standing(shelf, order, period)
    if standing is None:
        return _begin(shelf, order, period)
    with choosing.naming(standing):
        return _go_on(shelf, order, period, standing)


def _standing(shelf: Shelf, order: DraftOrder, period: Period) -> Digest | None:
    """The open draft that this is about: of the same period, or the newest if no period was named."""
    drafts = choosing.open_drafts(shelf, order.audience.name)
    same = [digest for digest in drafts if digest.period == period.name]
    if same or not order.asked.is_default:
        return same[-1] if same else None
    return drafts[-1] if drafts else None


# A new draft.


def _begin(shelf: Shelf, order: DraftOrder, period: Period) -> Drafted:
    template = load_template(shelf, order.template or WEEKLY)
    found = _candidates(shelf, period, order.tag)
    selection = select(
        found,
        facts.terms(shelf, order.audience),
        period=period,
        stood=stood_before(shelf, order.audience),
        unsensed=_unsensed(shelf, period, order.tag),
        limit=order.limit,
    )
    digest = _write_new(shelf, order, period, selection, template) if selection.entries else None
    return Drafted(
        digest=digest,
        period=period,
        made=digest is not None,
        changed=digest is not None,
        redraft=Redraft(data=b"", added=tuple(entry.key for entry in selection.entries)),
        titles=_titles(one.note for one in found),
        blocks=tuple(entry.key for entry in selection.entries),
        withheld=selection.withheld,
        unsensed=len(selection.unsensed),
        surplus=selection.surplus,
    )


def _write_new(
    shelf: Shelf, order: DraftOrder, period: Period, selection: Selection, template: DraftTemplate
) -> Digest:
    name = order.template or WEEKLY
    with shelf.writing():
        path = _free_path(shelf, order.audience.name, period.name)
        digest = Digest(
            id=shelf.ids.new("d"),
            audience=order.audience.name,
            period=period.name,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            path=shelf.home.relative(path),
            template=name,
            created_at=shelf.now(),
        )
        head = DraftHead(
            id=digest.id,
            audience=digest.audience,
            period=period.name,
            cut_off=_cut_off(shelf, period),
            template=name,
            edition=shelf.store.digests.next_edition(digest.audience),
        )
        summary = f"drafted {digest.path}"
        command = shelf.store.undo_log.begin("share draft", summary, shelf.now())
        shelf.store.digests.save(digest)
        shelf.store.undo_log.add(command, [Change(what="digest", ref=digest.id)])
        pen.make(shelf, path, compose_draft(head, selection, template), command=command)
    return digest


def _free_path(shelf: Shelf, audience: str, period: str) -> Path:
    count = 1
    while True:
        ending = f"-{count}" if count > 1 else ""
        path = shelf.home.digests / f"{audience}-{period}{ending}.md"
        if not path.exists() and shelf.store.digests.at(shelf.home.relative(path)) is None:
            return path
        count += 1


# The open draft again.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Again:
    """All that goes into drafting again."""

    period: Period
    fresh: tuple[FreshBlock, ...]
    unsensed: str
    cut_off: str

    def apply(self, data: bytes) -> Redraft:
        before = read_draft(data)
        redraft = refresh(before, self.fresh, unsensed=self.unsensed)
        if redraft.data == data:
            return redraft
        wanted: dict[str, str | Sequence[str] | None] = {"cut_off": self.cut_off}
        if before.period != self.period.name:
            wanted["period"] = self.period.name
        return replace(redraft, data=frontmatter.edit(redraft.data, wanted))


def _go_on(shelf: Shelf, order: DraftOrder, asked: Period, digest: Digest) -> Drafted:
    path = shelf.home.root / digest.path
    now = read_draft(write.read_file(path))
    period = _going_on(shelf, digest, asked) if order.asked.is_default else asked
    template = load_template(shelf, order.template or now.template or digest.template)
    verdicts = judge_blocks(shelf, now, facts.terms(shelf, order.audience))
    found = _candidates(shelf, period, order.tag)
    selection = _added(shelf, order, period, now, found)
    again = _Again(
        period=period,
        fresh=(*_with_notes(known_blocks(verdicts, template)), *fresh_blocks(selection.entries, template)),
        unsensed=template.closing(selection.unsensed),
        cut_off=_cut_off(shelf, period),
    )
    redraft, changed = _rewrite(shelf, path, digest, again)
    after = read_draft(redraft.data)
    return Drafted(
        digest=replace(digest, period=period.name, starts_at=period.starts_at, ends_at=period.ends_at),
        period=period,
        changed=changed,
        redraft=redraft,
        titles=_titles([*(one.note for one in found), *verdicts.notes.values()], verdicts),
        blocks=tuple(block.key for block in after.blocks),
        withheld=_together(selection.withheld, verdicts.withheld.values()),
        unsensed=len(selection.unsensed),
        surplus=selection.surplus,
        problems=len(after.problems),
    )


def _going_on(shelf: Shelf, digest: Digest, asked: Period) -> Period:
    """The open draft's own period, up to now."""
    if digest.period == asked.name or asked.ends_at <= digest.ends_at:
        return replace(asked, starts_at=min(digest.starts_at, asked.starts_at), name=digest.period)
    return stretch(min(digest.starts_at, asked.starts_at), asked.ends_at, shelf)


def _added(
    shelf: Shelf, order: DraftOrder, period: Period, now: DraftFile, found: Sequence[Candidate]
) -> Selection:
    """What may come in beside the blocks that stand there."""
    here = _present_ids(shelf, now)
    left_out = {*here, *now.left_out, *now.taken}
    room = max(0, order.limit - len(now.blocks)) if order.limit else 0
    selection = select(
        found,
        facts.terms(shelf, order.audience),
        period=period,
        stood=stood_before(shelf, order.audience),
        left_out=left_out,
        unsensed=_unsensed(shelf, period, order.tag),
        limit=room,
    )
    if order.limit and not room:
        return replace(selection, entries=(), surplus=len(selection.entries))
    return selection


def _present_ids(shelf: Shelf, now: DraftFile) -> set[str]:
    """Today's ids of the notes that stand in the draft, which may know them by older ones."""
    known = (block.note for block in now.blocks if block.note)
    notes = ((key, shelf.store.notes.get(key)) for key in known)
    return {one for key, note in notes for one in (key, note.id if note else key)}


def _with_notes(known: Mapping[str, FreshBlock]) -> Iterable[FreshBlock]:
    """A block that a person made for an item stays theirs until it has a note."""
    return (block for block in known.values() if block.note)


def _rewrite(shelf: Shelf, path: Path, digest: Digest, again: _Again) -> tuple[Redraft, bool]:
    last = Redraft(data=b"")

    def edit(data: bytes) -> bytes:
        nonlocal last
        last = again.apply(data)
        return last.data

    if edit(write.read_file(path)) == write.read_file(path):
        return last, False
    with shelf.writing():
        command = shelf.store.undo_log.begin("share draft", f"drafted {digest.path} again", shelf.now())
        pen.change(shelf, path, edit, command=command)
        period = again.period
        shelf.store.digests.save(
            replace(digest, period=period.name, starts_at=period.starts_at, ends_at=period.ends_at)
        )
    return last, True


# What the store has for it.


def _candidates(shelf: Shelf, period: Period, tag: str | None) -> tuple[Candidate, ...]:
    notes = shelf.store.notes.listing(NoteFilter(since=period.starts_at, own_words=True))
    found = facts.candidates(shelf, notes)
    return found if tag is None else tuple(one for one in found if _bears(one, tag))


def _bears(one: Candidate, tag: str) -> bool:
    wanted = tag.removeprefix("#").casefold()
    tags = [*one.note.file.tags, *(tag for item in one.items for tag in item.item.tags)]
    return any(said.casefold() == wanted or said.casefold().startswith(f"{wanted}/") for said in tags)


def stood_before(shelf: Shelf, audience: Audience) -> set[str]:
    """Notes that stood in an edition for the audience, by today's ids."""
    stood = shelf.store.shares.notes_sent(audience.name)
    moved = (shelf.store.notes.get(note) for note in stood if note.startswith("n~"))
    return stood | {note.id for note in moved if note}


def _unsensed(shelf: Shelf, period: Period, tag: str | None) -> tuple[ItemFacts, ...]:
    chosen = ItemFilter(states=(State.KEPT,), unsensed=True, kept_since=period.starts_at, tag=tag)
    listed = shelf.store.items.listing(chosen, {})
    of_period = [row.item.id for row in listed if row.item.kept_at and period.holds(row.item.kept_at)]
    return tuple(facts.item_facts(shelf, of_period).values())


def _titles(notes: Iterable[Note], verdicts: Verdicts | None = None) -> dict[str, str]:
    titles = {note.id: note.title for note in notes}
    if verdicts:
        titles |= {key: note.title for key, note in verdicts.notes.items()}
        bare: dict[str, ItemView] = dict(verdicts.items)
        titles |= {key: view.title for key, view in bare.items()}
    return titles


def _together(first: Sequence[Withheld], second: Iterable[Withheld]) -> tuple[Withheld, ...]:
    rows = {row.note or row.item: row for row in (*first, *second)}
    return tuple(sorted(rows.values(), key=lambda row: row.reason != "level"))


def _cut_off(shelf: Shelf, period: Period) -> str:
    moment = min(period.ends_at, shelf.now())
    return moment.astimezone(shelf.zone).strftime("%Y-%m-%dT%H:%M")
