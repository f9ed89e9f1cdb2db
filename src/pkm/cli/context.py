"""One call of pkm: its flags and surroundings, read once and handed down as plain values."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pkm.cli.terminal import is_terminal
from pkm.errors import UsageError

DEFAULT_HOME: Final = "~/pkm"
COLORS: Final = ("auto", "always", "never")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One call of pkm.

    Attributes:
        home: Where the home is or would be; absolute, may not exist.
        plain: `--plain`: rows and no table, even on a terminal.
        color: `auto`, `always` or `never`.
        environ: The environment at the start.
        clock: Gives the moment, aware, UTC.
        out_terminal: stdout is a terminal; decides table or rows, and colour.
        asks: stdin and stderr are terminals and `--no-input` was not given: a question can be asked.
    """

    home: Path
    json: bool = False
    plain: bool = False
    quiet: bool = False
    yes: bool = False
    no_input: bool = False
    debug: bool = False
    color: str = "auto"
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    clock: Callable[[], datetime] = _utc_now
    out_terminal: bool = False
    asks: bool = False

    @property
    def table(self) -> bool:
        """Whether a person looks at stdout, or asked for the look by `--color always`."""
        return not (self.json or self.plain) and (self.out_terminal or self.color == "always")

    @property
    def colored(self) -> bool:
        """Whether colour may be used on stdout (NO_COLOR: no-color.org)."""
        if self.color != "auto":
            return self.color == "always"
        dumb = self.environ.get("TERM") == "dumb"
        return self.out_terminal and not dumb and not self.environ.get("NO_COLOR")


def make_run(flags: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Run:
    """A run from the global flags given on the command line, and the environment.

    Raises:
        UsageError: `--color` or `--home` has no sensible value.
    """
    environ = dict(os.environ) if environ is None else environ
    color = flags.get("color", "auto")
    if color not in COLORS:
        raise UsageError(f"--color cannot be {color!r}", hint=f"use one of: {', '.join(COLORS)}")
    no_input = bool(flags.get("no_input"))
    return Run(
        home=find_home(flags.get("home"), environ),
        color=color,
        environ=environ,
        out_terminal=is_terminal(sys.stdout),
        asks=is_terminal(sys.stdin) and is_terminal(sys.stderr) and not no_input,
        json=bool(flags.get("json")),
        plain=bool(flags.get("plain")),
        quiet=bool(flags.get("quiet")),
        yes=bool(flags.get("yes")),
        no_input=no_input,
        debug=bool(flags.get("debug")),
    )


def find_home(flag: str | None, environ: Mapping[str, str]) -> Path:
    """Where the home is or would be: `--home`, `PKM_HOME`, `~/pkm`; absolute.

    Raises:
        UsageError: `--home` is empty, or `~` stands for nobody.
    """
    if flag is not None and not flag.strip():
        raise UsageError("--home needs the path of a folder", hint="for example: --home ~/pkm")
    chosen = flag or environ.get("PKM_HOME") or DEFAULT_HOME
    try:
        return Path(os.path.abspath(Path(chosen).expanduser()))  # noqa: PTH100 - resolve() would follow links
    except RuntimeError as error:
        raise UsageError(
            f"cannot tell whose home {chosen} is", hint="give the whole path: --home PATH"
        ) from error


def is_home(folder: Path) -> bool:
    """Whether a folder looks like a home: it has settings or a store."""
    return (folder / "pkm.toml").is_file() or (folder / ".pkm").is_dir()
