"""The YAML of a front matter block, with the place of every key and value.

Read by events, not by nodes: the walk is a loop, so no depth of nesting can end the process, and
no alias is ever followed. Every scalar is text: `no`, `12:30`, `0123` and dates stay as written.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from pkm.rules import limits

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_OPENS: Final = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES: Final = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
LINE_END: Final = re.compile(r"\r\n|\n|\r")
_DASH: Final = re.compile(r"[ ]*-[ ]*\Z")

Events = list[Any]  # the stubs have no marks on events


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One element of a list: its text, and its slice in the block (characters)."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of the block's top level.

    Attributes:
        name: The key in lower case.
        key_start: Offset of its first character in the block.
        key_end: Offset after its last.
        start: Offset of its value; of the first dash for a block list.
        end: Offset after the value's last character; trailing blank lines and comments are not part.
        value: Text, or a tuple of texts for a list. A map is its own slice, as text.
        items: The elements of a list; empty for anything else.
        flow: The value is a list or map in brackets.
        nested: The value is a map, or a list that holds lists or maps.
    """

    name: str
    key_start: int
    key_end: int
    start: int
    end: int
    value: str | tuple[str, ...]
    items: tuple[Item, ...] = ()
    flow: bool = False
    nested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a block holds.

    Attributes:
        mapping: It is a map (an empty block counts as one); else it is no front matter.
        flow: The map is written in brackets, as JSON is.
        column: Indent of its keys, in characters.
        entries: In the order of the file.
        problem: Why it could not be read, None if it could.
        offset: Where the problem stands, in characters of the block.
        special: Anchors and merge keys met: what and where; such a block is read but not edited.
    """

    mapping: bool = True
    flow: bool = False
    column: int = 0
    entries: tuple[Entry, ...] = ()
    problem: str | None = None
    offset: int = 0
    special: tuple[tuple[str, int], ...] = ()

    @property
    def doubled(self) -> Entry | None:
        """The first key that stands a second time, whatever its case."""
        seen: set[str] = set()
        for entry in self.entries:
            if entry.name in seen:
                return entry
            seen.add(entry.name)
        return None


class _Unfit(Exception):
    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset


def tree(block: str) -> Tree:
    """Read a block; whatever is wrong with it becomes `problem`, never an exception."""
    try:
        return _tree(block, _events(block))
    except _Unfit as unfit:
        return Tree(problem=unfit.problem, offset=unfit.offset)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark else 0
        tab = block[offset : offset + 1] == "\t"
        problem = "a tab, where only spaces may stand" if tab else error.problem or "not YAML"
        return Tree(problem=problem, offset=offset)
    except yaml.reader.ReaderError as error:
        return Tree(problem=str(error.reason), offset=block.find(chr(_code(error))))


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character[:1] or b"\0")


def _events(block: str) -> Events:
    if len(block) > limits.FRONT_MATTER_BYTES or len(block.encode()) > limits.FRONT_MATTER_BYTES:
        raise _Unfit(f"longer than {limits.FRONT_MATTER_BYTES // 1000} kB", 0)
    if block.startswith("\ufeff"):
        raise _Unfit("a byte order mark inside the block", 0)
    return list(_checked(yaml.parse(block, Loader=yaml.CSafeLoader)))


def _checked(events: Iterable[Any]) -> Iterator[Any]:
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise _Unfit(f"an alias (*{event.anchor})", _place(event))
        if isinstance(event, yaml.DocumentStartEvent) and event.version is not None:
            raise _Unfit("a %YAML directive", _place(event))
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        if depth > limits.FRONT_MATTER_DEPTH:
            raise _Unfit(f"nested deeper than {limits.FRONT_MATTER_DEPTH}", event.start_mark.index)
        yield event


def _place(event: Any) -> int:
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _tree(block: str, events: Events) -> Tree:
    if len(events) == 2:  # stream start and end: nothing but comments
        return Tree()
    root = events[2]
    if not isinstance(root, yaml.MappingStartEvent):
        return Tree(mapping=False)
    nodes = list(_nodes(events, 3))
    after = 3 + sum(len(node) for node in nodes)
    if not isinstance(events[after + 2], yaml.StreamEndEvent):
        raise _Unfit("a second document", events[after + 2].start_mark.index)
    pairs = list(zip(nodes[::2], nodes[1::2], strict=True))
    return Tree(
        flow=bool(root.flow_style),
        column=pairs[0][0][0].start_mark.column if pairs else 0,
        entries=tuple(_entry(block, key, value) for key, value in pairs),
        special=tuple(_specials(events, pairs)),
    )


def _nodes(events: Events, index: int) -> Iterator[Events]:
    """The events of each node from `index` on, up to the end of the collection around them."""
    while not isinstance(events[index], _CLOSES):
        stop, depth = index, 0
        while True:
            depth += isinstance(events[stop], _OPENS) - isinstance(events[stop], _CLOSES)
            stop += 1
            if depth == 0:
                break
        yield events[index:stop]
        index = stop


def _specials(events: Events, pairs: Sequence[tuple[Events, Events]]) -> Iterator[tuple[str, int]]:
    for event in events:
        if getattr(event, "anchor", None):
            yield f"an anchor (&{event.anchor})", _place(event)
    for key, _ in pairs:
        if not isinstance(key[0], yaml.ScalarEvent):
            yield "a key that is no word", _place(key[0])
        elif key[0].value == "<<":
            yield "a merge key (<<)", _place(key[0])


def _entry(block: str, key: Events, value: Events) -> Entry:
    first = value[0]
    is_list = isinstance(first, yaml.SequenceStartEvent)
    elements = list(_nodes(value, 1)) if is_list else []
    items = tuple(_item(block, element) for element in elements)
    start, end = _span(block, value)
    return Entry(
        name=_text(block, key).casefold(),
        key_start=_span(block, key)[0],
        key_end=_span(block, key)[1],
        start=start,
        end=end,
        value=tuple(item.value for item in items) if is_list else _text(block, value),
        items=items,
        flow=bool(getattr(first, "flow_style", None)),
        nested=isinstance(first, yaml.MappingStartEvent) or any(len(element) > 1 for element in elements),
    )


def _item(block: str, node: Events) -> Item:
    start, end = _span(block, node)
    return Item(value=_text(block, node), start=start, end=end)


def _text(block: str, node: Events) -> str:
    first = node[0]
    if not isinstance(first, yaml.ScalarEvent):
        start, end = _span(block, node)
        return block[start:end].strip()
    if first.implicit[0] and first.style is None and first.value in _NULLS:
        return ""
    return str(first.value)


def _span(block: str, node: Events) -> tuple[int, int]:
    """The slice of a node. A block collection ends with its last leaf: libyaml's own mark is at the next token."""
    start = _place(node[0])
    last = next(event for event in reversed(node) if not _ends_late(event, node))
    end = _end(last)
    if isinstance(last, yaml.ScalarEvent) and last.style in {"|", ">"}:
        begun = _place(last)
        end = begun + len(block[begun:end].rstrip())
    return start, max(start, end)


