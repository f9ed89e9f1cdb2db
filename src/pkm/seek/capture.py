"""Capture: one thing put in by hand: an address, a talk, pasted words. It is kept by that.

    known already? | ask for its page (or not) | read || keep, say whose pointer, file the sentence

A page that cannot be had is kept all the same: the user has seen it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from pkm.errors import AddressRefused, CredentialsError, FeedError, PkmError, UnsafeLink, UsageError
from pkm.model.decision import Decision
from pkm.model.item import Arrival, Item, State, Text
from pkm.model.note import Kind, Note
from pkm.net.door import Door, Request, judge
from pkm.rules import limits
from pkm.rules.clean import tidy
from pkm.rules.urls import canonical, display_url, has_secret, match_url
from pkm.seek.discover import looks_like_html
from pkm.seek.extractor import best
from pkm.seek.fetch import ask_typed
from pkm.seek.page import Page, read_page
from pkm.seek.triage import KeepWishes, annotate, keep
from pkm.shelf import captured, index, journal, notes
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change

PAGE_ACCEPT: Final = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1"
_TALK_TITLE_CHARS: Final = 60
_TALK_TITLE_WORDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is put in.

    Attributes:
        url: Web address as given; None for a talk or pasted words.
        kind: `page`, `talk` or `text`.
        title: None: the page's own, else the address.
        published_at: Aware, UTC.
        words: Pasted or typed words of the thing itself; for a talk they become the note.
        html: Its text as markup, from a page; None if there is none.
        text: The same as plain text.
        moved_to: Where the address led in the end, if elsewhere.
    """

    url: str | None = None
    kind: str = "page"
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    words: str | None = None
    html: str | None = None
    text: str = ""
    moved_to: str | None = None


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
    found = shelf.store.items.matching([match_url(_web(url))])
    return shelf.store.items.get(next(iter(found.values()))) if found else None


def _web(url: str) -> str:
    address = canonical(url)
    if address is None:
        raise UnsafeLink(
            f"{display_url(url)}: not added",
            why="it is no web address",
            hint="give one that begins with https://, or paste the words: pkm add -",
        )
    return address


def read_address(url: str, *, door: Door, now: datetime, typed: bool) -> tuple[Piece, PkmError | None]:
    """The page at an address, as far as it can be had.

    Args:
        url: Web address.
        door: The network.
        now: Aware, UTC.
        typed: The user named this host on the command line, so it may be a private one.

    Returns:
        The piece, and why it is the bare address alone, if it is.
    """
    _web(url)
    bare = Piece(url=url)
    try:
        answer, _ = ask_typed(Request(url=url, accept=PAGE_ACCEPT), door=door, typed=typed)
        judge(answer, now)
    except (FeedError, CredentialsError, AddressRefused) as error:
        return bare, error
    if looks_like_html(answer.body, answer.content_type):
        page = read_page(answer.body, url=answer.url, content_type=answer.content_type, find=best())
        return _of_page(replace(bare, moved_to=answer.moved_to), page), None
    if (answer.content_type or "").startswith("text/plain"):
        words = answer.body[: limits.HTML_BYTES].decode("utf-8", "replace")
        return replace(bare, words=words, moved_to=answer.moved_to), None
    return replace(bare, moved_to=answer.moved_to), None


def _of_page(piece: Piece, page: Page) -> Piece:
    return replace(
        piece,
        title=page.title,
        authors=page.authors,
        published_at=page.published_at,
        language=page.language,
        html=page.html,
        text=page.text,
    )


def of_file(data: bytes, *, url: str) -> Piece:
    """The piece for an address whose text lies in a file: a saved page, or plain words."""
    if looks_like_html(data, None):
        return _of_page(Piece(url=url), read_page(data, url=url, content_type=None, find=best()))
    return Piece(url=url, words=data.decode("utf-8", "replace"))


def of_talk(words: str) -> Piece:
    """The piece for something that was said."""
    said = notes.must_hold_words(words).strip()
    title = " ".join(said.split()[:_TALK_TITLE_WORDS])
    return Piece(kind="talk", title=tidy(title, limit=_TALK_TITLE_CHARS), words=said)


def of_words(words: str) -> Piece:
    """The piece for pasted words: their first line is the title.

    Raises:
        UsageError: There are none.
    """
    lines = [line for line in words.replace("\r\n", "\n").split("\n") if line.strip()]
    if not lines:
        raise UsageError("there is nothing to add", why="stdin was empty", hint="pkm add URL")
    title = tidy(lines[0].lstrip("# "), limit=limits.TITLE_CHARS)
    return Piece(kind="text", title=title or None, words=words.strip())


def capture(shelf: Shelf, piece: Piece, wishes: KeepWishes) -> Captured:
    """Store a piece and keep it; one that is known already is kept, with what is said of it now."""
    before = known(shelf, piece.url) if piece.url else None
    if before is not None:
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
        store.texts.add([text], at=now, kind="page" if piece.html else "pasted")
    store.items.add([item])
    addresses = {match_url(one) for one in (item.url, piece.url) if one}
    store.items.name([(address, item.id) for address in sorted(addresses)])
    store.arrivals.add([arrival])
    store.search.add([index.of_item(item, text)])
    pasted = piece.words if piece.kind == "text" or not piece.html else None
    event = journal.append(
        shelf,
        shelf.home.decisions,
        now,
        {
            "do": "capture",
            **journal.item_fields(item, arrival, None),
            "text": pasted if piece.kind != "talk" else None,
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
