"""Which arrival is which: the key chain of a source's items.

The first of these that is there and alone in its document is the key (the others become aliases):

    g:  raw id, never joined with a base    u:  link    e:  enclosure
    t:  title and day                       h:  text

Feed readers that trusted the id alone let items wander between feeds, or doubled them when a site
changed its headline, host or scheme; hence the aliases, and hence (source, key), never the key alone.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from pkm.model.item import ParsedItem
from pkm.rules.limits import KEY_CHARS
from pkm.rules.urls import is_home_page, match_url, path_of

_STEPS = ("g:", "u:", "e:", "t:", "h:")
_NAMED = 3  # so many steps of the chain name a thing by themselves; title and text only describe it

Chain = tuple[str | None, str | None, str | None, str | None]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One document, told apart.

    Attributes:
        items: In document order.
        shared: Names that two of them bear, so that they name neither.
    """

    items: tuple[Keyed, ...]
    shared: frozenset[str]


def _sha(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _raw(prefix: str, value: str) -> str:
    return f"{prefix}:{value}" if len(value) <= KEY_CHARS else f"{prefix}:sha256:{_sha(value)}"


def squash(text: str) -> str:
    """A text with white space made even and in small letters: what two sayings of one title share."""
    return " ".join(text.split()).casefold()


def chain(item: ParsedItem) -> Chain:
    """The first four steps of one item, None where it has nothing for a step; see `_text_step` for the last."""
    guid = _raw("g", item.raw_id) if item.raw_id else None
    link = _raw("u", match_url(item.url)) if item.url else None
    enclosure = _raw("e", match_url(item.enclosures[0].url)) if item.enclosures else None
    return (guid, link, enclosure, title_step(item.title, item.published_at))


def title_step(title: str | None, published_at: datetime | None) -> str | None:
    """The step of title and day; None without a title."""
    day = published_at.date().isoformat() if published_at else ""
    return f"t:{_sha(squash(title) + '|' + day)}" if title else None


def _text_step(item: ParsedItem) -> str | None:
    body = item.html or item.summary_html
    return f"h:{_sha(squash(body))}" if body else None


def _hostless(raw_id: str) -> str | None:
    """An id that is an address, without scheme and host; None if nothing of its own is left."""
    if not raw_id.startswith(("http://", "https://")):
        return None
    with suppress(ValueError):  # it looks like an address and is none
        parts = urlsplit(raw_id)
        query = f"?{parts.query}" if parts.query else ""
        return _raw("p", f"{parts.path or '/'}{query}") if len(parts.path) > 1 or query else None
    return None


def _aliases(item: ParsedItem, steps: Chain, key: str, policy: int) -> tuple[str, ...]:
    # Title and text are no names: two different pieces may share both. `seek.sameness` weighs them.
    names = [step for level, step in enumerate(steps[:_NAMED]) if level >= policy]
    if item.url and is_home_page(item.url):
        names = [name for name in names if name != steps[1]]
    if policy == 0 and item.raw_id:
        names.append(_hostless(item.raw_id))
    return tuple(dict.fromkeys(name for name in names if name and name != key))


def keyed(items: Sequence[ParsedItem], *, policy: int = 0, shared: Collection[str] = ()) -> tuple[Keyed, ...]:
    """Give every item of one document its key: the items of `told_apart`."""
    return told_apart(items, policy=policy, shared=shared).items


def told_apart(items: Sequence[ParsedItem], *, policy: int = 0, shared: Collection[str] = ()) -> Told:
    """Give every item of one document its key.

    Args:
        items: In document order.
        policy: First step of the chain that this source is trusted with; 0 trusts its ids.
        shared: Names that two things bore in an earlier document of this source.

    Returns:
        The items that can be told apart. One that says another again is the same, and only its latest
        saying is kept; one with nothing at all is left out.
    """
    once = _once(items)
    times = Counter(step for _item, steps in once for step in steps if step)
    doubled = {step for step, count in times.items() if count > 1}
    known = doubled.union(shared)
    told: dict[str, Keyed] = {}
    for item, steps in once:
        key = _key(item, steps, known, policy)
        if key is not None and key not in told:
            aliases = tuple(name for name in _aliases(item, steps, key, policy) if name not in known)
            told[key] = Keyed(item=item, key=key, aliases=aliases)
    return Told(items=tuple(told.values()), shared=frozenset(_names(doubled)))


def _names(steps: Iterable[str]) -> Iterator[str]:
    return (step for step in steps if not step.startswith("t:"))


def _key(item: ParsedItem, steps: Chain, shared: Collection[str], policy: int) -> str | None:
    """The first step that is alone, a trusted one if there is one; else the text, else the lowest that there is."""
    alone = (step for step in (*steps[policy:], *reversed(steps[:policy])) if step and step not in shared)
    lowest = (step for step in reversed(steps) if step)
    return next(alone, None) or _text_step(item) or next(lowest, None)


def _once(items: Sequence[ParsedItem]) -> list[tuple[ParsedItem, Chain]]:
    """Each thing once, as its latest saying has it, where its first saying stood."""
    kept: list[tuple[ParsedItem, Chain]] = []
    places: dict[tuple[object, ...], int] = {}
    for item in items:
        steps = chain(item)
        sayings = list(_sayings(item, steps))
        place = next((places[one] for one in sayings if one in places), len(kept))
        places.update(dict.fromkeys(sayings, place))
        if place == len(kept):
            kept.append((item, steps))
        elif _last_change(item) > _last_change(kept[place][0]):
            kept[place] = (replace(item, position=kept[place][0].position), steps)
    return kept


def _sayings(item: ParsedItem, steps: Chain) -> Iterator[tuple[object, ...]]:
    """What makes two items of one document one thing said twice: id, link, and title or moment besides, or all."""
    guid, link, _enclosure, title = steps
    yield guid, link, item.title, item.published_at, item.html or item.summary_html, item.enclosures
    if title and (guid or link):
        yield guid, link, title
    if guid and link and item.published_at and not is_home_page(item.url or ""):
        yield guid, link, item.published_at


def _last_change(item: ParsedItem) -> datetime:
    return max(item.updated_at or _NEVER, item.published_at or _NEVER)


_NEVER = datetime.min.replace(tzinfo=UTC)


def content_sha(item: ParsedItem, text: str) -> str:
    """Whether the source edited an item: over title, link and text with white space made even."""
    parts = (squash(item.title or ""), match_url(item.url) if item.url else "", squash(text))
    return _sha("\x1f".join(parts))


def downgraded(items: Sequence[ParsedItem], policy: int) -> int:
    """The policy this source should have: one step lower if over 5 % (and 2) of its keys collide."""
    if policy >= _NAMED:
        return policy
    quick = [one.raw_id for one in items if one.raw_id] if policy == 0 else []
    if policy == 0 and len(quick) == len(set(quick)):
        return policy
    named = [step for _item, steps in _once(items) if (step := steps[policy])]
    doubled = len(named) - len(set(named))
    return policy + 1 if doubled >= 2 and doubled > len(named) * 0.05 else policy


def keys_under(policy: int, named: Mapping[int, Sequence[str]], shared: Collection[str]) -> dict[int, str]:
    """The keys of stored arrivals after a change of policy, out of the names that they have.

    Args:
        policy: First step of the chain that is trusted from now on.
        named: The names of each arrival, its key among them.
        shared: Names that tell nothing apart.

    Returns:
        The key of each that has a name of its own on a trusted step; the others keep theirs.
    """
    times = Counter(name for names in named.values() for name in set(names))
    keys: dict[int, str] = {}
    for row, names in named.items():
        alone = [name for name in names if times[name] == 1 and name not in shared]
        trusted = (name for step in _STEPS[policy:] for name in alone if name.startswith(step))
        key = next(trusted, None)
        if key is not None:
            keys[row] = key
    return keys


def path_step(url: str | None) -> str | None:
    """What is left of a link when a site moves to another host: path and query; None for a bare home page."""
    return path_of(url) if url and not is_home_page(url) else None
