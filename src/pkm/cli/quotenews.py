"""What became of quotes whose items were edited: told by whatever fetched the edit."""

from datetime import datetime
from typing import Any

from pkm.cli.context import Run
from pkm.cli.output import say
from pkm.cli.talk import dotted
from pkm.model.quote import Outcome
from pkm.shelf.shelf import Shelf


def tell_quotes(run: Run, shelf: Shelf, since: datetime) -> None:
    """Say how the quotes stand that were looked for again: `3 ok, 1 edited, 1 orphan`."""
    found = shelf.store.standings.since(since)
    if not found:
        return
    words = {Outcome.EXACT: "ok"}
    counts = (f"{found[one]} {words.get(one, one.value)}" for one in Outcome if found.get(one))
    lost = any(found.get(one) for one in (Outcome.AMBIGUOUS, Outcome.ORPHAN))
    hint = "pkm quotes --orphans" if lost else "pkm quotes" if found.get(Outcome.EDITED) else ""
    say(run, dotted(f"your quotes in edited items: {', '.join(counts)}", hint))


def quotes_fields(shelf: Shelf, since: datetime) -> dict[str, Any]:
    """The same for `pkm.pull/1`."""
    found = shelf.store.standings.since(since)
    return {"quotes": {one.value: found.get(one, 0) for one in Outcome}}
