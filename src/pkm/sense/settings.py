"""Change what stands in the front matter of notes, and nothing else in their files."""

from collections.abc import Sequence
from dataclasses import dataclass

from pkm.errors import NoteUnreadable, PkmError, UsageError
from pkm.model.note import Kind, Level, Note, Status
from pkm.rules import frontmatter
from pkm.rules.amounts import counted
from pkm.rules.notefile import read_note, set_keys
from pkm.sense.annotate import must_be_known
from pkm.shelf import notes, pen
from pkm.shelf.shelf import Shelf
from pkm.vault import write

Value = str | Sequence[str] | None
_TAG_KEYS = ("tags", "tag", "keywords")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChange:
    """What is to be otherwise; None leaves a key as it is, empty text takes it away.

    Attributes:
        tags: `+a` or `a` adds a tag, `-a` removes it.
        only: Names of audiences.
    """

    title: str | None = None
    kind: str | None = None
    status: str | None = None
    visibility: str | None = None
    only: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """How it went.

    Attributes:
        changed: Notes whose files are otherwise now.
        same: Notes that said so already.
        refused: Notes that cannot be edited safely, with the reason.
    """

    changed: tuple[Note, ...] = ()
    same: tuple[Note, ...] = ()
    refused: tuple[tuple[Note, PkmError], ...] = ()


def set_notes(
    shelf: Shelf, chosen: Sequence[Note], change: NoteChange, *, name: str = "notes set"
) -> Changed:
    """Change the front matter of notes; one that refuses does not stop the others.

    Raises:
        UsageError: Nothing is to be changed, or a word of a closed list is none of it.
    """
    _check(shelf, change)
    wanted, same, refused = _plan(shelf, chosen, change)
    changed: list[Note] = []
    if wanted:
        with shelf.writing():
            summary = f"set {change_words(change)} of {counted(len(wanted), 'note')}"
            command = shelf.store.undo_log.begin(name, summary, shelf.now())
            for note, keys in wanted:
                try:
                    changed.append(notes.set_front_matter(shelf, note, keys, command=command))
                except PkmError as error:
                    refused.append((note, error))
    return Changed(changed=tuple(changed), same=tuple(same), refused=tuple(refused))


def remove_notes(shelf: Shelf, chosen: Sequence[Note]) -> None:
    """Move notes to the trash, from where `undo` brings them back."""
    with shelf.writing():
        command = shelf.store.undo_log.begin(
            "notes rm", f"moved {counted(len(chosen), 'note')} to the trash", shelf.now()
        )
        for note in chosen:
            pen.remove(shelf, shelf.home.root / note.path, command=command)
            shelf.store.notes.set_missing(note.id, shelf.now())
            shelf.store.search.drop("note", note.id)


def change_words(change: NoteChange) -> str:
    """The keys that a change is about, for people."""
    keys = ("title", "kind", "status", "visibility", "only")
    told = [key for key in keys if getattr(change, key) is not None]
    return ", ".join([*told, *(["tags"] if change.tags else [])])


def _check(shelf: Shelf, change: NoteChange) -> None:
    if not change_words(change):
        raise UsageError(
            "nothing is said of what to set", hint="for example: pkm notes set ID --visibility team"
        )
    must_be_known(change.kind, "--kind", tuple(Kind))
    must_be_known(change.status, "--status", tuple(Status))
    must_be_known(change.visibility, "--visibility", tuple(level.word for level in Level))
    for name in change.only or ():
        shelf.options.named(name)
    if change.title is not None and not change.title.strip():
        raise UsageError("a note needs a title", hint='for example: --title "What we decided"')
    for tag in change.tags:
        signed_tag(tag)


def _plan(
    shelf: Shelf, chosen: Sequence[Note], change: NoteChange
) -> tuple[list[tuple[Note, dict[str, Value]]], list[Note], list[tuple[Note, PkmError]]]:
    wanted: list[tuple[Note, dict[str, Value]]] = []
    same: list[Note] = []
    refused: list[tuple[Note, PkmError]] = []
    for note in chosen:
        try:
            data = write.read_file(shelf.home.root / note.path)
            keys = _keys(data, note, change)
            if set_keys(data, keys) == data:
                same.append(note)
            else:
                wanted.append((note, keys))
        except NoteUnreadable as error:
            refused.append((note, notes.about(note, error)))
        except PkmError as error:
            refused.append((note, error))
    return wanted, same, refused


def _keys(data: bytes, note: Note, change: NoteChange) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    for key in ("title", "kind", "status", "visibility"):
        value = getattr(change, key)
        if value is not None:
            keys[key] = value.strip() or None
    if change.only is not None:
        keys["only"] = tuple(change.only) or None
    if change.tags:
        keys |= tag_keys(data, note, change.tags)
    return keys


def tag_keys(data: bytes, note: Note, signed: Sequence[str]) -> dict[str, Value]:
    """The tags as they will stand: all under `tags`, unless only another key has them."""
    before = read_note(data, stem=note.path).tags
    after = {tag.casefold(): tag for tag in before}
    for sign, tag in map(signed_tag, signed):
        if sign == "-":
            after.pop(tag.casefold(), None)
        else:
            after.setdefault(tag.casefold(), tag)
    if tuple(after.values()) == before:
        return {}
    present = frontmatter.read(data).values
    others: dict[str, Value] = {key: None for key in _TAG_KEYS[1:] if key in present}
    return {**others, "tags": tuple(after.values()) or None}


def signed_tag(word: str) -> tuple[str, str]:
    """The sign and the tag of a word: `a` and `+a` add, `-a` removes.

    Raises:
        UsageError: It is not one word.
    """
    sign = word[0] if word[:1] in {"+", "-"} else "+"
    tag = word.removeprefix(sign).removeprefix("#").strip()
    if not tag or any(char.isspace() or char == "," for char in tag):
        raise UsageError(f"'{word}' is no tag", why="a tag is one word", hint="--tag +reading --tag -todo")
    return sign, tag
