"""Follow a mail folder."""

from collections.abc import Sequence
from dataclasses import replace

from pkm.model.source import MAIL, Source
from pkm.rules.clean import tidy
from pkm.rules.limits import TITLE_CHARS
from pkm.rules.mailplaces import form_and_path
from pkm.seek.follow import Followed, Wishes, known
from pkm.seek.letter import Letter
from pkm.seek.mailbox import read_post
from pkm.seek.mailpull import store_post
from pkm.seek.settle import Terms
from pkm.shelf import following
from pkm.shelf.shelf import Shelf


def follow_mail(shelf: Shelf, url: str, wishes: Wishes, *, terms: Terms, dry_run: bool) -> Followed:
    """Follow a mail folder and store what is in it.

    Args:
        shelf: Where.
        url: As `mailbox.settled` gave it.
        wishes: What the user says of it.
        terms: On what terms its letters are stored.
        dry_run: Store nothing.

    Raises:
        FetchError: It is not there, or cannot be read.
    """
    there = None if dry_run else known(shelf, url, wishes)
    if there is not None:
        return there
    began_at = shelf.now()
    post = read_post(url, seen=frozenset(), mark=None)
    if dry_run:
        nobody = Source(id="", url=url, kind=MAIL, title=_title(url, post.letters), private=True)
        return Followed(source=wishes.applied(nobody), items=len(post.letters))
    with shelf.writing():
        before = shelf.store.sources.at(url)
        fresh = replace(before, removed_at=None) if before else following.new_source(shelf, url)
        form, _path = form_and_path(url)
        titled = replace(fresh, title=fresh.title or _title(url, post.letters), format=form)
        source = wishes.applied(titled)
        summary = f"followed {source.title or url}"
        command = shelf.store.undo_log.begin("follow", summary, began_at)
        following.save(shelf, [source], command=command)
        pulled = store_post(shelf, source, post, began_at, terms=terms)
    return Followed(source=source, items=len(post.letters), pulled=pulled)


def _title(url: str, letters: Sequence[Letter]) -> str:
    """The list that all letters are of, else the name of the folder."""
    lists = {one.list_name for one in letters if one.list_name}
    _form, path = form_and_path(url)
    name = lists.pop() if len(lists) == 1 and all(one.list_name for one in letters) else path.name.strip(".")
    return tidy(name, limit=TITLE_CHARS)
