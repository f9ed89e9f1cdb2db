"""`pkm`: the entry point, and the one place that prints an error.

The engine is imported only for a line with a command: `pkm --version` costs hardly more than Python itself.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from pkm import __version__
from pkm.cli.terminal import prepare_streams

if TYPE_CHECKING:
    from pkm.cli.stubs import Stub

INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
_ENDINGS = ("SIGTERM", "SIGHUP")


def main(argv: Sequence[str] | None = None, *, stubs: "Sequence[Stub] | None" = None) -> int:
    """Run one command line; never raises.

    Args:
        argv: The words after `pkm`; the process's own if None.
        stubs: The commands that there are; pkm's own if None.

    Returns:
        The exit code, as in `pkm help exit-codes`.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    prepare_streams()
    with _endings_unwind() as heard:
        try:
            code = _run(words, stubs)
            _flush()
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BrokenPipeError:
            code = BROKEN_PIPE
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except Exception as error:  # noqa: BLE001 - the border: whatever comes here is told, and is exit 70 if a bug
            # A signal in the middle of a statement comes out as that statement's error.
            ended = getattr(error, "sqlite_errorname", None) == "SQLITE_INTERRUPT"
            code = (heard or [INTERRUPTED])[0] if ended else _tell(error, words)
        return _close_streams(code)


def _run(words: list[str], stubs: "Sequence[Stub] | None") -> int:
    # Typer alone costs four times Python's start: the commonest lines without a command do without it.
    if words == ["--version"]:
        print(f"pkm {__version__}")  # noqa: T201 - data goes to stdout
        return 0
    if not words or words in (["--help"], ["-h"]):
        from pkm.cli.front import first_words  # noqa: PLC0415 - `--version` must not pay for it

        return first_words(os.environ, asks_help=bool(words))
    from pkm.cli.engine import run_line  # noqa: PLC0415 - as above

    return run_line(words, dict(os.environ), *([stubs] if stubs is not None else []))


def _tell(error: Exception, words: Sequence[str]) -> int:
    """Print an error; returns its exit code."""
    from pkm.cli.report import report  # noqa: PLC0415 - only an error pays for it

    try:
        return report(error, words, os.environ)
    except BrokenPipeError:
        return BROKEN_PIPE


@contextmanager
def _endings_unwind() -> Iterator[list[int]]:
    """Let SIGTERM and SIGHUP raise SystemExit, so that locks are let go and half-made files removed.

    Gives the exit codes of those that came.
    """
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        heard.append(128 + number)
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in _ENDINGS if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield heard
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()


def _close_streams(code: int) -> int:
    """Flush what is left; a reader that went away must not become a traceback when Python ends."""
    try:
        _flush()
    except OSError as error:
        _point_to_null()
        return BROKEN_PIPE if isinstance(error, BrokenPipeError) else code or 6
    return code


def _point_to_null() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(null, stream.fileno())
        except (OSError, ValueError, AttributeError):
            continue
    os.close(null)
