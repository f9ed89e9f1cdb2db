"""What is piped in: read only where the user typed `-`, whole or not at all."""

import sys

from pkm.cli.terminal import as_text
from pkm.errors import UsageError
from pkm.rules.limits import MB, NOTE_BYTES


def read_words() -> str:
    """The words on stdin.

    Raises:
        UsageError: They are more than one note may hold; nothing is cut off in silence.
    """
    if sys.stdin is None:  # closed by whoever started us
        return ""
    words = sys.stdin.read(NOTE_BYTES + 1)
    if len(words) > NOTE_BYTES:
        raise UsageError(f"stdin holds more than {NOTE_BYTES // MB} MB", hint="add the pieces one by one")
    return as_text(words)


def read_bytes(most: int) -> bytes:
    """The bytes on stdin.

    Raises:
        UsageError: They are more than so many.
    """
    if sys.stdin is None:
        return b""
    data = sys.stdin.buffer.read(most + 1)
    if len(data) > most:
        raise UsageError(f"stdin holds more than {most // MB} MB", hint="add the pieces one by one")
    return data
