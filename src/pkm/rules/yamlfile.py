"""YAML that a person wrote for us, as plain values that know their line.

Read by events: no alias is followed, no tag makes an object, every scalar is text (`no`, `12:30` and `0123`
stay as written), and size and depth are bounded before anything is built.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or a text; `line` counts from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A list."""

    values: "tuple[Value, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map, its pairs in the order of the file; a key may stand twice."""

    pairs: "tuple[tuple[Scalar, Value], ...]"
    line: int


Value = Scalar | Listed | Mapped


class NotReadable(Exception):
    """The text is not such YAML.

    Attributes:
        line: Where, from 1.
        reason: Why, for a person.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line}: {reason}")
        self.reason = reason
        self.line = line


def read_yaml(text: str, *, most_bytes: int) -> Value | None:
    """The one value of a text; None if it holds nothing but comments.

    Raises:
        NotReadable: It is no YAML, too long, too deep, or uses what we do not take: aliases, anchors, tags,
            several documents, keys that are no words.
    """
    if len(text.encode("utf-8", "replace")) > most_bytes:
        raise NotReadable(f"the file is longer than {most_bytes // 1000} kB", 1)
    try:
        events = _events(text.removeprefix("\ufeff"))
        value = _first(events)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise NotReadable("a second document begins here", _line(event))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotReadable(_reason(error), mark.line + 1 if mark else 1) from error
    except (yaml.reader.ReaderError, UnicodeError) as error:
        reason = str(getattr(error, "reason", "")) or "a character that YAML does not allow"
        raise NotReadable(reason, 1) from error
    return value


def _reason(error: Any) -> str:
    problem = str(error.problem or "not YAML")
    return "a tab, where only spaces may stand" if "'\\t'" in problem else problem


def _events(text: str) -> Iterator[Any]:
    event: Any  # the stubs have no anchors, tags and marks on events
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise NotReadable(f"an alias (*{event.anchor}) is not taken", _line(event))
        if getattr(event, "anchor", None):
            raise NotReadable(f"an anchor (&{event.anchor}) is not taken", _line(event))
        if getattr(event, "tag", None) not in {None, "!"}:
            raise NotReadable(f"a tag ({event.tag}) is not taken", _line(event))
        yield event


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _first(events: Iterator[Any]) -> Value | None:
    for event in events:
        if isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent):
            return _value(event, events, depth=0)
    return None


def _value(event: Any, events: Iterator[Any], *, depth: int) -> Value:
    if depth > DEPTH:
        raise NotReadable("nested too deep", _line(event))
    if isinstance(event, yaml.SequenceStartEvent):
        return Listed(tuple(_values(events, depth=depth + 1)), _line(event))
    if isinstance(event, yaml.MappingStartEvent):
        flat = list(_values(events, depth=depth + 1))
        pairs = []
        for key, value in zip(flat[::2], flat[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise NotReadable("a key must be a word", key.line)
            pairs.append((key, value))
        return Mapped(tuple(pairs), _line(event))
    return Scalar(str(event.value), _line(event))


def _values(events: Iterator[Any], *, depth: int) -> Iterator[Value]:
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            return
        yield _value(event, events, depth=depth)
