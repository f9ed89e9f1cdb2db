"""The draft's format: anchors around items, everything else the user's.

    <!-- item i-… note n-… sha=… -->        or  <!-- note n-… sha=… -->  for a note on no item
    …
    <!-- /item -->                          or  <!-- /note -->

Reading and writing back are byte-exact: bytes that are no UTF-8 travel as lone surrogates.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from pkm.model.draft import Block, DraftFile, DraftProblem, Outside
from pkm.rules import frontmatter

_OPENING = re.compile(
    r"[ ]{0,3}<!--\s*(?:item(?P<items>(?:\s+i-[0-9a-z]+)+)(?:\s+note\s+(?P<note>n[-~][0-9a-z]+))?"
    r"|note\s+(?P<alone>n[-~][0-9a-z]+))(?:\s+sha=(?P<sha>[0-9a-f]+))?\s*-->\s*"
)
_CLOSING = re.compile(r"[ ]{0,3}<!--\s*/(?:item|note)\s*-->\s*")
_LIKE = re.compile(r"\s*<!--\s*(?:/?item\b|/note\b|note\s+n[-~])")
_IDS = re.compile(r"\b(?:i-|n[-~])[0-9a-z]+")
_NUMBER = re.compile(r"\A(\s*#{1,6} )(\d+)(\. )")
_ANCHOR_IN_TEXT = re.compile(r"<!--(?=\s*(?:/?item\b|/note\b|note\s+n[-~]))")


def read_draft(data: bytes) -> DraftFile:
    """Read a draft; what is broken becomes a problem with its line, and stays in the text."""
    text = data.decode("utf-8", "surrogateescape")
    # One character for each that is no UTF-8, so that lengths agree.
    parts = frontmatter.split(text.encode("utf-8", "replace"))
    head = text[: len(text) - len(parts.body)]
    pieces, problems = _Reader(line=head.count("\n") + 1).read(text[len(head) :])
    matter = frontmatter.read(data)
    if matter.problem:
        problems = (_unreadable_head(matter.problem), *problems)
    elif not head:
        problems = (_no_head(), *problems)
    values = matter.values
    edition = _one(values, "edition") or ""
    return DraftFile(
        id=_one(values, "id"),
        audience=_one(values, "audience"),
        period=_one(values, "period"),
        cut_off=_one(values, "cut_off"),
        template=_one(values, "template"),
        left_out=_many(values, "left_out"),
        taken=_many(values, "taken"),
        ask_readers=_one(values, "ask_readers"),
        edition=int(edition) if re.fullmatch(r"[0-9]{1,9}", edition) else None,
        title=_one(values, "title"),
        head=head,
        pieces=pieces,
        problems=problems,
        newline="\r\n" if "\r\n" in text[:4096] else "\n",
    )


def write_draft(draft: DraftFile) -> bytes:
    """The file again; what was not changed is the same to the byte."""
    return (draft.head + "".join(map(_piece_text, draft.pieces))).encode("utf-8", "surrogateescape")


def block_sha(text: str) -> str:
    """Hash of a block's text: 16 hex digits.

    The number in its heading, line ends, white space at the end of lines and blank lines around it take
    no part, so that renumbering or an editor that trims does not count as an edit.
    """
    lines = [line.rstrip() for line in numbered(text, 0).splitlines()]
    data = "\n".join(lines).strip("\n").encode("utf-8", "surrogateescape")
    return blake2b(data, digest_size=8).hexdigest()


def numbered(text: str, number: int) -> str:
    """The text with another number in its heading; as it is if its heading bears none."""
    return _NUMBER.sub(rf"\g<1>{number}\g<3>", text, count=1)


def number_of(text: str) -> int | None:
    """The number in its heading, None if it bears none."""
    found = _NUMBER.match(text)
    return int(found[2][:9]) if found else None


def opening_anchor(items: Sequence[str], note: str | None, sha: str | None) -> str:
    """The line before a block, without a line end."""
    words = ["item", *items] if items else []
    words += ["note", note] if note else []
    words += [f"sha={sha}"] if sha else []
    return f"<!-- {' '.join(words)} -->"


def closing_anchor(items: Sequence[str]) -> str:
    """The line after a block, without a line end."""
    return "<!-- /item -->" if items else "<!-- /note -->"


def disarm(text: str) -> str:
    """The text so that no line of it can be read as an anchor (code in a note may show one)."""
    return _ANCHOR_IN_TEXT.sub("&lt;!--", text)


def make_block(*, items: Sequence[str], note: str | None, text: str, newline: str = "\n") -> Block:
    """A block as the machine writes it, its sha that of its text."""
    body = disarm(text).strip("\n").replace("\n", newline) + newline
    return Block(
        items=tuple(items),
        note=note,
        sha=block_sha(body),
        text=body,
        line=0,
        opening=opening_anchor(items, note, block_sha(body)) + newline,
        closing=closing_anchor(items) + newline,
    )


def is_edited(block: Block) -> bool:
    """Whether a person changed the block since the machine wrote it, or made it."""
    return block.sha is None or block.sha != block_sha(block.text)


def _piece_text(piece: Block | Outside) -> str:
    if isinstance(piece, Outside):
        return piece.text
    return piece.opening + piece.text + piece.closing


@dataclass(slots=True)
class _Reader:
    """Walks the lines once; holds the block that is open and the text before it."""

    line: int
    pieces: list[Block | Outside] = field(default_factory=list)
    problems: list[DraftProblem] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    outside_at: int = 0
    opening: re.Match[str] | None = None
    opened_at: int = 0
    inside: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def read(self, body: str) -> tuple[tuple[Block | Outside, ...], tuple[DraftProblem, ...]]:
        for line in _lines(body):
            self._take(line)
            self.line += 1
        self._give_up()
        self._flush()
        return tuple(self.pieces), tuple(sorted(self.problems, key=lambda problem: problem.line))

    def _take(self, line: str) -> None:
        opening = _OPENING.fullmatch(line)
        if opening:
            self._give_up()
            self.opening, self.opened_at = opening, self.line
        elif self.opening and _CLOSING.fullmatch(line):
            self._close(self.opening, line)
        else:
            if _LIKE.match(line):
                self._stray(line)
            self._keep([line], self.line)

    def _keep(self, lines: list[str], at: int) -> None:
        if self.opening:
            self.inside += lines
        else:
            self.outside_at = self.outside_at if self.outside else at
            self.outside += lines

    def _flush(self) -> None:
        if self.outside:
            self.pieces.append(Outside(text="".join(self.outside), line=self.outside_at))
            self.outside = []

    def _close(self, opening: re.Match[str], closing: str) -> None:
        self._flush()
        block = Block(
            items=tuple((opening["items"] or "").split()),
            note=opening["note"] or opening["alone"],
            sha=opening["sha"],
            text="".join(self.inside),
            line=self.opened_at,
            opening=opening[0],
            closing=closing,
        )
        if block.key in self.seen:
            self.problems.append(_duplicate(block))
        self.seen.add(block.key)
        self.pieces.append(block)
        self.opening, self.inside = None, []

    def _give_up(self) -> None:
        """An open block that never closes is text like any other."""
        if self.opening:
            lines = [self.opening[0], *self.inside]
            self.problems.append(_unclosed(lines[0], self.opened_at))
            self.opening, self.inside = None, []
            self._keep(lines, self.opened_at)

    def _stray(self, line: str) -> None:
        orphan = bool(_CLOSING.fullmatch(line))
        self.problems.append(_orphan(self.line) if orphan else _broken(line, self.line))


def _lines(text: str) -> Iterable[str]:
    """Lines with their ends; only LF ends a line, so that nothing is cut at form feeds."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _keys(line: str) -> tuple[str, ...]:
    ids = _IDS.findall(line)
    return tuple(i for i in ids if i[0] == "n") or tuple(ids)


