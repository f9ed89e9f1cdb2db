"""What a feed brought, onto the shelf: one source, one transaction, validators in it.

keys | compare | join or make items | clean what is new | save all of it or nothing
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from pkm.model.decision import By, Decision
from pkm.model.item import Arrival, Item, ParsedFeed, ParsedItem, State, Text
from pkm.model.source import Source
from pkm.rules.html import plain_text, sanitise
from pkm.rules.identity import Keyed, content_sha, downgraded, keyed
from pkm.rules.limits import FIRST_PULL_NEW
from pkm.rules.ruleset import NOTHING, Rule, Verdict, state_after
from pkm.rules.urls import canonical, match_url
from pkm.seek.compare import (
    Changes,
    Revision,
    Said,
    believable,
    compare,
    first_states,
    names_of,
    newest,
    sort_moment,
)
from pkm.seek.ruling import carry_out, ruled
from pkm.shelf import index
from pkm.shelf.shelf import Shelf

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one answer brought.

    Attributes:
        seen: Items in the document.
        new: Of those, stored for the first time.
        waiting: Of the new ones, those that wait to be looked at (the rest was filed away).
        hidden: Of the new ones, those that a rule of the user's hides.
        revised: Said otherwise than before.
        oldest_key: Key of the oldest item in the document; None if it has none.
        newest_key: Key of the newest. By these two it is later told whether two documents overlap.
    """

    seen: int = 0
    new: int = 0
    waiting: int = 0
    hidden: int = 0
    revised: int = 0
    oldest_key: str | None = None
    newest_key: str | None = None


def bring(  # noqa: PLR0913 - the facts of one answer
    shelf: Shelf,
    source: Source,
    feed: ParsedFeed,
    *,
    now: datetime,
    first_new: int = FIRST_PULL_NEW,
    rules: Sequence[Rule] = (),
) -> Brought:
    """Store what a feed says; inside `shelf.writing`.

    Args:
        shelf: Where.
        source: Whose feed; it is stored already.
        feed: As parsed.
        now: Aware, UTC; the moment of first sight.
        first_new: How many items of a source's first pull wait to be looked at.
        rules: The user's, as `rules.ruleset.at_moment` gives them; for what comes in for the first time.
    """
    policy = downgraded(feed.items, source.key_policy)
    if policy != source.key_policy:
        shelf.store.sources.save(replace(source, key_policy=policy))
    first = shelf.store.arrivals.count(source.id) == 0
    said = newest([_said(one) for one in keyed(feed.items, policy=policy)], first_pull=first)
    known = shelf.store.arrivals.known(source.id, names_of(said))
    changes = compare(said, known, shelf.store.arrivals.buried(source.id))
    named = replace(
        source, title=source.title or feed.title
    )  # rules may go by a title that is not stored yet
    made = _add(shelf, named, changes.new, now=now, first=first, first_new=first_new, rules=rules)
    for revision in changes.revised:
        _revise(shelf, source, revision, now=now)
    shelf.store.arrivals.touch(changes.still_there, now)
    return _brought(said, changes, made, now)


def _brought(said: Sequence[Said], changes: Changes, made: "Sequence[_Placed]", now: datetime) -> Brought:
    aged = sorted(said, key=lambda one: sort_moment(one.item, now))
    return Brought(
        seen=len(said),
        new=len(changes.new),
        waiting=sum(one.waits for one in made),
        hidden=sum(one.item.hidden_by is not None for one in made),
        revised=len(changes.revised),
        oldest_key=aged[0].keyed.key if aged else None,
        newest_key=aged[-1].keyed.key if aged else None,
    )


def _said(one: Keyed) -> Said:
    # Attributes are left out: some feeds change an identifier in their markup at each request.
    words = _TAG.sub(" ", one.item.html or one.item.summary_html or "")
    return Said(keyed=one, content_sha=content_sha(one.item, words))


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
        in_view = self.item.hidden_by is None
        return in_view and state_after(self.verdict, self.state) == State.NEW


