"""Run one command as on a terminal of a given width, and catch what it says."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

TOOK_TOO_LONG: Final = 124
"""The exit code of timeout(1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command answered.

    Attributes:
        exit_code: As the process gave it; 128 + n if signal n ended it; 124 if it took too long.
        stdout: Its data, line ends as LF.
        stderr: Its talk, line ends as LF.
    """

    exit_code: int
    stdout: str
    stderr: str


def run_as_on_terminal(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], width: int, timeout_s: float
) -> Answer:
    """Run `argv` with a terminal of `width` columns as its stdout, a pipe as its stderr, and no stdin.

    A command prints to people on a terminal and to scripts in a pipe; the demo
    wants the first. Without a stdin it cannot ask. Where the system has no
    pseudo-terminals (Windows), stdout is a pipe.
    """
    with _screen(width) as (write_end, screen):
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if write_end is None else write_end,
            stderr=subprocess.PIPE,
        )
        with process:
            if write_end is not None:
                os.close(write_end)
            return _collect(process, screen or process.stdout, timeout_s=timeout_s)


@contextlib.contextmanager
def _screen(width: int) -> Iterator[tuple[int | None, IO[bytes] | None]]:
    """The end that a child writes to (closed by the caller) and the end that we read."""
    if sys.platform == "win32":
        yield None, None
        return
    import pty  # noqa: PLC0415 - not there on Windows
    import termios  # noqa: PLC0415 - the same

    read_end, write_end = pty.openpty()
    termios.tcsetwinsize(write_end, (40, width))
    with open(read_end, "rb", buffering=0) as screen:  # noqa: PTH123 - a descriptor, not a path
        yield write_end, screen


def _collect(process: subprocess.Popen[bytes], screen: IO[bytes] | None, *, timeout_s: float) -> Answer:
    if screen is None or process.stderr is None:
        raise AssertionError("both streams were asked for")
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="pkm-demo") as pool:
        data, talk = pool.submit(_drain, screen), pool.submit(_drain, process.stderr)
        try:
            code = process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = TOOK_TOO_LONG
        except BaseException:
            # Ctrl-C: the reading threads end only when the child does.
            process.kill()
            raise
        return Answer(exit_code=code if code >= 0 else 128 - code, stdout=data.result(), stderr=talk.result())


def _drain(stream: IO[bytes]) -> str:
    pieces: list[bytes] = []
    # Linux says EIO, not end of file, once nobody holds the other end of a terminal.
    with contextlib.suppress(OSError):
        while piece := stream.read(65536):
            pieces.append(piece)
    return b"".join(pieces).decode("utf-8", "replace").replace("\r\n", "\n")
