"""Mail folders at a pull: no network, and no request to count.

new files | read as letters || items as of a feed, and what was read, in one transaction
"""

from dataclasses import replace
from datetime import datetime

from pkm.errors import FetchError
from pkm.model.item import ParsedFeed
from pkm.model.source import Health, Source
from pkm.rules.mailplaces import form_and_path
from pkm.seek.arrive import Brought, bring
from pkm.seek.letter import as_item
from pkm.seek.mailbox import Post, read_post
from pkm.seek.settle import Pulled, Terms
from pkm.shelf.shelf import Shelf


def pull_mail(shelf: Shelf, source: Source, *, terms: Terms) -> Pulled:
    """Read what is new in a mail folder, and store it."""
    began_at = shelf.now()
    try:
        post = _post(shelf, source)
    except FetchError as error:
        with shelf.writing():
            shelf.store.sources.set_health(source.id, _failed(source.health, error, began_at))
        return Pulled(source=source, status="failed", error=error)
    with shelf.writing():
        return store_post(shelf, source, post, began_at, terms=terms)


def _post(shelf: Shelf, source: Source) -> Post:
    boxes = shelf.store.mailboxes
    return read_post(source.url, seen=boxes.seen(source.id), mark=boxes.mark(source.id))


def store_post(shelf: Shelf, source: Source, post: Post, began_at: datetime, *, terms: Terms) -> Pulled:
    """Items and what was read of the folder, in one transaction; inside `shelf.writing`."""
    brought = Brought()
    if post.letters:
        # One letter may lie there twice: it came by the list, and to oneself.
        letters = {one.key: one for one in reversed(post.letters)}
        items = tuple(
            as_item(one, position=place, seen_at=began_at)
            for place, one in enumerate(reversed(letters.values()))
        )
        feed = ParsedFeed(format=form_and_path(source.url)[0], items=items)
        brought = bring(shelf, source, feed, now=began_at, first_new=terms.first_new, rules=terms.rules)
    shelf.store.mailboxes.see(source.id, post.names)
    shelf.store.mailboxes.forget(source.id, post.gone)
    if post.mark is not None:
        shelf.store.mailboxes.set_mark(source.id, post.mark)
    # It costs nobody a request to look again: it is always due.
    health = Health(checked_at=began_at, succeeded_at=began_at, next_check_at=began_at)
    shelf.store.sources.set_health(source.id, health)
    return Pulled(
        source=source,
        status="new" if brought.new else "unchanged",
        new=brought.new,
        waiting=brought.waiting,
        hidden=brought.hidden,
        revised=brought.revised,
    )


def _failed(was: Health, error: FetchError, at: datetime) -> Health:
    return replace(
        was,
        checked_at=at,
        failing_since=was.failing_since or at,
        failures=was.failures + 1,
        error_kind=error.kind,
        error=error.what,
        hint=error.hint,
        next_check_at=at,
    )
