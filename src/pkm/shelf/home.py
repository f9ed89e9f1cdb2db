"""The home: the folder that holds everything, and where each thing in it lies."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkm.errors import NoHome, Refused
from pkm.rules.ids import ALPHABET

_IGNORED: Final = "*\n"
_ATTRIBUTES: Final = "*.jsonl merge=union\n"
_SYNCED: Final = (
    "dropbox",
    "icloud",
    "mobile documents",
    "onedrive",
    "google drive",
    "googledrive",
    "nextcloud",
    "syncthing",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folder, and the paths in it.

    Attributes:
        root: Absolute.
        state: `.pkm`, or the folder that `store = "…"` names: everything in it can be made again.
        note_folders: Relative to the root, or absolute; the first is where new notes go.
    """

    root: Path
    state: Path
    note_folders: tuple[str, ...] = ("notes",)

    @property
    def store(self) -> Path:
        """The database."""
        return self.state / "store.db"

    @property
    def trash(self) -> Path:
        """Bytes as they were before a change, for `undo`."""
        return self.state / "trash"

    @property
    def plan(self) -> Path:
        """What several files are being changed to; there only while a command does it, under the write lock."""
        return self.state / "plan.json"

    @property
    def notes(self) -> Path:
        """Where new notes go."""
        return self.root / self.note_folders[0]

    @property
    def digests(self) -> Path:
        """Drafts and editions."""
        return self.root / "digests"

    @property
    def sources(self) -> Path:
        """What is followed."""
        return self.root / "sources.opml"

    @property
    def decisions(self) -> Path:
        """The journal of what the user decided."""
        return self.root / "decisions.jsonl"

    @property
    def quotes(self) -> Path:
        """The journal of anchors."""
        return self.root / "quotes.jsonl"

    @property
    def share_log(self) -> Path:
        """The journal of what went to whom."""
        return self.root / "share-log.jsonl"

    @property
    def rules(self) -> Path:
        """The user's rules for what arrives."""
        return self.root / "rules.yaml"

    @property
    def searches(self) -> Path:
        """Saved searches, one file each."""
        return self.root / "searches"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.root / "pkm.toml"

    @property
    def drafts(self) -> Path:
        """Sentences begun in an editor and not yet filed."""
        return self.root / "drafts"

    def holds(self, path: str) -> bool:
        """Whether a note's path, as the index has it, lies in a folder of notes."""
        return any(folder == "." or path.startswith(f"{folder.rstrip('/')}/") for folder in self.note_folders)

    def root_of(self, path: Path) -> Path:
        """The folder that a link at `path` may not lead out of: the adopted one that holds it, else the home."""
        folders = (self.root / folder for folder in self.note_folders if os.path.isabs(folder))  # noqa: PTH117
        return next((folder for folder in folders if path.is_relative_to(folder)), self.root)

    def relative(self, path: Path) -> str:
        """A path as files and screens name it: relative to the home if it lies there."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def at(root: Path, *, store: str | None = None, adopted: tuple[str, ...] = ()) -> Home:
    """The home of a folder, whether it is there or not.

    Args:
        root: The folder.
        store: The setting `store`, absolute or relative to the root; None for `.pkm`.
        adopted: The setting `[notes] folders`: beside `notes`, or `.` for a vault that is a home as a whole.
    """
    absolute = Path(os.path.abspath(root.expanduser()))  # noqa: PTH100 - resolve() would follow the user's links
    state = absolute / ".pkm" if store is None else absolute / Path(store).expanduser()
    own = () if "." in adopted else ("notes",)
    folders = (folder_name(name) for name in adopted)
    return Home(root=absolute, state=state, note_folders=tuple(dict.fromkeys((*own, *folders))))


def folder_name(name: str) -> str:
    """A folder of the settings as the paths of its notes begin: without `./` and a slash at its end."""
    return os.path.normpath(os.path.expanduser(name))  # noqa: PTH111 - a string, as in the index


def must_exist(home: Home) -> Home:
    """The same home, if it is one.

    Raises:
        NoHome: There is none.
    """
    if not home.state.is_dir() and not home.settings.is_file():
        raise NoHome(
            f"there is no pkm home at {home.root}",
            hint="make one with `pkm init`, or name another with --home DIR",
        )
    return home


def make(home: Home, *, settings: str) -> tuple[str, ...]:
    """Make what is missing of a home; what is there is left alone, so that twice is harmless.

    Args:
        home: Where.
        settings: Text of a new `pkm.toml`.

    Returns:
        What was made, as paths relative to the root; empty if everything was there.
    """
    if home.root.exists() and not home.root.is_dir():
        raise Refused(f"{home.root} is a file, not a folder", hint="name a folder: pkm init --home DIR")
    made = [home.relative(folder) for folder in (home.root, home.state, home.trash) if _folder(folder)]
    made += [home.relative(path) for path in ensure_state(home)]
    # A vault that is there already keeps its notes where they are.
    if not any((home.root / folder).is_dir() for folder in home.note_folders) and _folder(home.notes):
        made.append(home.relative(home.notes))
    for path, text in (
        (home.settings, settings),
        (home.root / ".gitattributes", _ATTRIBUTES),
        (home.state / "device", new_device()),
    ):
        if _file(path, text):
            made.append(home.relative(path))
    return tuple(made)


def ensure_state(home: Home) -> tuple[Path, ...]:
    """Make the folder of what can be made again, if it was deleted; no git and no sync tool is to copy it.

    Returns:
        The files that were made.
    """
    _folder(home.state)
    guards = (home.state / ".gitignore", home.state / ".stignore")
    return tuple(path for path in guards if _file(path, _IGNORED))


def new_device() -> str:
    """A name for this machine in the journals: random, since a host name would travel with shared files."""
    # `secrets` costs four milliseconds to import, and this is all that it would do here.
    return "d" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in os.urandom(7))


def device(home: Home) -> str:
    """The name of this machine, made at the first call."""
    path = home.state / "device"
    _file(path, new_device())
    return path.read_text(encoding="utf-8").strip() or "unknown"


def synced_folder(home: Home) -> str | None:
    """The sync service in whose folder the database lies, as far as its path tells."""
    parts = [part.lower() for part in home.state.parts]
    return next((name for name in _SYNCED if any(name in part for part in parts)), None)


def _folder(path: Path) -> bool:
    if path.is_dir():
        return False
    path.mkdir(mode=0o700, parents=True)
    return True


def _file(path: Path, text: str) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return True
