"""`pkm doctor --forget`: show where a thing stands, ask, remove it, say where it may still be."""

from typing import Any

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, warn
from pkm.errors import Refused
from pkm.model.item import Item
from pkm.rules.amounts import counted
from pkm.rules.clean import Sink, clean
from pkm.shelf import home as homes
from pkm.shelf.forget import Traces, forget, look
from pkm.shelf.lookup import item_of, whole_id
from pkm.shelf.shelf import Shelf


def forget_item(run: Run, word: str) -> None:
    """Forget the item that a word names."""
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        item = _item(shelf, word)
        traces = look(shelf, item)
        _ask_for(run, shelf, traces)
        if not confirm(run, "Remove it for good? There is no undo"):
            say(run, "Nothing was changed.")
            return
        left = forget(shelf, traces)
        elsewhere = _elsewhere(shelf)
    if run.json:
        show_json(_document(traces, left, elsewhere))
    _tell(run, traces, left, elsewhere)


def _item(shelf: Shelf, word: str) -> Item:
    found = whole_id(shelf, word)
    if found[0] not in "ih":
        raise Refused(
            "only items are forgotten",
            why="a note is your own file, and a source is what you follow",
            hint="remove the file yourself, then its old versions: pkm trash empty notes/NAME.md",
        )
    return item_of(shelf, word)


def _ask_for(run: Run, shelf: Shelf, traces: Traces) -> None:
    title = clean(traces.item.title or traces.item.url or traces.item.id, Sink.LINE)
    say(run, f"This forgets '{title}' ({traces.item.id}):")
    for line in _removed(traces):
        say(run, f"  {line}")
    if shelf.store.notes.on(traces.item.id):
        say(run, "  your notes about it stay, with its id alone behind them")


def _removed(traces: Traces) -> list[str]:
    lines = [
        f"its row, {counted(len(traces.texts), 'text')}, its tags and what was decided, and its words in the index",
        f"{counted(len(traces.quotes), 'quote')}" if traces.quotes else "",
        *(f"{counted(count, 'line')} of {name}" for name, count in traces.lines.items()),
        f"{counted(len(traces.old), 'old version')} in the trash" if traces.old else "",
        f"{', '.join(traces.copies)}, older copies of the store" if traces.copies else "",
        "its entries in the undo log",
    ]
    return [line for line in lines if line]


def _elsewhere(shelf: Shelf) -> tuple[str, ...]:
    """Where we cannot look."""
    service = homes.synced_folder(shelf.home)
    told = (
        "the history of git in this home" if (shelf.home.root / ".git").exists() else "",
        f"what {service} keeps of older versions" if service else "",
        "backups, and other machines with a copy of this home",
        "editions that you sent, and their readers",
    )
    return tuple(one for one in told if one)


def _tell(run: Run, traces: Traces, left: tuple[str, ...], elsewhere: tuple[str, ...]) -> None:
    say(run, "forgotten; the store was written anew, so that its bytes are gone from the file")
    for name in left:
        warn(f"could not be removed: {name}")
    for path in traces.remains:
        warn(f"still in a file of yours: {path}")
    if traces.kept_names:
        say(run, "its address stays in the store, so that no pull brings it again")
    say(run, f"pkm cannot look into: {'; '.join(elsewhere)}")


def _document(traces: Traces, left: tuple[str, ...], elsewhere: tuple[str, ...]) -> dict[str, Any]:
    return {
        "schema": "pkm.forgotten/1",
        "id": traces.item.id,
        "removed": {
            "texts": len(traces.texts),
            "quotes": len(traces.quotes),
            "lines": traces.lines,
            "old_versions": len(traces.old),
            "copies": traces.copies,
        },
        "left": left,
        "remains": traces.remains,
        "address_kept": traces.kept_names,
        "elsewhere": elsewhere,
    }
