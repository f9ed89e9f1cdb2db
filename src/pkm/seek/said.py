"""What a feed says now, ready to be compared: keys, dates that can be true, and the hash of the words. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pkm.model.item import ParsedItem
from pkm.rules.feeddates import EARLIEST_YEAR
from pkm.rules.identity import Keyed, content_sha, told_apart

_FEWEST_DATED = 3  # of one or two items, equal dates prove nothing
_TAG = re.compile(r"<[^>]*>")
_CODE = re.compile(r"<(?:(script|style)\b|!--)", re.IGNORECASE)
_END = {
    "script": re.compile(r"</script[^>]*>", re.IGNORECASE),
    "style": re.compile(r"</style[^>]*>", re.IGNORECASE),
    "": re.compile(r"-->"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An item of a feed with its key and the hash of what is said of it now."""

    keyed: Keyed
    content_sha: str

    @property
    def item(self) -> ParsedItem:
        """What the feed says."""
        return self.keyed.item


def said_of(
    items: Sequence[ParsedItem], *, policy: int, shared: Collection[str]
) -> tuple[tuple[Said, ...], frozenset[str]]:
    """The items of a document, told apart, and the names that tell nothing apart.

    Args:
        items: In document order, their dates believable.
        policy: How far the source's ids are trusted; see `rules.identity`.
        shared: Names that were found shared before.
    """
    told = told_apart(items, policy=policy, shared=shared)
    return tuple(Said(keyed=one, content_sha=_sha(one.item)) for one in told.items), told.shared


def dated(items: Sequence[ParsedItem]) -> tuple[ParsedItem, ...]:
    """The items without dates that cannot be theirs: before the first feeds, or one for all of them."""
    moments = [one.published_at for one in items]
    one_for_all = len(items) >= _FEWEST_DATED and None not in moments and len(set(moments)) == 1
    return tuple(
        replace(one, published_at=None) if one.published_at and (one_for_all or not published(one)) else one
        for one in items
    )


def published(item: ParsedItem) -> datetime | None:
    """When it was published, if that can be; None for no date and for one that is none."""
    return believable(item.published_at)


def believable(at: datetime | None) -> datetime | None:
    """A date that can be one; None for what is none."""
    return at if at is not None and at.year >= EARLIEST_YEAR else None


def _sha(item: ParsedItem) -> str:
    return content_sha(item, words_of(item.html or item.summary_html or ""))


def words_of(html: str) -> str:
    """The words of a body, as far as an edit goes.

    Attributes, comments and code are left out: some feeds change an identifier in them at each request.
    """
    return _TAG.sub(" ", "".join(_without_code(html)))


def _without_code(html: str) -> Iterator[str]:
    """A body's parts outside comments and code, in one walk; what is left open goes on to the end."""
    at = 0
    while (start := _CODE.search(html, at)) is not None:
        yield html[at : start.start()]
        end = _END[(start[1] or "").lower()].search(html, start.end())
        if end is None:
            return
        at = end.end()
    yield html[at:]