def _add(  # noqa: PLR0913 - the facts of one pull
    shelf: Shelf,
    source: Source,
    new: Sequence[Said],
    *,
    now: datetime,
    first: bool,
    first_new: int,
    rules: Sequence[Rule],
) -> list[_Placed]:
    states = first_states(new, most_new=first_new) if first else (State.NEW,) * len(new)
    placed = [_ruled(one, source, rules) for one in _place(shelf, source, new, states, now=now)]
    store = shelf.store
    store.texts.add([one.text for one in placed if one.text], at=now)
    made = [one for one in placed if one.is_new]
    store.items.add([one.item for one in made])
    store.items.name([(match_url(one.item.url), one.item.id) for one in placed if one.item.url])
    store.arrivals.add([_arrival(source, one.said, one.item.id, one.text, now) for one in placed])
    store.items.add_tags(_tags(placed), by="feed")
    store.search.add([index.of_item(one.item, one.text) for one in made])
    for one in placed:
        if not one.is_new and one.item.stub:
            _fill_stub(shelf, source, one, now)
    store.decisions.add([_filed(one.item, now, shelf.device) for one in made if one.state == State.LET_GO])
    carry_out(shelf, [(one.item, one.verdict) for one in made])
    return made


def _ruled(one: _Placed, source: Source, rules: Sequence[Rule]) -> _Placed:
    """Rules are for what nobody has seen: what joins a known item was judged when that came in."""
    if not one.is_new:
        return one
    item, verdict = ruled(rules, one.item, one.text, source)
    return replace(one, item=item, verdict=verdict)


def _place(
    shelf: Shelf, source: Source, new: Sequence[Said], states: Sequence[State], *, now: datetime
) -> list[_Placed]:
    addresses = [match_url(one.item.url) for one in new if one.item.url]
    # An isolated source never joins its items with those of others.
    known = {} if source.isolate else shelf.store.items.matching(addresses)
    existing = shelf.store.items.many(list(set(known.values())))
    placed: dict[int, _Placed] = {}
    # Ids are made from the last of the document to its first, so that of equal dates the first stands on top.
    for place in reversed(range(len(new))):
        said, state = new[place], states[place]
        address = match_url(said.item.url) if said.item.url else None
        joined = existing.get(known.get(address or "", ""))
        text = _text(said.item)
        item = joined or _item(shelf.ids.new("i"), source, said.item, text, state, now)
        placed[place] = _Placed(said=said, item=item, is_new=joined is None, text=text, state=state)
        if joined is None and address and not source.isolate:
            known[address], existing[item.id] = item.id, item
    return [placed[place] for place in range(len(new))]


def _text(item: ParsedItem) -> Text | None:
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


def _arrival(source: Source, said: Said, item: str, text: Text | None, now: datetime) -> Arrival:
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


def _fill_stub(shelf: Shelf, source: Source, one: _Placed, now: datetime) -> None:
    """A thing that only the user's files knew has come in: it keeps its id and its state."""
    said = _item(one.item.id, source, one.said.item, one.text, one.item.state, now)
    filled = replace(
        one.item,
        title=said.title or one.item.title,
        url=one.item.url or said.url,
        authors=said.authors or one.item.authors,
        published_at=said.published_at or one.item.published_at,
        sort_at=said.sort_at,
        source=source.id,
        language=said.language,
        via=one.item.via or said.via,
        text_sha=said.text_sha,
        stub=False,
        tags=said.tags,
    )
    shelf.store.items.update(filled)
    shelf.store.search.put([index.of_item(filled, one.text)])


def _revise(shelf: Shelf, source: Source, revision: Revision, *, now: datetime) -> None:
    """The source edited an item: the newest words are shown, and it does not become new again."""
    store, said, known = shelf.store, revision.said, revision.known
    text = _text(said.item)
    store.texts.add([text] if text else [], at=now)
    arrival = _arrival(source, said, known.item, text, now)
    store.arrivals.revise(known.row, replace(arrival, key=known.key, revisions=known.revisions + 1))
    item = store.items.get(known.item)
    if item is None or item.source != source.id:
        return
    revised = replace(
        item,
        title=said.item.title or item.title,
        url=(canonical(said.item.url) if said.item.url else None) or item.url,
        authors=said.item.authors or item.authors,
        # A date is bettered only where ours was a guess: sites re-date to climb to the top.
        published_at=item.published_at or believable(said.item.published_at),
        text_sha=text.sha if text else item.text_sha,
    )
    store.items.update(revised)
    store.search.put([index.of_item(revised, text)])
    store.texts.forget_unused(item.text_sha)
