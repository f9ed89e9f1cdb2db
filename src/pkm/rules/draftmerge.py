"""Drafting again without losing a hand edit.

Machine and person meet in a block. Its sha tells who wrote last: while it fits the text, the block is
the machine's and follows its note; once it does not, the block is the person's and is left alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pkm.model.draft import Block, DraftFile, Outside
from pkm.rules import frontmatter
from pkm.rules.draft import (
    block_sha,
    disarm,
    is_edited,
    make_block,
    number_of,
    numbered,
    write_draft,
)
from pkm.rules.draftunsensed import UNSENSED, is_there, renewed


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshBlock:
    """What the machine would write today for one block.

    Attributes:
        items: Ids of the items; empty for a note on none.
        note: Id of the note; None for an item without one.
        text: Between the anchors, LF, any number in its heading.
        words: The note's own words as they stand in `text`; empty if it has none.
    """

    items: tuple[str, ...] = ()
    note: str | None = None
    text: str
    words: str = ""

    @property
    def key(self) -> str:
        """As `Block.key`."""
        return self.note or self.items[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redraft:
    """A draft made again; each tuple holds keys of blocks.

    Attributes:
        data: The file's bytes; the same as before if there was nothing to do.
        kept_edits: Edited by hand, so left as they are.
        refreshed: Written anew from their notes.
        added: New, after the last block.
        left_out: Deleted by hand since: they do not come back.
        stale: Of `kept_edits`, those whose note changed since the machine wrote them.
    """

    data: bytes
    kept_edits: tuple[str, ...] = ()
    refreshed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


def refresh(draft: DraftFile, fresh: Sequence[FreshBlock], *, unsensed: str | None = None) -> Redraft:
    """Bring a draft up to date with its notes.

    `fresh` is all that may stand in the draft now. A block that is not in it stays as it is: whether it
    may leave is for the gate to say. Text outside blocks and the order of blocks are never touched, but
    for the listing of items without own words, which `unsensed` is to replace; None leaves it.

    Raises:
        NoteUnreadable: The front matter has to change and cannot be edited safely.
    """
    renewal = _renew(draft, {block.key: block for block in fresh})
    here = _present(draft)
    gone = [key for key in draft.taken if key not in here and key not in draft.left_out]
    barred = {*here, *gone, *draft.left_out}
    new = [block for block in fresh if block.key not in barred and not _covered(block, draft)]
    redone = replace(draft, pieces=_with_added(renewal.pieces, new, draft.newline))
    if unsensed is not None:
        redone = renewed(redone, unsensed)
    keys = [block.key for block in new]
    listed = [UNSENSED] if is_there(redone) and not is_there(draft) else []
    return Redraft(
        data=_with_lists(draft, write_draft(redone), here=here, gone=gone, new=[*keys, *listed]),
        kept_edits=tuple(renewal.kept),
        refreshed=tuple(renewal.refreshed),
        added=tuple(keys),
        left_out=tuple(key for key in gone if key != UNSENSED),
        stale=tuple(renewal.stale),
    )


@dataclass(slots=True)
class _Renewed:
    pieces: list[Block | Outside] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


def _renew(draft: DraftFile, fresh: Mapping[str, FreshBlock]) -> _Renewed:
    done = _Renewed()
    for piece in draft.pieces:
        now = fresh.get(piece.key) if isinstance(piece, Block) else None
        if isinstance(piece, Outside) or now is None:
            done.pieces.append(piece)
            continue
        block = _renewed(piece, now, draft.newline)
        done.pieces.append(block)
        if is_edited(block):
            done.kept.append(piece.key)
            if piece.sha and piece.sha != fresh_sha(now):
                done.stale.append(piece.key)
        elif block is not piece:
            done.refreshed.append(piece.key)
    return done


def fresh_sha(fresh: FreshBlock) -> str:
    """The sha that a block written from this today would bear."""
    return block_sha(disarm(fresh.text))


def _renewed(block: Block, now: FreshBlock, newline: str) -> Block:
    sha = fresh_sha(now)
    if block.sha == sha or (is_edited(block) and block_sha(block.text) != sha):
        return block
    number = number_of(block.text)
    text = now.text if number is None else numbered(now.text, number)
    made = make_block(items=now.items, note=now.note, text=text, newline=newline)
    return replace(made, line=block.line, closing=block.closing)


def _present(draft: DraftFile) -> set[str]:
    """Keys that stand in the file, also in broken places: nothing there counts as deleted."""
    broken = {key for problem in draft.problems for key in problem.keys}
    listing = {UNSENSED} if is_there(draft) else set()
    return {block.key for block in draft.blocks} | broken | listing


def _covered(fresh: FreshBlock, draft: DraftFile) -> bool:
    """A person made a block for the item before it had a note: that one stands for it."""
    bare = {block.item for block in draft.blocks if block.note is None}
    return bool(bare.intersection(fresh.items))


def _with_added(
    pieces: Sequence[Block | Outside], new: Sequence[FreshBlock], newline: str
) -> tuple[Block | Outside, ...]:
    if not new:
        return tuple(pieces)
    blocks = [at for at, piece in enumerate(pieces) if isinstance(piece, Block)]
    cut = blocks[-1] + 1 if blocks else len(pieces)
    before = [*pieces[:cut]]
    number = max((number_of(pieces[at].text) or 0 for at in blocks), default=0)
    for fresh in new:
        number += 1
        before.append(Outside(text=_gap(before, newline), line=0))
        text = numbered(fresh.text, number)
        before.append(make_block(items=fresh.items, note=fresh.note, text=text, newline=newline))
    return (*before, *pieces[cut:])


def _gap(before: Sequence[Block | Outside], newline: str) -> str:
    """What has to stand before a new block so that one empty line does."""
    last = before[-1] if before else None
    end = "" if last is None else last.text if isinstance(last, Outside) else last.closing
    return newline if not end or end.endswith("\n") else newline * 2


def _with_lists(
    draft: DraftFile, data: bytes, *, here: Collection[str], gone: Sequence[str], new: Sequence[str]
) -> bytes:
    left_out = (*(key for key in draft.left_out if key not in here), *gone)
    known = [block.key for block in draft.blocks if block.note and block.key not in draft.taken]
    taken = (*draft.taken, *dict.fromkeys([*known, *new]))
    changes: dict[str, str | Sequence[str] | None] = {}
    if left_out != draft.left_out:
        changes["left_out"] = left_out
    if taken != draft.taken:
        changes["taken"] = taken
    return frontmatter.edit(data, changes) if changes else data
