"""Passages that the user marks: found in the stored text, never guessed; and what may be done to one later."""

from dataclasses import dataclass, replace

from pkm.errors import NotFound, UsageError
from pkm.model.item import Item
from pkm.model.note import Note
from pkm.model.quote import Anchor, Quote
from pkm.rules import anchor
from pkm.rules.notefile import add_quote, set_keys
from pkm.rules.notequotes import add_comment, remove_quote, renew_quote
from pkm.rules.when import local_stamp
from pkm.shelf import notes, quoting, tagged
from pkm.shelf.notes import NewNote
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage and the text that it stands in.

    Attributes:
        text_sha: Key of that text in `texts`.
        comment: What the user says of it; it will stand below the quote.
        tags: For the quote, without `#`.
    """

    anchor: Anchor
    text_sha: str
    comment: str = ""
    tags: tuple[str, ...] = ()


def passage_of(shelf: Shelf, item: Item, words: str, *, nth: int | None = None) -> Passage:
    """Where words stand in the text of an item: the text that it shows, else one of its other arrivals'.

    Args:
        shelf: Where.
        item: Of which.
        words: As copied, however their blanks and quotation marks came out.
        nth: Which of several places is meant, from 1; None if there is but one.

    Raises:
        NotFound: They stand in none; the message shows the nearest passages. Or there is no text, or there
            are fewer places.
        UsageError: They stand in several places, and none is named.
    """
    places = places_of(shelf, item, words)
    if nth is not None and nth > len(places):
        raise NotFound(
            f"there is no {nth}. place of the passage",
            why=f"it stands {'once' if len(places) == 1 else f'{len(places)} times'} in the text",
            hint="leave --nth out" if len(places) == 1 else f"--nth 1 to --nth {len(places)}",
        )
    if nth is None and len(places) > 1:
        raise UsageError(
            f"the passage stands in {len(places)} places of the text",
            why="; ".join(
                f"{number}: “{around(one.anchor)}”" for number, one in enumerate(places[:_SHOWN], 1)
            ),
            hint="give more words before or after it, or its place: --nth 2",
        )
    return places[(nth or 1) - 1]


_SHOWN = 9


def around(found: Anchor) -> str:
    """A place as a person tells it from another: the passage between some words before and after it."""
    before, after = found.prefix.rpartition("\n")[2], found.suffix.partition("\n")[0]
    exact = " ".join(found.exact.split())
    shown = exact if len(exact) <= 60 else f"{exact[:40]} … {exact[-16:]}"
    return f"{before.lstrip()}[{shown}]{after.rstrip()}"


def places_of(shelf: Shelf, item: Item, words: str) -> tuple[Passage, ...]:
    """All places where words stand in the first text of an item that has them.

    Raises:
        NotFound: They stand in none; the message shows the nearest passages. Or there is no text.
    """
    texts = quoting.texts_of(shelf, item)
    if not texts:
        raise NotFound(
            f"there is no text of '{item.title or item.id}' here to quote from",
            hint=f'say it in your own words: pkm sense {item.id} -m "what it means to you"',
        )
    failure: NotFound | None = None
    for text in texts:
        try:
            return tuple(Passage(anchor=one, text_sha=text.sha) for one in anchor.find(text.text, words))
        except NotFound as error:
            failure = failure or error
    raise NotFound(
        f"the passage does not stand in '{item.title or item.id}'",
        why=failure.why if failure else "",
        hint=f"copy it from the text: pkm read {item.id}",
    )


def already(shelf: Shelf, item: Item, passage: Passage) -> Quote | None:
    """The quote of an item that marks this passage, if there is one."""
    wanted = anchor.fold(passage.anchor.exact).text.strip()
    for quote in shelf.store.quotes.of_item(item.id):
        same = anchor.fold(quote.anchor.exact).text.strip() == wanted
        elsewhere = quote.text_sha == passage.text_sha and quote.anchor.start != passage.anchor.start
        if same and not elsewhere and shelf.store.notes.get(quote.note) is not None:
            return quote
    return None


# Filing; inside `shelf.writing`.


def file(shelf: Shelf, item: Item, passage: Passage, *, command: int) -> tuple[Note, Quote, bool]:
    """Put a new quote into the note of its item: the note, the quote, and whether the note was made for it."""
    holder, made = _holder(shelf, item, command=command)
    quote = Quote(
        id=shelf.ids.new("h"),
        item=item.id,
        url=item.url,
        anchor=passage.anchor,
        text_sha=passage.text_sha,
        note=holder.id,
        tags=passage.tags,
        created_at=shelf.now(),
    )

    def edit(data: bytes) -> bytes:
        # The stamp goes with it, so that a note whose front matter is refused is refused whole.
        block = add_quote(
            data, quote_id=quote.id, text=quote.anchor.exact, comment=passage.comment.strip() or None
        )
        return set_keys(block, _modified(shelf))

    holder = notes.change(shelf, holder, edit, command=command)
    quoting.keep(shelf, quote, command=command)
    return holder, quote, made


def amend(shelf: Shelf, quote: Quote, passage: Passage, *, command: int) -> Quote:
    """Add comment and tags to a quote that is there."""
    tagged.tag(shelf, quote.id, passage.tags, (), command=command)
    note = shelf.store.notes.get(quote.note)
    if passage.comment.strip() and note is not None:

        def edit(data: bytes) -> bytes:
            added = add_comment(data, quote_id=quote.id, comment=passage.comment)
            return set_keys(added, _modified(shelf)) if added != data else data

        notes.change(shelf, note, edit, command=command)
    return shelf.store.quotes.get(quote.id) or quote


def _holder(shelf: Shelf, item: Item, *, command: int) -> tuple[Note, bool]:
    """The note that an item's quotes stand in, and whether it was made for this one."""
    known = notes.comment_note(shelf, item)
    if known is None:
        return notes.make(shelf, NewNote(items=(item,)), command=command), True
    if known.file.id is None:
        known = notes.set_front_matter(shelf, known, {}, command=command)
    return known, False


