"""`pkm notes check`: what a reader of the notes would trip over."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show, warn
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import Findings
from pkm.model.digest import Finding
from pkm.rules.amounts import counted

if TYPE_CHECKING:
    from pkm.sense.checkscene import Trouble
    from pkm.sense.notecheck import Mended

commands = Commands()


@commands("notes check", examples=("pkm notes check", "pkm notes check --fix", "pkm notes check --json"))
def check_notes(
    run: Run,
    *,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Mend what needs no judgement: links to renamed notes, ids of copies."),
    ] = False,
) -> None:
    """Look for broken links, files that cannot be read, copies and lost quotes.

    Each finding names its file, its line and what to type. Exit 1 if there is a warning or an error; what is
    only worth a note is exit 0. `pkm undo` takes back what --fix did.
    """
    from pkm.sense.notecheck import Mended, check, mend  # noqa: PLC0415 - `notes list` shall not wait for it

    with open_shelf(run, settings_of(run)) as shelf:
        troubles = check(shelf, in_step(run, shelf, wait=fix))
        mended = mend(shelf, troubles) if fix else Mended()
        if mended.paths:
            troubles = check(shelf, in_step(run, shelf, wait=True))
    show(run, _table(run, [one.finding for one in troubles]), lambda: _document(troubles, mended))
    for path, error in mended.refused:
        warn(f"{path}: {error}")
    if mended.paths:
        said = f"mended {counted(mended.troubles, 'finding')} in {counted(len(mended.paths), 'note')}"
        say(run, dotted(said, "undo: pkm undo"))
    _close(run, troubles, fix=fix)


def _close(run: Run, troubles: Sequence["Trouble"], *, fix: bool) -> None:
    serious = [one for one in troubles if one.finding.level != "note"]
    if not troubles:
        say(run, "Nothing is wrong with your notes.")
    if not serious:
        return
    mendable = sum(1 for one in troubles if one.mend is not None)
    hint = "pkm notes check --fix" if mendable and not fix else "each line says what to type"
    safe = f"; {mendable} can be mended by --fix" if mendable and not fix else ""
    raise Findings(f"{counted(len(serious), 'finding')}{safe}", hint=hint)


def _table(run: Run, findings: Sequence[Finding]) -> Table:
    rows = tuple(
        (f"{one.path}:{one.line}" if one.line else one.path, one.level, one.check, one.message, one.hint)
        for one in findings
    )
    if run.table:
        return Table(
            columns=(
                Column(name="place", keep=True),
                Column(name="level", keep=True),
                Column(name="what", wrap=True),
                Column(name="what to do", below=True),
            ),
            rows=tuple((place, level, message, hint) for place, level, _, message, hint in rows),
        )
    names = ("place", "level", "check", "what", "what to do")
    return Table(columns=tuple(Column(name=name, keep=True) for name in names), rows=rows)


def _document(troubles: Sequence["Trouble"], mended: "Mended") -> dict[str, Any]:
    return {
        "schema": "pkm.findings/1",
        "findings": [
            {
                "level": one.finding.level,
                "check": one.finding.check,
                "path": one.finding.path,
                "line": one.finding.line,
                "message": one.finding.message,
                "hint": one.finding.hint,
                "fixable": one.mend is not None,
            }
            for one in troubles
        ],
        "mended": mended.troubles,
    }
