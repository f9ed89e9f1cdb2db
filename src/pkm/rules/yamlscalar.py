"""Text as a YAML value that every reader takes for the same text, and that runs nowhere.

Bare words only where no reader of YAML 1.1 or 1.2 makes a number, a date, a truth value or nothing of
them; else double-quoted, with escapes for what Obsidian plugins or editors would run in the file.
"""

import re
from collections.abc import Sequence
from typing import Final

_QUOTED_KEYS: Final = frozenset({"title", "source", "description", "via", "hat_tip", "author"})
# Keys whose text is somebody else's: a link in it would be a link of the user's vault.
_OTHERS_WORDS: Final = frozenset({"title", "source", "description"})
_LINK: Final = re.compile(r"\[(?=\[)")
_BARE: Final = re.compile(r"[^\W\d_][\w./-]*\Z")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?\Z")
_DATE_KEYS: Final = frozenset({"date", "modified", "published", "cut_off"})
# Words that some YAML reader takes for a truth value or for nothing.
_RESERVED: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_SHORT: Final = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}
_UNPRINTABLE: Final = re.compile(
    '[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
# What Templater, Dataview, Obsidian, Logseq, vim and Emacs would run or resolve if it stood in the file.
_LIVE: Final = re.compile(r"<(?=%)|\$(?==)|!(?=\[\[)|\{(?=\{)|-(?=\*-)|(?<![^\W_])(?:vi|vim|ex)(?=[<>=\d]*:)")


def scalar(key: str, value: str) -> str:
    """A value as it stands after its key: bare if every reader takes it for this text, else double-quoted.

    Lone surrogates, which no file can hold, become U+FFFD.
    """
    bare = _BARE.match(value) and value.casefold() not in _RESERVED and value.isprintable()
    if key not in _QUOTED_KEYS and (bare or (key in _DATE_KEYS and _DATE.match(value))):
        return value
    text = _LIVE.sub(_hex_last, _UNPRINTABLE.sub(_escape, value))
    return f'"{_LINK.sub(_hex_last, text) if key in _OTHERS_WORDS else text}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"


def _hex_last(match: re.Match[str]) -> str:
    word = match[0]
    return f"{word[:-1]}\\x{ord(word[-1]):02X}"


def lines_of(key: str, value: str | Sequence[str], *, indent: str = "", newline: str = "\n") -> str:
    """A key with its value as whole lines; lists as block lists, which every reader understands."""
    if isinstance(value, str):
        return f"{indent}{key}: {scalar(key, value)}{newline}"
    if not value:
        return f"{indent}{key}: []{newline}"
    return f"{indent}{key}:{newline}" + item_lines(key, value, indent=indent + "  ", newline=newline)


def item_lines(key: str, values: Sequence[str], *, indent: str, newline: str) -> str:
    """The lines of a block list."""
    return "".join(f"{indent}- {scalar(key, value)}{newline}" for value in values)
