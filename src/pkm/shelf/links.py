"""The links between the notes of a home."""

from pkm.rules import frontmatter
from pkm.rules.linkgraph import LinkGraph
from pkm.shelf.shelf import Shelf
from pkm.vault import write


def vaults(shelf: Shelf) -> tuple[str, ...]:
    """The adopted folders, as the paths of their notes begin: links in them were meant for them alone."""
    return tuple(folder for folder in shelf.home.note_folders if folder not in {"notes", "."})


def graph(shelf: Shelf) -> LinkGraph:
    """All links and what each means now."""
    return shelf.store.links.graph(vaults(shelf))


def root_of(shelf: Shelf, path: str) -> str:
    """The folder of notes that a path lies in; empty if that is the home itself."""
    folders = sorted((folder.rstrip("/") for folder in shelf.home.note_folders), key=len, reverse=True)
    return next((folder for folder in folders if path.startswith(f"{folder}/")), "")


def lines_of(shelf: Shelf, path: str) -> tuple[str, ...]:
    """The lines of a note's file, for showing what stands where."""
    text = frontmatter.split(write.read_file(shelf.home.root / path)).text
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
