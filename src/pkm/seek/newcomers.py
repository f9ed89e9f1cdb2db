"""New things, onto the shelf: each makes an item, joins one that is there, or fills in a stub."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from pkm.model.decision import By, Decision
from pkm.model.item import Arrival, Item, ParsedItem, State, Text
from pkm.model.source import MAIL, Source
from pkm.rules.html import plain_text, sanitise
from pkm.rules.ruleset import NOTHING, Rule, Verdict, state_after
from pkm.rules.sameness import same_title
from pkm.rules.urls import canonical, host_of, is_home_page, match_url
from pkm.seek.compare import sort_moment
from pkm.seek.ruling import carry_out, ruled
from pkm.seek.said import Said, believable
from pkm.seek.shown import show_best
from pkm.shelf import index, quoting
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A new arrival with the item that it makes, joins, or fills in."""

    said: Said
    item: Item
    is_new: bool
    text: Text | None
    state: State
    verdict: Verdict = NOTHING

    @property
    def waits(self) -> bool:
        """Whether somebody should look at it."""
        if not self.is_new:
            return self.state == State.NEW
        return self.item.hidden_by is None and state_after(self.verdict, self.state) == State.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """How much was stored for the first time.

    Attributes:
        waiting: Of that, what waits to be looked at.
        hidden: Of that, what a rule of the user's hides.
    """

    new: int = 0
    waiting: int = 0
    hidden: int = 0


def add(  # noqa: PLR0913 - the facts of one answer
    shelf: Shelf,
    source: Source,
    new: Sequence[Said],
    states: Sequence[State],
    *,
    now: datetime,
    rules: Sequence[Rule] = (),
) -> Added:
    """Store what a source brought for the first time.

    Args:
        shelf: Where.
        source: Whose.
        new: In document order.
        states: Where each is to stand, if it is an item of its own.
        now: Aware, UTC.
        rules: The user's, in force.
    """
    if not new:
        return Added()
    placed = [_ruled(one, source, rules) for one in _place(shelf, source, new, states, now=now)]
    store = shelf.store
    store.texts.add([one.text for one in placed if one.text], at=now)
    made = [one for one in placed if one.is_new]
    store.items.add([one.item for one in made])
    store.items.name(
        [(address, one.item.id) for one in placed if (address := telling_address(source, one.said.item))]
    )
    store.arrivals.add([arrival_of(source, one.said, one.item.id, one.text, now) for one in placed])
    store.items.add_tags(_tags(placed), by="feed")
    store.search.add([index.of_item(one.item, one.text) for one in made])
    for one in placed:
        if not one.is_new:
            _join(shelf, source, one, now)
    store.decisions.add([_filed(one.item, now, shelf.device) for one in made if one.state == State.LET_GO])
    carry_out(shelf, [(one.item, one.verdict) for one in made])
    return Added(
        new=len(placed),
        waiting=sum(one.waits for one in placed),
        hidden=sum(one.item.hidden_by is not None for one in made),
    )


def _ruled(one: _Placed, source: Source, rules: Sequence[Rule]) -> _Placed:
    """Rules are for what nobody has seen: what joins a known item was judged when that came in."""
    if not one.is_new:
        return one
    flags = frozenset({"enclosure"} if one.said.item.enclosures else ())
    item, verdict = ruled(rules, one.item, one.text, source, flags=flags)
    return replace(one, item=item, verdict=verdict)


def telling_address(source: Source, said: ParsedItem) -> str | None:
    """The comparison address that makes two things of different sources one item; None if it tells nothing.

    A feed that links every piece to its own front page says nothing of the piece. A mail is itself alone (RFC
    2392): what it says to one reader must not come to stand beside what a site says to all.
    """
    if source.kind == MAIL:
        return f"mid:{said.raw_id}" if said.raw_id else None
    if not said.url:
        return None
    own_page = is_home_page(said.url) and host_of(said.url) in {
        host_of(source.url),
        host_of(source.home_url or ""),
    }
    return None if own_page else match_url(said.url)


def _place(
    shelf: Shelf, source: Source, new: Sequence[Said], states: Sequence[State], *, now: datetime
) -> list[_Placed]:
    known = _Known(shelf, source, new)
    placed: dict[int, _Placed] = {}
    # Ids are made from the last of the document to its first, so that of equal dates the first stands on top.
    for place in reversed(range(len(new))):
        said, state = new[place], states[place]
        joined = known.item_of(said)
        text = text_of(said.item)
        item = joined or _item(shelf.ids.new("i"), source, said.item, text, state, now)
        placed[place] = _Placed(said=said, item=item, is_new=joined is None, text=text, state=state)
        if joined is None:
            known.remember(said, item)
    return [placed[place] for place in range(len(new))]


