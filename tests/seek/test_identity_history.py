"""Whatever a site does to its feed, what the user decided stays with its piece, and nothing comes in twice.

A site lives through a history: it publishes, edits, renames, moves, repeats itself, serves its past again. The
user decides and writes in between. The site knows which piece is which; the shelf must not lose track.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pkm.model.item import ParsedFeed, ParsedItem, State
from pkm.seek.arrive import bring
from pkm.seek.triage import KeepWishes, keep
from support.searching import searched
from support.shelves import Clock, new_home, opened, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WINDOW = 7


@dataclass(kw_only=True)
class Piece:
    number: int
    published_at: datetime
    words: str = "words"
    headline: str = "Piece"

    @property
    def title(self):
        return f"{self.headline} {'abcdefghijklmnopqrstuvwxyz'[self.number % 26] * 3}"


@dataclass
class Site:
    """A site as it is now; `document` is what its feed says."""

    pieces: list[Piece] = field(default_factory=list)
    host: str = "https://a.example"
    guids: str = "{host}/posts/{number}"
    path: str = "/posts/{number}"
    whole: bool = False
    backwards: bool = False
    doubled: bool = False

    def publish(self, at):
        self.pieces.append(Piece(number=len(self.pieces), published_at=at))

    def document(self):
        shown = self.pieces if self.whole else self.pieces[-WINDOW:]
        items = [self.said(one) for one in reversed(shown)]
        if self.doubled and items:
            items.append(items[0])
        if self.backwards:
            items.reverse()
        return tuple(replace(one, position=place) for place, one in enumerate(items))

    def said(self, piece):
        names = {"host": self.host, "number": piece.number}
        return ParsedItem(
            raw_id=self.guids.format(**names) or None,
            url=self.host + self.path.format(**names) + "?utm_source=rss",
            title=piece.title,
            html=f"<p>{piece.words}</p>",
            published_at=piece.published_at,
        )


def publish_three(site, _number, now):
    for minute in range(3):
        site.publish(now + timedelta(minutes=minute))


def edit(site, number, _now):
    if site.pieces:
        site.pieces[number % len(site.pieces)].words += " more"


def edit_headline(site, number, _now):
    if site.pieces:
        site.pieces[number % len(site.pieces)].headline = "A piece"


def other_scheme(site, _number, _now):
    scheme, _, host = site.host.partition("://")
    site.host = f"{'http' if scheme == 'https' else 'https'}://{host}"


def new_platform(site, number, _now):
    site.host, site.guids, site.path = f"https://p{number}.example", "tag:{number}", f"/{number}/{{number}}"


def setting(name, value):
    def change(site, number, _now):
        setattr(site, name, value.replace("%", str(number)) if isinstance(value, str) else value)

    return change


def turning(name):
    def change(site, _number, _now):
        setattr(site, name, not getattr(site, name))

    return change


CHANGES = {
    "publish": lambda site, _number, now: site.publish(now),
    "publish three": publish_three,
    "edit": edit,
    "edit headline": edit_headline,
    "reissue ids": setting("guids", "new-%-{number}"),
    "drop ids": setting("guids", ""),
    "other scheme": other_scheme,
    "move host": setting("host", "https://host%.example"),
    "new platform": new_platform,
    "new paths": setting("path", "/archive%/{number}"),
    "serve all": setting("whole", value=True),
    "serve the newest": setting("whole", value=False),
    "reverse": turning("backwards"),
    "repeat": turning("doubled"),
}
EVENTS = st.sampled_from([*CHANGES, "publish", "keep", "write", "nothing"])


class History:
    """A site, a shelf, and what must hold between them."""

    def __init__(self, shelf, clock, site):
        self.shelf, self.clock, self.site = shelf, clock, site
        self.source = stored_source(shelf)
        self.decided = {}
        self.served = {}

    def live(self, event, number):
        self.clock.forward(hours=5)
        if event in CHANGES:
            CHANGES[event](self.site, number, self.clock())
        elif event in {"keep", "write"}:
            self.decide(number, "my own words" if event == "write" else None)

    def decide(self, number, words):
        if not self.served:
            return
        piece = sorted(self.served)[number % len(self.served)]
        item = self.shelf.store.items.get(self.served[piece])
        keep(self.shelf, [item], KeepWishes(words=words))
        self.decided[piece] = len(self.shelf.store.notes.on(item.id))

    def pull(self):
        document = self.site.document()
        before = set(self.served)
        with self.shelf.writing():
            brought = bring(
                self.shelf, self.source, ParsedFeed(format="rss20", items=document), now=self.clock()
            )
        moments = {piece.published_at: piece.number for piece in self.site.pieces}
        there = {moments[one.published_at] for one in document if one.published_at}
        for item in self.shelf.store.items.each():
            self.served.setdefault(moments[item.published_at], item.id)
        assert set(self.served) == before | there, "a piece was lost or mistaken for another"
        assert brought.new == len(there - before), "something known came in as new"

    def check(self):
        items = list(self.shelf.store.items.each())
        assert sorted(item.id for item in items) == sorted(self.served.values())
        for piece, notes in self.decided.items():
            item = self.shelf.store.items.get(self.served[piece])
            assert item.state == State.KEPT
            assert len(self.shelf.store.notes.on(item.id)) == notes
        assert self.shelf.store.broken_references() == 0


@searched(60)
@given(
    st.lists(st.tuples(EVENTS, st.integers(0, 9), st.booleans()), min_size=3, max_size=14),
    st.integers(0, 9),
)
def test_no_history_of_a_site_loses_a_decision_or_doubles_a_piece(tmp_path_factory, events, pieces):
    clock = Clock(NOW)
    with opened(new_home(tmp_path_factory.mktemp("history")), now=clock) as shelf:
        site = Site()
        for number in range(pieces):
            site.publish(NOW - timedelta(days=20 - number))
        history = History(shelf, clock, site)
        history.pull()
        for event, number, pulled_twice in events:
            history.live(event, number)
            history.pull()
            if pulled_twice:
                history.pull()
        history.check()
        assert shelf.store.search.check()
