"""The passage of a text to react to: the sentence that says most of what the item is about. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from pkm.rules.fold import fold

_LOOKED_AT: Final = 50_000  # characters; an article says what it is about before that
_FEWEST, _MOST = 6, 45  # words of a sentence that can stand alone
_CJK_CHARS: Final = 15
_CJK_ENDS: Final = "\u3002\uff01\uff1f"
_CLOSING: Final = "\"'\u201d\u2019)"
_END: Final = re.compile(rf"(?<=[.!?])[{_CLOSING}]*\s+|(?<=[{_CJK_ENDS}])")
_WORD: Final = re.compile(r"\w+")
_SHORT: Final = 4  # shorter words say little


def passage(text: str, *, about: str) -> str | None:
    """One sentence of a text, as it stands there; the first of those that share most words with `about`.

    Args:
        text: Plain, paragraphs apart by blank lines.
        about: The title, and the question that the item was kept for.

    Returns:
        None if the text has no sentence that could stand alone.
    """
    wanted = _words(about)
    best, most = None, -1
    for sentence in _sentences(text[:_LOOKED_AT]):
        shared = len(wanted & _words(sentence))
        if shared > most:
            best, most = sentence, shared
    return best


def _sentences(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n[ \t]*\n", text):
        for sentence in _END.split(" ".join(paragraph.split())):
            words = len(sentence.split())
            cjk = words < _FEWEST and len(sentence) >= _CJK_CHARS and sentence[-1:] in _CJK_ENDS
            if (_FEWEST <= words <= _MOST and sentence[-1:] in f".!?{_CLOSING}") or cjk:
                yield sentence


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(fold(text)) if len(word) >= _SHORT)
