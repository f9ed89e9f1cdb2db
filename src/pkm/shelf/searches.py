"""Saved searches: one small text file each in `searches/`, made and read by hand or by command.

    # what the weekly letter is made of
    tag:letter is:kept since:1w

Lines that begin with `# ` say something to people; the others are the query.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkm.errors import NotFound, Refused, UsageError
from pkm.shelf import pen
from pkm.shelf.shelf import Shelf
from pkm.vault import write

_NAME: Final = re.compile(r"\w[\w-]{0,59}")
_ENDING: Final = ".txt"
_MOST_BYTES: Final = 16_000
_MOST_FILES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A search that the user gave a name.

    Attributes:
        name: As its file is called.
        query: One line.
        path: Relative to the home.
    """

    name: str
    query: str
    path: str


def all_saved(shelf: Shelf) -> tuple[Saved, ...]:
    """Every saved search, by name; a file that is no text or too long is left out."""
    folder = shelf.home.searches
    if not folder.is_dir():
        return ()
    found = []
    for path in sorted(folder.iterdir())[:_MOST_FILES]:
        name = path.name.removesuffix(_ENDING)
        if path.suffix == _ENDING and _NAME.fullmatch(name) and path.is_file():
            query = _read(path)
            if query:
                found.append(Saved(name=name, query=query, path=shelf.home.relative(path)))
    return tuple(found)


def queries(shelf: Shelf, words: str) -> dict[str, str]:
    """The saved searches by name, for `rules.query`; none is read if the words name none."""
    return {name_key(one.name): one.query for one in all_saved(shelf)} if "@" in words else {}


def name_key(name: str) -> str:
    """What two names must differ in; as the parser looks them up."""
    return unicodedata.normalize("NFC", name).casefold()


def get(shelf: Shelf, name: str) -> Saved:
    """The saved search of that name, with or without its @.

    Raises:
        NotFound: There is none.
    """
    wanted = name_key(name.removeprefix("@"))
    every = all_saved(shelf)
    for one in every:
        if name_key(one.name) == wanted:
            return one
    known = f"there are: {', '.join(one.name for one in every)}" if every else "none was saved yet"
    raise NotFound(
        f"there is no saved search '{name.removeprefix('@')}'",
        why=known,
        hint="save one: pkm find WORDS --save NAME",
    )


def save(shelf: Shelf, name: str, query: str) -> tuple[Saved, bool]:
    """Give a query a name; a name that is taken gets the new query, and `undo` takes it back.

    Returns:
        The search, and whether its name was free.

    Raises:
        UsageError: The name is none.
        Refused: The query names itself.
    """
    plain = unicodedata.normalize("NFC", name.removeprefix("@"))
    if not _NAME.fullmatch(plain):
        raise UsageError(
            f"'{name}' is no name for a search",
            why="a name is letters, digits, - and _, at most 60",
            hint="pkm find WORDS --save weekly-letter",
        )
    if f"@{name_key(plain)}" in name_key(query).split():
        raise Refused(f"'@{plain}' cannot stand in the search of that name", hint="give it another name")
    known = next((one for one in all_saved(shelf) if name_key(one.name) == name_key(plain)), None)
    path = shelf.home.root / known.path if known else shelf.home.searches / f"{plain}{_ENDING}"
    data = f"{' '.join(query.split())}\n".encode("utf-8", "replace")
    with shelf.writing():
        command = shelf.store.undo_log.begin("find --save", f"saved the search '{plain}'", shelf.now())
        if known:
            pen.change(shelf, path, lambda _: data, command=command)
        else:
            pen.make(shelf, path, data, command=command)
    return Saved(name=plain, query=" ".join(query.split()), path=shelf.home.relative(path)), known is None


def remove(shelf: Shelf, name: str) -> Saved:
    """Take a saved search away; its file goes to the trash, and `undo` brings it back.

    Raises:
        NotFound: There is none of that name.
    """
    known = get(shelf, name)
    with shelf.writing():
        command = shelf.store.undo_log.begin("searches rm", f"removed the search '{known.name}'", shelf.now())
        pen.remove(shelf, shelf.home.root / known.path, command=command)
    return known


def _read(path: Path) -> str:
    with write.told(path), path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        return ""
    lines = data.decode("utf-8-sig", "replace").splitlines()
    # `#tag` is a query, `# words` and `#` alone are not.
    said = (line for line in lines if line.strip() != "#" and not line.lstrip().startswith("# "))
    return " ".join(" ".join(said).split())
