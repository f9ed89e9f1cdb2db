"""A YAML file as nodes that know their line, for data files that people write by hand.

Read by events, in a loop: no depth of nesting can end the process, and no alias is followed. Every
scalar is text, as written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import yaml

from pkm.errors import UsageError

DEPTH: Final = 12
FILE_CHARS: Final = 500_000

Complain = Callable[[int, str], NoReturn]


@dataclass(slots=True, kw_only=True)
class Node:
    """A value of the file; exactly one of the three is not None.

    Attributes:
        line: Where it begins, from 1.
        text: Of a scalar.
        items: Of a list.
        pairs: Of a map, by key.
    """

    line: int
    text: str | None = None
    items: list["Node"] | None = None
    pairs: dict[str, "Node"] | None = None


@dataclass(slots=True)
class _Open:
    """A list or map that is not closed yet."""

    node: Node
    key: str | None = None


@dataclass(slots=True)
class _Building:
    """The nodes while events come in."""

    complain: Complain
    root: Node | None = None
    open: list[_Open] = field(default_factory=list)

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.complain(line, "anchors and aliases (& and *) are not read here")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._opened(Node(line=line, items=[]))
        elif isinstance(event, yaml.MappingStartEvent):
            self._opened(Node(line=line, pairs={}))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self.open.pop()

    def _opened(self, node: Node) -> None:
        if len(self.open) >= DEPTH:
            self.complain(node.line, "this is nested too deeply")
        self._put(node)
        self.open.append(_Open(node))

    def _scalar(self, text: str, line: int) -> None:
        above = self.open[-1] if self.open else None
        if above is not None and above.node.pairs is not None and above.key is None:
            if text in above.node.pairs:
                self.complain(line, f"'{text}' stands twice here")
            above.key = text
            return
        self._put(Node(line=line, text=text))

    def _put(self, node: Node) -> None:
        if not self.open:
            if self.root is not None:
                self.complain(node.line, "there is more than one document in the file")
            self.root = node
            return
        above = self.open[-1]
        if above.node.items is not None:
            above.node.items.append(node)
        elif above.node.pairs is not None:
            if above.key is None:
                self.complain(node.line, "a key must be a word")
            above.node.pairs[above.key] = node
            above.key = None


def read_nodes(text: str, *, name: str) -> Node | None:
    """The file as nodes; None if there is nothing in it.

    Args:
        text: The file.
        name: Its name, for errors.

    Raises:
        UsageError: It is no YAML that we read; names the line.
    """
    complain = complaint(name)
    if len(text) > FILE_CHARS:
        complain(1, f"the file is longer than {FILE_CHARS:,} characters")
    building = _Building(complain)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            building.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        complain(mark.line + 1 if mark else 1, error.problem or "this is no YAML")
    except yaml.reader.ReaderError as error:
        complain(1, f"this is no text: {error.reason}")
    return building.root


def complaint(name: str) -> Complain:
    """A function that raises a `UsageError` about a line of the file."""

    def complain(line: int, problem: str) -> NoReturn:
        raise UsageError(f"{name}, line {line}: {problem}", hint=f"mend line {line} of {name}")

    return complain
