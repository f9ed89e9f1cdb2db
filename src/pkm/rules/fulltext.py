"""Whether a feed gives the whole of a thing, and whether the text of its page is the better one. Pure."""

import re
from typing import Final

SHORT: Final = 500  # characters of plain text; a feed that gives no more may give but the beginning
_CUT_OFF: Final = re.compile(
    r"(?:\[?(?:…|\.\.\.|&hellip;)\]?|(?:read|continue|learn) (?:more|reading|on)\b.{0,40}|weiterlesen.{0,20}|lire la suite.{0,20}"
    r"|seguir leyendo.{0,20}|lees (?:meer|verder).{0,20})[\s→»>)\]]*\Z",
    re.IGNORECASE,
)
_TAIL: Final = 120
_WALL: Final = re.compile(
    r"enable javascript|javascript is (?:disabled|required)|verify (?:that )?you are (?:a )?human|checking your browser"
    r"|are you a robot|unusual traffic|access denied|accept (?:all )?cookies|subscribe to (?:continue|read)|log ?in to (?:continue|read)",
    re.IGNORECASE,
)
_WALL_CHARS: Final = 1_500  # a text on walls may be longer
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_WORDS_ASKED: Final = 100
_WORDS_FEWEST: Final = 8  # of fewer words nothing can be told
_LEAST_SHARED: Final = 0.5
_LEAST_MORE: Final = 1.2


def is_cut_short(text: str) -> bool:
    """Whether a feed's text is likely but the beginning: under 500 characters, or it ends in an ellipsis."""
    return len(text) < SHORT or bool(_CUT_OFF.search(text[-_TAIL:]))


def wants_page(full: str, text: str) -> bool:
    """Whether the page is to be asked for.

    Args:
        full: `auto`, `always` or `never`, as the user set it for the source.
        text: What the feed gave, as plain text.
    """
    return full == "always" or (full == "auto" and is_cut_short(text))


def is_better(page: str, feed: str) -> bool:
    """Whether the text of the page is to be shown in the place of the feed's.

    It says clearly more, it is no wall in front of the text, and it is about the same thing: half of the
    feed's first words stand in it too.
    """
    if len(page) < _LEAST_MORE * len(feed) or not page.strip():
        return False
    if len(page) < _WALL_CHARS and _WALL.search(page):
        return False
    asked = set(_WORD.findall(feed[:4_000].casefold())[:_WORDS_ASKED])
    if len(asked) < _WORDS_FEWEST:
        return True
    there = set(_WORD.findall(page.casefold()))
    return len(asked & there) >= _LEAST_SHARED * len(asked)
