"""Prompts and templates: the user's own file of a name first, then the one that comes with pkm."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pkm.vault.write import told

_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that the user may replace.

    Attributes:
        place: Relative to the home, `/` between parts: `prompts/plain.md`.
        text: What it holds; bytes that are no UTF-8 are replaced.
        own: It is the user's; else it came with pkm.
    """

    place: str
    text: str
    own: bool


def find(home: Path, place: str) -> Asset | None:
    """The file of that place: in the home, else in the package; None if neither has it.

    Raises:
        Refused: It is there and cannot be read.
    """
    own = home / place
    if own.is_file():
        with told(own), own.open("rb") as file:
            return Asset(place=place, text=file.read(_MOST_BYTES).decode("utf-8", "replace"), own=True)
    return packaged(place)


def packaged(place: str) -> Asset | None:
    """The file that comes with pkm; None if there is none."""
    file = resources.files("pkm") / "assets" / place
    if not file.is_file():
        return None
    return Asset(place=place, text=file.read_text(encoding="utf-8"), own=False)


def listing(home: Path, folder: str, ending: str) -> tuple[Asset, ...]:
    """All files of a folder with that ending, by name; the user's stand for pkm's of the same name."""
    theirs = {file.name for file in (resources.files("pkm") / "assets" / folder).iterdir()}
    own = home / folder
    mine = {path.name for path in own.iterdir() if path.is_file()} if own.is_dir() else set()
    names = sorted(name for name in theirs | mine if name.endswith(ending) and name[:1] not in {".", "_"})
    found = (find(home, f"{folder}/{name}") for name in names)
    return tuple(asset for asset in found if asset is not None)
