"""Apply the lines of a journal that the store does not know: after a crash, a merge, or a rebuild."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pkm.model.decision import By, Decision
from pkm.model.item import Item, State
from pkm.rules.ids import is_id
from pkm.rules.limits import URL_CHARS
from pkm.rules.urls import canonical, match_url
from pkm.shelf import journal, quoting, revisits, ruled, tagged
from pkm.shelf.captured import keep_text
from pkm.shelf.journal import Line
from pkm.shelf.noteindex import add_stub, adopt_id
from pkm.shelf.shelf import Shelf
from pkm.vault.jsonl import Journal

_KINDS = {"page", "talk", "mail", "text"}


def apply(shelf: Shelf, path: Path, read: Journal) -> tuple[str, ...]:
    """Apply what is new in a journal, in order of time; inside `shelf.writing`.

    Returns:
        Lines that could not be understood, each with the journal's name; they stay in the file.
    """
    torn = [f"{path.name}: {line}" for line in read.torn]
    torn += [
        f"{path.name}: a line of {journal.text(line, 'at') or 'no time'} has no event id"
        for line in read.records
        if journal.text(line, "event") is None
    ]
    events = {event: line for line in read.records if (event := journal.text(line, "event"))}
    applied = shelf.store.files.applied(events)
    fresh = [(event, line) for event, line in events.items() if event not in applied]
    verb = _verbs(shelf)[path]
    for event, line in sorted(fresh, key=lambda pair: (journal.text(pair[1], "at") or "", pair[0])):
        understood = verb(shelf, event, line)
        if understood:
            shelf.store.files.apply(event, path.name)
        elif understood is not None:
            torn.append(f"{path.name}: event {event} lacks what it should hold")
    return tuple(torn)


def _verbs(shelf: Shelf) -> dict[Path, Callable[[Shelf, str, Line], bool | None]]:
    """What applies a line: True done, False it lacks something, None it is of a newer pkm."""
    return {shelf.home.decisions: _decision, shelf.home.quotes: _quote, shelf.home.share_log: _share}


def _decision(shelf: Shelf, event: str, line: Line) -> bool | None:
    at, done = journal.moment(line), journal.text(line, "do")
    if at is None or done is None:
        return False
    if done in revisits.LINES:
        return revisits.apply(shelf, event, line, at)
    return _about_item(shelf, event, line, at)


def _about_item(shelf: Shelf, event: str, line: Line, at: datetime) -> bool | None:
    done = journal.text(line, "do")
    if done not in {"keep", "un-keep", "capture", "via", "skip", "tag"}:
        return None
    item = _item(shelf, line, at)
    if item is None:
        return False
    if done in _SAID:
        _SAID[done](shelf, item, line)
        return True
    after = State.KEPT
    if done == "un-keep":
        after = State.NEW if journal.text(line, "to") == State.NEW else State.LET_GO
    _move(shelf, item, after, event, line, at)
    ruled.tag_by_rule(shelf, item.id, journal.texts(line, "tags"))
    return True


def _move(shelf: Shelf, item: Item, after: State, event: str, line: Line, at: datetime) -> None:  # noqa: PLR0913, PLR0917
    # The line of another machine may be older than what was decided here since: the later word stands.
    stands = shelf.store.decisions.later_than(item.id, at)
    if not stands:
        kept_at = (item.kept_at or at) if after == State.KEPT else None
        shelf.store.items.set_state(item.id, after, kept_at=kept_at, later_at=None)
    by = journal.text(line, "by")
    decision = Decision(
        item=item.id,
        before=item.state,
        after=item.state if stands else after,
        at=at,
        by=By(by) if by in set(By) else By.USER,
        reason=journal.text(line, "reason"),
        question=journal.text(line, "question"),
        event=event,
        device=journal.text(line, "device"),
    )
    shelf.store.decisions.add([decision])


def _item(shelf: Shelf, line: Line, at: datetime) -> Item | None:
    """The item that a line is about: by its id, else by its address or key, else made as a stub."""
    item_id = journal.text(line, "id")
    if item_id is None or not is_id(item_id) or not item_id.startswith("i-"):
        return None
    found = shelf.store.items.get(item_id)
    known = _known(shelf, line) if found is None else None
    if known is not None:
        return shelf.store.items.get(adopt_id(shelf, known, item_id))
    item = found or _make(shelf, item_id, line, at)
    if item.stub:
        _await(shelf, item, line)
    return item


def _await(shelf: Shelf, item: Item, line: Line) -> None:
    """Remember by which key its source will bring it: not everything has an address of its own."""
    source_url, key = journal.text(line, "source_url"), journal.text(line, "key")
    if source_url and key:
        shelf.store.awaited.add(source_url, key, item.id)


def _known(shelf: Shelf, line: Line) -> str | None:
    url = journal.text(line, "url")
    if url:
        found = shelf.store.items.matching([match_url(url)])
        if found:
            return next(iter(found.values()))
    source_url, key = journal.text(line, "source_url"), journal.text(line, "key")
    source = shelf.store.sources.at(source_url) if source_url else None
    if source is None or key is None:
        return None
    arrival = shelf.store.arrivals.known(source.id, [key]).get(key)
    return arrival.item if arrival else None


def _make(shelf: Shelf, item_id: str, line: Line, at: datetime) -> Item:
    url = journal.text(line, "url")
    kind = journal.text(line, "kind") or "page"
    published = journal.moment(line, "published")
    stub = Item(
        id=item_id,
        title=journal.text(line, "title"),
        url=canonical(url) if url else None,
        kind=kind if kind in _KINDS else "page",
        authors=journal.texts(line, "authors"),
        published_at=published,
        first_seen=at,
        sort_at=min(published, at) if published else at,
        language=journal.text(line, "language"),
        via=journal.to_via(line.get("via")),
        hat_tip=journal.text(line, "hat_tip"),
        stub=True,
    )
    add_stub(shelf, stub)
    # Other names of what was put in by hand: a short address, the Message-ID of a mail.
    names = journal.texts(line, "aliases")
    shelf.store.items.name([(match_url(name), stub.id) for name in names if len(name) <= URL_CHARS])
    _bring_back_text(shelf, stub, line)
    return shelf.store.items.get(item_id) or stub


def _bring_back_text(shelf: Shelf, item: Item, line: Line) -> None:
    pasted = journal.text(line, "text")
    if pasted:
        keep_text(shelf, item, pasted)


def _skip(shelf: Shelf, item: Item, line: Line) -> None:
    shelf.store.items.set_state(item.id, item.state, kept_at=item.kept_at, later_at=journal.moment(line))


def _tag(shelf: Shelf, item: Item, line: Line) -> None:
    if journal.text(line, "by") == By.RULE:
        ruled.tag_by_rule(shelf, item.id, journal.texts(line, "add"), journal.texts(line, "take"))
        return
    tagged.apply(shelf, item.id, line)


def _set_via(shelf: Shelf, item: Item, line: Line) -> None:
    changed = replace(item, via=journal.to_via(line.get("via")), hat_tip=journal.text(line, "hat_tip"))
    shelf.store.items.update(changed)


_SAID: Final = {"via": _set_via, "skip": _skip, "tag": _tag}
"""What a line says of an item besides its state, and who does it."""


def _quote(shelf: Shelf, event: str, line: Line) -> bool:
    if journal.text(line, "do") == "un-quote":
        quote_id = journal.text(line, "id") or ""
        quoting.forget(shelf, quote_id)
        return bool(quote_id)
    if journal.text(line, "do") == "tag":
        quote_id = journal.text(line, "id") or ""
        if quote_id:
            tagged.apply(shelf, quote_id, line)
        return bool(quote_id)
    quote = journal.to_quote(line)
    if quote is None:
        return False
    quoting.store(shelf, quote, event)
    return True


def _share(shelf: Shelf, event: str, line: Line) -> bool:
    share = journal.to_share(line)
    if share is None or share.event != event:
        return False
    shelf.store.shares.add(share)
    return True
