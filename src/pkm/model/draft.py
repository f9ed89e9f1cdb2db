"""A draft as its file says: blocks of items, and the words around them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Text that belongs to no item: introduction, transitions, closing.

    Attributes:
        text: As it stands in the file, line ends included.
        line: 1 for the file's first line.
    """

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One item's part of a draft, between its anchors.

    Attributes:
        items: Ids of the items; empty for a note that is on none.
        note: Id of its note; None while it has none.
        sha: `rules.draft.block_sha` of what the machine wrote; None if a person made the block.
        text: Between the anchors, without their lines, line ends included.
        line: Of the opening anchor; the text begins on the next. 1 for the file's first line.
        opening: The opening anchor's line, line end included.
        closing: The closing anchor's line, line end included if it has one.
    """

    items: tuple[str, ...] = ()
    note: str | None = None
    sha: str | None = None
    text: str
    line: int
    opening: str
    closing: str

    @property
    def item(self) -> str | None:
        """Its first item, None for a note that is on none."""
        return self.items[0] if self.items else None

    @property
    def key(self) -> str:
        """What it is known by in `taken` and `left_out`: its note, else its first item."""
        return self.note or self.items[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProblem:
    """Something about the file's form that a person has to mend; no text is lost over it.

    Attributes:
        check: Its name, stable for scripts.
        line: 1 for the file's first line.
        message: What is wrong.
        hint: What to write instead.
        keys: Notes, else items, that the broken place names.
    """

    check: str
    line: int
    message: str
    hint: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A draft as read; `rules.draft.write_draft` gives the same bytes back.

    Attributes:
        id: `d-` and 12 characters; None if the file does not say.
        audience: Name of the audience.
        period: `2026-W47`, `2026-11`, `2026-11-15..2026-11-22`.
        cut_off: Local time of the home's zone, as written.
        template: Name of the template it was made with.
        left_out: Keys of blocks that the user deleted: they do not come back.
        taken: Keys of the blocks that the machine ever put in; tells a deleted block from a new one.
        ask_readers: A question to the readers, in the user's words.
        edition: Next number for the audience; None if absent or no number.
        title: The edition's title; None if the user gave none.
        head: Front matter with its fences and all before it, as it stands in the file.
        pieces: The body in order. Bytes that are no UTF-8 stand in it as lone surrogates.
        problems: What is wrong with the form, in order of lines.
        newline: Line end for what is added, LF or CR LF.
    """

    id: str | None = None
    audience: str | None = None
    period: str | None = None
    cut_off: str | None = None
    template: str | None = None
    left_out: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    ask_readers: str | None = None
    edition: int | None = None
    title: str | None = None
    head: str = ""
    pieces: tuple[Block | Outside, ...] = ()
    problems: tuple[DraftProblem, ...] = ()
    newline: str = "\n"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The items' parts in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Block))
