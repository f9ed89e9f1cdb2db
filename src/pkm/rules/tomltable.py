"""Add a table to a TOML file's text; every byte that is there stays."""

import tomllib
from collections.abc import Mapping

from pkm.errors import Refused

_CONTROLS = {ord(char): f"\\u{ord(char):04x}" for char in map(chr, [*range(0x20), 0x7F])}


def with_table(text: str, path: tuple[str, ...], values: Mapping[str, str]) -> str:
    """The text with a table at its end; bare keys, values as basic strings.

    Args:
        text: A TOML document.
        path: Keys that lead to the table, letters, digits, `_` and `-` alone.
        values: What it holds.

    Raises:
        Refused: The text is such that a table at its end would not mean what it should.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text if not text or text.endswith("\n") else text + newline
    gap = newline if before else ""
    lines = [f"[{'.'.join(path)}]", *(f"{key} = {toml_string(value)}" for key, value in values.items())]
    whole = before + gap + newline.join(lines) + newline
    if not _means(whole, text, path, values):
        raise Refused(
            f"[{'.'.join(path)}] cannot be added at the end of the file",
            why="a table of that name is written there in another way",
            hint="write these lines yourself: " + "; ".join(lines),
        )
    return whole


def _means(whole: str, text: str, path: tuple[str, ...], values: Mapping[str, str]) -> bool:
    try:
        document, wanted = tomllib.loads(whole), tomllib.loads(text)
        inner = wanted
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        added = path[-1] not in inner
        inner[path[-1]] = dict(values)
    except (tomllib.TOMLDecodeError, TypeError, AttributeError):
        return False
    return added and document == wanted


def toml_string(value: str) -> str:
    """A text as TOML writes it, in quotes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').translate(_CONTROLS)
    return f'"{escaped}"'
