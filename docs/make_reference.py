"""Write `docs/reference.md` from the program itself; `--check` compares and writes nothing.

Every command's help, the exit codes, the settings and the JSON schemas: what is not in the program cannot be
in the page, and what is in the program cannot be missing.
"""

import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pkm.cli import topics
from pkm.cli.engine import Family, help_for, load
from pkm.cli.flags import flag_rows
from pkm.cli.stubs import PANELS, STUBS, Stub
from pkm.config import keys, toml_value
from pkm.rules.querywords import ROWS

TARGET = Path(__file__).resolve().parent / "reference.md"
WIDTH = {"COLUMNS": "90"}
NOTICE = "<!-- Written by docs/make_reference.py: change the program, then run it again. -->"


def main(argv: Sequence[str], target: Path = TARGET) -> int:
    """Write the page, or with `--check` show how it differs; 1 if it does."""
    page = reference()
    if "--check" not in argv:
        target.write_text(page, encoding="utf-8")
        return 0
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), page.splitlines(keepends=True), "docs/reference.md", "the program"
    )
    sys.stdout.writelines(lines)
    return int(before != page)


def reference() -> str:
    """The whole page."""
    parts = [
        NOTICE,
        "# Reference",
        "`pkm COMMAND --help` shows what stands here; `pkm help all` lists the commands.",
        "## Flags of every command",
        table(("flag", "meaning"), [(f"`{word}`", meaning) for word, meaning in flag_rows()]),
        *(part for panel in PANELS for part in panel_parts(panel)),
        "## Queries",
        "For `pkm find`, `pkm seek`, `rules.yaml`, the words of a question and saved searches; `pkm help query` says the same.",
        table(("form", "meaning"), [(f"`{row.form}`", row.meaning) for row in ROWS]),
        "## Exit codes",
        "In brackets: the kinds of error that `--json` names.",
        table(("exit", "meaning"), [(str(code), text) for code, text in topics.exit_codes()]),
        "## Settings",
        "They stand in `pkm.toml`; the variable wins over the file, a flag over both.",
        table(("setting", "default", "variable", "meaning"), list(setting_rows())),
        "## JSON",
        "Each document names its form in `schema`. Fields may be added, never renamed.",
        table(("schema", "printed by"), [(f"`{name}`", f"`{text}`") for name, text in topics.schemas()]),
    ]
    return "\n\n".join(parts) + "\n"


def panel_parts(panel: str) -> Iterator[str]:
    """A heading and the help of each command of a panel."""
    stubs = [stub for stub in STUBS if stub.panel == panel]
    if stubs:
        yield f"## {panel}"
    for stub in stubs:
        for path in paths(stub):
            yield f"### pkm {' '.join(path)}"
            yield f"```text\n{help_for(path, WIDTH)}\n```"


def paths(stub: Stub) -> Iterator[list[str]]:
    """The words of a command and of those below it."""
    yield from words([stub.name], load(stub))


def words(path: list[str], command: object) -> Iterator[list[str]]:
    """A path and those below it."""
    yield path
    if isinstance(command, Family):
        for name, below in command.commands.items():
            yield from words([*path, name], below)


def setting_rows() -> Iterator[tuple[str, ...]]:
    """Every setting as a row."""
    for key in keys():
        choices = f" One of: {', '.join(key.choices)}." if key.choices else ""
        variable = f"`{key.variable}`" if key.variable else ""
        yield f"`{key.path}`", f"`{toml_value(key.default)}`", variable, key.help + choices


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
