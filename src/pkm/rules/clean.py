"""What a text from outside may still hold when it reaches a sink.

Feeds carry escape codes, direction overrides, invisible characters and stacks of accents: a title can
retitle a terminal, fake a file name or hide words from its reader. `clean` is applied at every sink and
`tidy` once at ingest, since an import, a migration or a new view will forget one of the two.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Sink(StrEnum):
    """Where a text goes."""

    LINE = "line"
    """One line of a terminal."""
    BODY = "body"
    """Many lines of a terminal."""
    HTML = "html"
    """Text of an HTML or Atom document; the renderer escapes it and puts it into `<bdi>`."""
    NOTE = "note"
    """The body of a markdown note."""
    NOTE_TITLE = "note-title"
    """One line of a note: its title, a name. Markdown is escaped elsewhere, by `rules.markdown`."""
    FILE_NAME = "file-name"
    """A part of a file name; length, reserved names and leading dots are the caller's."""
    HEADER = "header"
    """The value of a mail or HTTP header."""
    MCP = "mcp"
    """A text handed to a language model."""


_MARKS_PER_BASE: Final = 8
_MARKS_PER_BASE_IN_NAMES: Final = 2

_BREAKS: Final = r"\n\v\f\r\x85\u2028\u2029"
_CONTROLS: Final = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_BIDI: Final = r"\u202a-\u202e\u2066-\u2069"
_DIRECTION_MARKS: Final = r"\u061c\u200e\u200f"
_INVISIBLE: Final = r"\u00ad\u200b\u2060\ufeff"
_TAGS: Final = r"\U000e0000-\U000e007f"
_JOINERS: Final = r"\u200c\u200d"
_NO_CHARACTERS: Final = r"\ud800-\udfff\ufffe\uffff"

_BREAK: Final = re.compile(rf"\r\n|[{_BREAKS}]")
_BROKEN: Final = re.compile(rf"[{_NO_CHARACTERS}]")
_JOINER: Final = re.compile(rf"[{_JOINERS}]+")
# Python's \w holds letters and digits, never marks: a run of marks shows as a run of non-words, and so
# the common text is left without asking for the category of each of its characters.
_STACKED: Final = re.compile(r"[^\w\s\x00-\x7f]{3,}")
_PILE: Final = re.compile(rf"[^\w\s\x00-\x7f]{{{_MARKS_PER_BASE + 1}}}")

_NARROW: Final = rf"[{_CONTROLS}{_BIDI}{_INVISIBLE}{_TAGS}]"
_DROPPED: Final = {
    Sink.LINE: re.compile(_NARROW),
    Sink.BODY: re.compile(_NARROW),
    Sink.HTML: re.compile(rf"[{_CONTROLS}{_TAGS}]"),
    Sink.NOTE: re.compile(rf"[{_CONTROLS}{_TAGS}]"),
    Sink.NOTE_TITLE: re.compile(rf"[{_CONTROLS}{_BIDI}{_TAGS}]"),
    Sink.FILE_NAME: re.compile(
        rf"[{_CONTROLS}{_BIDI}{_DIRECTION_MARKS}{_INVISIBLE}{_TAGS}{_JOINERS}{_NO_CHARACTERS}\[\]]"
    ),
    Sink.HEADER: re.compile(_NARROW),
    Sink.MCP: re.compile(_NARROW),
}
_BREAK_BECOMES: Final = {
    Sink.LINE: " ",
    Sink.BODY: "\n",
    Sink.HTML: "\n",
    Sink.NOTE: "\n",
    Sink.NOTE_TITLE: " ",
    Sink.FILE_NAME: "-",
    Sink.HEADER: " ",
    Sink.MCP: "\n",
}
_BREAK_IS_SPACE: Final = frozenset({Sink.LINE, Sink.NOTE_TITLE, Sink.HEADER})
_TAB_BECOMES: Final = {Sink.LINE: " ", Sink.NOTE_TITLE: " ", Sink.FILE_NAME: "-", Sink.HEADER: " "}
_VIRAMA: Final = 9  # canonical combining class
_JOINED_CATEGORIES: Final = frozenset({"Mn", "Mc", "Me", "So", "Sm", "Sk"})
_JOINERS_CHECKED: Final = frozenset({Sink.LINE, Sink.BODY})
_SEPARATOR: Final = re.compile(r"[/\\]")


