"""What goes into a draft, in which order, and its first text. Pure: nouns in, values out.

notes of a period | gate | order | template -> a draft's bytes
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from pkm.errors import VisibilityRefused
from pkm.model.audience import Audience
from pkm.model.digest import ItemView
from pkm.model.draft import Block, DraftFile, Outside
from pkm.model.item import Item
from pkm.model.note import Level, Note
from pkm.model.source import Source
from pkm.rules import frontmatter
from pkm.rules.draft import make_block, write_draft
from pkm.rules.draftmerge import FreshBlock
from pkm.rules.draftunsensed import UNSENSED, framed
from pkm.rules.when import Period
from pkm.rules.words import has_own_words
from pkm.share.entry import DraftHead, Entry
from pkm.share.gate import Reason, Withheld, view_item, view_note
from pkm.share.links import Visible
from pkm.share.templates import DraftTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """An item with what the gate asks about it.

    Attributes:
        source: Whose arrival it shows; None for a stub.
        private: It came by private sources alone.
    """

    item: Item
    source: Source | None = None
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A note that may go into a draft, with its items in the order of its file."""

    note: Note
    items: tuple[ItemFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """For whom, and by which rules.

    Attributes:
        default_level: Level of a note whose file names none.
        zone: The home's.
        visible: Whether the audience may see the note that a link names.
        widen: The user allowed what level, `only` or a private source forbid.
        redact: Links to hidden notes lose their target instead of stopping the note.
    """

    audience: Audience
    default_level: Level
    zone: tzinfo
    visible: Visible
    widen: bool = False
    redact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a draft takes, and what it does not.

    Attributes:
        entries: Numbered, in order.
        withheld: What the gate kept back; rows that a wider visibility would mend come first.
        unsensed: Items of the period without own words.
        surplus: How many more there were than `limit`: they wait for the next edition.
    """

    entries: tuple[Entry, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    unsensed: tuple[ItemView, ...] = ()
    surplus: int = 0


def is_of(note: Note, period: Period) -> bool:
    """Whether a note gained own words in a period: it was begun in it, or pkm appended to it in it."""
    return has_own_words(note.file.body) and (period.holds(note.created_at) or period.holds(note.modified_at))


def select(  # noqa: PLR0913 - the whole rule of what goes into a draft
    candidates: Iterable[Candidate],
    terms: Terms,
    *,
    period: Period,
    stood: Container[str] = (),
    left_out: Container[str] = (),
    unsensed: Iterable[ItemFacts] = (),
    limit: int = 0,
) -> Selection:
    """Pick the notes of a period for an audience, newest first.

    Args:
        candidates: Notes; those of other times are passed over.
        terms: For whom, and by which rules.
        period: What it is about.
        stood: Ids of notes that stood in an edition for this audience.
        left_out: Keys that the user deleted from this draft.
        unsensed: Kept items of the period without own words.
        limit: At most so many entries; 0 for all.
    """
    taken = [
        candidate
        for candidate in candidates
        if is_of(candidate.note, period)
        and candidate.note.id not in stood
        and candidate.note.id not in left_out
    ]
    verdicts = [judge(candidate, terms) for candidate in ordered(taken)]
    entries = [verdict for verdict in verdicts if isinstance(verdict, Entry)]
    withheld = [verdict for verdict in verdicts if isinstance(verdict, Withheld)]
    bare = [seen(facts, terms) for facts in unsensed]
    kept = entries[:limit] if limit else entries
    return Selection(
        entries=numbered_entries(kept),
        withheld=tuple(sorted(withheld, key=lambda row: row.reason is not Reason.LEVEL)),
        unsensed=tuple(view for view in bare if isinstance(view, ItemView)),
        surplus=len(entries) - len(kept),
    )


def ordered(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Newest first, then by id: a total order. Notes on one item stand together, after its newest."""
    by_time = sorted(candidates, key=lambda candidate: candidate.note.id)
    by_time.sort(key=_moment, reverse=True)
    place: dict[str, int] = {}
    for at, candidate in enumerate(by_time):
        place.setdefault(_group(candidate), at)
    return sorted(by_time, key=lambda candidate: place[_group(candidate)])


def judge(candidate: Candidate, terms: Terms) -> Entry | Withheld:
    """Put a note and its items through the gate, and make a block-to-be of what comes out."""
    private = any(facts.private for facts in candidate.items)
    try:
        note = view_note(
            candidate.note,
            terms.audience,
            default_level=terms.default_level,
            item_private=private,
            visible=terms.visible,
            widen=terms.widen,
            redact=terms.redact,
        )
    except VisibilityRefused as refused:
        return _unclosed(candidate, refused)
    if isinstance(note, Withheld):
        return note
    items = []
    for facts in candidate.items:
        view = seen(facts, terms)
        if isinstance(view, Withheld):
            return view
        items.append(view)
    return Entry(note=note, items=tuple(items))


def seen(facts: ItemFacts, terms: Terms) -> ItemView | Withheld:
    """What the audience may see of an item, or why not."""
    return view_item(
        facts.item,
        facts.source,
        audience=terms.audience,
        private=facts.private,
        zone=terms.zone,
        widen=terms.widen,
    )


def numbered_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries with numbers from 1."""
    return tuple(
        Entry(number=number, note=entry.note, items=entry.items)
        for number, entry in enumerate(entries, start=1)
    )


def fresh_blocks(entries: Iterable[Entry], template: DraftTemplate) -> tuple[FreshBlock, ...]:
    """What the machine would write today for each entry: what `refresh` and `filings` compare with."""
    return tuple(
        FreshBlock(
            items=tuple(item.item for item in entry.items),
            note=entry.note.note if entry.note else None,
            text=template.block(entry),
            words=entry.note.words if entry.note else "",
        )
        for entry in entries
    )


def compose_draft(head: DraftHead, selection: Selection, template: DraftTemplate) -> bytes:
    """A new draft: front matter, one block for each entry, the rest the user's to write."""
    made: list[Block | Outside] = [Outside(text=_apart(template.opening(head), after="\n\n"), line=0)]
    for fresh in fresh_blocks(selection.entries, template):
        made.append(make_block(items=fresh.items, note=fresh.note, text=fresh.text))
        made.append(Outside(text="\n", line=0))
    closing = Outside(text=framed(template.closing(selection.unsensed)), line=0)
    body = write_draft(DraftFile(pieces=(*(made if closing.text else made[:-1]), closing)))
    return frontmatter.edit(body, _front_matter(head, selection, listed=bool(closing.text)))


def line_to_type(withheld: Sequence[Withheld], audience: Audience) -> str | None:
    """What lets the withheld rows go, by their numbers in the list as shown; None if no line does."""
    count = sum(row.reason is Reason.LEVEL for row in withheld)
    if not count:
        return None
    rows = "1" if count == 1 else f"1-{count}"
    return f"pkm notes set {rows} --visibility {audience.level.word}"


def _front_matter(
    head: DraftHead, selection: Selection, *, listed: bool
) -> dict[str, str | Sequence[str] | None]:
    values: dict[str, str | Sequence[str] | None] = {
        "id": head.id,
        "title": head.title,
        "audience": head.audience,
        "period": head.period,
        "cut_off": head.cut_off,
        "template": head.template,
        "edition": str(head.edition),
        "ask_readers": head.ask_readers,
        "taken": [*(entry.key for entry in selection.entries), *([UNSENSED] if listed else [])],
    }
    return {key: value for key, value in values.items() if value}


def _apart(text: str, *, after: str) -> str:
    text = text.strip("\n")
    return text + after if text else ""


def _moment(candidate: Candidate) -> datetime:
    """When its item was kept, else when it was begun."""
    kept = [facts.item.kept_at for facts in candidate.items if facts.item.kept_at]
    return max(kept, default=candidate.note.created_at)


def _group(candidate: Candidate) -> str:
    return candidate.items[0].item.id if candidate.items else candidate.note.id


def _unclosed(candidate: Candidate, refused: VisibilityRefused) -> Withheld:
    note = candidate.note
    return Withheld(
        note=note.id,
        item=note.file.items[0] if note.file.items else None,
        title=note.title,
        reason=Reason.MARKS,
        why=f"{refused.what}: {refused.why}",
        hint=refused.hint,
    )
