"""File names of notes: readable, safe on every system, and one note a name.

Names differ by more than case and Unicode form, since some file systems keep neither apart, and since
Obsidian, Foam and Quartz resolve a link by the bare name wherever the file lies.
"""

import re
import unicodedata
from collections.abc import Collection, Container
from typing import Final

from pkm.rules import limits

PATTERNS: Final = ("slug", "title", "date-slug", "id-slug")
"""How files of notes may be named, the setting `[notes] name`."""

# Windows, and what ends a link in Obsidian or makes one there; brackets that other programs trip over.
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\\/:*?\"<>|#^\[\]%(),']")
_SPACES: Final = re.compile(r"\s+")
_LONGEST_TYPED: Final = 200  # bytes; Linux takes 255, and a conflict copy's ending has to fit behind

# Names that Windows gives to devices, with or without an extension.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")
_MARKS_PER_LETTER: Final = 2
_DOTTED_I: Final = "i\u0307"  # what casefold makes of U+0130, where the dot says nothing any more


def slug(title: str) -> str:
    """A title as the stem of a file name: lower case, letters and digits of any script, `-` between.

    At most `limits.FILE_STEM_BYTES` bytes of UTF-8, cut between characters. Empty if the title has
    neither letter nor digit. Names of Windows devices get `n-` before them.
    """
    folded = name_key(title).replace(_DOTTED_I, "i")
    stem = _cut(_dashed(folded), limits.FILE_STEM_BYTES)
    return f"n-{stem}" if _DEVICES.match(stem) else stem


def file_stem(title: str, *, fallback: str, taken: Container[str]) -> str:
    """A stem for a new note that no name in `taken` equals, whatever their case and Unicode form.

    Args:
        title: The note's title.
        fallback: Used where the title gives no letters: the note's id.
        taken: Stems of all notes of the vault, or anything that answers `in` for a `name_key`.
    """
    return _untaken(slug(title) or fallback, taken)


def _untaken(stem: str, taken: Container[str]) -> str:
    used: Container[str] = {name_key(name) for name in taken} if isinstance(taken, Collection) else taken
    candidate, count = stem, 1
    while name_key(candidate) in used:
        count += 1
        ending = f"-{count}"
        candidate = _cut(stem, limits.FILE_STEM_BYTES - len(ending)) + ending
    return candidate


def file_name(pattern: str, *, title: str, note_id: str, day: str, taken: Container[str]) -> str:
    """A stem for a note after a pattern, equal to none that is taken.

    Args:
        pattern: One of `PATTERNS`.
        title: The note's title.
        note_id: Its id: part of the name, or the name where the title has no letters.
        day: Its date, `YYYY-MM-DD`.
        taken: As for `file_stem`.
    """
    if pattern == "title":
        return _untaken(as_file_name(title) or note_id, taken)
    if pattern in {"date-slug", "id-slug"}:
        head = day if pattern == "date-slug" else note_id
        short = _cut(slug(title), limits.FILE_STEM_BYTES - len(head) - 1)
        return _untaken(f"{head}-{short}" if short else head, taken)
    return file_stem(title, fallback=note_id, taken=taken)


def as_file_name(title: str) -> str:
    """A title as a file may bear it: as it is, without what some system or a link cannot hold. May be empty."""
    words = _SPACES.sub(" ", _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", title)))
    name = _cut(words.strip().lstrip("._ ").rstrip(". "), limits.FILE_STEM_BYTES).rstrip(". ")
    return f"n-{name}" if _DEVICES.match(name.casefold().partition(".")[0]) else name


def unfit(stem: str) -> str | None:
    """Why a stem that somebody typed is no good name for a note; None if it is one."""
    found = _FORBIDDEN.search(stem)
    if found:
        return f"it has {found[0]!r} in it"
    if not stem.strip() or stem[0] in "._ " or stem[-1] in ". ":
        return "it begins or ends with a dot, a space or an underscore"
    if _DEVICES.match(stem.casefold().partition(".")[0]):
        return "Windows keeps that name for a device"
    if len(stem.encode("utf-8", "replace")) > _LONGEST_TYPED:
        return f"it is longer than {_LONGEST_TYPED} bytes"
    return None


def name_key(name: str) -> str:
    """What two names must differ in: NFC and casefold."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return unicodedata.normalize("NFC", folded)


def _dashed(text: str) -> str:
    out: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category[0] == "L" or category in {"Nd", "Nl"}:
            out.append(char)
            marks = 0
        elif category[0] == "M" and out and out[-1] != "-":
            marks += 1
            out += [char] * (marks <= _MARKS_PER_LETTER)
        elif category != "Cf" and out and out[-1] != "-":  # Cf: invisible, so it parts nothing
            out.append("-")
    return "".join(out).strip("-")


def _cut(stem: str, size: int) -> str:
    """At most `size` bytes, no character halved, no letter parted from its marks."""
    if len(stem.encode("utf-8", "replace")) <= size:
        return stem
    kept = stem.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")
    while kept and unicodedata.category(stem[len(kept)])[0] == "M":
        kept = kept[:-1]
    return kept.rstrip("-")
