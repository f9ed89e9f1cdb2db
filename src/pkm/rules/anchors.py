"""Whether a note has the heading or the block that a link points to."""

import re

from pkm.rules.markup import Spans
from pkm.rules.names import name_key
from pkm.rules.notelinks import headings


def has_anchor(body: str, anchor: str) -> bool:
    """Whether a body has it.

    Args:
        body: Text with LF.
        anchor: What follows `#` in a link: words of a heading (of nested ones the last counts), or `^` and the
            id of a block.
    """
    if anchor.startswith("^"):
        return bool(re.search(rf"(?m)(?:^|[ \t])\^{re.escape(anchor[1:])}[ \t]*$", body))
    wanted = _words(anchor.rpartition("#")[2])
    return any(_words(words) == wanted for _, words, _, _ in headings(body, Spans(body)))


def _words(text: str) -> str:
    """A heading as links name it: Obsidian and GitHub leave out different marks, so none count."""
    return "".join(char for char in name_key(text) if char.isalnum())
