"""The part of a draft that lists kept items without own words: the machine's until a person edits it.

    <!-- pkm:begin unsensed sha=… -->
    …
    <!-- pkm:end unsensed -->

As with blocks, the sha tells who wrote last. Its key stands in `taken` and `left_out` as those of blocks do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pkm.model.draft import Block, DraftFile, Outside
from pkm.rules.draft import block_sha

UNSENSED: Final = "unsensed"
_PART: Final = re.compile(
    r"(?P<before>(?:\r?\n)*)<!-- pkm:begin unsensed(?: sha=(?P<sha>[0-9a-f]+))? -->\r?\n"
    r"(?P<text>.*?)<!-- pkm:end unsensed -->",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Found:
    at: int
    part: re.Match[str]


def framed(text: str) -> str:
    """A listing between its marks, LF; empty if it is."""
    inner = text.strip("\n") + "\n"
    if not text.strip():
        return ""
    return f"<!-- pkm:begin unsensed sha={block_sha(inner)} -->\n{inner}<!-- pkm:end unsensed -->\n"


def is_there(draft: DraftFile) -> bool:
    """Whether the listing stands in a draft, whoever wrote it last."""
    return _find(draft.pieces) is not None


def renewed(draft: DraftFile, text: str) -> DraftFile:
    """The draft with today's listing; one that a person edited or deleted is left so."""
    found = _find(draft.pieces)
    if found is None:
        barred = UNSENSED in draft.taken or UNSENSED in draft.left_out
        return draft if barred or not text.strip() else _appended(draft, framed(text))
    if found.part["sha"] != block_sha(found.part["text"]):
        return draft
    piece = draft.pieces[found.at]
    marked = framed(text).rstrip("\n").replace("\n", draft.newline)
    before = found.part["before"] if marked else ""
    changed = piece.text[: found.part.start()] + before + marked + piece.text[found.part.end() :]
    pieces = list(draft.pieces)
    pieces[found.at] = replace(piece, text=changed)
    return replace(draft, pieces=tuple(pieces))


def _find(pieces: Sequence[Block | Outside]) -> _Found | None:
    for at, piece in enumerate(pieces):
        part = _PART.search(piece.text) if isinstance(piece, Outside) else None
        if part:
            return _Found(at, part)
    return None


def _appended(draft: DraftFile, marked: str) -> DraftFile:
    last = draft.pieces[-1] if draft.pieces else None
    end = "" if last is None else last.text if isinstance(last, Outside) else last.closing
    gap = "\n" if end.endswith("\n") else "\n\n"
    piece = Outside(text=(gap + marked).replace("\n", draft.newline), line=0)
    return replace(draft, pieces=(*draft.pieces, piece))
