"""The whole loop on sample feeds, in a home of its own, offline; typed by us, answered by the real pkm."""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from pkm.demo.script import STEPS, Step
from pkm.demo.server import serve_samples
from pkm.demo.terminal import Answer, run_as_on_terminal
from pkm.demo.transcript import Transcript
from pkm.errors import Refused

STEP_TIMEOUT_S: Final = 30.0
# -P: a folder named pkm where the user happens to stand must not be taken for us.
PKM: Final = (sys.executable, "-P", "-m", "pkm")

# The user's own settings would change what the demo shows, or where it writes.
_NOT_HANDED_ON = ("PKM_", "PYTHONWARNINGS", "FORCE_COLOR", "VISUAL", "EDITOR")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """How a demo ended.

    Attributes:
        exit_code: 0, or the failed step's own code.
        home: Where its files lie; None if they were removed (quiet and well).
        failed: The step that failed, None if none did.
        answer: What that step answered, None likewise.
    """

    exit_code: int
    home: Path | None
    failed: Step | None = None
    answer: Answer | None = None


def run(  # noqa: PLR0913 - all by name; the last two have the values that people want
    *,
    keep_home: Path | None,
    out: TextIO,
    quiet: bool,
    width: int,
    command: Sequence[str] = PKM,
    steps: Sequence[Step] = STEPS,
) -> DemoResult:
    """Play the script against a server of our own, and show each command with its answer.

    Args:
        keep_home: Folder for the demo's home, absent or empty; None makes a temporary one. It stays
            there for the user to look at, but a temporary one goes when `quiet` and all is well.
        out: Where the transcript goes.
        quiet: Say something only if a step fails.
        width: Columns; lines of our own keep to it, and the commands are told.
        command: What stands for `pkm`.
        steps: What to type.

    Raises:
        Refused: `keep_home` is a file, or holds something already.
    """
    home = _demo_home(keep_home)
    show = Transcript(out=out, quiet=quiet, width=max(width, 40))
    show.opening(home)
    with serve_samples(datetime.now(UTC)) as base:
        for number, step in enumerate(steps, start=1):
            words = tuple(word.replace("{base}", base) for word in step.words)
            show.call(step, words)
            answer = run_as_on_terminal(
                (*command, *words),
                cwd=home,
                env=_environment(home, width=show.width, colour=show.colour),
                width=show.width,
                timeout_s=STEP_TIMEOUT_S,
            )
            show.answer(answer)
            if answer.exit_code not in step.accept:
                show.failure(words, answer, number=number, home=home)
                return DemoResult(exit_code=answer.exit_code or 70, home=home, failed=step, answer=answer)
    show.ending(home)
    if quiet and keep_home is None:
        shutil.rmtree(home)
        return DemoResult(exit_code=0, home=None)
    return DemoResult(exit_code=0, home=home)


def _demo_home(asked: Path | None) -> Path:
    if asked is None:
        return Path(tempfile.mkdtemp(prefix="pkm-demo-")).resolve()
    if asked.exists() and (not asked.is_dir() or any(asked.iterdir())):
        raise Refused(
            f"{asked} is not empty",
            why="the demo makes a home of its own and touches no other",
            hint="name a folder that is not there yet, or type `pkm demo` alone",
        )
    asked.mkdir(parents=True, exist_ok=True)
    return asked.resolve()


def _environment(home: Path, *, width: int, colour: bool) -> Mapping[str, str]:
    """The user's environment without settings of pkm; HOME stays, or `~` in a path would lie."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_ON)}
    env |= {"PKM_HOME": str(home), "PKM_SESSION": "demo", "PYTHONUTF8": "1"}
    env |= {"COLUMNS": str(width), "LINES": "40"}
    return env if colour else env | {"NO_COLOR": "1", "TERM": "dumb"}
