"""Which arrival is which: the key chain of a source's items.

The first of these that is there and alone in its document is the key (the others become aliases):

    g:  raw id, never joined with a base    u:  link    e:  enclosure
    t:  title and day                       h:  text

Feed readers that trusted the id alone let items wander between feeds, or doubled them when a site
changed its headline, host or scheme; hence the aliases, and hence (source, key), never the key alone.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from pkm.model.item import ParsedItem
from pkm.rules.limits import KEY_CHARS
from pkm.rules.urls import match_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A parsed item with the names by which its source is known to call it.

    Attributes:
        key: The first step that is alone in the document.
        aliases: The lower steps, and the id without scheme and host (so a move to https changes nothing).
    """

    item: ParsedItem
    key: str
    aliases: tuple[str, ...]


def _sha(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _raw(prefix: str, value: str) -> str:
    return f"{prefix}:{value}" if len(value) <= KEY_CHARS else f"{prefix}:sha256:{_sha(value)}"


def _squash(text: str) -> str:
    return " ".join(text.split()).casefold()


def chain(item: ParsedItem) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    """The five steps of one item, None where it has nothing for a step."""
    guid = _raw("g", item.raw_id) if item.raw_id else None
    link = _raw("u", match_url(item.url)) if item.url else None
    enclosure = _raw("e", match_url(item.enclosures[0].url)) if item.enclosures else None
    day = item.published_at.date().isoformat() if item.published_at else ""
    title = f"t:{_sha(_squash(item.title) + '|' + day)}" if item.title else None
    body = item.html or item.summary_html
    text = f"h:{_sha(_squash(body))}" if body else None
    return (guid, link, enclosure, title, text)


def _hostless(raw_id: str) -> str | None:
    parts = urlsplit(raw_id) if raw_id.startswith(("http://", "https://")) else None
    if parts is None or len(parts.path) <= 1:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return _raw("p", f"{parts.path}{query}")


def _aliases(item: ParsedItem, steps: Sequence[str | None], key: str) -> tuple[str, ...]:
    # The day-and-title step is no alias: two different pieces may share both.
    names = [steps[0], steps[1], steps[2]]
    with suppress(ValueError):  # an id that looks like an address and is none
        names.append(_hostless(item.raw_id) if item.raw_id else None)
    return tuple(dict.fromkeys(name for name in names if name and name != key))


def keyed(items: Sequence[ParsedItem], *, policy: int = 0) -> tuple[Keyed, ...]:
    """Give every item of one document its key.

    Args:
        items: In document order.
        policy: First step of the chain that this source is trusted with; 0 trusts its ids.

    Returns:
        The items that can be told apart, in document order; one that repeats another in every step is
        the same item said twice, and only its first saying is kept. An item with nothing at all is left out.
    """
    chains = [chain(item) for item in items]
    counts = [Counter(steps[level] for steps in chains) for level in range(5)]
    told: dict[str, Keyed] = {}
    for item, steps in zip(items, chains, strict=True):
        key = _first_alone(steps, counts, policy)
        if key is not None and key not in told:
            shared = {step for step, count in zip(steps, counts, strict=True) if step and count[step] > 1}
            aliases = tuple(name for name in _aliases(item, steps, key) if name not in shared)
            told[key] = Keyed(item=item, key=key, aliases=aliases)
    return tuple(told.values())


def _first_alone(
    steps: Sequence[str | None], counts: Sequence["Counter[str | None]"], policy: int
) -> str | None:
    there = [step for step in steps if step]
    alone = [
        step for level, step in enumerate(steps) if step and level >= policy and counts[level][step] == 1
    ]
    # Nothing is alone: the item is said twice word for word, or the policy leaves it no name.
    return alone[0] if alone else (there[-1] if there else None)


def content_sha(item: ParsedItem, text: str) -> str:
    """Whether the source edited an item: over title, link and text with white space made even."""
    parts = (_squash(item.title or ""), match_url(item.url) if item.url else "", _squash(text))
    return _sha("\x1f".join(parts))


def downgraded(items: Sequence[ParsedItem], policy: int) -> int:
    """The policy this source should have: one step lower if over 5 % (and 2) of its keys collide."""
    if policy >= 4 or not items:
        return policy
    steps = [chain(item)[policy] for item in items]
    named = [step for step in steps if step]
    doubled = len(named) - len(set(named))
    return policy + 1 if doubled >= 2 and doubled > len(named) * 0.05 else policy
