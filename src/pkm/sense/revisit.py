"""Revisit: a few earlier notes a day, each for a reason, and what the user says to them.

notes, links, kept items | offers, each with its reason | the few of today | an answer: when it comes back
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from pkm.errors import NotFound
from pkm.model.item import Item
from pkm.model.note import Kind, Note, Status
from pkm.model.revisit import Answer, Offer, Past, Rhythm
from pkm.rules.limits import REVISITS_A_DAY
from pkm.rules.offers import (
    KEPT_LONG,
    WEEK,
    Diary,
    met_on,
    offers_of_claims,
    offers_of_items,
    offers_of_links,
    offers_of_notes,
)
from pkm.rules.returning import drawn, of_the_day, rhythm, todays
from pkm.rules.when import midnight
from pkm.sense.claims import claims, findings
from pkm.shelf import links, revisits
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync

_MONDAY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Something to be met again: a note, or an item that was kept.

    Attributes:
        rhythm: When it comes back, as it stands now.
    """

    met: Note | Item
    why: str
    because: str
    rhythm: Rhythm


def today(shelf: Shelf) -> date:
    """The local day."""
    return shelf.now().astimezone(shelf.zone).date()


def offered(shelf: Shelf) -> tuple[Again, ...]:
    """What is left of today's few; the same ones all day, whatever is answered meanwhile."""
    diary = Diary(shelf.store.revisits.answers(), day=today(shelf), zone=shelf.zone)
    chosen = todays(_offers(shelf, diary), answered=diary.today)
    return tuple(again for offer in chosen if (again := _again(shelf, offer, diary)) is not None)


def _offers(shelf: Shelf, diary: Diary) -> Iterator[Offer]:
    # What is written or kept in the course of the day is none of today's.
    begun = midnight(diary.day, shelf.zone)
    notes = {note.id: note for note in shelf.store.revisits.notes() if note.created_at < begun}
    yield from offers_of_notes(notes.values(), diary)
    yield from offers_of_links(_linked_this_week(shelf, notes, diary), notes, diary)
    yield from offers_of_claims(_lacking(shelf, diary), diary, notes)
    kept = shelf.store.revisits.kept(begun - KEPT_LONG)
    yield from offers_of_items(((ref, at.astimezone(shelf.zone).date()) for ref, at in kept), diary)


def _lacking(shelf: Shelf, diary: Diary) -> Iterator[tuple[str, str]]:
    """Claims that are not whole, as many as a day could offer; another few each day."""
    found = {note.id: note for note in claims(shelf)}
    if not found:
        return
    names = links.graph(shelf).names
    lacking = ((ref, findings(shelf, [found[ref]], names)) for ref in drawn(found, diary.day))
    for ref, first in islice(((ref, what[0]) for ref, what in lacking if what), REVISITS_A_DAY):
        yield ref, first.message


def _linked_this_week(shelf: Shelf, notes: Mapping[str, Past], diary: Diary) -> Iterator[tuple[str, Past]]:
    week = midnight(diary.day - WEEK, shelf.zone)
    recent = [note for note in notes.values() if note.created_at >= week]
    if not recent:
        return
    graph = links.graph(shelf)
    named = {one.id: one for one in graph.names.notes}
    for note in reversed(recent):
        for edge in graph.out_of(named[note.id]) if note.id in named else ():
            if edge.meant.one is not None and edge.meant.one.id != note.id:
                yield edge.meant.one.id, note


def _again(shelf: Shelf, offer: Offer, diary: Diary) -> Again | None:
    met: Note | Item | None = (
        shelf.store.items.get(offer.ref) if offer.ref.startswith("i-") else shelf.store.notes.get(offer.ref)
    )
    if met is None:
        return None
    return Again(
        met=met,
        why=str(offer.why),
        because=offer.because,
        rhythm=diary.rhythm(met.id, _made(shelf, met)),
    )


def _made(shelf: Shelf, met: Note | Item) -> date:
    at = met.created_at if isinstance(met, Note) else met.kept_at or met.first_seen
    return at.astimezone(shelf.zone).date()


def answer(shelf: Shelf, met: Note | Item, said: Answer) -> Rhythm:
    """File what the user says to something that was met again; when it comes back.

    Raises:
        NotFound: It is an item that is not kept.
    """
    sync(shelf, wait=True)
    if isinstance(met, Item) and met.kept_at is None:
        raise NotFound(
            f"'{met.title or met.id}' is not kept, so it does not come back",
            hint=f"pkm keep {met.id} keeps it",
        )
    with shelf.writing():
        command = shelf.store.undo_log.begin("revisit", f"'{met.title or met.id}': {said}", shelf.now())
        revisits.record(shelf, met, said, command=command)
    answers = shelf.store.revisits.answers().get(met.id, ())
    return rhythm(met.id, _made(shelf, met), [(met_on(one, shelf.zone), one.answer) for one in answers])


def drip(shelf: Shelf) -> Note | None:
    """One earlier note of the user's, the same all day; on Mondays an open question if there is one.

    Nothing is written, so a greeting may ask for it as often as it likes.
    """
    diary = Diary(shelf.store.revisits.answers(), day=today(shelf), zone=shelf.zone)
    week = midnight(diary.day - WEEK, shelf.zone)
    old = [note for note in shelf.store.revisits.notes() if note.created_at < week]
    old = [note for note in old if not _done(diary, note.id)]
    if diary.day.weekday() == _MONDAY:
        old = [note for note in old if _is_open(note)] or old
    chosen = of_the_day((note.id for note in old), diary.day)
    return shelf.store.notes.get(chosen) if chosen else None


def _done(diary: Diary, ref: str) -> bool:
    last = diary.last(ref)
    return last is not None and last[1] == Answer.DONE


def _is_open(note: Past) -> bool:
    return note.kind == Kind.QUESTION and note.status in {None, Status.OPEN}
