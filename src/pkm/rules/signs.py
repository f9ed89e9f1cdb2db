"""Words that hold signs, such as `C++`, `F#` and `.NET`: the index drops the signs, so they are looked at again.

Pure; both the store and the rules for what arrives ask here.
"""

import re
from functools import lru_cache
from typing import Final

_SIGNED: Final = re.compile(r"\.[^\W\d_]\w*|[^\W_]+(?:\+{1,3}|#)")


def has_signs(text: str) -> bool:
    """Whether a word means something else without its signs."""
    return _SIGNED.fullmatch(text) is not None


def holds(word: str, *folded: str) -> bool:
    """Whether one of these texts holds a word with its signs.

    Args:
        word: Folded, as are the texts.
        folded: Texts.
    """
    pattern = _pattern(word)
    return any(word in text and pattern.search(text) for text in folded)


@lru_cache(maxsize=64)
def _pattern(word: str) -> re.Pattern[str]:
    # `C+` is not in `C++`, `.net` not in `example.net`, `.net` not in `.network`.
    before = r"(?<![^\W_])"
    after = rf"(?!{re.escape(word[-1])})" if not word[-1].isalnum() else r"(?![^\W_])"
    return re.compile(before + re.escape(word) + after)
