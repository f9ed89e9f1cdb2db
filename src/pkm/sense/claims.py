"""Claims held against what is here: does their evidence lead anywhere?"""

from collections.abc import Iterable, Iterator

from pkm.model.digest import Finding
from pkm.model.note import Kind, LinkForm, Note
from pkm.rules import frontmatter
from pkm.rules.claims import check_claim
from pkm.rules.ids import is_id
from pkm.rules.resolve import Names
from pkm.rules.urls import match_url
from pkm.sense.checkscene import Scene, Trouble
from pkm.shelf import links
from pkm.shelf.shelf import Shelf
from pkm.store.notes import NoteFilter
from pkm.vault.write import read_file


def claims(shelf: Shelf) -> tuple[Note, ...]:
    """The notes of kind claim whose files are there."""
    return shelf.store.notes.listing(NoteFilter(kind=Kind.CLAIM))


def unfinished(scene: Scene) -> Iterator[Trouble]:
    """Claims that lack a part, or whose evidence leads nowhere: for `notes check`."""
    for finding in findings(scene.shelf, claims(scene.shelf), scene.graph.names):
        yield Trouble(finding=finding)


def findings(shelf: Shelf, notes: Iterable[Note], names: Names | None = None) -> tuple[Finding, ...]:
    """What claims lack, with file and line; see `rules.claims.check_claim`."""
    chosen = [note for note in notes if note.kind == Kind.CLAIM]
    if not chosen:
        return ()
    called = names or links.graph(shelf).names
    return tuple(finding for note in chosen for finding in _of_one(shelf, note, called))


def _of_one(shelf: Shelf, note: Note, names: Names) -> tuple[Finding, ...]:
    def known(one: str) -> bool:
        return leads(shelf, names, one, at=note.path)

    return check_claim(note, known, first_line=_first_line(shelf, note))


def leads(shelf: Shelf, names: Names, one: str, *, at: str) -> bool:
    """Whether a citation leads to something that is here.

    Args:
        shelf: Where.
        names: What notes can be linked by.
        one: An id, the name in a wikilink, or an address.
        at: Path of the note that it stands in.
    """
    if is_id(one) and one[0] == "i":
        return shelf.store.items.get(one) is not None
    if is_id(one) and one[0] == "h":
        return shelf.store.quotes.get(one) is not None
    if is_id(one):
        return shelf.store.notes.get(one) is not None
    if one.startswith(("http://", "https://")):
        return bool(shelf.store.items.matching([match_url(one)]))
    return names.resolve(one, form=LinkForm.WIKI, at=at).one is not None


def _first_line(shelf: Shelf, note: Note) -> int:
    path = shelf.home.root / note.path
    return frontmatter.read(read_file(path)).body_line if path.is_file() else 1
