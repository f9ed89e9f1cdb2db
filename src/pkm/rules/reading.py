"""How long a text takes to read."""

import re
from typing import Final

WORDS_A_MINUTE: Final = 230
CHARACTERS_A_MINUTE: Final = 400
"""Of Chinese, Japanese and Korean, which are counted by character."""

_CJK: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


def minutes_for(text: str) -> float:
    """Minutes of reading for a plain text; 0 for none."""
    characters = len(_CJK.findall(text))
    words = len(_CJK.sub(" ", text).split())
    return words / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE
