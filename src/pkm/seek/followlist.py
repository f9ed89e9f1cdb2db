"""Follow a whole subscription list at once; nobody is asked yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pkm.errors import NotFound, Refused, UsageError
from pkm.model.source import Source
from pkm.rules.asking import split_login
from pkm.rules.limits import OPML_BYTES
from pkm.rules.opml import OpmlFile
from pkm.rules.opmlread import read_opml
from pkm.seek.follow import Wishes
from pkm.seek.sourceset import Apart, login_apart
from pkm.shelf import following, listrest
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFollowed:
    """What came of a subscription list.

    Attributes:
        sources: Newly followed; nothing of them was asked for yet.
        allowed: Followed before, and refused for their private address; they may be asked now.
        unasked: Followed before, and never asked yet: an earlier call was stopped.
        known: How many were followed before.
        skipped: What was left out: its name or address, and the reason.
        noted: What stands in `sources.opml` now and is not followed: the same.
    """

    sources: tuple[Source, ...]
    allowed: tuple[Source, ...]
    unasked: tuple[Source, ...]
    known: int
    skipped: tuple[tuple[str, str], ...]
    noted: tuple[tuple[str, str], ...]


def read_list(path: Path) -> OpmlFile:
    """The subscription list in a file.

    Raises:
        NotFound: There is no such file.
        UsageError: It is a folder, or cannot be read.
        Refused: It is no OPML, too large, or declares entities.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name the file in it: pkm follow FILE.opml")
    try:
        with path.open("rb") as file_:
            data = file_.read(OPML_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(
            f"there is no file {path}", hint="check its name; an address begins with https://"
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read", why=error.strerror or "", hint="check who may read it"
        ) from error
    try:
        return read_opml(data)
    except Refused as error:
        error.what = f"{path}: {error.what}"
        raise


def plan_list(shelf: Shelf, listed: OpmlFile, wishes: Wishes, *, allow_private: bool) -> ListFollowed:
    """What `follow_list` would do.

    Args:
        shelf: Where.
        listed: The list; what it says of private hosts and ids is not heeded.
        wishes: Said of each of its sources.
        allow_private: Private and loopback hosts are right for these.
    """
    fresh = following.from_foreign(shelf, listed.outlines, allow_private=allow_private)
    allowed = following.with_leave(shelf, listed.outlines) if allow_private else []
    told = {source.id for source in allowed}
    unasked = [source for source in following.never_asked(shelf, listed.outlines) if source.id not in told]
    return ListFollowed(
        sources=tuple(wishes.applied(source) for source in fresh),
        allowed=tuple(allowed),
        unasked=tuple(unasked),
        known=len(listed.outlines) - len(fresh),
        skipped=listed.skipped,
        noted=listed.noted,
    )


def follow_list(
    shelf: Shelf, listed: OpmlFile, wishes: Wishes, *, name: str, allow_private: bool
) -> ListFollowed:
    """Follow all that a subscription list names; nobody is asked yet.

    Args:
        shelf: Where.
        listed: See `plan_list`.
        wishes: The same.
        name: Of the file, for messages and for `undo`.
        allow_private: See `plan_list`.

    Raises:
        Refused: Nothing in it can be followed.
    """
    following.refuse_empty(listed.outlines, name)
    plan = plan_list(shelf, listed, wishes, allow_private=allow_private)
    apart = _logins_apart(shelf, plan.sources)  # a keyring may ask to be unlocked: not in the transaction
    with shelf.writing():
        # Another pkm may have followed some of them since.
        plan = replace(plan, sources=tuple(one.keep(shelf) for one in apart if _is_free(shelf, one.source)))
        if plan.sources or plan.allowed:
            done = f"followed {len(plan.sources)} sources" if plan.sources else "allowed private addresses"
            command = shelf.store.undo_log.begin("follow", f"{done} of {name}", shelf.now())
            following.catch_up(shelf)
            listrest.add_foreign(shelf, listed.rest, command=command)
            following.save(shelf, [*plan.sources, *plan.allowed], command=command)
    return plan


def _logins_apart(shelf: Shelf, sources: Sequence[Source]) -> tuple[Apart, ...]:
    """The same sources, logins out of their addresses, but for the second one that differs in its login alone."""
    apart: dict[str, Apart] = {}
    for source in sources:
        bare = split_login(source.url)[0]
        if bare in apart:
            apart[source.url] = Apart(source=source)
        else:
            apart[bare] = login_apart(shelf, source)
    return tuple(apart.values())


def _is_free(shelf: Shelf, source: Source) -> bool:
    holder = shelf.store.sources.at(source.url)
    return holder is None or holder.id == source.id
