"""Make docs/session.svg: a real session on the sample feeds, as a picture that loads nothing.

    python docs/make_picture.py

Each command is run as a user would run it; what it answered is what the picture shows.
"""

import io
import os
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pkm.demo.script import QUOTE
from pkm.demo.server import serve_samples
from pkm.demo.terminal import run_as_on_terminal
from pkm.demo.transcript import typed

WIDTH = 88
TARGET = Path(__file__).with_name("session.svg")
QUIET = (
    ("init",),
    ("follow", "{base}/margin/", "--space", "community"),
    ("follow", "{base}/werkstatt/feed.atom"),
)
SHOWN = (
    ("follow", "{base}/slow/feed.json", "--tie", "strong"),
    ("seek", "--limit", "6"),
    ("keep", "2", "5"),
    ("drop", "rest"),
    ("sense", "2", "--quote", QUOTE, "-m", "Our log lists verdicts; we should log doubts."),
    ("share", "draft", "--week"),
    ("share", "export"),
)
_SHOWN_BASE = "http://127.0.0.1:8000"  # the port of the day would change the picture at each run
_FONT_FACE = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)


def main() -> int:
    """Run the session and write the picture."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    with tempfile.TemporaryDirectory() as folder, serve_samples(datetime.now(UTC)) as base:
        home = Path(folder) / "pkm"
        for words in QUIET:
            _run(words, base, home)
        for words in SHOWN:
            for line in typed(("pkm", *_filled(words, _SHOWN_BASE)), width=WIDTH):
                console.print(Text(line, style="bold"))
            console.print(
                Text.from_ansi(
                    _run(words, base, home).replace(str(home), "~/pkm").replace(base, _SHOWN_BASE).rstrip()
                )
            )
            console.print()
    TARGET.write_text(_still(console.export_svg(title="pkm", unique_id="pkm")), encoding="utf-8")
    return 0


def _filled(words: tuple[str, ...], base: str) -> tuple[str, ...]:
    return tuple(word.replace("{base}", base) for word in words)


def _run(words: tuple[str, ...], base: str, home: Path) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PKM_", "NO_COLOR"))
    }
    environment |= {
        "PKM_HOME": str(home),
        "PKM_SESSION": "picture",
        "TERM": "xterm-256color",
        "COLUMNS": str(WIDTH),
    }
    answer = run_as_on_terminal(
        (sys.executable, "-m", "pkm", *_filled(words, base)),
        cwd=home.parent,
        env=environment,
        width=WIDTH,
        timeout_s=30.0,
    )
    if answer.exit_code:
        raise SystemExit(f"pkm {' '.join(words)} ended with {answer.exit_code}\n{answer.stderr}")
    return answer.stdout + answer.stderr


def _still(svg: str) -> str:
    """The picture without a remote font, and with words for those who cannot see it."""
    svg = _FONT_FACE.sub("", svg).replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, Consolas")
    label = "A pkm session: follow, seek, keep, drop, sense, share draft and share export, with their answers"
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


if __name__ == "__main__":
    raise SystemExit(main())