def _unclosed(line: str, at: int) -> DraftProblem:
    return DraftProblem(
        check="anchor-unclosed",
        line=at,
        message="this item's block is not closed",
        hint="write `<!-- /item -->` on a line of its own after its text",
        keys=_keys(line),
    )


def _orphan(at: int) -> DraftProblem:
    return DraftProblem(
        check="anchor-orphan",
        line=at,
        message="a block ends here that did not begin",
        hint="delete the line, or bring back its `<!-- item … -->` line",
    )


def _broken(line: str, at: int) -> DraftProblem:
    return DraftProblem(
        check="anchor-broken",
        line=at,
        message="this looks like a block's first line but cannot be read",
        hint="write it as `<!-- item i-… -->` on a line of its own",
        keys=_keys(line),
    )


def _duplicate(block: Block) -> DraftProblem:
    return DraftProblem(
        check="anchor-duplicate",
        line=block.line,
        message=f"{block.key} stands in this draft twice",
        hint="delete one of the two blocks",
        keys=(block.key,),
    )


def _unreadable_head(problem: str) -> DraftProblem:
    return DraftProblem(
        check="front-matter", line=1, message=problem, hint="mend the lines between the two `---`"
    )


def _no_head() -> DraftProblem:
    return DraftProblem(
        check="front-matter",
        line=1,
        message="the draft has no front matter, so its audience is not known",
        hint="bring back the lines between two `---`, or make the draft again with `pkm share draft`",
    )


def _one(values: Mapping[str, str | tuple[str, ...]], key: str) -> str | None:
    value = values.get(key)
    return value.strip() or None if isinstance(value, str) else None


def _many(values: Mapping[str, str | tuple[str, ...]], key: str) -> tuple[str, ...]:
    value = values.get(key, ())
    return tuple(value.split()) if isinstance(value, str) else tuple(value)
