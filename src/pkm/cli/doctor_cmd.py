"""`pkm doctor`: find trouble, say what to type; mend, or make the store again."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.opening import home_of, need_home, open_shelf, settings_of, shelf_options
from pkm.cli.output import Column, Table, say, show, warn
from pkm.cli.registry import Commands
from pkm.errors import Findings, UsageError
from pkm.shelf.doctor import Checked, examine, fix
from pkm.shelf.rebuild import Rebuilt, rebuild

commands = Commands()
_GONE = (
    "What only the store knew is gone from it: texts that feeds no longer serve, what was let go and why, "
    "the history of pulls, undo. `pkm pull` fetches what feeds still have."
)


@commands(
    "doctor",
    examples=("pkm doctor", "pkm doctor --fix", "pkm doctor --rebuild --yes", "pkm doctor --forget h4k2"),
)
def doctor(
    run: Run,
    *,
    mend: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended without losing anything.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--rebuild", help="Make the store again from your files; the old one is kept.")
    ] = False,
    forgotten: Annotated[
        str | None,
        typer.Option("--forget", metavar="ID", help="Remove an item from every file that pkm alone writes."),
    ] = None,
) -> None:
    """Look whether the home is sound, and say what to type.

    It checks the store, the search index, notes, journals and sources.opml, who may read them, and whether a
    sync service copies the store. Exit 1 if something is wrong; a warning alone is exit 0.

    --fix makes files private again, makes the index anew, believes that notes that vanished are meant to be
    gone, and writes sources.opml from what you follow. --rebuild makes the store from the files alone: asks
    first, and keeps the old one beside it.

    --forget is for a secret that was captured by mistake: the item leaves the store, the index, the journals,
    the trash and older copies of the store, and nothing brings it back. It says where it stood, asks, and names
    your own files that still hold something of it.
    """
    if mend + again + (forgotten is not None) > 1:
        raise UsageError(
            "--fix, --rebuild and --forget do not go together", hint="pkm doctor --rebuild, then pkm doctor"
        )
    if forgotten is not None:
        from pkm.cli.forgetting import forget_item  # noqa: PLC0415 - the other checks do without it

        forget_item(run, forgotten)
    elif again:
        _rebuild(run)
    else:
        _examine(run, mend=mend)


def _examine(run: Run, *, mend: bool) -> None:
    with open_shelf(run, settings_of(run)) as shelf:
        mended = fix(shelf) if mend else ()
        checks = examine(shelf)
    for line in mended:
        say(run, line)
    show(run, _table(checks), lambda: _document(checks, mended))
    failed = [one for one in checks if one.verdict == "fail"]
    if failed:
        raise Findings(f"{len(failed)} of {len(checks)} checks failed", hint=failed[0].hint)


def _table(checks: tuple[Checked, ...]) -> Table:
    columns = (
        Column(name="check", keep=True),
        Column(name="verdict", keep=True),
        Column(name="what", wrap=True),
        Column(name="what to do", wrap=True),
    )
    warned = sum(one.verdict == "warn" for one in checks)
    closing = (
        f"{len(checks)} checks, {warned} warning{'' if warned == 1 else 's'}"
        if warned
        else f"{len(checks)} checks, all is well"
    )
    bad = any(one.verdict == "fail" for one in checks)
    return Table(
        columns=columns,
        rows=tuple((one.check, one.verdict, one.message, one.hint) for one in checks),
        closing=() if bad else (closing,),
    )


def _document(checks: tuple[Checked, ...], mended: tuple[str, ...]) -> dict[str, Any]:
    return {"schema": "pkm.doctor/1", "checks": [asdict(one) for one in checks], "mended": mended}


def _rebuild(run: Run) -> None:
    need_home(run)
    settings = settings_of(run)
    say(run, _GONE.replace("is gone", "will be gone"))
    if not confirm(run, "Make the store again from your files?"):
        say(run, "Nothing was changed.")
        return
    rebuilt = rebuild(home_of(run, settings), options=shelf_options(run, settings), now=run.clock)
    counts = _counts(rebuilt)
    rows = tuple((name, number) for name, number in counts.items())
    columns = (Column(name="came back", keep=True), Column(name="how many", right=True))
    show(run, Table(columns=columns, rows=rows), lambda: _rebuilt_document(rebuilt, counts))
    if rebuilt.aside:
        say(run, f"the old store lies at {rebuilt.aside}")
    for line in rebuilt.synced.torn:
        warn(f"could not be read: {line}")
    for path, reason in rebuilt.synced.unreadable:
        warn(f"could not be read: {path}: {reason}")


def _counts(rebuilt: Rebuilt) -> dict[str, int]:
    names = ("sources", "items", "notes", "quotes", "shares", "digests")
    return {name: getattr(rebuilt, name) for name in names}


def _rebuilt_document(rebuilt: Rebuilt, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "schema": "pkm.rebuilt/1",
        "came_back": counts,
        "aside": rebuilt.aside,
        "torn": rebuilt.synced.torn,
    }
