"""How a demo looks: what was typed and what was answered, in a given width."""

import os
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from pkm.demo.script import Step
from pkm.demo.terminal import TOOK_TOO_LONG, Answer


class Transcript:
    """Prints what was typed and answered, in at most `width` columns where the words are ours."""

    def __init__(self, *, out: TextIO, quiet: bool, width: int) -> None:
        self._out = out
        self._quiet = quiet
        self.width = width
        self.colour = out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def _say(self, text: str = "") -> None:
        if not self._quiet:
            print(text, file=self._out, flush=True)

    def _prose(self, text: str) -> None:
        self._say(textwrap.fill(text, self.width, break_long_words=False, break_on_hyphens=False))

    def opening(self, home: Path) -> None:
        self._prose(
            "This is the whole loop, seek > sense > share, on three sample feeds served from this machine. "
            "Every line after a $ is typed for you, and every answer is real. Nothing of yours is touched."
        )
        self._say()
        self._say(f"$ export PKM_HOME={quoted(str(home))}")

    def call(self, step: Step, words: Sequence[str]) -> None:
        self._say()
        self._prose(f"# {step.because}")
        for line in typed(("pkm", *words), width=self.width):
            self._say(line)

    def answer(self, answer: Answer) -> None:
        for text in (answer.stdout, answer.stderr):
            if text.strip():
                self._say(text.strip("\n"))

    def failure(self, words: Sequence[str], answer: Answer, *, number: int, home: Path) -> None:
        """Told even when quiet: a person must act."""
        why = (
            "took too long"
            if answer.exit_code == TOOK_TOO_LONG
            else f"ended with exit code {answer.exit_code}"
        )
        print(file=self._out)
        print(f"The demo stopped: step {number} {why}.", file=self._out)
        print("\n".join(f"  {line}" for line in typed(("pkm", *words), width=self.width - 2)), file=self._out)
        for text in (answer.stdout, answer.stderr):
            # Else both stand just above.
            if self._quiet and text.strip():
                print(textwrap.indent(text.strip("\n"), "  "), file=self._out)
        print(f"Its files are in {home}", file=self._out, flush=True)

    def ending(self, home: Path) -> None:
        edition = max(home.glob("digests/*/edition.md"), default=None)
        if edition is not None:
            self._say()
            self._say(_ruled(edition.relative_to(home).as_posix(), self.width))
            for line in edition.read_text(encoding="utf-8").strip("\n").splitlines():
                self._say(_folded(line, self.width))
            self._say("─" * self.width)
        self._say()
        self._prose("That was the loop. The files, all of them plain text:")
        self._say(f"  {home}")
        for path in _user_files(home):
            self._say(f"    {path}")
        self._say()
        self._prose("Now with what you read yourself:")
        self._say("  pkm init")
        self._say("  pkm follow https://…        a page or a feed you like")
        self._say("  pkm seek")


def _user_files(home: Path) -> Iterator[str]:
    """What a person may open: all files of the home that do not lie in a dot folder or bear a dot name."""
    for path in sorted(home.rglob("*")):
        parts = path.relative_to(home).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            yield "/".join(parts)


def _ruled(title: str, width: int) -> str:
    return f"── {title} ".ljust(width, "─")


def _folded(line: str, width: int) -> str:
    """A markdown line in at most `width` columns, links uncut, a quotation's mark on each piece."""
    mark = "> " if line.startswith("> ") else ""
    pieces = textwrap.wrap(
        line,
        width,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    return "\n".join(pieces)


def quoted(word: str) -> str:
    """A word as a person types it in a shell: bare where that is safe, else within double quotes."""
    if word and all(letter.isalnum() or letter in "-_./:,=@%+" for letter in word):
        return word
    return '"' + "".join(f"\\{letter}" if letter in '\\"$`' else letter for letter in word) + '"'


def typed(words: Sequence[str], *, width: int) -> list[str]:
    """A call as typed after `$ `, continued on lines of its own where it is wider than `width`.

    A flag stays beside its value; a piece wider than `width` stands alone, uncut.
    """
    pieces: list[str] = []
    for word in words:
        flag_waits = pieces and pieces[-1].startswith("-") and " " not in pieces[-1]
        if flag_waits and not word.startswith("-"):
            pieces[-1] += f" {quoted(word)}"
        else:
            pieces.append(quoted(word))
    lines = ["$"]
    for piece in pieces:
        # Two columns are left for the sign that the call goes on.
        if len(lines[-1]) + 1 + len(piece) + 2 > width and lines[-1].strip() not in {"", "$"}:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {piece}"
    return lines
