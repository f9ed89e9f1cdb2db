"""Set a list of texts in a TOML file's text; every byte that the change is not about stays."""

import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final

from pkm.errors import Refused
from pkm.rules.tomltable import toml_string

_PIECE: Final = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?P<remark>\#[^\n]*)|(?P<mark>[\[\],])|\s+"""
)


def with_list(text: str, path: tuple[str, str], values: Sequence[str]) -> str:
    """The text with a list in a table: elements that stay keep their place, new ones follow the last.

    Args:
        text: A TOML document.
        path: The table and the key, bare words.
        values: What the list shall hold.

    Raises:
        Refused: The text is such that the change would not mean what it should; names the lines to write.
    """
    table, key = path
    line = f"{key} = [{', '.join(map(toml_string, values))}]"
    changed = _changed(text, table, key, line, values)
    if changed is None or not _means(changed, text, path, values):
        raise Refused(
            f"{key} of [{table}] cannot be set in the file as it is written",
            why="a change could touch other lines of yours",
            hint=f"write it yourself, below [{table}]: {line}",
        )
    return changed


def _changed(text: str, table: str, key: str, line: str, values: Sequence[str]) -> str | None:
    newline = "\r\n" if "\r\n" in text else "\n"
    header = re.search(rf"^[ \t]*\[[ \t]*{table}[ \t]*\][ \t]*(?:#[^\n]*)?$", text, re.MULTILINE)
    if header is None:
        before = text if not text or text.endswith("\n") else text + newline
        return f"{before}{newline if before else ''}[{table}]{newline}{line}{newline}"
    following = re.compile(r"^[ \t]*\[", re.MULTILINE).search(text, header.end())
    end = following.start() if following else len(text)
    found = re.compile(rf"^[ \t]*{key}[ \t]*=[ \t]*(?=\[)", re.MULTILINE).search(text, header.end(), end)
    if found is not None:
        return _in_place(text, found.end(), values)
    remark = re.compile(rf"^#[ \t]*{key}[ \t]*=[^\n]*$", re.MULTILINE).search(text, header.end(), end)
    at = (remark or header).end()
    at -= text[at - 1 : at] == "\r"
    return f"{text[:at]}{newline}{line}{text[at:]}"


def _in_place(text: str, start: int, values: Sequence[str]) -> str | None:
    """The text with the list that begins at `start` changed; None if it holds more than texts."""
    pieces: list[re.Match[str]] = []
    position = start
    while not pieces or pieces[-1]["mark"] != "]":
        piece = _PIECE.match(text, position)
        if piece is None:
            return None
        position = piece.end()
        if piece["text"] or piece["mark"]:
            pieces.append(piece)
    kept, slices = 0, []
    last = pieces[0].end()
    for index, piece in enumerate(pieces):
        if not piece["text"]:
            continue
        if kept < len(values) and tomllib.loads(f"x = {piece[0]}")["x"] == values[kept]:
            kept, last = kept + 1, piece.end()
        else:
            comma = pieces[index + 1]["mark"] == ","
            after = pieces[index + 1].end() if comma else piece.end()
            space = re.compile(r"[ \t]*").match(text, after)
            slices.append((piece.start(), space.end() if space and comma else after, ""))
    added = ", ".join(map(toml_string, values[kept:]))
    if added:
        behind = any(piece["mark"] == "," and piece.start() >= last for piece in pieces) and not slices
        slices.append((last, last, f", {added}" if kept else added + (", " if behind else "")))
    return _spliced(text, slices)


def _spliced(text: str, slices: Sequence[tuple[int, int, str]]) -> str:
    for start, end, replacement in sorted(slices, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def _means(changed: str, text: str, path: tuple[str, str], values: Sequence[str]) -> bool:
    try:
        found, wanted = tomllib.loads(changed), tomllib.loads(text)
        table: Any = wanted.setdefault(path[0], {})
        table[path[1]] = list(values)
    except (tomllib.TOMLDecodeError, TypeError, AttributeError):
        return False
    return found == wanted
