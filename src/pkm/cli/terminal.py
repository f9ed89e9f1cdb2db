"""What the three streams can do: terminal or not, how wide, which characters."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
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
    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="surrogateescape")


def as_text(words: str) -> str:
    """Words that came as bytes of another encoding, as characters: none is lost, and all can be stored."""
    # Where the system names files in less than UTF-8, a note could not bear such a title.
    if sys.getfilesystemencoding() != "utf-8":
        return words
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        data = words.encode("utf-8", "surrogateescape" if _is_bytes(words) else "replace")
        for encoding in ("utf-8", "cp1252"):
            with suppress(UnicodeDecodeError):
                return data.decode(encoding)
        return data.decode("latin-1")
    return words


def as_texts(words: Sequence[str]) -> list[str]:
    """The words of a line as text; the folder after `--home` is bytes to the system, and stays."""
    before = ["", *words]
    return [
        word if last == "--home" or word.startswith("--home=") else as_text(word)
        for last, word in zip(before, words, strict=False)
    ]


def _is_bytes(words: str) -> bool:
    """Whether all lone surrogates stand for bytes, as the system hands them over."""
    try:
        words.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def can_encode(text: str, stream: IO[str] | None) -> bool:
    """Whether a stream writes `text` as it is."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
