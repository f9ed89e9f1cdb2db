"""How results are shown: a table for a person, plain rows for a pipe, one JSON document for a program.

Data goes to stdout, talk to stderr. Every text from outside passes `clean` here, whatever happened to it
before; rich gets it as `Text` only, never as markup. rich is loaded for tables on a terminal alone.
"""

import dataclasses
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath
from typing import Any, Final

from pkm.cli.context import Run
from pkm.cli.glyphs import FINE
from pkm.cli.terminal import NARROW, can_encode, width
from pkm.rules.clean import Sink, clean

Cell = str | int | float | datetime | date | None
_GAP: Final = 2
_LEAST_TITLE: Final = 12  # cells left to a column that may give way; with less the records are stacked
# Harmless in a JSON parser, not on a terminal: C1 controls, DEL, bidi overrides, line separators.
_TERMINAL_RISK = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its heading, and the label in stacked records.
        keep: An id or a URL: never cut and never broken.
        wrap: Its text goes on in further lines rather than be cut.
        right: Numbers.
        below: On a line of its own below the row, where it says something; for words that few rows have,
            or that are longer than a column is wide.
    """

    name: str
    keep: bool = False
    wrap: bool = False
    right: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows for a person or a pipe; each row has a cell for every column.

    Attributes:
        between: Lines that stand below the n-th row (1 is the first), for a person alone, and are never cut.
        closing: What stands below the table, for a person alone: one line each.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    between: tuple[tuple[int, str], ...] = ()
    closing: tuple[str, ...] = ()


def show(run: Run, table: Table, document: Callable[[], Mapping[str, Any]]) -> None:
    """Show a result as the user asked.

    Args:
        run: Says which of the three forms.
        table: For people and pipes.
        document: Makes the fields of the JSON document, `schema` first; called for `--json` alone.
    """
    if run.json:
        show_json(document())
    elif run.table:
        _show_table(run, table)
    else:
        _print_lines("\t".join(map(_plain, row)) for row in table.rows)


def show_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document with its `schema`; frozen nouns, dates and enums are written as they should.

    Args:
        document: A value that is an iterator is a list whose rows are made and written one by one, so that a
            list of everything takes no more memory than its longest row.

    Raises:
        ValueError: A moment has no zone, or there is no schema: a bug of the caller.
    """
    if "schema" not in document:
        raise ValueError("a JSON document needs its schema")
    for piece in _pieces(document):
        print(piece, end="")  # noqa: T201 - data goes to stdout
    print()  # noqa: T201 - the same


def _pieces(document: Mapping[str, Any]) -> Iterator[str]:
    before = "{"
    for name, value in document.items():
        yield f"{before}{to_json(name)}: "
        if isinstance(value, Iterator):
            yield "["
            yield from (f"{', ' if number else ''}{to_json(row)}" for number, row in enumerate(value))
            yield "]"
        else:
            yield to_json(value)
        before = ", "
    yield "}"


def show_text(text: str) -> None:
    """Print a text from outside that may have many lines."""
    _print_lines([clean(text, Sink.BODY)])


def show_line(text: str) -> None:
    """Print one line of data, an id or a path."""
    _print_lines([clean(text, Sink.LINE)])


def say(run: Run, text: str) -> None:
    """Talk to the user on stderr; `--quiet` silences it."""
    if not run.quiet:
        warn(text)


def warn(text: str) -> None:
    """Say on stderr what a person must know, `--quiet` or not."""
    print(clean(text, Sink.BODY), file=sys.stderr)  # noqa: T201 - talk goes to stderr


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - data goes to stdout


# JSON.


