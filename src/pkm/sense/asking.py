"""Questions that help a first sentence along: one at a time, out of files that the user may replace."""

import re
from typing import Final

from pkm.errors import NotFound, UsageError
from pkm.model.item import Item
from pkm.rules.claims import said_of
from pkm.rules.promptfile import Prompt, question_for, read_prompt
from pkm.shelf.home import Home
from pkm.shelf.shelf import Shelf
from pkm.vault import assets

PLAIN: Final = "plain"
FOLDER: Final = "prompts"
ENDING: Final = ".md"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


def load(home: Home, name: str) -> Prompt:
    """The prompt of a name: `prompts/NAME.md` of the home, else ours.

    Raises:
        UsageError: The name is none, or the file says what we do not know.
        NotFound: There is no such file.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}' cannot be the name of a prompt", hint="use lower-case letters: cer")
    found = assets.find(home.root, f"{FOLDER}/{name}{ENDING}")
    if found is None:
        raise NotFound(
            f"there is no prompt '{name}'",
            why=f"known: {', '.join(names(home))}",
            hint=f"pkm templates list; or write {FOLDER}/{name}{ENDING} in your home",
        )
    return read_prompt(found.text, name=name)


def names(home: Home) -> tuple[str, ...]:
    """The prompts that there are, the user's own among them."""
    found = assets.listing(home.root, FOLDER, ENDING)
    return tuple(one.place.removeprefix(f"{FOLDER}/").removesuffix(ENDING) for one in found)


def next_question(shelf: Shelf, item: Item, prompt: Prompt) -> str:
    """What is asked about an item, by what the user has said about it so far."""
    notes = shelf.store.notes.on(item.id)
    return question_for(prompt, item.id, said=said_of([note.file.body for note in notes]))
