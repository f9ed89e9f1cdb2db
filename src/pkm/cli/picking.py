"""From the words on the command line to the things that they mean: rows of the last list, ids, tails."""

from collections.abc import Sequence

from pkm.cli.context import Run
from pkm.cli.lastlist import REST, LastList, session_name
from pkm.errors import UsageError
from pkm.model.item import Item, State
from pkm.shelf.lookup import item_of
from pkm.shelf.shelf import Shelf


def last_list(run: Run, shelf: Shelf) -> LastList:
    """The last list of this terminal."""
    return LastList(shelf.home.state, session_name(run.environ))


def items_named(run: Run, shelf: Shelf, words: Sequence[str]) -> tuple[Item, ...]:
    """The items that words mean, each once, in the order typed.

    Args:
        run: Whose terminal.
        shelf: Where.
        words: Row numbers, `5-7`, `rest`, ids or their last characters; a note or a quote stands for its item.

    Raises:
        UsageError, NotFound: See `LastList.resolve` and `lookup.item_of`.
    """
    if not words:
        raise UsageError(
            "no item was named", hint="give row numbers of the last list, or ids: `pkm seek` shows both"
        )

    def lookup(tail: str) -> tuple[str, ...]:
        store = shelf.store
        return (*store.items.ending(tail), *store.notes.ending(tail), *store.quotes.ending(tail))

    shown = last_list(run, shelf)
    named = shown.resolve([word for word in words if word != REST], lookup, prefixes="inh")
    found = {item.id: item for item in (item_of(shelf, one) for one in named)}
    if REST in words:
        # What was kept since the list was shown is no rest any more.
        left = shelf.store.items.many(shown.rest())
        found |= {one: left[one] for one in shown.rest() if one in left and left[one].state == State.NEW}
    return tuple(found.values())
