"""What is followed, in step with `sources.opml`: the file is the truth, and may be edited by hand."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pkm.errors import Refused
from pkm.model.source import AS_EVER, CAPTURES, MAIL, Source
from pkm.rules.asking import has_login, split_login
from pkm.rules.ids import is_id
from pkm.rules.limits import VANISHED_SHARE
from pkm.rules.mailplaces import is_mail_place
from pkm.rules.opml import NAMESPACE, OpmlFile, OpmlOutline, source_key
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_opml
from pkm.rules.urls import has_secret
from pkm.shelf import listrest, pen
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change
from pkm.vault import write

_FEWEST_LOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What a changed `sources.opml` brought.

    Attributes:
        followed: Addresses that it lists for the first time.
        unfollowed: Addresses that it no longer lists.
        doubted: Addresses that it no longer lists and that are followed all the same: too many at once.
    """

    followed: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()


def save(shelf: Shelf, sources: Iterable[Source], *, command: int | None) -> None:
    """Store sources and write the file; inside `shelf.writing`.

    Raises:
        Refused: The file was edited by hand, and cannot be read any more.
    """
    catch_up(shelf)
    for source in sources:
        before = shelf.store.sources.get(source.id)
        shelf.store.sources.save(source)
        if command is not None:
            change = Change(what="source", ref=source.id, before=_state(before), after=_state(source))
            shelf.store.undo_log.add(command, [change])
    write_file(shelf)


def _state(source: Source | None) -> str | None:
    """What the undo log keeps of a source: one outline, and whether it is followed."""
    if source is None:
        return None
    outline = write_opml([source], title="", with_private=True, with_secrets=True).decode()
    return json.dumps({"outline": outline, "followed": source.followed, "key_policy": source.key_policy})


def restored(shelf: Shelf, source_id: str, state: str | None) -> str | None:
    """Bring a source back to a state of the undo log; inside `shelf.writing`, the file is written later.

    Returns:
        Why it was left as it is; None if it was brought back.
    """
    known = shelf.store.sources.get(source_id)
    if known is None:
        return f"{source_id} is gone"
    if state is None:
        if shelf.store.sources.has_arrivals(source_id):
            shelf.store.sources.save(replace(known, removed_at=shelf.now()))
        else:
            shelf.store.sources.forget(source_id)
        return None
    said = json.loads(state)
    [outline] = read_opml(said["outline"].encode(), own=True).outlines
    holder = shelf.store.sources.at(outline.url)
    if holder is not None and holder.id != source_id:
        return f"another source has the address of {known.title or source_id} by now"
    removed_at = None if said["followed"] else shelf.now()
    before = replace(
        _merged(known, outline),
        url=outline.url,
        title=outline.title,
        key_policy=said.get("key_policy", 0),
        removed_at=removed_at,
    )
    shelf.store.sources.save(before)
    return None


def catch_up(shelf: Shelf) -> None:
    """Take in what was edited by hand since the last look, so that writing loses none of it."""
    path = shelf.home.sources
    if not path.is_file():
        return
    name, found = shelf.home.relative(path), write.stamp(path)
    known = shelf.store.files.stamp(name)
    if known is None or known.sha != found.sha or not listrest.is_known(shelf):
        take_in(shelf)
        shelf.store.files.set_stamp(name, found)


def write_file(shelf: Shelf) -> bool:
    """Write `sources.opml` as the store says; inside `shelf.writing`.

    Returns:
        Whether it said otherwise, and was written.

    Raises:
        ChangedUnderneath: It was edited since `catch_up`.
    """
    followed = [source for source in shelf.store.sources.all() if source.kind != CAPTURES]
    title, rest = listrest.kept(shelf)
    data = write_opml(followed, title=title, with_private=True, with_secrets=True, rest=rest)
    path = shelf.home.sources
    current = path.read_bytes() if path.is_file() else None
    if current == data or (current is None and not followed):
        return False
    known = shelf.store.files.stamp(shelf.home.relative(path))
    if current is not None and (known is None or known.sha != write.sha(current)):
        raise write.ChangedUnderneath(path, current)
    stamp = pen.replace(shelf, path, data, current=current)
    shelf.store.files.set_stamp(shelf.home.relative(path), stamp)
    return True


def take_in(shelf: Shelf) -> TakenIn:
    """Follow what the file lists and the store does not know, unfollow what it no longer lists.

    A file that lost over a fifth of its lines at once is not believed: nothing is unfollowed.

    Raises:
        Refused: The file is no list that can be read.
    """
    read = read_own(shelf.home.sources)
    listrest.keep(shelf, read)
    known = [source for source in shelf.store.sources.all() if source.kind != CAPTURES]
    listed = {outline.url for outline in read.outlines}
    ids = {outline.id for outline in read.outlines if outline.id}
    lost = [source for source in known if source.url not in listed and source.id not in ids]
    believed = len(lost) < _FEWEST_LOST or len(lost) <= VANISHED_SHARE * len(known)
    followed = [_follow(shelf, outline, listed) for outline in read.outlines]
    for source in lost if believed else ():
        shelf.store.sources.save(replace(source, removed_at=shelf.now()))
    gone = tuple(source.url for source in lost)
    return TakenIn(
        followed=tuple(url for url in followed if url),
        unfollowed=gone if believed else (),
        doubted=() if believed else gone,
    )


