"""What a source now says otherwise: the newest words are shown, the earlier kept, and nothing is new again."""

from dataclasses import replace
from datetime import datetime

from pkm.model.source import Source
from pkm.rules.limits import VERSIONS, VOLATILE_CHANGES
from pkm.seek.compare import Revision
from pkm.seek.newcomers import arrival_of, telling_address, text_of
from pkm.seek.said import published
from pkm.seek.shown import show_best
from pkm.shelf.shelf import Shelf


def revise(shelf: Shelf, source: Source, revision: Revision, *, now: datetime) -> bool:
    """Store an edit; inside `shelf.writing`.

    Returns:
        Whether it counts as one: not if only the site moved, nor if the thing changes at every look.
    """
    store, said, known = shelf.store, revision.said, revision.known
    changes = known.changes + (not revision.rekeyed)
    counts = not revision.rekeyed and changes < VOLATILE_CHANGES
    text = text_of(said.item)
    store.texts.add([text] if text else [], at=now)
    unused = [known.text_sha]
    if counts or store.versions.is_quoted(known.text_sha):
        unused += store.versions.keep(known.row, until=now, most=VERSIONS)
    says = arrival_of(source, said, known.item, text, now)
    if known.date_source == "feed":
        says = replace(says, published_at=known.published_at, date_source="feed")
    store.arrivals.revise(known.row, replace(says, revisions=known.revisions + counts), changes=changes)
    address = telling_address(source, said.item)
    store.items.name([(address, known.item)] if address else [])
    item = store.items.get(known.item)
    if item is not None:
        show_best(shelf, item)
    for sha in unused:
        store.texts.forget_unused(sha)
    return counts


def date(shelf: Shelf, revision: Revision) -> None:
    """Put the date of the feed in place of one that was only a guess; inside `shelf.writing`."""
    at = published(revision.said.item)
    item = shelf.store.items.get(revision.known.item)
    if at is None:
        return
    shelf.store.arrivals.date(revision.known.row, at)
    if item is not None:
        show_best(shelf, item)
