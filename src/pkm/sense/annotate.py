"""Sense: the user's own sentence, and the passage that it is about, filed where they belong.

look at the files | find the passage | the note, its quote, its paragraph | the item is kept
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pkm.errors import UsageError
from pkm.model.item import Item, State
from pkm.model.note import INSIGHTS, Kind, Level, Note, Status
from pkm.model.quote import Quote
from pkm.rules.clean import Sink, clean
from pkm.rules.notefile import append_paragraph, set_keys
from pkm.rules.when import local_stamp
from pkm.sense import diary, quotes
from pkm.sense.quotes import Passage
from pkm.shelf import notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.notes import NewNote
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What the user wrote, and what it is.

    Attributes:
        text: Markdown; empty where only a passage is marked.
        kind: None for what is usual: a comment on an item, a thought on none.
        title: Of a note that is made; None for the item's, or the first words.
        new: In a file of its own, even if the item has a comment note.
    """

    text: str = ""
    kind: str | None = None
    status: str | None = None
    visibility: str | None = None
    insight: str | None = None
    tags: tuple[str, ...] = ()
    title: str | None = None
    new: bool = False

    @property
    def apart(self) -> bool:
        """Whether it goes into a file of its own."""
        return self.new or self.kind not in {None, Kind.COMMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensed:
    """What was filed.

    Attributes:
        note: Where the words stand; where only a passage was marked, the note that holds it.
        made: Whether that note is new.
        kept: Whether the item became kept by it.
        quote: The passage; None if none was marked.
        marked: Whether the passage was marked before already.
    """

    note: Note
    item: Item | None = None
    made: bool = False
    kept: bool = False
    quote: Quote | None = None
    marked: bool = False


def checked(sentence: Sentence) -> Sentence:
    """The same sentence, if its kind, status, visibility and insight are words that we know.

    Raises:
        UsageError: One is not; names those that are.
    """
    for value, flag, known in (
        (sentence.kind, "--kind", tuple(Kind)),
        (sentence.status, "--status", tuple(Status)),
        (sentence.visibility, "--visibility", tuple(level.word for level in Level)),
        (sentence.insight, "--insight", INSIGHTS),
    ):
        must_be_known(value, flag, known)
    return sentence


def must_be_known(value: str | None, flag: str, known: Sequence[str]) -> None:
    """Refuse a word that is none of a closed list.

    Raises:
        UsageError: It is none of them.
    """
    if value and value not in known:
        raise UsageError(f"{flag} cannot be '{value}'", hint=f"use one of: {', '.join(known)}")


def annotate(
    shelf: Shelf, item: Item, sentence: Sentence, *, passage: Passage | str | None = None, name: str = "sense"
) -> Sensed:
    """File a sentence on an item, a passage of it, or both; a new item becomes kept.

    Args:
        shelf: Where.
        item: On which.
        sentence: May be without words if there is a passage.
        passage: Words of the item's text, or the place where they stand.
        name: The command, for `undo`.

    Raises:
        NotFound: The passage does not stand in the text; nothing was stored.
        UsageError: It stands there several times; or there is neither sentence nor passage.
        NoteUnreadable: The item's note cannot be edited safely; nothing was stored.
    """
    checked(sentence)
    if passage is None:
        notes.must_hold_words(sentence.text)
    sync(shelf, wait=True)
    item = shelf.store.items.get(item.id) or item
    found = quotes.passage_of(shelf, item, passage) if isinstance(passage, str) else passage
    with shelf.writing():
        summary = f"a note on '{item.title or item.id}'"
        command = shelf.store.undo_log.begin(name, summary, shelf.now())
        sensed = _file(shelf, item, sentence, found, command=command)
        # The decision comes last: its journal line would outlive a note that is refused.
        kept = bool(decide(shelf, [item], Move(after=State.KEPT), command=command))
    return replace(sensed, item=shelf.store.items.get(item.id), kept=kept)


def think(shelf: Shelf, sentence: Sentence, *, title: str | None = None, name: str = "note") -> Sensed:
    """File a thought that is on no item; what is only logged goes into the file of its day.

    Raises:
        UsageError: There are no words, or a word of a closed list is none of it.
    """
    checked(sentence)
    notes.must_hold_words(sentence.text)
    sync(shelf, wait=True)
    with shelf.writing():
        command = shelf.store.undo_log.begin(
            name, f"a note: {clean(sentence.text[:60], Sink.LINE)}", shelf.now()
        )
        if sentence == Sentence(text=sentence.text, kind=Kind.LOG) and title is None:
            note, made = diary.enter(shelf, sentence.text, command=command)
        else:
            note, made = notes.make(shelf, _new(sentence, (), title=title), command=command), True
    return Sensed(note=note, made=made)


def _file(shelf: Shelf, item: Item, sentence: Sentence, passage: Passage | None, *, command: int) -> Sensed:
    target = None if sentence.apart else notes.comment_note(shelf, item)
    quote = quotes.already(shelf, item, passage) if passage else None
    marked, made = quote is not None, False
    if passage is not None and quote is None:
        holder, quote, made = quotes.file(shelf, item, passage, command=command)
        target = target if sentence.apart else holder
        if not sentence.text.strip():
            return Sensed(note=holder, made=made, quote=quote)
    elif passage is not None and quote is not None:
        quote = quotes.amend(shelf, quote, passage, command=command)
        note = shelf.store.notes.get(quote.note)
        if note is not None and not sentence.text.strip():
            return Sensed(note=note, quote=quote, marked=True)
    if target is None:
        note = notes.make(shelf, _new(sentence, (item,)), command=command)
        return Sensed(note=note, made=True, quote=quote, marked=marked)
    note = _with_words(shelf, target, sentence, command=command)
    return Sensed(note=note, made=made, quote=quote, marked=marked)


def _with_words(shelf: Shelf, note: Note, sentence: Sentence, *, command: int) -> Note:
    told = {"status": sentence.status, "visibility": sentence.visibility, "insight": sentence.insight}
    changes = _modified(shelf) | {key: value for key, value in told.items() if value}
    if note.file.id is None:
        changes["id"] = shelf.ids.new("n")

    def edit(data: bytes) -> bytes:
        return set_keys(append_paragraph(data, sentence.text), changes)

    return notes.change(shelf, note, edit, command=command)


def _modified(shelf: Shelf) -> dict[str, str]:
    return {"modified": local_stamp(shelf.now(), shelf.zone)}


def _new(sentence: Sentence, items: tuple[Item, ...], *, title: str | None = None) -> NewNote:
    open_question = sentence.kind == Kind.QUESTION and sentence.status is None
    return NewNote(
        text=sentence.text,
        title=title or sentence.title,
        kind=sentence.kind,
        items=items,
        tags=sentence.tags,
        status=Status.OPEN if open_question else sentence.status,
        level=sentence.visibility,
        insight=sentence.insight,
    )