class _Known:
    """The items that the new things of a document may be."""

    def __init__(self, shelf: Shelf, source: Source, new: Sequence[Said]) -> None:
        addresses = {one.keyed.key: telling_address(source, one.item) for one in new}
        self._addresses = addresses
        asked = [address for address in addresses.values() if address]
        self._by_address = shelf.store.items.matching(asked)
        self._awaited = shelf.store.awaited.of(source.url)
        ids = {*self._by_address.values(), *self._awaited.values()}
        self._items = shelf.store.items.many(list(ids))
        arrivals = shelf.store.arrivals.of_items(list(ids))
        came = {item: {one.source for one in arrived} for item, arrived in arrivals.items()}
        self._here = {item for item, sources in came.items() if source.id in sources}
        apart = _apart(shelf, source, set().union(*came.values()))
        self._barred = {item for item, sources in came.items() if sources & apart}

    def item_of(self, said: Said) -> Item | None:
        """The item that a new thing is; None if it is one of its own."""
        for name in (said.keyed.key, *said.keyed.aliases):
            if name in self._awaited:
                return self._items.get(self._awaited[name])
        address = self._addresses[said.keyed.key]
        item = self._items.get(self._by_address.get(address or "", ""))
        if item is None or item.id in self._barred:
            return None
        # Two pieces of one source about one page are two, unless they bear one title.
        if item.id in self._here and not same_title(item.title, said.item.title):
            return None
        return item

    def remember(self, said: Said, item: Item) -> None:
        """Let what follows in the document join this item too."""
        address = self._addresses[said.keyed.key]
        if address:
            self._by_address.setdefault(address, item.id)
            self._items[item.id] = item
            self._here.add(item.id)


def _apart(shelf: Shelf, source: Source, others: AbstractSet[str]) -> set[str]:
    """Those of the other sources with whose items nothing of this one is joined: an isolated one is alone."""
    found = [one for one in (shelf.store.sources.get(other) for other in others - {source.id}) if one]
    return {one.id for one in found if source.isolate or one.isolate}


def text_of(item: ParsedItem) -> Text | None:
    """The body of a parsed item, cleaned for storing; None if it has none."""
    raw = item.html or item.summary_html
    if not raw:
        return None
    html = sanitise(raw, base_url=item.url)
    return Text(sha=sha256(html.encode()).hexdigest(), html=html, text=plain_text(html)) if html else None


def _item(  # noqa: PLR0913, PLR0917 - what an item is made of
    item_id: str, source: Source, said: ParsedItem, text: Text | None, state: State, now: datetime
) -> Item:
    return Item(
        id=item_id,
        title=said.title,
        url=canonical(said.url) if said.url else None,
        kind=MAIL if source.kind == MAIL else "page",
        authors=said.authors,
        published_at=believable(said.published_at),
        first_seen=now,
        sort_at=sort_moment(said, now),
        source=source.id,
        language=said.language,
        state=state,
        via=said.via,
        text_sha=text.sha if text else None,
        tags=said.tags,
    )


def arrival_of(source: Source, said: Said, item: str, text: Text | None, now: datetime) -> Arrival:
    """An arrival as its source gives it now."""
    published = believable(said.item.published_at)
    return Arrival(
        source=source.id,
        key=said.keyed.key,
        item=item,
        title=said.item.title,
        url=canonical(said.item.url) if said.item.url else None,
        authors=said.item.authors,
        published_at=published,
        updated_at=believable(said.item.updated_at),
        date_source="feed" if published else "seen",
        first_seen=now,
        last_seen=now,
        position=said.item.position,
        content_sha=said.content_sha,
        text_sha=text.sha if text else None,
        comments_url=said.item.comments_url,
        via=said.item.via,
        enclosures=said.item.enclosures,
        tags=said.item.tags,
        language=said.item.language,
        aliases=said.keyed.aliases,
    )


def _tags(placed: Sequence[_Placed]) -> list[tuple[str, str, str]]:
    return [(one.item.id, tag, tag.casefold()) for one in placed for tag in one.said.item.tags]


def _filed(item: Item, now: datetime, device: str) -> Decision:
    return Decision(
        item=item.id, before=State.NEW, after=State.LET_GO, at=now, by=By.FIRST_PULL, device=device
    )


def _join(shelf: Shelf, source: Source, one: _Placed, now: datetime) -> None:
    """One more source has it, or the thing that only the user's files knew has come in: id and state stay."""
    item = shelf.store.items.get(one.item.id)
    if item is None:
        return
    if not item.stub:
        show_best(shelf, item)
        return
    said = _item(item.id, source, one.said.item, one.text, item.state, now)
    filled = replace(
        item,
        title=said.title or item.title,
        url=item.url or said.url,
        authors=said.authors or item.authors,
        published_at=said.published_at or item.published_at,
        sort_at=said.sort_at,
        source=source.id,
        language=said.language,
        via=item.via or said.via,
        text_sha=said.text_sha,
        stub=False,
    )
    shelf.store.items.update(filled)
    shelf.store.awaited.came_in(item.id)
    shelf.store.search.put([index.of_item(filled, one.text)])
    quoting.restand(shelf, item.id)
