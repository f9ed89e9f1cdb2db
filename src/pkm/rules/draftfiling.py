"""Words typed in a draft go home to their notes: which, and where to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from pkm.errors import VisibilityRefused
from pkm.model.draft import Block, DraftFile, Outside
from pkm.rules import frontmatter
from pkm.rules.draft import block_sha, disarm, is_edited, numbered, opening_anchor, write_draft
from pkm.rules.draftmerge import FreshBlock
from pkm.rules.publictext import public_body

SOURCE_MARK = "— "
"""How the line begins that says whose the item is; by it that line is told from the user's words."""


class FilingKind(StrEnum):
    """Where typed words go."""

    APPEND = "append"
    NEW_NOTE = "new-note"
    EDITION_ONLY = "edition-only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Words that a person typed in a block.

    Attributes:
        kind: `append` to the note, `new-note` (the item's comment note), or `edition-only`: an altered
            sentence, which changes this edition alone and is only named.
        items: Ids of the block's items.
        note: Id of the block's note; None for `new-note`.
        text: Markdown, LF; for an altered sentence what stands there now, empty if it was deleted.
        line: Where the words begin; 1 for the file's first line.
        block_line: Where the block's opening anchor is: what `after_filing` knows the block by.
        settles: Once this is filed the block says nothing that its note does not: it may follow the
            note again.
    """

    kind: FilingKind
    items: tuple[str, ...] = ()
    note: str | None = None
    text: str
    line: int
    block_line: int
    settles: bool = False


def filings(draft: DraftFile, known: Mapping[str, FreshBlock]) -> tuple[Filing, ...]:
    """The words typed in blocks, and where each goes.

    `known` gives by key what the machine would write today: for a note its block, for an item without a
    note its bare block. A block whose note is not in it is compared with nothing, so its words stay in
    the edition. Filing twice files nothing twice, since words that the note has are not typed words.
    """
    found = [_block_filings(block, known) for block in draft.blocks if is_edited(block)]
    return tuple(filing for per_block in found for filing in per_block)


def after_filing(draft: DraftFile, filed: Mapping[int, tuple[str, bool]]) -> bytes:
    """The draft with its anchors as they are after filing.

    `filed` gives by the opening anchor's line (`Filing.block_line`) the note's id and whether the block
    settles. A settled block gets the sha of its text and follows its note from now on; any other stays
    the person's.
    """
    pieces = [_anchored(piece, filed) for piece in draft.pieces]
    new = [filed[b.line][0] for b in draft.blocks if b.line in filed]
    taken = (*draft.taken, *dict.fromkeys(key for key in new if key not in draft.taken))
    data = write_draft(replace(draft, pieces=tuple(pieces)))
    return frontmatter.edit(data, {"taken": taken}) if taken != draft.taken else data


def _anchored(piece: Block | Outside, filed: Mapping[int, tuple[str, bool]]) -> Block | Outside:
    if isinstance(piece, Outside) or piece.line not in filed:
        return piece
    note, settles = filed[piece.line]
    sha = block_sha(piece.text) if settles else piece.sha
    line_end = piece.opening[len(piece.opening.rstrip()) :]
    return replace(piece, note=note, sha=sha, opening=opening_anchor(piece.items, note, sha) + line_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A stretch of a block between empty lines.

    Attributes:
        text: Its lines, LF between them.
        line: 0 for the block's first line.
        words: Whether it is the user's words: no heading, quotation, comment or source line.
    """

    text: str
    line: int
    words: bool

    @property
    def plain(self) -> str:
        """For comparing: white space collapsed, no number in a heading."""
        return " ".join(numbered(self.text, 0).split())


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The stretches of a markdown text; a fenced block of code is one with what it stands in."""
    found: list[Paragraph] = []
    lines: list[str] = []
    fence, first = "", 0
    for at, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        fence = _fence_after(fence, line)
        alone = not fence and bool(_HEADING.match(line))
        if (lines and not fence and not line.strip()) or (lines and alone):
            found.append(_paragraph(lines, first))
            lines = []
        if line.strip() or fence:
            first = first if lines else at
            lines.append(line)
        if alone:
            found.append(_paragraph(lines, first))
            lines = []
    if lines:
        found.append(_paragraph(lines, first))
    return tuple(found)


_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_NOT_WORDS = re.compile(rf" {{0,3}}(?:#{{1,6}}(?:\s|$)|>|<!--|%%|\^h-|{SOURCE_MARK})")
_COMMENT = re.compile(r"<!--.*?-->|%%.*?%%", re.DOTALL)


def _fence_after(fence: str, line: str) -> str:
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    closes = found[1].startswith(fence) and not found[2].strip()
    return "" if closes else fence


def _paragraph(lines: Iterable[str], first: int) -> Paragraph:
    text = "\n".join(lines)
    rest = _COMMENT.sub("", text).strip()
    return Paragraph(text=text, line=first, words=bool(rest) and not _NOT_WORDS.match(rest))


def _block_filings(block: Block, known: Mapping[str, FreshBlock]) -> tuple[Filing, ...]:
    base = known.get(block.key)
    typed = _typed(block.text.replace("\r\n", "\n"))
    more: list[Paragraph]
    altered: list[Paragraph]
    if block.note is None:
        more, altered = list(typed), []
        kind = FilingKind.NEW_NOTE
    elif base is None:
        return ()
    else:
        more, altered = _compare(tuple(p for p in paragraphs(base.words) if p.words), typed)
        kind = FilingKind.APPEND
    named = tuple(_filing(block, FilingKind.EDITION_ONLY, part) for part in altered)
    if not more:
        return named
    first = min(more, key=lambda part: part.line)
    whole = replace(first, text="\n\n".join(part.text for part in more))
    settles = not altered and base is not None and _says_no_more(block, base, more)
    return (*named, _filing(block, kind, whole, settles=settles))


def _filing(block: Block, kind: FilingKind, part: Paragraph, *, settles: bool = False) -> Filing:
    return Filing(
        kind=kind,
        items=block.items,
        note=block.note,
        text=part.text,
        line=block.line + 1 + part.line,
        block_line=block.line,
        settles=settles,
    )


def _typed(text: str) -> tuple[Paragraph, ...]:
    """The user's words in a block. What is private or a comment is for nobody's note; in doubt, nothing is."""
    try:
        shown = public_body(text)
    except VisibilityRefused:
        return ()
    parts = (part for part in paragraphs(shown) if part.words)
    return tuple(replace(part, text=part.text.strip(), line=_line_of(part.text, text)) for part in parts)


def _line_of(passage: str, text: str) -> int:
    at = text.find(passage.split("\n", 1)[0])
    return text.count("\n", 0, max(at, 0))


def _compare(
    notes: Sequence[Paragraph], typed: Sequence[Paragraph]
) -> tuple[list[Paragraph], list[Paragraph]]:
    """What follows the note's part, and what differs within it."""
    matcher = SequenceMatcher(None, [n.plain for n in notes], [t.plain for t in typed], autojunk=False)
    more: list[Paragraph] = []
    altered: list[Paragraph] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        if i2 < len(notes):
            altered += typed[j1:j2] or [_missing(notes[i1], typed, j1)]
        elif tag == "delete":
            altered.append(_missing(notes[i1], typed, j1))
        else:
            within, after = _split_tail(notes[i1:i2], typed[j1:j2])
            altered += within
            more += after
    return more, altered


def _missing(note: Paragraph, typed: Sequence[Paragraph], at: int) -> Paragraph:
    """Words of the note that were deleted here: named by where they would stand."""
    line = typed[min(at, len(typed) - 1)].line if typed else 0
    return replace(note, text="", line=line)


def _split_tail(
    notes: Sequence[Paragraph], typed: Sequence[Paragraph]
) -> tuple[list[Paragraph], list[Paragraph]]:
    """Where the note's altered end ends, and what follows it begins."""
    if not notes:
        return [], list(typed)
    last = notes[-1].plain
    for at, part in enumerate(typed):
        if part.plain.startswith(last + " "):
            return list(typed[:at]), [_rest(part, last), *typed[at + 1 :]]
    ratios = [SequenceMatcher(None, last, part.plain, autojunk=False).quick_ratio() for part in typed]
    alike = max(range(len(typed)), key=lambda at: ratios[at])
    end = alike + 1 if ratios[alike] >= _ALIKE else min(len(notes), len(typed))
    return list(typed[:end]), list(typed[end:])


_ALIKE = 0.6  # below that a paragraph is another one, not the old one altered


def _rest(part: Paragraph, head: str) -> Paragraph:
    """What was typed behind a paragraph of the note, in the same paragraph."""
    words = head.split()
    pattern = r"\s*" + r"\s+".join(map(re.escape, words)) + r"\s+"
    found = re.match(pattern, part.text)
    return replace(part, text=part.text[found.end() :] if found else part.text)


def _says_no_more(block: Block, base: FreshBlock, filed: Sequence[Paragraph]) -> bool:
    """Whether all of the block but what is filed is what the machine wrote."""
    base_parts = [part.plain for part in paragraphs(disarm(base.text))]
    rest = [part.plain for part in paragraphs(block.text)]
    for part in filed:
        plain = part.plain
        at = next((n for n, there in enumerate(rest) if there.endswith(plain)), None)
        if at is None:
            return False
        head = rest[at][: len(rest[at]) - len(plain)].strip()
        rest[at : at + 1] = [head] if head else []
    return rest == base_parts if block.note else set(rest) <= set(base_parts)
