"""Text as search compares it: one form for index and query.

    NFKD, casefold | marks of alphabets dropped | a few letters that do not decompose | NFKC
    | a space around every character of a script written without spaces

Indic vowel signs are letters to their readers and stay. A word in a script without spaces becomes a
phrase of single characters, so that one character is found wherever it stands.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

VERSION: Final = 1
"""Of the rules below; when it changes, the search columns are filled anew."""

# Marks of Latin, Greek, Cyrillic, Hebrew, Arabic (with its stretching character), and of symbols;
# then what is not seen: joiners, direction marks, soft hyphen, variation selectors, tags.
_DROPPED: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
    r"\u00ad\u061c\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
    r"\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f\U000e0100-\U000e01ef]+"
)
_LETTERS: Final = str.maketrans(
    {
        "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ħ": "h", "\u0131": "i", "ŧ": "t", "ŀ": "l",
        "æ": "ae", "œ": "oe", "þ": "th", "ẞ": "ss", "\u2019": "'", "\u2018": "'", "\u02bc": "'",
        "\0": " ", "\u200b": " ",
    }
)  # fmt: skip
SINGLE_CLASS: Final = (
    r"\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f"
    r"\ud7b0-\ud7ff"
    r"\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3040-\u30ff\u3105-\u312f\u31a0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    r"\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U000323af"
)
"""Characters that count as words: Han, Kana, Hangul, Thai, Lao, Khmer, Burmese, emoji."""

_FOREIGN: Final = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")


@cache
def single() -> re.Pattern[str]:
    """A character that counts as a word; compiled when first asked for, since that takes milliseconds."""
    return re.compile(rf"[{SINGLE_CLASS}]")


@cache
def _gap() -> re.Pattern[str]:
    return re.compile(rf"(?<=[{SINGLE_CLASS}])(?=\S)|(?<=\S)(?=[{SINGLE_CLASS}])")


def fold(text: str) -> str:
    """The text as it is indexed and searched; any text, and its fold folds to itself."""
    if text.isascii():
        return text.lower().replace("\0", " ")
    # Most texts are ASCII with a few other characters, the same ones again and again.
    folded = _FOREIGN.sub(_folded_run, text.lower().replace("\0", " "))
    return _gap().sub(" ", folded) if single().search(folded) else folded


def fold_with_map(text: str) -> tuple[str, list[int]]:
    """The fold, and for each of its characters the offset in `text` of the one it came from.

    A character that came from a sequence (a letter and its marks) has the offset where that begins.
    """
    if text.isascii():
        return fold(text), list(range(len(text)))
    pieces: list[str] = []
    offsets: list[int] = []
    behind = 0
    for found in _FOREIGN.finditer(text):
        start, end = found.span()
        pieces.append(fold(text[behind:start]))
        offsets.extend(range(behind, start))
        for at, sequence in _sequences(text, start, end):
            folded = _folded_sequence(sequence)
            pieces.append(folded)
            offsets.extend([at] * len(folded))
        behind = end
    pieces.append(fold(text[behind:]))
    offsets.extend(range(behind, len(text)))
    return _spaced("".join(pieces), offsets)


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = _DROPPED.sub("", text).translate(_LETTERS)
    return unicodedata.normalize("NFKC", text)


def _folded_run(found: re.Match[str]) -> str:
    run = found[0]
    return _folded_sequence(run) if len(run) <= 16 else _folded(run)


@lru_cache(maxsize=4096)
def _folded_sequence(text: str) -> str:
    return _folded(text)


def _sequences(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """Cut a run where no rule of the fold can reach across."""
    starts = [at for at in range(start, end) if at == start or not _joins(text[at])]
    return [(at, text[at:until]) for at, until in zip(starts, [*starts[1:], end], strict=True)]


@lru_cache(maxsize=4096)
def _joins(character: str) -> bool:
    """Whether it may compose with, or be reordered against, what stands before it."""
    first = unicodedata.normalize("NFKD", character)[:1]
    return (
        unicodedata.category(first).startswith("M")
        or "\u1160" <= first <= "\u11ff"
        or _DROPPED.match(first) is not None
    )


def _spaced(folded: str, offsets: list[int]) -> tuple[str, list[int]]:
    gaps = [found.start() for found in _gap().finditer(folded)] if single().search(folded) else []
    if not gaps:
        return folded, offsets
    pieces, spread, behind = [], [], 0
    for gap in gaps:
        pieces.append(folded[behind:gap])
        spread.extend(offsets[behind:gap])
        spread.append(offsets[gap])
        behind = gap
    return " ".join([*pieces, folded[behind:]]), spread + offsets[behind:]
