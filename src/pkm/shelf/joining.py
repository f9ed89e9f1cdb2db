"""Two items that turned out to be one thing: a redirect, or a page that names its own address, says so."""

from dataclasses import replace

from pkm.model.item import Item, State
from pkm.shelf import index, quoting
from pkm.shelf.shelf import Shelf

_FIRMEST = (State.NEW, State.LET_GO, State.KEPT)  # what was decided of either holds for both


def join(shelf: Shelf, one: Item, other: Item) -> Item:
    """Make one item of two; inside `shelf.writing`.

    The id that stands in a file stays, of two such the older one, and the other leads to it. Nothing is lost:
    arrivals, notes, quotes, tags, shares and decisions of both are the one's, and it is kept if either was.

    Returns:
        The item as it now is.
    """
    if one.id == other.id:
        return one
    winner, loser = sorted(
        (one, other), key=lambda item: (not shelf.store.items.stands_in_a_file(item.id), item.id)
    )
    firmest = max(winner, loser, key=lambda item: _FIRMEST.index(item.state))
    shown = winner if not winner.stub or loser.stub else replace(loser, id=winner.id)
    joined = replace(
        shown,
        title=shown.title or loser.title,
        url=shown.url or loser.url,
        authors=shown.authors or loser.authors,
        published_at=shown.published_at or loser.published_at,
        first_seen=min(winner.first_seen, loser.first_seen),
        text_sha=shown.text_sha or loser.text_sha,
        via=winner.via or loser.via,
        hat_tip=winner.hat_tip or loser.hat_tip,
        hidden_by=winner.hidden_by and loser.hidden_by,
    )
    shelf.store.search.drop("item", loser.id)
    shelf.store.joins.absorb(loser.id, winner.id)
    shelf.store.items.update(joined)
    kept = [at for at in (winner.kept_at, loser.kept_at) if at] if firmest.state == State.KEPT else []
    shelf.store.items.set_state(
        winner.id, firmest.state, kept_at=min(kept, default=None), later_at=firmest.later_at
    )
    found = shelf.store.items.get(winner.id) or joined
    shelf.store.search.put([index.of_item(found, shelf.store.texts.get(found.text_sha))])
    quoting.restand(shelf, found.id)
    return found
