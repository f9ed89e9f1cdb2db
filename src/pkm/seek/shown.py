"""What an item shows: the best of its arrivals, chosen anew when one came or was edited."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pkm.model.item import Arrival, Item
from pkm.model.source import CAPTURES, Source
from pkm.rules.showing import Showable, best, is_worse
from pkm.rules.urls import host_of
from pkm.shelf import index, quoting
from pkm.shelf.shelf import Shelf


def show_best(shelf: Shelf, item: Item) -> None:
    """Let an item show its best arrival; inside `shelf.writing`."""
    arrivals = shelf.store.arrivals.of_item(item.id)
    if not arrivals:
        return
    sources = {one.source: found for one in arrivals if (found := shelf.store.sources.get(one.source))}
    shas = {one.text_sha for one in arrivals} | {item.text_sha}
    lengths = shelf.store.texts.lengths([sha for sha in shas if sha])
    fetched = shelf.store.texts.is_fetched(item.text_sha)
    shown = shown_of(item, arrivals, sources, lengths, fetched=fetched)
    if shown != item:
        shelf.store.items.update(shown)
        shelf.store.search.put([index.of_item(shown, shelf.store.texts.get(shown.text_sha))])
        shelf.store.texts.forget_unused(item.text_sha)
    quoting.restand(shelf, item.id)


def shown_of(
    item: Item,
    arrivals: Sequence[Arrival],
    sources: Mapping[str, Source],
    lengths: Mapping[str, int],
    *,
    fetched: bool = False,
) -> Item:
    """An item as its arrivals have it. Pure.

    Args:
        item: As it is.
        arrivals: First seen first; at least one.
        sources: Theirs, by id.
        lengths: Characters of plain text, by the key of the body.
        fetched: Its text is one that no feed served: the whole page, or what the user put in.
    """
    chosen = _chosen(item, arrivals, sources, lengths)
    # What is shown may be better than what any arrival says now: a fetched page, or a text before it was cut.
    here, there = lengths.get(item.text_sha or "", 0), lengths.get(chosen.text_sha or "", 0)
    stays = is_worse(there, here) if not fetched else not is_worse(here, there)
    text_sha = item.text_sha if stays else chosen.text_sha or item.text_sha
    home = sources.get(item.source or "")
    if home is not None and home.kind == CAPTURES:
        return replace(item, text_sha=text_sha)  # what the user put in keeps the title that the user saw
    return replace(
        item,
        title=chosen.title or item.title,
        url=chosen.url or item.url,
        authors=chosen.authors or item.authors,
        # A date is bettered only where ours was a guess: sites re-date to climb to the top.
        published_at=item.published_at or chosen.published_at,
        sort_at=min(chosen.published_at, item.first_seen)
        if item.published_at is None and chosen.published_at is not None
        else item.sort_at,
        source=chosen.source,
        language=chosen.language or item.language,
        via=item.via or chosen.via,
        text_sha=text_sha,
    )


def _chosen(
    item: Item, arrivals: Sequence[Arrival], sources: Mapping[str, Source], lengths: Mapping[str, int]
) -> Arrival:
    def weighed(arrival: Arrival) -> Showable:
        source = sources.get(arrival.source)
        home = {host_of(source.url), host_of(source.home_url or "")} if source else set()
        return Showable(
            public=source is not None and not source.private,
            own=bool(arrival.url) and host_of(arrival.url or "") in home,
            shown=arrival.source == item.source,
            chars=lengths.get(arrival.text_sha or "", 0),
        )

    return arrivals[best([weighed(arrival) for arrival in arrivals])]
