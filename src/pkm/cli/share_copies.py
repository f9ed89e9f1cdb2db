"""Further copies of an edition, where the user wants them: a file, a folder, or stdout."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.errors import AnswerNeeded, Refused, UsageError
from pkm.share.export import Exported
from pkm.vault import write

STDOUT: Final = "-"
_MODE: Final = 0o644  # it is made for others


def must_fit(output: str | None, formats: Sequence[str]) -> None:
    """Refuse several formats where one file can be written.

    Raises:
        UsageError: As it says.
    """
    if output is None or len(formats) == 1 or (output != STDOUT and Path(output).expanduser().is_dir()):
        return
    raise UsageError(
        f"{len(formats)} formats do not fit into one file",
        hint=f"name a folder with --output, or one format: --format {formats[0]}",
    )


def hand_over(run: Run, done: Exported, output: str | None, formats: Sequence[str]) -> tuple[str, ...]:
    """Write the copies; their paths.

    Raises:
        Refused: Another file is there, and the user does not want it replaced.
    """
    if output is None:
        return ()
    files = {form: write.read_file(run.home / done.files[form]) for form in formats}
    if output == STDOUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(files[formats[0]])
        sys.stdout.buffer.flush()
        return ()
    path = Path(output).expanduser()
    name = f"{done.digest.audience}-{done.digest.edition or 0:03}"
    targets = {form: path / f"{name}.{form}" if path.is_dir() else path for form in formats}
    for form, target in targets.items():
        _copy(run, target, files[form])
    return tuple(str(target) for target in targets.values())


def _copy(run: Run, path: Path, data: bytes) -> None:
    with write.told(path):
        there = path.read_bytes() if path.exists() else None
    if there == data:
        return
    if there is not None and not _may_replace(run, path):
        raise Refused(
            f"{path} is there and holds something else",
            why="the edition itself was made; only this copy was not",
            hint=f"--yes replaces it: pkm share export --output {path} --yes",
        )
    if there is None:
        write.create(path, data, mode=_MODE, root=path.parent)
    else:
        write.publish(path, data, expected=there, root=path.parent)


def _may_replace(run: Run, path: Path) -> bool:
    with suppress(AnswerNeeded):
        return confirm(run, f"{path} holds something else. Replace it?")
    return False
