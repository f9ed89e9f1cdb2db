"""An edition's body: what readers get of a draft, as markdown; every format is made from it.

pieces | private parts and comments cut | ways into the vault cut | numbers set anew
"""

import re
from dataclasses import dataclass

from pkm.errors import VisibilityRefused
from pkm.model.draft import Block, DraftFile, Outside
from pkm.rules.clean import Sink, clean
from pkm.rules.draft import numbered
from pkm.rules.markdown import escape_inline
from pkm.rules.publictext import public_body
from pkm.share.links import Visible, plain_links, split_code

_TAG = re.compile(r"(?<!\\)(?P<marks>\\*)<(?=[a-zA-Z/!?])(?!(?:https?://|mailto:)[^\s<>]*>)", re.IGNORECASE)
_BLANKS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """What an edition is called, and who may see what.

    Attributes:
        number: Its number for this audience.
        period: As in the draft.
        language: BCP 47 tag of the page; empty if unknown.
        forward: What readers may do with it, in the user's words; None if nothing is said.
        visible: Whether the audience may see the note that a link typed in the draft names.
    """

    number: int
    period: str
    language: str = ""
    forward: str | None = None
    visible: Visible


def edition_title(draft: DraftFile, edition: EditionFacts) -> str:
    """The user's title, else number and period; plain text on one line."""
    title = draft.title or f"No. {edition.number}, {edition.period}"
    return clean(title, Sink.NOTE_TITLE).strip()


def edition_body(draft: DraftFile, edition: EditionFacts) -> str:
    """The markdown that readers get, without the title; LF, one final newline, empty if nothing is left.

    Raises:
        VisibilityRefused: A private mark or a comment is opened and not closed.
    """
    texts = [text for _, text in edition_parts(draft, edition)]
    if draft.ask_readers:
        texts.append(escape_inline(draft.ask_readers))
    if edition.forward:
        texts.append(escape_inline(clean(edition.forward, Sink.NOTE_TITLE)))
    body = "\n\n".join(text for text in texts if text)
    return body + "\n" if body else ""


def edition_parts(draft: DraftFile, edition: EditionFacts) -> tuple[tuple[Block | Outside, str], ...]:
    """Each piece of the draft with what readers get of it, numbered anew.

    Raises:
        VisibilityRefused: As `edition_body`.
    """
    parts: list[tuple[Block | Outside, str]] = []
    number = 0
    for piece in draft.pieces:
        text = _shown(piece, edition.visible)
        if isinstance(piece, Block) and text:
            number += 1
            text = numbered(text, number)
        parts.append((piece, text))
    return tuple(parts)


def _shown(piece: Block | Outside, visible: Visible) -> str:
    text = piece.text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        text = public_body(text)
    except VisibilityRefused as refused:
        raise VisibilityRefused(
            f"a private mark or a comment is not closed, in the part that begins on line {piece.line}",
            why=refused.what,
            hint=refused.hint or "close it, or delete it: `pkm share edit`",
        ) from refused
    text = clean(plain_links(text, visible).text, Sink.NOTE)
    parts = (part if code else _plain(part) for code, part in split_code(text))
    return "".join(parts).strip("\n").rstrip()


def _plain(text: str) -> str:
    """No HTML in the markdown (some readers' programs would run it), one empty line at most in a row."""
    return _TAG.sub(_escaped, _BLANKS.sub("\n\n", text))


def _escaped(found: re.Match[str]) -> str:
    marks = found["marks"]
    return found[0] if len(marks) % 2 else f"{marks}\\<"