def _modified(shelf: Shelf) -> dict[str, str]:
    return {"modified": local_stamp(shelf.now(), shelf.zone)}


# Later.


def reattach(shelf: Shelf, quote: Quote, words: str, *, nth: int | None = None) -> Quote:
    """Let a quote mark other words of what its item says now; in its note too, if pkm's words still stand there.

    Raises:
        NotFound, UsageError: As for `passage_of`; or the item is gone.
        NoteUnreadable: The note cannot be edited safely; nothing was changed.
    """
    sync(shelf, wait=True)
    item = shelf.store.items.get(quote.item)
    if item is None:
        raise NotFound(f"the item of {quote.id} is gone", hint="pkm quotes lists what there is")
    passage = passage_of(shelf, item, words, nth=nth)
    changed = replace(quote, anchor=passage.anchor, text_sha=passage.text_sha, url=item.url)
    with shelf.writing():
        command = shelf.store.undo_log.begin(
            "quotes reattach", f"a quote of '{item.title or item.id}'", shelf.now()
        )
        note = shelf.store.notes.get(quote.note)
        if note is not None and note.missing_since is None:

            def edit(data: bytes) -> bytes:
                before, after = quote.anchor.exact, changed.anchor.exact
                return renew_quote(data, quote_id=quote.id, before=before, after=after)

            notes.change(shelf, note, edit, command=command)
        quoting.keep(shelf, changed, command=command, do="reattach")
    return changed


def remove(shelf: Shelf, quotes: tuple[Quote, ...]) -> None:
    """Take quotes out of their notes and out of the list; what the user said below them stays in the notes.

    Raises:
        NoteUnreadable: A note cannot be edited safely; nothing was changed.
    """
    sync(shelf, wait=True)
    with shelf.writing():
        command = shelf.store.undo_log.begin("quotes rm", f"{len(quotes)} quotes", shelf.now())
        for quote in quotes:
            note = shelf.store.notes.get(quote.note)
            if note is not None and note.missing_since is None:
                _cut(shelf, note, quote, command=command)
            quoting.drop(shelf, quote, command=command)


def _cut(shelf: Shelf, note: Note, quote: Quote, *, command: int) -> None:
    notes.change(shelf, note, lambda data: remove_quote(data, quote_id=quote.id), command=command)
