"""The tour: one item from the wire to the digest, and back from the files alone.

Read it from top to bottom. Nothing is patched: a real server, a real store, real files; the clock is ours.
"""

import shutil
from datetime import UTC, datetime

import pytest

from pkm.model.audience import SELF
from pkm.model.item import State
from pkm.model.note import Kind
from pkm.net.door import Door
from pkm.rules.query import parse_query
from pkm.seek.behind import Finder
from pkm.seek.follow import Wishes, file
from pkm.seek.look import Ask, look
from pkm.seek.parser_process import FeedReader
from pkm.seek.pull import pull
from pkm.seek.settle import Terms
from pkm.seek.triage import KeepWishes, keep
from pkm.sense.annotate import Sentence, annotate
from pkm.share.drafting import DraftOrder, draft
from pkm.share.export import ExportOrder, prepare, publish
from pkm.shelf.rebuild import rebuild
from support.server import Site
from support.shelves import new_home, opened

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
RSS = b"""<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
  <title>Letters on notes</title><link>https://letters.example/</link><description/>
  <item>
    <guid isPermaLink="false">letter-1</guid>
    <title>On notes &amp;amp; memory</title>
    <link>https://letters.example/1?utm_source=rss</link>
    <dc:creator>Ada Lark</dc:creator>
    <pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate>
    <atom:link rel="via" href="https://friends.example/pointer" title="Bo"/>
    <description>&lt;p&gt;A note is a promise to think again.&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description>
  </item>
</channel></rss>"""


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def site():
    with Site() as site:
        site.serve("/", PAGE, headers={"Content-Type": "text/html"})
        site.serve("/feed.xml", RSS, etag='"v1"', last_modified="Fri, 20 Nov 2026 08:00:00 GMT")
        yield site


def test_one_item_from_wire_to_digest(home, site):
    with opened(home, now=NOW) as shelf:
        # SEEK. A page is followed: the feed behind it is found, asked for once, and its items stored.
        source = followed(shelf, site.url("/"))
        assert source.title == "Letters on notes"
        assert site.paths() == ["/", "/feed.xml"]

        # Asked again it says that nothing changed, since it was given its own validators, byte for byte.
        [again] = pull(shelf, [source], door=a_door())
        assert again.status == "unchanged"
        assert site.requests[-1].headers["if-none-match"] == '"v1"'
        assert site.requests[-1].headers["if-modified-since"] == "Fri, 20 Nov 2026 08:00:00 GMT"

        # The item waits, cleaned: no script, no tracking, the entities read, the pointer kept.
        [row] = look(shelf, Ask(), random_below=lambda _: 0).rows
        item = row.listed.item
        assert (item.title, item.url) == ("On notes & memory", "https://letters.example/1")
        assert item.via is not None
        assert item.via.url == "https://friends.example/pointer"
        assert "script" not in (shelf.store.texts.get(item.text_sha)).html

        # It is kept: a decision, in the store and as a line of a file.
        [item] = keep(shelf, [item], KeepWishes()).items
        assert item.state == State.KEPT
        assert item.id in home.decisions.read_text(encoding="utf-8")

        # SENSE. A passage is marked and a sentence said; both stand in a note, which is a markdown file.
        sensed = annotate(
            shelf, item, Sentence(text="I keep fewer promises than notes."), passage="a promise to think"
        )
        words = (home.root / sensed.note.path).read_text(encoding="utf-8")
        assert "> a promise to think" in words
        assert words.endswith("I keep fewer promises than notes.\n")
        assert [hit.ref for hit in shelf.store.search.find(parse_query("fewer -cats"), limit=5)] == [
            sensed.note.id
        ]

        # SHARE. The week becomes a draft, the draft an edition: the person's words, the quote, the credit.
        drafted = draft(shelf, DraftOrder(audience=SELF))
        exported = publish(shelf, prepare(shelf, drafted.digest, ExportOrder()), ("md",))
        edition = (home.root / exported.files["md"]).read_text(encoding="utf-8")
        assert "[On notes & memory](https://letters.example/1)" in edition
        assert "I keep fewer promises than notes." in edition
        assert "> a promise to think" in edition
        assert "Ada Lark, Letters on notes, 2026-11-20" in edition
        assert "via" in edition
        assert "https://friends.example/pointer" in edition
        [sent, planned] = shelf.store.shares.listing(audience="self")
        assert (planned.state, sent.state, sent.item, sent.note) == (
            "planned",
            "sent",
            item.id,
            sensed.note.id,
        )

    # BACK. The store is deleted: what the user wrote and decided comes back from the files.
    shutil.rmtree(home.state)
    home.state.mkdir()
    rebuild(home, options=shelf.options, now=lambda: NOW)
    with opened(home, now=NOW) as shelf:
        item = shelf.store.items.get(item.id)
        assert (item.state, item.title, item.stub) == (State.KEPT, "On notes & memory", True)
        [note] = shelf.store.notes.on(item.id)
        assert (note.id, note.kind) == (sensed.note.id, Kind.COMMENT)
        assert [quote.anchor.exact for quote in shelf.store.quotes.of_item(item.id)] == ["a promise to think"]
        assert shelf.store.digests.next_edition("self") == 2

        # And the next pull joins the item to what the feed says of it, under the id that the files know.
        [source] = shelf.store.sources.all()
        list(pull(shelf, [source], door=a_door()))
        item = shelf.store.items.get(item.id)
        assert (item.state, item.stub, item.authors) == (State.KEPT, False, ("Ada Lark",))


def a_door():
    return Door(user_agent="pkm/test")


def followed(shelf, url):
    with a_door() as door, FeedReader() as reader:
        found = Finder(door=door, reader=reader, now=NOW).find(url)
    return file(shelf, found, Wishes(), terms=Terms()).source
