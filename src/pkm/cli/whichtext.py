"""Which text of an item `pkm read` shows: its feed's, or that of its page."""

from typing import Any

from pkm.cli.itemview import title_of
from pkm.errors import NotFound, UsageError
from pkm.model.item import Item, Text
from pkm.shelf.bodies import Bodies


def wanted(*, earlier: bool, feed: bool, page: bool) -> str | None:
    """Which of the texts was asked for; None for the better one.

    Raises:
        UsageError: Two at once.
    """
    if earlier + feed + page > 1:
        raise UsageError(
            "--earlier, --feed-text and --page-text are three different texts", hint="ask for one of them"
        )
    return "feed" if feed else "page" if page else None


def text_of(item: Item, bodies: Bodies, which: str | None) -> Text | None:
    """The text that was asked for, or the better one.

    Raises:
        NotFound: There is none of that kind.
    """
    if which is None:
        return bodies.shown
    found = bodies.page if which == "page" else bodies.feed
    if found is None:
        why = "its feed gives none, or no feed brought it" if which == "feed" else "pkm has not asked for it"
        hint = f"pkm open {item.id[-4:]}; to have such pages fetched: pkm source set SOURCE --full auto"
        raise NotFound(
            f"'{title_of(item)}' has no text of its {which} here",
            why=why,
            hint=hint if which == "page" else f"pkm read {item.id[-4:]}",
        )
    return found


def text_line(item: Item, bodies: Bodies, which: str | None) -> list[str]:
    """Which of two texts this is, and how to see the other; nothing where there is one."""
    here = which or bodies.origin
    if not bodies.differ or here is None:
        return []
    other = "feed" if here == "page" else "page"
    return [f"text of its {here}; of its {other}: pkm read {item.id[-4:]} --{other}-text"]


def text_fields(bodies: Bodies, which: str | None, *, earlier: bool) -> dict[str, Any]:
    """The same for programs: which text it is, and which there are."""
    there = [name for name, one in (("feed", bodies.feed), ("page", bodies.page)) if one is not None]
    return {"text_of": None if earlier else which or bodies.origin, "texts": there}