def clean(text: str, sink: Sink) -> str:
    """What of a text may reach a sink; idempotent, and always encodable as UTF-8.

    Letters, digits, punctuation and emoji of all scripts pass unchanged. Markup is not this function's
    matter: it neither removes nor escapes it.
    """
    if sink is Sink.FILE_NAME:
        return _file_name(text)
    flat = text if sink in _BREAK_IS_SPACE else text.replace("\n", "")
    # Python's "printable" leaves out all that the table speaks of, but not marks.
    if flat.isprintable() and (flat.isascii() or not _PILE.search(flat)):
        return text
    if "\t" in text and sink in _TAB_BECOMES:
        text = text.replace("\t", _TAB_BECOMES[sink])
    text = _BREAK.sub(_BREAK_BECOMES[sink], text)
    text = _DROPPED[sink].sub("", text)
    text = _BROKEN.sub("\ufffd", text)
    text = _unstack(text, _MARKS_PER_BASE)
    return _JOINER.sub(_joiner, text) if sink in _JOINERS_CHECKED else text


def _file_name(text: str) -> str:
    text = _BREAK.sub("-", text).replace("\t", "-")
    # Beyond the table: a separator in a name is always a mistake or an attack.
    text = _SEPARATOR.sub("-", _DROPPED[Sink.FILE_NAME].sub("", text))
    return _unstack(unicodedata.normalize("NFC", text), _MARKS_PER_BASE_IN_NAMES)


def _unstack(text: str, most: int) -> str:
    """Leave at most so many combining marks on one base; joiners between them do not start anew."""

    def thinned(run: re.Match[str]) -> str:
        kept, marks = [], 0
        for character in run[0]:
            if unicodedata.category(character).startswith("M"):
                marks += 1
                if marks > most:
                    continue
            elif character not in "\u200c\u200d":
                marks = 0
            kept.append(character)
        return "".join(kept)

    return _STACKED.sub(thinned, text)


def _joiner(found: re.Match[str]) -> str:
    """A joiner shapes what stands on both sides of it; anywhere else it only hides."""
    text, start, end = found.string, found.start(), found.end()
    if end - start > 1 or start == 0:
        return ""
    # Malayalam writes a final consonant as letter, virama, joiner; it may end a word.
    if unicodedata.combining(text[start - 1]) == _VIRAMA:
        return found[0]
    return found[0] if end < len(text) and _joinable(text[start - 1]) and _joinable(text[end]) else ""


def _joinable(character: str) -> bool:
    if character.isalnum():
        return True
    # So: emoji. Sm: the arrows of some emoji. Sk: skin tones. M: a virama, a variation selector.
    return not character.isascii() and unicodedata.category(character)[0:2] in _JOINED_CATEGORIES


_LONGEST_SEQUENCE: Final = 32


def tidy(text: str, *, limit: int) -> str:
    """A text as it is stored: one clean line, white space made even, at most `limit` characters.

    Where it must be cut, it is cut between characters as a reader sees them: never inside a combining
    sequence, an emoji sequence or a flag, unless such a sequence is longer than 32 code points.
    """
    if len(text) > 4 * limit:  # a hostile title may have megabytes
        text = text[: 4 * limit]
    text = " ".join(clean(text, Sink.LINE).split())
    return text if len(text) <= limit else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    at = limit
    while at > max(0, limit - _LONGEST_SEQUENCE) and not _starts_anew(text, at):
        at -= 1
    if not _starts_anew(text, at):
        at = limit
    return text[:at].rstrip().rstrip("\u200c\u200d").rstrip()


def _starts_anew(text: str, at: int) -> bool:
    here, before = text[at], text[at - 1] if at else ""
    if here in "\u200c\u200d" or (before and before in "\u200c\u200d"):
        return False
    if unicodedata.category(here).startswith("M") or "\U0001f3fb" <= here <= "\U0001f3ff":
        return False
    if _is_flag_half(here) and before and _is_flag_half(before):
        halves = 0
        while at > halves and _is_flag_half(text[at - 1 - halves]):
            halves += 1
        return halves % 2 == 0
    return True


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
