"""File the words typed in a draft:  read | compare with the notes | append or make notes | anchors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pkm.errors import Refused
from pkm.model.audience import SELF, Audience
from pkm.model.digest import Digest
from pkm.model.draft import DraftFile
from pkm.model.note import Note
from pkm.rules.draft import read_draft, write_draft
from pkm.rules.draftfiling import Filing, FilingKind, after_filing, filings
from pkm.rules.draftmerge import FreshBlock, refresh
from pkm.rules.words import count_words, own_text
from pkm.share import choosing, facts
from pkm.share.gate import may_know
from pkm.share.templatefiles import load_template
from pkm.share.verdicts import holds_private, judge_blocks, known_blocks
from pkm.shelf import notes, pen
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync
from pkm.vault import write


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledWords:
    """Words that went from a draft into a note.

    Attributes:
        note: Id of the note.
        path: Of its file, relative to the home.
        new: The note was made for them.
        words: How many there are.
    """

    note: str
    path: str
    new: bool
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """A sentence of a note that reads otherwise in the edition; the note stays as it is.

    Attributes:
        line: Of the draft.
        text: What stands there now; empty if it was deleted.
    """

    note: str | None
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What a filing did."""

    words: tuple[FiledWords, ...] = ()
    altered: tuple[Altered, ...] = ()


def file_words(shelf: Shelf, digest: Digest, *, name: str, follow: bool = True) -> Filed:
    """File the typed words of a draft into notes, once.

    Args:
        shelf: Where.
        digest: The draft.
        name: The command as typed, for the undo log.
        follow: Blocks that nobody edited are written anew from their notes.

    Raises:
        NoteUnreadable: A note or the draft cannot be edited safely; nothing was filed.
        Refused: The draft changed meanwhile; nothing was filed.
    """
    sync(shelf, wait=True)
    path = shelf.home.root / digest.path
    audience = shelf.options.named(digest.audience)
    data = write.read_file(path)
    with choosing.naming(digest):
        found = _plan(shelf, audience, read_draft(data), digest, follow=follow)
    if not found.to_file and found.refreshed == data:
        return Filed(altered=found.altered)
    with shelf.writing():
        summary = f"filed words of {digest.path}" if found.to_file else f"refreshed {digest.path}"
        command = shelf.store.undo_log.begin(name, summary, shelf.now())
        done = [_file(shelf, audience, filing, command) for filing in found.to_file]
        homes = _homes(found.to_file, [words.note for words in done])
        pen.change(shelf, path, lambda now: _anchored(path, now, data, homes, found.fresh), command=command)
    return Filed(words=tuple(done), altered=found.altered)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    to_file: tuple[Filing, ...]
    altered: tuple[Altered, ...]
    fresh: tuple[FreshBlock, ...]
    refreshed: bytes


def _plan(shelf: Shelf, audience: Audience, draft: DraftFile, digest: Digest, *, follow: bool) -> _Plan:
    known = known_for_filing(shelf, audience, draft, draft.template or digest.template)
    found = filings(draft, known)
    fresh = tuple(block for block in known.values() if block.note and follow)
    return _Plan(
        to_file=tuple(
            one for one in found if one.kind is not FilingKind.EDITION_ONLY and _may_be_filed(shelf, one)
        ),
        altered=tuple(
            Altered(note=one.note, line=one.line, text=one.text)
            for one in found
            if one.kind is FilingKind.EDITION_ONLY
        ),
        fresh=fresh,
        refreshed=refresh(draft, fresh).data if fresh else write_draft(draft),
    )


def known_for_filing(
    shelf: Shelf, audience: Audience, draft: DraftFile, template: str
) -> dict[str, FreshBlock]:
    """What the machine would write today for each block, whether it may leave or not."""
    verdicts = judge_blocks(shelf, draft, facts.terms(shelf, audience, widen=True, redact=True))
    return known_blocks(verdicts, load_template(shelf, template))


def _may_be_filed(shelf: Shelf, filing: Filing) -> bool:
    """Whether words have a home to go to; the check or the gate names those that stay in the draft.

    Such are words on an item that nobody knows, and words that the note holds, marked as private since.
    """
    note = shelf.store.notes.get(filing.note) if filing.note else None
    if note and holds_private(note, filing.text):
        return False
    return all(shelf.store.items.get(item) for item in filing.items)


def _file(shelf: Shelf, audience: Audience, filing: Filing, command: int) -> FiledWords:
    note = shelf.store.notes.get(filing.note) if filing.note else _comment_note(shelf, audience, filing)
    made = note is None
    if note is None:
        note = _make_note(shelf, audience, filing, command)
    elif filing.text not in own_text(
        note.file.body
    ):  # a crash may have come after the note, before the anchor
        note = notes.append(shelf, note, filing.text, command=command)
    return FiledWords(note=filing.note or note.id, path=note.path, new=made, words=count_words(filing.text))


def _comment_note(shelf: Shelf, audience: Audience, filing: Filing) -> Note | None:
    """The item's comment note, if this audience may see it; what is narrower is left alone."""
    item = shelf.store.items.get(filing.items[0]) if len(filing.items) == 1 else None
    note = notes.comment_note(shelf, item) if item else None
    if note is None:
        return None
    [one] = facts.candidates(shelf, [note])
    private = any(each.private for each in one.items)
    seen = may_know(note, audience, default_level=shelf.options.level, item_private=private)
    return note if seen else None


def _make_note(shelf: Shelf, audience: Audience, filing: Filing, command: int) -> Note:
    items = tuple(item for one in filing.items if (item := shelf.store.items.get(one)))
    private = audience == SELF
    new = notes.NewNote(
        text=filing.text,
        items=items,
        level=None if private and audience.level == shelf.options.level else audience.level.word,
        only=() if private else (audience.name,),
    )
    return notes.make(shelf, new, command=command)


def _homes(filed: Sequence[Filing], ids: Sequence[str]) -> dict[int, tuple[str, bool]]:
    return {filing.block_line: (note, filing.settles) for filing, note in zip(filed, ids, strict=True)}


def _anchored(
    path: Path,
    now: bytes,
    read: bytes,
    homes: Mapping[int, tuple[str, bool]],
    fresh: tuple[FreshBlock, ...],
) -> bytes:
    if now != read:
        raise Refused(
            f"{path.name} changed while its words were filed", why="nothing was filed", hint="try again"
        )
    draft = read_draft(after_filing(read_draft(now), homes) if homes else now)
    untouched = tuple(block for block in fresh if block.key not in {note for note, _ in homes.values()})
    return refresh(draft, untouched).data if untouched else write_draft(draft)
