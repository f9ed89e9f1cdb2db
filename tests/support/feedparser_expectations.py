"""The expectations that feedparser's own test files carry, as far as they concern what pkm stores.

`Expect:` is a Python expression; it is read with `ast`, never evaluated. `comparisons` gives pairs of a
path such as `("entries", 0, "title")` and the literal that stands beside it.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"Header:\s*([\w-]+):\s*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one file says about itself."""

    headers: dict[str, str]
    pairs: tuple[tuple[tuple[object, ...], object], ...]


def expectation(body: bytes) -> Expectation | None:
    text = body.decode("utf-8", "replace")
    for encoding in ("utf-16", "utf-32"):
        if "Expect:" not in text and 0 in body[:4]:
            text = body.decode(encoding, "replace")
    comment = text.partition("<!--")[2].partition("-->")[0]
    source = comment.partition("Expect:")[2].strip()
    if not source:
        return None
    try:
        tree = ast.parse(source.replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    headers = {name.lower(): value.strip() for name, value in _HEADER.findall(comment)}
    return Expectation(headers=headers, pairs=tuple(_pairs(tree)))


def _pairs(tree: ast.expr) -> Iterator[tuple[tuple[object, ...], object]]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from _pairs(value)
    elif isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq):
        path = _path(tree.left)
        try:
            literal = ast.literal_eval(tree.comparators[0])
        except (ValueError, TypeError):
            return
        if path:
            yield path, literal


def _path(tree: ast.expr) -> tuple[object, ...]:
    if isinstance(tree, ast.Name):
        return (tree.id,)
    if isinstance(tree, ast.Attribute):
        return (*_path(tree.value), tree.attr)
    if isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Constant):
        return (*_path(tree.value), tree.slice.value)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "len":
        return ("len", *_path(tree.args[0]))
    return ()
