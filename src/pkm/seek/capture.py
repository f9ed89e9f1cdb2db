"""Capture: one thing put in by hand: an address, a talk, pasted words. It is kept by that.

    known already? | ask for its page (or not) | read || keep, say whose pointer, file the sentence

A page that cannot be had is kept all the same: the user has seen it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from pkm.errors import UsageError
from pkm.model.decision import Decision
from pkm.model.item import Arrival, Item, State, Text
from pkm.model.note import Kind, Note
from pkm.rules.sameness import same_moment, same_title
from pkm.rules.urls import canonical, display_url, has_secret, match_url
from pkm.seek.pieces import Piece, must_be_web
from pkm.seek.triage import KeepWishes, annotate, keep
from pkm.shelf import captured, index, journal, notes
from pkm.shelf.joining import join
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What came of it.

    Attributes:
        item: As it now is.
        before: As it was; None if it was not known.
        notes: Notes that were on it before.
        note: The note that took the sentence, None if there was none.
    """

    item: Item
    before: Item | None = None
    notes: tuple[Note, ...] = ()
    note: Note | None = None


def known(shelf: Shelf, url: str) -> Item | None:
    """The item of an address, however it is spelt; None if there is none.

    Raises:
        UnsafeLink: It is no web address.
    """
    return next(iter(_known_as(shelf, [must_be_web(url)])), None)


def _known_as(shelf: Shelf, names: Sequence[str]) -> tuple[Item, ...]:
    wanted = [match_url(name) for name in names]
    found = shelf.store.items.matching(wanted)
    ids = dict.fromkeys(found[name] for name in wanted if name in found)
    return tuple(item for one in ids if (item := shelf.store.items.get(one)))


def _made_one(shelf: Shelf, found: Sequence[Item]) -> Item:
    """The item of a page that was known by several addresses as several; inside `shelf.writing`.

    Redirects also lead to log-in pages, so only what bears one title or one date is one thing.
    """
    item, *others = found
    for other in others:
        if same_title(item.title, other.title) or same_moment(item.published_at, other.published_at):
            item = join(shelf, item, other)
    return item


def _names(piece: Piece) -> tuple[str, ...]:
    """All that a piece may be known by."""
    named = (piece.url, piece.moved_to, *piece.aliases)
    return tuple(dict.fromkeys(canonical(name) or name for name in named if name))


def capture(shelf: Shelf, piece: Piece, wishes: KeepWishes) -> Captured:
    """Store a piece and keep it; one that is known already is kept, with what is said of it now."""
    if piece.url is not None:
        must_be_web(piece.url)
    found = _known_as(shelf, _names(piece))
    if found:
        with shelf.writing():
            before = _made_one(shelf, found)
            shelf.store.items.name([(match_url(name), before.id) for name in _names(piece)])
        there = shelf.store.notes.on(before.id)
        decided = keep(shelf, [before], wishes)
        return Captured(item=decided.items[0], before=before, notes=tuple(there), note=decided.note)
    with shelf.writing():
        item = _item(shelf, piece, wishes)
        command = shelf.store.undo_log.begin("add", f"added {item.title or item.id}", shelf.now())
        item = _store(shelf, item, piece, command=command)
        note = _note(shelf, item, piece, wishes, command=command)
    return Captured(item=item, note=note)


def _item(shelf: Shelf, piece: Piece, wishes: KeepWishes) -> Item:
    now = shelf.now()
    url = canonical(piece.url) if piece.url else None
    if piece.moved_to and url and not has_secret(url):
        url = canonical(piece.moved_to) or url
    return Item(
        id=shelf.ids.new("i"),
        title=piece.title or (display_url(url) if url else None),
        url=url,
        kind=piece.kind,
        authors=piece.authors,
        published_at=piece.published_at,
        first_seen=now,
        sort_at=min(piece.published_at, now) if piece.published_at else now,
        source=captured.captures(shelf).id,
        language=piece.language,
        state=State.KEPT,
        via=wishes.via,
        hat_tip=wishes.hat_tip,
        text_sha=None,
        kept_at=now,
    )


def _store(shelf: Shelf, item: Item, piece: Piece, *, command: int) -> Item:
    store, now = shelf.store, shelf.now()
    text = _text(piece)
    item = replace(item, text_sha=text.sha if text else None)
    arrival = _arrival(item, now)
    if text is not None:
        store.texts.add([text], at=now, kind="pasted" if piece.given else "page")
    store.items.add([item])
    names = _names(piece)
    store.items.name([(match_url(name), item.id) for name in names])
    store.arrivals.add([arrival])
    store.search.add([index.of_item(item, text)])
    given = (piece.words or piece.text) if piece.given else None
    event = journal.append(
        shelf,
        shelf.home.decisions,
        now,
        {
            "do": "capture",
            **journal.item_fields(item, arrival, None),
            "aliases": [name for name in names if name != item.url],
            "text": given,
        },
    )
    store.decisions.add(
        [
            Decision(
                item=item.id,
                before=State.NEW,
                after=State.KEPT,
                at=now,
                event=event,
                device=shelf.device,
                command=command,
            )
        ]
    )
    store.undo_log.add(command, [Change(what="capture", ref=item.id, after="captured")])
    return item


def _text(piece: Piece) -> Text | None:
    if piece.html:
        return captured.text_of_html(piece.html, piece.text)
    if piece.words and piece.kind != "talk":
        return captured.text_of_words(piece.words)
    return None


def _arrival(item: Item, now: datetime) -> Arrival:
    return Arrival(
        source=item.source or "",
        key=f"u:{match_url(item.url)}" if item.url else f"c:{item.id}",
        item=item.id,
        title=item.title,
        url=item.url,
        authors=item.authors,
        published_at=item.published_at,
        date_source="feed" if item.published_at else "seen",
        first_seen=now,
        last_seen=now,
        content_sha=sha256((item.title or "").encode()).hexdigest(),
        text_sha=item.text_sha,
        language=item.language,
        via=item.via,
        hat_tip=item.hat_tip,
    )


def _note(shelf: Shelf, item: Item, piece: Piece, wishes: KeepWishes, *, command: int) -> Note | None:
    if piece.kind == "talk":
        said = "\n\n".join(part for part in (piece.words, wishes.words) if part)
        new = notes.NewNote(text=said, items=(item,), kind=Kind.TALK)
        return notes.make(shelf, new, command=command)
    if wishes.words is None:
        return None
    return annotate(shelf, [item], notes.must_hold_words(wishes.words), command=command)


def pointer(via: str | None, *, direct: bool) -> str | None:
    """`via` and `direct` as one word for `rules.pointers.read_via`.

    Raises:
        UsageError: Both were given.
    """
    if direct and via:
        raise UsageError(
            "--via and --direct contradict each other", hint="give the name, or say that nobody pointed here"
        )
    return "direct" if direct else via