def _ends_late(event: Any, node: Events) -> bool:
    """Whether it closes a block collection: its mark stands at the next token, not at its own end."""
    return isinstance(event, _CLOSES) and _end(event) == _place(event) and len(node) > 1


def line_start(text: str, offset: int) -> int:
    """Offset of the first character of the line that `offset` is in."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    """Offset after the line that `offset` is in, its line end included."""
    found = LINE_END.search(text, offset)
    return found.end() if found else len(text)


def line_number(text: str, offset: int) -> int:
    """Lines before the one that `offset` is in."""
    return len(LINE_END.findall(text, 0, max(offset, 0)))


def plain_list(block: str, entry: Entry) -> bool:
    """Whether it is a block list of one-line items, each on a line of its own below its key."""
    if entry.flow or entry.nested or not entry.items:
        return False
    lines = set()
    for item in entry.items:
        start = line_start(block, item.start)
        if LINE_END.search(block, item.start, item.end) or not _DASH.match(block[start : item.start]):
            return False
        lines.add(start)
    return len(lines) == len(entry.items) and line_start(block, entry.key_start) not in lines


def stray_tab(block: str, found: Tree) -> int | None:
    """Offset of a tab that is part of the layout (not of a value or a comment); None if there is none."""
    bare = list(block)
    for entry in found.entries:
        for start, end in ((entry.key_start, entry.key_end), *_leaves(entry)):
            bare[start:end] = "x" * (end - start)
    layout = re.sub(r"#[^\r\n]*", lambda match: "x" * len(match[0]), "".join(bare))
    at = layout.find("\t")
    return at if at >= 0 else None


def _leaves(entry: Entry) -> list[tuple[int, int]]:
    if entry.items:
        return [(item.start, item.end) for item in entry.items]
    return [(entry.start, entry.end)]
