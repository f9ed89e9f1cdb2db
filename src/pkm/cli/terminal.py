"""What the three streams can do: terminal or not, how wide, which characters."""

import os
import sys
from collections.abc import Mapping
from typing import IO, Final

NARROW: Final = 60  # columns; below it records are stacked
FALLBACK_WIDTH: Final = 80


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a person sits at the other end; a closed or missing stream is nobody."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def width(environ: Mapping[str, str], stream: IO[str] | None = None) -> int:
    """Columns of the terminal: `COLUMNS`, else what the stream's terminal says, else 80."""
    named = environ.get("COLUMNS", "")
    if named.isascii() and named.isdigit() and int(named) > 0:
        return int(named)
    stream = stream or sys.stdout
    try:
        return os.get_terminal_size(stream.fileno()).columns or FALLBACK_WIDTH
    except (AttributeError, OSError, ValueError):
        return FALLBACK_WIDTH


def prepare_streams() -> None:
    """Let no stream end the program over a character that it cannot write."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def can_encode(text: str, stream: IO[str] | None) -> bool:
    """Whether a stream writes `text` as it is."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