def read_own(path: Path) -> OpmlFile:
    """The home's own list.

    Raises:
        Refused: It cannot be read as one; the message names the file.
    """
    try:
        return read_opml(path.read_bytes(), own=True)
    except Refused as error:
        raise Refused(
            f"{path} cannot be read; nothing was changed",
            why=f"{error.what}: {error.why}",
            hint="mend the file, or remove it: `pkm doctor --fix` writes it again from what you follow",
        ) from error


def _follow(shelf: Shelf, outline: OpmlOutline, listed: Container[str]) -> str | None:
    """Bring one outline of the home's own file into the store; its address if it is newly followed."""
    known = shelf.store.sources.at(outline.url)
    wanted = outline.id
    if known is None and wanted:
        holder = shelf.store.sources.get(wanted)
        # A line that was copied with its id, and given another address, is a second source.
        if holder is not None and holder.url in listed:
            wanted = None
        else:
            known = holder
    if known is None:
        fresh = new_source(shelf, outline.url, wanted_id=wanted)
        merged = _merged(fresh, outline)
        # A line that was typed says nothing of privacy: then it is that of its kind.
        shelf.store.sources.save(replace(merged, private=merged.private or fresh.private))
        return outline.url
    merged = replace(_merged(known, outline), url=outline.url, removed_at=None)
    if merged != known:
        shelf.store.sources.save(merged)
    return None if known.followed else outline.url


def new_source(shelf: Shelf, url: str, *, wanted_id: str | None = None) -> Source:
    """A source that is not stored yet; mails, and what has a secret in its address, are private from the first."""
    usable = wanted_id is not None and is_id(wanted_id) and wanted_id.startswith("s-")
    source_id = wanted_id if usable and wanted_id else shelf.ids.new("s")
    mail = is_mail_place(url)
    return Source(
        id=source_id,
        url=url,
        kind=MAIL if mail else "feed",
        private=mail or has_secret(url),
        followed_at=shelf.now(),
    )


def _merged(source: Source, outline: OpmlOutline) -> Source:
    return replace(
        source,
        title=outline.title or source.title,
        home_url=outline.home_url or source.home_url,
        folders=outline.folders,
        tags=outline.tags,
        why=outline.why,
        space=outline.space,
        tie=outline.tie,
        stance=outline.stance,
        private=outline.private or has_secret(outline.url),
        private_host=outline.private_host,
        full=outline.full,
        isolate=outline.isolate,
        key_policy=source.key_policy if outline.key_policy is None else outline.key_policy,
        interval_s=outline.interval_s,
        asking=outline.asking,
        extras=outline.extras,
        muted_at=outline.muted_at,
        followed_at=outline.since or source.followed_at,
    )


def from_foreign(shelf: Shelf, outlines: Sequence[OpmlOutline], *, allow_private: bool) -> list[Source]:
    """Sources of somebody else's file: their ids and their word on private hosts are not ours to honour."""
    sources = []
    for outline, known in _held(shelf, outlines):
        if known is not None and known.followed:
            continue
        fresh = replace(known, removed_at=None) if known else new_source(shelf, outline.url)
        sources.append(
            replace(
                _merged(fresh, outline),
                followed_at=shelf.now(),
                private_host=allow_private,
                interval_s=None,
                asking=AS_EVER,
                extras=tuple(one for one in outline.extras if one.namespace != NAMESPACE),
                muted_at=None,
            )
        )
    return sources


def held(shelf: Shelf, url: str) -> Source | None:
    """The source of that address, or of one that differs from it only in what tracks or points into the page."""
    [(_url, source)] = _held_at(shelf, [url])
    return source


def _held(shelf: Shelf, outlines: Sequence[OpmlOutline]) -> list[tuple[OpmlOutline, Source | None]]:
    found = _held_at(shelf, [outline.url for outline in outlines])
    return [(outline, source) for outline, (_url, source) in zip(outlines, found, strict=True)]


def _held_at(shelf: Shelf, urls: Sequence[str]) -> list[tuple[str, Source | None]]:
    loose = {source_key(source.url): source for source in shelf.store.sources.all()}
    return [
        (url, shelf.store.sources.at(url) or loose.get(source_key(url)) or _with_login(loose, url))
        for url in urls
    ]


def _with_login(loose: Mapping[str, Source], url: str) -> Source | None:
    """The source that an address with a login became, the login being kept apart."""
    bare, login = split_login(url)
    source = loose.get(source_key(bare)) if login else None
    return source if source is not None and has_login(source.asking) else None


def with_leave(shelf: Shelf, outlines: Sequence[OpmlOutline]) -> list[Source]:
    """Sources followed already that were refused for their private address, now with leave to be asked."""
    return [
        replace(source, private_host=True)
        for _outline, source in _held(shelf, outlines)
        if source is not None and source.followed and source.health.error_kind == "address"
    ]


def never_asked(shelf: Shelf, outlines: Sequence[OpmlOutline]) -> list[Source]:
    """Sources of these that are followed, and that nobody has asked yet."""
    return [
        source
        for _outline, source in _held(shelf, outlines)
        if source is not None
        and source.followed
        and source.muted_at is None
        and source.health.checked_at is None
    ]


def refuse_empty(outlines: Sequence[OpmlOutline], name: str) -> None:
    """Refuse a list in which there is nothing to follow."""
    if not outlines:
        raise Refused(f"{name} lists no feed", why="no outline in it has an http or https address")
