"""From a word that the user typed to the thing that it names: an id, its last characters, a path."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from pkm.errors import NotFound, UsageError
from pkm.rules.ids import TAIL, is_id, is_tail
from pkm.rules.urls import display_url
from pkm.shelf.shelf import Shelf

if TYPE_CHECKING:  # nouns of every kind are named here, and a command needs one or two of them
    from pkm.model.digest import Digest
    from pkm.model.item import Item
    from pkm.model.note import Note
    from pkm.model.question import Question
    from pkm.model.source import Source

_NAMES = {"i": "item", "n": "note", "s": "source", "h": "quote", "d": "digest"}


def whole_id(shelf: Shelf, word: str, kinds: str = "inhds") -> str:
    """The id that a word names.

    Args:
        shelf: Where.
        word: A whole id, or at least four of its last characters.
        kinds: First letters of the kinds that will do.

    Raises:
        NotFound: It names nothing of these kinds.
        UsageError: It names several things.
    """
    if is_id(word):
        return word
    said = word.removeprefix("…").lower()
    tail = said[2:] if len(said) > TAIL and said[1] in "-~" else said
    if not is_tail(tail):
        raise NotFound(
            f"'{word}' names no {_kinds(kinds)}",
            hint="give an id, or its last 4 characters: `pkm seek`, `pkm notes list` and `pkm find` show them",
        )
    found = [found for kind in kinds for found in _endings(shelf)[kind](tail)]
    if not found:
        raise NotFound(
            f"no {_kinds(kinds)} has an id that ends in '{tail}'", hint="look for it: pkm find WORDS"
        )
    if len(found) > 1:
        raise UsageError(
            f"'{word}' could be {', '.join(sorted(found))}", hint="type more of the last characters"
        )
    return found[0]


def _kinds(kinds: str) -> str:
    return " or ".join(_NAMES[kind] for kind in kinds)


def _endings(shelf: Shelf) -> dict[str, Callable[[str], tuple[str, ...]]]:
    store = shelf.store
    return {
        "i": store.items.ending,
        "n": store.notes.ending,
        "s": store.sources.ending,
        "h": store.quotes.ending,
        "d": store.digests.ending,
    }


def item_of(shelf: Shelf, word: str) -> "Item":
    """The item that a word names; a note on exactly one item, or a quote, stands for its item."""
    found = whole_id(shelf, word)
    item_id = found
    if found[0] == "n":
        note = shelf.store.notes.get(found)
        if note is not None and len(note.file.items) != 1:
            raise UsageError(
                f"the note '{note.title}' is on {len(note.file.items) or 'no'} items",
                hint=f"name the item itself: pkm notes show {found}",
            )
        item_id = note.file.items[0] if note else found
    elif found[0] == "h":
        quote = shelf.store.quotes.get(found)
        item_id = quote.item if quote else found
    item = shelf.store.items.get(item_id)
    if item is None:
        raise NotFound(f"there is no item {word}", hint="look for it: pkm find WORDS, or pkm seek --all")
    return item


def note_of(shelf: Shelf, word: str) -> "Note":
    """The note that a word names: an id, last characters, its path; an item or quote stands for its one note."""
    if word.endswith(".md"):
        paths = (word.removeprefix("./"), _in_home(shelf, word))
        note = next(filter(None, map(shelf.store.notes.at, paths)), None) or _in_other_form(shelf, paths)
        if note is None:
            raise NotFound(f"there is no note at {word}", hint="pkm notes list shows the paths")
        return note
    found = whole_id(shelf, word, "n")
    if found[0] in "ih":
        return _note_on(shelf, item_of(shelf, found))
    note = shelf.store.notes.get(found)
    if note is None:
        raise NotFound(f"there is no note {word}", hint="pkm notes list shows them all")
    return note


def _in_other_form(shelf: Shelf, paths: tuple[str, ...]) -> "Note | None":
    """The note whose path differs in Unicode form alone: a Mac may keep `é` as two characters."""
    wanted = {normalize("NFC", path) for path in paths}
    found = (path for path in shelf.store.notes.stamps() if normalize("NFC", path) in wanted)
    path = next(found, None)
    return shelf.store.notes.at(path) if path else None


def _note_on(shelf: Shelf, item: "Item") -> "Note":
    """The one note on an item: its id, or that of a quote, may stand for it."""
    notes = shelf.store.notes.on(item.id)
    if not notes:
        raise NotFound(
            f"there is no note on '{item.title or item.id}'", hint=f"pkm sense {item.id} makes one"
        )
    if len(notes) > 1:
        raise UsageError(
            f"there are {len(notes)} notes on '{item.title or item.id}'",
            why=", ".join(f"{note.id} {note.path}" for note in notes),
            hint="name one of them",
        )
    return notes[0]


def _in_home(shelf: Shelf, word: str) -> str:
    return shelf.home.relative(Path(word).absolute())


def question_of(shelf: Shelf, word: str) -> "Question":
    """The question that a word names: an id, last characters, or a part of it that no other question has.

    Raises:
        NotFound: It names none.
        UsageError: It names several, or a note that is no question.
    """
    said = " ".join(word.casefold().split())
    questions = shelf.store.questions.all()
    titled = [one for one in questions if said and said in one.title.casefold()]
    by_id = [one for one in questions if one.id == word or (is_tail(said) and one.id.endswith(said))]
    found = by_id or [one for one in titled if one.is_open] or titled
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"'{one.title}' ({one.id[-TAIL:]})" for one in found[:5])
        raise UsageError(f"'{word}' could be {names}", hint="type more of it, or the id")
    known = shelf.store.notes.get(word) if is_id(word) else None
    raise NotFound(
        f"you have no question '{word}'",
        why=f"that note is a {known.kind}" if known else "",
        hint="pkm questions shows them; pkm ask makes one",
    )


def source_of(shelf: Shelf, word: str) -> "Source":
    """The source that a word names: an id, last characters, an address, or part of its title."""
    followed = shelf.store.sources.all(removed=True)
    for source in followed:
        if word in (source.id, source.url):
            return source
    at = shelf.store.sources.at(word)
    if at is not None:
        return at
    if is_tail(word.lower()):
        ending = [source for source in followed if source.id.endswith(word.lower())]
        if len(ending) == 1:
            return ending[0]
    said = word.casefold()
    titled = [one for one in followed if one.followed and said in (one.title or "").casefold()]
    titled = titled or [one for one in followed if one.followed and said in one.url.casefold()]
    if len(titled) == 1:
        return titled[0]
    if titled:
        names = ", ".join(f"{one.title or display_url(one.url)} ({one.id[-4:]})" for one in titled[:5])
        raise UsageError(f"'{display_url(word)}' could be {names}", hint="give more of the title, or the id")
    raise NotFound(f"you follow no source '{display_url(word)}'", hint="pkm source list shows them all")


def digest_of(shelf: Shelf, word: str) -> "Digest":
    """The digest that a word names: an id, last characters, or the path of its draft."""
    digest = shelf.store.digests.at(word) or shelf.store.digests.at(f"digests/{word}")
    if digest is None and word.endswith(".md"):
        digest = shelf.store.digests.at(_in_home(shelf, word))
    if digest is None:
        digest = shelf.store.digests.get(whole_id(shelf, word, "d"))
    if digest is None:
        raise NotFound(f"there is no digest {word}", hint="pkm share lists them")
    return digest
