"""Questions that help a first sentence along: plain lines in a file that the user may replace."""

from hashlib import blake2b
from importlib import resources
from typing import Final

from pkm.errors import NotFound
from pkm.rules.clean import Sink, clean
from pkm.shelf.home import Home
from pkm.vault.write import told

PLAIN: Final = "plain"
_FALLBACK: Final = "What does it mean to you?"
_MARKS: Final = ("- ", "* ", "+ ")
_MOST_BYTES: Final = 100_000


def prompts(text: str) -> tuple[str, ...]:
    """The questions of a prompt file: its list items, in order."""
    lines = (clean(line, Sink.LINE).strip() for line in text.splitlines())
    return tuple(line[2:].strip() for line in lines if line.startswith(_MARKS) and line[2:].strip())


def choose(questions: tuple[str, ...], item: str) -> str:
    """The question for an item: always the same one, and another for the next item."""
    if not questions:
        return _FALLBACK
    digest = blake2b(item.encode(), digest_size=4).digest()
    return questions[int.from_bytes(digest) % len(questions)]


def prompt_for(home: Home, item: str, *, name: str = PLAIN) -> str:
    """What is asked about an item: from `prompts/NAME.md` of the home, else from the package.

    Raises:
        NotFound: There is no prompt file of that name.
    """
    return choose(prompts(_file(home, name)), item)


def questions_of(home: Home, name: str) -> tuple[str, ...]:
    """All questions of a prompt file, in order.

    Raises:
        NotFound: There is no prompt file of that name.
    """
    return prompts(_file(home, name))


def _file(home: Home, name: str) -> str:
    own = home.root / "prompts" / f"{name}.md"
    if own.is_file():
        with told(own), own.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    packaged = resources.files("pkm") / "assets" / "prompts" / f"{name}.md"
    if not packaged.is_file():
        raise NotFound(f"there is no prompt file '{name}'", hint=f"write one: prompts/{name}.md in your home")
    return packaged.read_text(encoding="utf-8")
