"""Where a text names a note without linking to it."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pkm.rules.linkplaces import places
from pkm.rules.markup import Spans
from pkm.rules.notelinks import headings

_SHORTEST: Final = 3  # characters; two in scripts that write no spaces
_UNSPACED: Final = "\u2e80"  # from here on scripts whose words stand without spaces between them


def mention_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """What finds these names as whole words, in any case; None if none is long enough to mean something."""
    telling = [name for name in names if len(name) >= _SHORTEST or (len(name) > 1 and name[0] >= _UNSPACED)]
    if not telling:
        return None
    longest_first = sorted(set(telling), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(_whole, longest_first)), re.IGNORECASE)


def mentions(body: str, names: re.Pattern[str]) -> Iterator[int]:
    """The offsets at which a body names one of them, outside links, code, comments and headings; one a line.

    Args:
        body: Text with LF.
        names: From `mention_pattern`.
    """
    if not names.search(body):
        return
    spans = Spans(body)
    taken = [(place.opened, place.closed) for place in places(body, spans)]
    taken += [(start, end) for _, _, start, end in headings(body, spans)]
    behind = 0
    for found in names.finditer(body):
        at = found.start()
        if at < behind or spans.at(at) or any(start <= at < end for start, end in taken):
            continue
        yield at
        behind = body.find("\n", at)
        if behind < 0:
            return


def _whole(name: str) -> str:
    """A pattern for a name that is not part of a longer word."""
    before = r"(?<!\w)" if name[0].isalnum() and name[0] < _UNSPACED else ""
    after = r"(?!\w)" if name[-1].isalnum() and name[-1] < _UNSPACED else ""
    return before + re.escape(name) + after