def to_json(document: Any) -> str:
    """One line of JSON that parses to the same text and does nothing to a terminal."""
    text = json.dumps(_jsonable(document), ensure_ascii=not can_encode("é漢", sys.stdout), allow_nan=False)
    return _TERMINAL_RISK.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_jsonable(str(key)): _jsonable(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_jsonable(part) for part in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {part.name: _jsonable(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, str) and not isinstance(value, Enum):
        return _SURROGATE.sub("\ufffd", value)
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Enum):
        return getattr(value, "word", value.value)  # a level has a number and a word
    if isinstance(value, date | PurePath):
        return str(value)
    return value


def rfc3339(moment: datetime) -> str:
    """A moment with its zone, to the second unless it has a part of one.

    Raises:
        ValueError: It has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be written")
    return moment.isoformat().replace("+00:00", "Z")


# Cells.


def _plain(cell: Cell) -> str:
    """A cell for a pipe: whole, one line."""
    return clean(rfc3339(cell) if isinstance(cell, datetime) else _words(cell), Sink.LINE)


def _words(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _shown(cell: Cell) -> str:
    """A cell for a person."""
    text = f"{cell.astimezone():%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else _words(cell)
    return clean(text, Sink.LINE)


# Tables.


def _show_table(run: Run, table: Table) -> None:
    columns = width(run.environ, sys.stdout)
    rows = [tuple(_shown(cell) for cell in row) for row in table.rows]
    beside = [n for n, column in enumerate(table.columns) if not column.below]
    grid = [table.columns[n] for n in beside]
    widths = _widths(grid, [[row[n] for n in beside] for row in rows], columns) if columns >= NARROW else None
    if rows and widths is None:
        for _, part, line in _parts(rows, table.between):
            _show_records(table.columns, part)
            if line is not None:
                _print_lines([clean(line, Sink.LINE), ""])
    elif rows and widths is not None:
        lines = sorted(
            (*_below(table.columns, rows, widths, columns), *table.between), key=lambda pair: pair[0]
        )
        for start, part, line in _parts(rows, lines):
            if part:
                _show_rich(run, grid, [[row[n] for n in beside] for row in part], widths, headed=start == 0)
            if line is not None:
                _print_lines([clean(line, Sink.BODY)])
    if table.closing and not run.quiet:
        _print_lines(["", *(clean(line, Sink.LINE) for line in table.closing)])


def _below(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], widths: Sequence[int], total: int
) -> Iterator[tuple[int, str]]:
    """What stands below rows, indented to the first column that is no number or id."""
    beside = [column for column in columns if not column.below]
    short = next((n for n, column in enumerate(beside) if not (column.keep or column.right)), 0)
    indent = " " * sum(width + _GAP for width in widths[:short])
    for number, row in enumerate(rows, 1):
        for column, cell in zip(columns, row, strict=True):
            if column.below and cell:
                yield number, textwrap.fill(cell, total, initial_indent=indent, subsequent_indent=indent)


def _parts(
    rows: Sequence[Sequence[str]], between: Sequence[tuple[int, str]]
) -> Iterator[tuple[int, Sequence[Sequence[str]], str | None]]:
    """The rows cut where a line stands between them: where each part begins, the part, the line below it."""
    start = 0
    for after, line in between:
        yield start, rows[start:after], line
        start = after
    if start < len(rows):
        yield start, rows[start:], None


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], total: int) -> list[int] | None:
    """Cells for each column: kept columns whole, the others share what is left; None if that is too little.

    rich would squeeze kept columns as well, whatever `min_width` says, so it gets every width from us.
    """
    from rich.cells import cell_len  # noqa: PLC0415 - tables alone pay for it

    widths = [
        max([cell_len(column.name), *(cell_len(row[n]) for row in rows)]) for n, column in enumerate(columns)
    ]
    free = total - _GAP * (len(columns) - 1)
    giving = sorted(
        (n for n, column in enumerate(columns) if not (column.keep or column.right)), key=widths.__getitem__
    )
    free -= sum(width for n, width in enumerate(widths) if n not in giving)
    for place, n in enumerate(giving):
        fair = free // (len(giving) - place)
        if fair < min(widths[n], _LEAST_TITLE):
            return None
        widths[n] = min(widths[n], fair)
        free -= widths[n]
    return widths if free >= 0 else None


def _show_records(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """One line a field, a blank line between records; nothing is cut, the terminal breaks the lines."""
    records = [
        "\n".join(f"{column.name}: {cell}" for column, cell in zip(columns, row, strict=True) if cell)
        for row in rows
    ]
    _print_lines(["\n\n".join(records)])


def _show_rich(
    run: Run,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    headed: bool = True,
) -> None:
    from rich.console import Console, OverflowMethod  # noqa: PLC0415 - tables alone pay for it
    from rich.table import Table as RichTable  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    cut: OverflowMethod = "ellipsis" if can_encode(FINE.ellipsis, sys.stdout) else "crop"
    grid = RichTable(
        box=None,
        padding=(0, _GAP, 0, 0),
        pad_edge=False,
        show_edge=False,
        show_header=headed,
        header_style="bold",
    )
    for column, cells in zip(columns, widths, strict=True):
        grid.add_column(
            Text(column.name),
            justify="right" if column.right else "left",
            no_wrap=not column.wrap,
            overflow="fold" if column.wrap else cut,
            width=cells,
        )
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console = Console(
        file=sys.stdout,
        width=sum(widths) + _GAP * len(widths),
        force_terminal=run.colored,
        color_system="standard" if run.colored else None,
        no_color=not run.colored,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        console.print(grid)
    _print_lines(line.rstrip() for line in captured.get().splitlines())
