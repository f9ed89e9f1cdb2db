"""The global flags: every command takes them, before or after its name."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Flag:
    """A global flag.

    Attributes:
        name: Its key, as in `Run`.
        word: What is typed.
        metavar: What follows it; empty for a switch.
        help: One line.
    """

    name: str
    word: str
    metavar: str
    help: str


FLAGS: Final = (
    Flag("home", "--home", "PATH", "The home to work in (else PKM_HOME, else ~/pkm)."),
    Flag("json", "--json", "", "Print one JSON document; errors as JSON too."),
    Flag("plain", "--plain", "", "Print plain rows, as in a pipe."),
    Flag("quiet", "--quiet", "", "Say only what a person must act on."),
    Flag("yes", "--yes", "", "Answer yes to what would be asked."),
    Flag("no_input", "--no-input", "", "Ask nothing; stop where an answer is needed."),
    Flag("debug", "--debug", "", "Show the traceback of a bug."),
    Flag("color", "--color", "WHEN", "auto, always or never."),
)
VERSION_WORD: Final = "--version"
VERSION_HELP: Final = "Print the version."
HELP_WORDS: Final = ("--help", "-h")
HELP_HELP: Final = "Show this page."


def flag_rows() -> tuple[tuple[str, str], ...]:
    """All global flags as rows for help: what to type, what it does."""
    rows = [(f"{flag.word} {flag.metavar}".rstrip(), flag.help) for flag in FLAGS]
    return (*rows, (VERSION_WORD, VERSION_HELP), (", ".join(reversed(HELP_WORDS)), HELP_HELP))
