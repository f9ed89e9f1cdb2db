"""Front matter, read without judging and edited without touching any other byte.

A file counts as having front matter if it opens with `---`, a closing `---` or `...` follows, and what
stands between is a YAML map (or should be one, and is broken). Anything else that opens with a rule
is body text: a letterhead, a list, a quotation. Logseq's `key:: value` lines may stand before the fence.
Sources: YAML 1.2.2; Obsidian, Hugo and zk for the fences.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pkm.errors import NoteUnreadable
from pkm.rules import limits, logseq, yamlblock, yamledit, yamlscalar
from pkm.rules.yamlblock import Tree
from pkm.rules.yamledit import Value

_BY_HAND: Final = "edit that file by hand (`pkm notes edit NOTE`), then try again"
_NEWLINE: Final = re.compile(r"\r\n|\n|\r")
_OPENING: Final = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_CLOSING: Final = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_KEY_LINE: Final = re.compile(r"[ ]{0,3}[\"']?[^\W\d_][\w .-]{0,60}[\"']?[ \t]*:(?:[ \t\r\n]|\Z)")
_READABLE: Final = re.compile(r"([^\W\d_][\w-]*):[ \t]+(\S.*?)[ \t]*\Z")
_KEY: Final = re.compile(r"[a-z][a-z0-9_-]*\Z")
_OVERSIZE_READ: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A note cut at its fences; `text` is the file again.

    Attributes:
        bom: U+FEFF if the file opens with one, else empty.
        newline: The file's own line end.
        lead: Lines of Logseq's before the first fence, if there is front matter behind them.
        opening: The first fence with its line end; empty if there is no front matter.
        block: The YAML, whole lines.
        closing: The second fence with its line end (the file's last line may lack one).
        body: All after it, untouched.
        problem: Why the bytes cannot be rewritten (encoding, size, NUL, an open fence); None if they can.
    """

    bom: str = ""
    newline: str = "\n"
    lead: str = ""
    opening: str = ""
    block: str = ""
    closing: str = ""
    body: str = ""
    problem: str | None = None

    @property
    def text(self) -> str:
        """The parts put together."""
        return self.head + self.body

    @property
    def head(self) -> str:
        """All before the body."""
        return self.bom + self.lead + self.opening + self.block + self.closing

    @property
    def body_line(self) -> int:
        """Number of the body's first line; 1 for the file's first."""
        return 1 + yamlblock.line_number(self.head, 1 << 62)

    @property
    def block_line(self) -> int:
        """Number of the first line between the fences."""
        return 1 + yamlblock.line_number(self.lead + self.opening, 1 << 62)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What the front matter says.

    Attributes:
        values: Keys in lower case, every scalar as text; null is empty text. Of a key that stands
            twice the last holds. Of an unreadable block, the lines that can be read alone.
        body: All after the front matter, line ends as LF.
        problem: What is wrong, with its line; None if nothing is.
        present: The file opens with front matter, readable or not.
        body_line: Number of the body's first line in the file.
        block: The YAML as written, line ends as LF.
        block_line: Number of its first line in the file.
    """

    values: Mapping[str, Value]
    body: str
    problem: str | None = None
    present: bool = False
    body_line: int = 1
    block: str = ""
    block_line: int = 2


def split(data: bytes) -> Parts:
    """Cut a note at its fences. Never raises: what cannot be decoded is read as well as it can be."""
    return _parse(data)[0]


def read(data: bytes) -> FrontMatter:
    """Read the front matter of a note; a broken one never hides the body."""
    parts, tree = _parse(data)
    values: dict[str, Value] = {entry.name: entry.value for entry in tree.entries}
    if tree.problem:
        values = dict(_readable(parts.block))
    elif parts.problem and not parts.opening:
        values = dict(_readable(_NEWLINE.split(parts.body + "\n\n", maxsplit=1)[-1].partition("\n\n")[0]))
    top = parts.body.lstrip("\r\n")
    lead = parts.lead or top[: logseq.lead_end(top)]
    values = {**logseq.lead_values(lead), **values}
    return FrontMatter(
        values=MappingProxyType(values),
        body=_lf(parts.body),
        problem=parts.problem or _problem(parts, tree),
        present=bool(parts.opening),
        body_line=parts.body_line,
        block=_lf(parts.block),
        block_line=parts.block_line,
    )


def editable(data: bytes) -> Parts:
    """The parts of a note whose body is to be changed.

    Raises:
        NoteUnreadable: The bytes are such that no part of them may be rewritten.
    """
    parts = split(data)
    if parts.problem:
        raise NoteUnreadable(f"this note is not rewritten: {parts.problem}", hint=_BY_HAND)
    return parts


def edit(data: bytes, changes: Mapping[str, str | Sequence[str] | None]) -> bytes:
    """Set (text, or a list) and remove (None) keys; every other byte stays.

    A key that has the value already is left as it is written. New keys go before the closing fence;
    a file without front matter gets one. Keys are given in lower case and found in any case.

    Raises:
        NoteUnreadable: The block is broken, or uses what we do not edit: brackets around the whole,
            anchors, merge keys, a key twice, tabs in its layout.
    """
    wanted = {
        key: value if value is None or isinstance(value, str) else tuple(value)
        for key, value in changes.items()
    }
    if bad := [key for key in wanted if not _KEY.match(key)]:
        raise ValueError(f"not a key that we write: {bad[0]!r}")
    wanted = {key: _storable(value) for key, value in wanted.items()}
    parts, tree = _parse(data)
    _refuse(parts, tree)
    edited = _edited(parts, tree, wanted) if parts.opening else _with_block(parts, wanted)
    _verify(parts, tree, edited, wanted)
    return edited.encode()


def _storable(value: Value | None) -> Value | None:
    """Lone surrogates as U+FFFD, as they will stand in the file."""
    if value is None:
        return None
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
    return tuple(str(_storable(one)) for one in value)


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# Reading.


def _parse(data: bytes) -> tuple[Parts, Tree]:
    text, problem = _decode(data)
    cut = _cut(text, problem)
    if not cut.opening:
        return cut, Tree()
    tree = yamlblock.tree(cut.block)
    if tree.mapping and not (tree.problem and not _KEY_LINE.search(_lf(cut.block).lstrip("\n"))):
        return cut, tree
    body = cut.lead + cut.opening + cut.block + cut.closing + cut.body
    return Parts(bom=cut.bom, newline=cut.newline, body=body, problem=problem), Tree()


def _decode(data: bytes) -> tuple[str, str | None]:
    if len(data) > limits.NOTE_BYTES:
        text = data[:_OVERSIZE_READ].decode("utf-8", "replace")
        return text, f"larger than {limits.NOTE_BYTES // limits.MB} MB; only its beginning is read"
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace"), "it is UTF-16, not UTF-8"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return data.decode("latin-1"), f"line {line}: not UTF-8"
    if "\0" in text:
        return text, f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}: a NUL byte"
    return text, None


def _cut(text: str, problem: str | None) -> Parts:
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    rest = text[len(bom) :]
    found = _NEWLINE.search(rest)
    newline = found[0] if found else "\n"
    lead = rest[: logseq.lead_end(rest)]
    opening = _OPENING.match(rest, len(lead))
    if not opening:
        return Parts(bom=bom, newline=newline, body=rest, problem=problem)
    closing = _CLOSING.search(rest, opening.end())
    if not closing:
        if _KEY_LINE.match(rest, opening.end()):
            line = 1 + yamlblock.line_number(lead, len(lead))
            problem = problem or f"line {line}: the front matter is never closed (no second ---)"
        return Parts(bom=bom, newline=newline, body=rest, problem=problem)
    return Parts(
        bom=bom,
        newline=newline,
        lead=lead,
        opening=opening[0],
        block=rest[opening.end() : closing.start()],
        closing=closing[0],
        body=rest[closing.end() :],
        problem=problem,
    )


def _readable(block: str) -> Mapping[str, str]:
    """Keys with a plain value of one line: what can be read of a block that cannot."""
    values: dict[str, str] = {}
    for line in _NEWLINE.split(block):
        found = _READABLE.match(line)
        if not found or found[2][0] in "[{|>&*!#":
            continue
        value = found[2]
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        values.setdefault(found[1].casefold(), value)
    return values


def _problem(parts: Parts, tree: Tree) -> str | None:
    if tree.problem:
        return f"line {_line(parts, tree.offset)}: {tree.problem}"
    if doubled := tree.doubled:
        return f"line {_line(parts, doubled.key_start)}: `{doubled.name}` stands twice"
    return None


def _line(parts: Parts, offset: int) -> int:
    return parts.block_line + yamlblock.line_number(parts.block, offset)


# Editing.


def _refuse(parts: Parts, tree: Tree) -> None:
    """Raise for a block that we read but do not edit, naming what it has and where."""
    reason = parts.problem or _problem(parts, tree)
    if not reason and tree.flow:
        reason = "the front matter is in brackets (JSON style)"
    if not reason and tree.special:
        what, offset = tree.special[0]
        reason = f"line {_line(parts, offset)}: {what}"
    if not reason and (tab := yamlblock.stray_tab(parts.block, tree)) is not None:
        reason = f"line {_line(parts, tab)}: a tab in the front matter"
    if reason:
        raise NoteUnreadable(
            f"the front matter of this note is not edited: {reason}",
            why="an edit could change what you wrote there",
            hint=_BY_HAND,
        )


def _with_block(parts: Parts, wanted: Mapping[str, Value | None]) -> str:
    newline = parts.newline
    lines = "".join(
        yamlscalar.lines_of(key, value, newline=newline) for key, value in wanted.items() if value is not None
    )
    if not lines:
        return parts.text
    gap = "" if not parts.body or parts.body[0] in "\r\n" else newline
    return f"{parts.bom}---{newline}{lines}---{newline}{gap}{parts.body}"


def _edited(parts: Parts, tree: Tree, wanted: Mapping[str, Value | None]) -> str:
    block = yamledit.edited(parts.block, tree, wanted, newline=parts.newline)
    return parts.bom + parts.lead + parts.opening + block + parts.closing + parts.body


def _verify(parts: Parts, tree: Tree, edited: str, wanted: Mapping[str, Value | None]) -> None:
    """Read the edited text again: every other key and the body must be what they were."""
    again, after = _parse(edited.encode())
    before = {entry.name: entry.value for entry in tree.entries}
    expected = {key: value for key, value in before.items() if key not in wanted}
    expected |= {key: value for key, value in wanted.items() if value is not None}
    body = again.body if parts.opening or not again.opening else again.body.removeprefix(parts.newline)
    same_body = body == (
        parts.body if parts.opening or not again.opening else parts.body.removeprefix(parts.newline)
    )
    found = {entry.name: entry.value for entry in after.entries}
    if again.problem or after.problem or after.doubled or found != expected or not same_body:
        raise NoteUnreadable(
            "the front matter of this note is not edited: the change would not stay within its own lines",
            why=after.problem or "other keys or the text would read differently afterwards",
            hint=_BY_HAND,
        )
