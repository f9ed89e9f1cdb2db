"""Help pages: plain data, laid out for a width. No Typer, no rich."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pkm.cli.flags import flag_rows
from pkm.cli.stubs import PANELS, STUBS, Stub

WIDEST: Final = 100
_NARROWEST = 30
_GAP = 2
_LABEL_MOST = 28

Row = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with rows of a label and what it means."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of help.

    Attributes:
        usage: The line to type, without `usage:`; empty for a topic.
        text: Paragraphs, a blank line between them; lines that begin with a space stay as they are.
        examples: Lines to type.
        closing: One last paragraph.
    """

    usage: str = ""
    text: str = ""
    sections: tuple[Section, ...] = ()
    examples: tuple[str, ...] = ()
    closing: str = ""


def lay_out(page: Page, columns: int) -> str:
    """The page as text, lines no wider than `columns` where words allow; no line feed at its end."""
    columns = max(_NARROWEST, min(columns, WIDEST))
    blocks = []
    if page.usage:
        blocks.append(textwrap.fill(f"usage: {page.usage}", columns, subsequent_indent="       "))
    blocks += _paragraphs(page.text, columns)
    blocks += [
        f"{section.title}:\n{_rows(section.rows, columns)}" for section in page.sections if section.rows
    ]
    if page.examples:
        blocks.append("\n".join(["Examples:", *(f"  {line}" for line in page.examples)]))
    blocks += _paragraphs(page.closing, columns)
    return "\n\n".join(blocks)


def _paragraphs(text: str, columns: int) -> list[str]:
    paragraphs = [part.strip("\n") for part in text.split("\n\n") if part.strip()]
    return [part if part.startswith(" ") else textwrap.fill(part, columns) for part in paragraphs]


def _rows(rows: Sequence[Row], columns: int) -> str:
    label_width = min(_LABEL_MOST, columns // 2, max(len(label) for label, _ in rows))
    return "\n".join(line for row in rows for line in _row(row, label_width, columns))


def _row(row: Row, label_width: int, columns: int) -> Iterable[str]:
    label, meaning = row
    indent = " " * (2 + label_width + _GAP)
    lines = textwrap.wrap(meaning, max(columns - len(indent), 10)) or [""]
    if len(label) > label_width:
        yield f"  {label}"
        yield from (f"{indent}{line}" for line in lines)
        return
    yield f"  {label:<{label_width + _GAP}}{lines[0]}".rstrip()
    yield from (f"{indent}{line}" for line in lines[1:])


def front_page(stubs: Sequence[Stub] = STUBS) -> Page:
    """What a newcomer needs."""
    return Page(
        usage="pkm [FLAGS] COMMAND [WORDS]...",
        text="Personal Knowledge Mastery at a terminal: seek > sense > share.",
        sections=_panels([stub for stub in stubs if stub.front]),
        closing="`pkm help COMMAND` explains one of them, `pkm help all` lists the rest.",
    )


def all_page() -> Page:
    """Every command, and the flags that all of them take."""
    return Page(
        usage="pkm [FLAGS] COMMAND [WORDS]...",
        sections=(*_panels(STUBS), Section(title="Flags of every command", rows=flag_rows())),
        closing="`pkm help COMMAND` explains one of them. Topics: `pkm help exit-codes`, `pkm help json`.",
    )


def _panels(stubs: Sequence[Stub]) -> tuple[Section, ...]:
    sections = [
        Section(title=panel, rows=tuple((stub.name, stub.help) for stub in stubs if stub.panel == panel))
        for panel in PANELS
    ]
    return tuple(section for section in sections if section.rows)
