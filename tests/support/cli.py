"""A session with `pkm`: its `main` in this process, its streams caught, in a home of its own."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from pkm.cli.app import main

_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "COVERAGE_PROCESS_START", "PYTHONPATH")


_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class Answer(NamedTuple):
    """What a call gave back."""

    code: int
    out: str
    err: str


class _Terminal(io.TextIOWrapper):
    """A caught stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class Session:
    """Calls `main` as a shell would, always with the same home and environment.

    Attributes:
        home: `PKM_HOME` of every call; not made.
    """

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self._patch = monkeypatch
        for name in [name for name in os.environ if name.startswith("PKM_") and name != "PKM_CORPUS"]:
            monkeypatch.delenv(name)
        for name in ("NO_COLOR", "VISUAL", "EDITOR", "COLUMNS", *_PROXIES, *map(str.upper, _PROXIES)):
            monkeypatch.delenv(name, raising=False)
        self.setenv(PKM_HOME=str(home), PKM_SESSION=f"test {home}", TERM="xterm-256color", TZ="UTC")

    def setenv(self, **variables: str) -> None:
        """Set variables for the calls that follow."""
        for name, value in variables.items():
            self._patch.setenv(name, value)

    def __call__(
        self, *words: str, stdin: str = "", terminal: bool = False, columns: int | None = None
    ) -> Answer:
        """One call: `pkm("seek", "--json")`.

        Args:
            words: What follows `pkm`.
            stdin: What can be read from stdin.
            terminal: All three streams say that they are terminals.
            columns: Width of the terminal.
        """
        kind = _Terminal if terminal else io.TextIOWrapper
        out, err = kind(io.BytesIO(), encoding="utf-8"), kind(io.BytesIO(), encoding="utf-8")
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(sys, "stdin", kind(io.BytesIO(stdin.encode()), encoding="utf-8"))
            if columns is not None:
                patch.setenv("COLUMNS", str(columns))
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(err))
            code = main(list(words))
        return Answer(code, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()


def clean_environ(**more: str) -> dict[str, str]:
    """The environment of a child process: what Python needs, and what the test says."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | more


def child(words: Sequence[str], environ: Mapping[str, str], **settings) -> subprocess.CompletedProcess[bytes]:
    """`python -m pkm WORDS` in a process of its own."""
    line = [sys.executable, "-m", "pkm", *words]
    return subprocess.run(line, env=dict(environ), capture_output=True, timeout=60, check=False, **settings)
