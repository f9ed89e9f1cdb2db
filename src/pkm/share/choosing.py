"""Drafts and editions as they stand, and which of them a call is about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pkm.errors import NoteUnreadable, NotFound, UsageError
from pkm.model.digest import Digest, DraftState
from pkm.rules.draft import read_draft
from pkm.shelf import lookup
from pkm.shelf.rebuild import read_digest
from pkm.shelf.shelf import Shelf


@contextmanager
def naming(digest: Digest) -> Iterator[None]:
    """Say of which draft the front matter cannot be edited; of a note, who edits it says that already."""
    try:
        yield
    except NoteUnreadable as error:
        if "pkm notes edit NOTE" not in error.hint:
            raise
        raise NoteUnreadable(
            f"{digest.path}: {error.what.replace('this note', 'this draft')}",
            why=error.why,
            hint=f"mend the lines between the two `---`: pkm share edit {digest.path}",
        ) from error


def take_in(shelf: Shelf) -> None:
    """Index drafts that came by another way than ours: a second machine, a copy put back."""
    if not shelf.home.digests.is_dir():
        return
    unknown = [
        path
        for path in sorted(shelf.home.digests.glob("*.md"))
        if shelf.store.digests.at(shelf.home.relative(path)) is None
    ]
    known_elsewhere = [path for path in unknown if _is_copy(shelf, read_draft(path.read_bytes()).id)]
    fresh = [path for path in unknown if path not in known_elsewhere]
    if fresh:
        with shelf.writing():
            for path in fresh:
                read_digest(shelf, path)


def _is_copy(shelf: Shelf, digest_id: str | None) -> bool:
    """Whether another file that is there bears the id: then this one is the copy."""
    digest = shelf.store.digests.get(digest_id) if digest_id else None
    return digest is not None and (shelf.home.root / digest.path).is_file()


def open_drafts(shelf: Shelf, audience: str | None = None) -> tuple[Digest, ...]:
    """Drafts that are not out yet and whose files are there, oldest first."""
    found = (as_it_stands(shelf, digest) for digest in shelf.store.digests.drafts())
    return tuple(
        digest
        for digest in found
        if digest.state is DraftState.DRAFT
        and (audience is None or digest.audience == audience)
        and (shelf.home.root / digest.path).is_file()
    )


def as_it_stands(shelf: Shelf, digest: Digest) -> Digest:
    """The digest, exported if the share log says so: another machine may have done it."""
    if digest.state is DraftState.EXPORTED:
        return digest
    sent = shelf.store.shares.of_digest(digest.id)
    if not sent:
        return digest
    return replace(digest, state=DraftState.EXPORTED, edition=sent[0].edition, exported_at=sent[0].at)


def choose(shelf: Shelf, word: str | None, audience: str | None) -> Digest:
    """The digest that a call names, else the only open draft.

    Args:
        shelf: Where.
        word: An id, its last characters, or a path; None if nothing was named.
        audience: Of `--to`; None if nobody was named.

    Raises:
        NotFound: There is no such draft, or none at all.
        UsageError: Several could be meant.
    """
    take_in(shelf)
    if word:
        return _there(shelf, as_it_stands(shelf, lookup.digest_of(shelf, word)))
    if audience:
        shelf.options.named(audience)
    drafts = open_drafts(shelf, audience)
    if len(drafts) > 1:
        raise UsageError(
            f"{len(drafts)} drafts are open: {', '.join(digest.path for digest in drafts)}",
            hint=_which(drafts),
        )
    return drafts[0] if drafts else _last_edition(shelf, audience)


def _which(drafts: Sequence[Digest]) -> str:
    last = drafts[-1]
    alone = sum(digest.audience == last.audience for digest in drafts) == 1
    return f"name one, for example: {f'--to {last.audience}' if alone else last.path}"


def _last_edition(shelf: Shelf, audience: str | None) -> Digest:
    """With `--to`, the newest edition stands in for a draft: to look at it, or for a further format."""
    editions = shelf.store.digests.editions(audience) if audience else ()
    there = [digest for digest in editions if (shelf.home.root / digest.path).is_file()]
    if there:
        return there[0]
    raise _no_draft(shelf, audience)


def _no_draft(shelf: Shelf, audience: str | None) -> NotFound:
    to = f" --to {audience}" if audience else ""
    last = next(iter(shelf.store.digests.editions()), None)
    again = f"; the last edition is {last.path}" if last else ""
    return NotFound(
        f"no draft is open{f' for {audience}' if audience else ''}{again}", hint=f"pkm share draft{to}"
    )


def _there(shelf: Shelf, digest: Digest) -> Digest:
    if not (shelf.home.root / digest.path).is_file():
        raise NotFound(
            f"{digest.path} is gone",
            why=f"it is {digest.id}",
            hint="bring the file back, or: pkm share draft",
        )
    return digest
