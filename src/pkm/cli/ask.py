"""Questions to the user: only where somebody can answer, and always with a flag that answers instead."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from pkm.cli.context import Run
from pkm.cli.output import say
from pkm.config import Settings
from pkm.errors import AnswerNeeded, Refused, UsageError
from pkm.rules.clean import Sink, clean

_FALLBACKS: Final = ("editor", "nano", "vi")
_YES: Final = {"y", "yes"}
_NO: Final = {"", "n", "no"}


def confirm(run: Run, question: str, *, flag: str = "--yes") -> bool:
    """Whether the user agrees; Enter alone is no.

    Raises:
        AnswerNeeded: Nobody is there to ask; names the flag that agrees.
    """
    if run.yes:
        return True
    while True:
        answer = ask_line(run, f"{question} [y/N]", flag=flag).lower()
        if answer in _YES or answer in _NO:
            return answer in _YES
        _prompt("Please answer y or n.\n")


def ask_line(run: Run, question: str, *, flag: str) -> str:
    """One line from the user, stripped; empty if Enter alone was pressed.

    Raises:
        AnswerNeeded: Nobody is there to ask, or the input ended; names the flag that answers.
    """
    if not run.asks:
        raise AnswerNeeded(
            f"an answer is needed: {question.removesuffix(' [y/N]')}",
            why="--no-input was given" if run.no_input else "there is no terminal to ask on",
            hint=f"answer with {flag}",
        )
    _prompt(f"{question} ")
    line = sys.stdin.readline()
    if not line:
        _prompt("\n")
        raise AnswerNeeded("the question was not answered", why="the input ended", hint=f"answer with {flag}")
    return line.strip()


def _prompt(text: str) -> None:
    sys.stderr.write(clean(text.rstrip("\n"), Sink.BODY) + text[len(text.rstrip("\n")) :])
    sys.stderr.flush()


def edit(run: Run, path: Path, settings: Settings) -> bool:
    """Open a file in the user's editor and wait until it is closed.

    An editor that the user chose runs wherever pkm runs; the fallbacks need a terminal. Where there is none,
    the path is said instead.

    Returns:
        Whether an editor ran.

    Raises:
        Refused: The editor ended with an error; the file stays as it left it.
        UsageError: The chosen editor cannot be started.
        AnswerNeeded: `--no-input` was given.
    """
    if run.no_input:
        raise AnswerNeeded("an editor is needed", why="--no-input was given", hint="give the words with -m")
    command = editor_command(run, settings)
    if not command:
        say(run, f"No editor found. The file is {path}")
        return False
    try:
        code = subprocess.run([*command, os.fspath(path)], check=False).returncode  # noqa: S603 - the user's own editor
    except OSError as error:
        raise UsageError(
            f"cannot start the editor {command[0]}", why=error.strerror or "", hint="set EDITOR"
        ) from error
    if code:
        raise Refused(
            f"the editor ended with code {code}",
            why="so nothing was taken from it",
            hint=f"your words are in {path}",
        )
    return True


def editor_command(run: Run, settings: Settings) -> list[str]:
    """The editor's words: the setting, `$VISUAL`, `$EDITOR`, then what is installed; empty if there is none."""
    for chosen in (settings.editor, run.environ.get("VISUAL"), run.environ.get("EDITOR")):
        if chosen and chosen.strip():
            return _split(chosen)
    if not run.asks:
        return []
    found = (shutil.which(name, path=run.environ.get("PATH")) for name in _FALLBACKS)
    return next(([path] for path in found if path), [])


def _split(chosen: str) -> list[str]:
    try:
        return shlex.split(chosen)
    except ValueError as error:
        raise UsageError(
            f"cannot read the editor's command line {chosen!r}", why=str(error), hint="mend its quotes"
        ) from error
