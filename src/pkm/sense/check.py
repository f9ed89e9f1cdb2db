"""A check: a dated look into an item or a source, filed as a note of kind check."""

from pkm.errors import UsageError
from pkm.model.item import State
from pkm.model.note import Kind
from pkm.rules.checkfile import SOURCE_KEY, VERDICT_KEY, Answers, check_body
from pkm.rules.words import has_own_words
from pkm.sense.annotate import Sensed, Sentence, checked
from pkm.sense.checkwords import fact_lines
from pkm.sense.lookinto import Facts
from pkm.shelf import notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.notes import NewNote
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync


def record(shelf: Shelf, facts: Facts, answers: Answers, *, visibility: str | None = None) -> Sensed:
    """File a check: the facts as they were found, the person's answers below them; an item is kept by it.

    Raises:
        UsageError: Nothing was said, or the visibility is none.
    """
    checked(Sentence(visibility=visibility))
    if answers.empty:
        raise UsageError("nothing was said", hint='pkm check ID -m "why" --verdict mixed')
    sync(shelf, wait=True)
    item, now = facts.item, shelf.now()
    on = f"{now.astimezone(shelf.zone):%Y-%m-%d}"
    keys = {VERDICT_KEY: answers.verdict or "unknown"}
    if item is None and facts.source is not None:
        keys[SOURCE_KEY] = facts.source.id
    with shelf.writing():
        command = shelf.store.undo_log.begin("check", f"a check of '{facts.title}'", now)
        new = NewNote(
            text=check_body(fact_lines(facts, zone=shelf.zone), answers, on=on),
            title=f"Check: {facts.title}",
            kind=Kind.CHECK,
            items=(item,) if item else (),
            level=visibility,
        )
        note = notes.make(shelf, new, command=command)
        note = notes.set_front_matter(shelf, note, keys, command=command)
        said = item is not None and has_own_words(note.file.body)
        kept = (
            bool(decide(shelf, [item], Move(after=State.KEPT), command=command)) if item and said else False
        )
    return Sensed(note=note, item=shelf.store.items.get(item.id) if item else None, made=True, kept=kept)
