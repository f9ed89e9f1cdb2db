"""Names in a folder of notes: what is a copy that a sync tool made, and what is nobody's note."""

import fnmatch
import re
from typing import Final

# Copies that sync clients, git and pkm make of a file changed in two places; what is cut leaves its name.
_COPY: Final = re.compile(
    r"(?:\.sync-conflict-[^/]*|[ _-]*\([^()/]*conflicted copy[^()/]*\)|-conflicted-copy[^/]*"
    r"|\.conflict-\d{8}T[^/]*?|(?P<orig>\.orig))(?=\.md\Z|\Z)",
    re.IGNORECASE,
)
_ENDING: Final = ".md"
# Backups that Logseq keeps of every page it wrote, and other people's documentation.
_NO_NOTES: Final = re.compile(r"(?:.*/)?(?:node_modules|logseq/(?:bak|version-files))\Z")


def is_copy(path: str) -> bool:
    """Whether a path is that of a conflict copy: not a note, and never removed by us."""
    return _COPY.search(path.rpartition("/")[2]) is not None


def original_of(path: str) -> str:
    """The path of the note that a conflict copy is a copy of."""
    folder, slash, name = path.rpartition("/")
    stem = _COPY.sub("", name).removesuffix(_ENDING)
    return f"{folder}{slash}{stem}{_ENDING}"


def is_for_notes(folder: str) -> bool:
    """Whether notes may lie in a folder; the path may be relative or absolute."""
    return _NO_NOTES.match(folder) is None


def ignoring(text: str) -> re.Pattern[str] | None:
    """What `.pkmignore` names: a pattern a line, as in a shell, for a name or a path; None if it names nothing."""
    lines = (line.strip().rstrip("/") for line in text.splitlines())
    globs = [line for line in lines if line and not line.startswith("#")]
    return re.compile("|".join(map(fnmatch.translate, globs))) if globs else None
