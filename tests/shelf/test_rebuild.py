"""Delete `.pkm` and compare: nothing that the user wrote or decided to keep is lost."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pkm.errors import Refused
from pkm.model.digest import DraftState
from pkm.model.item import Item, ParsedFeed, ParsedItem, State, Via
from pkm.model.note import Level
from pkm.model.quote import Anchor, Quote
from pkm.model.source import Space, Stance, Tie
from pkm.rules.ids import path_id
from pkm.rules.notefile import add_link
from pkm.rules.query import parse_query
from pkm.seek.arrive import bring
from pkm.shelf import captured, following, journal, links, notes, quoting
from pkm.shelf.decide import Move, decide
from pkm.shelf.following import new_source
from pkm.shelf.index import of_item
from pkm.shelf.notes import NewNote
from pkm.shelf.rebuild import rebuild
from pkm.shelf.shelf import ShelfOptions
from pkm.shelf.sync import sync
from pkm.store.notes import NoteFilter
from support.shelves import NOW, Clock, new_home, opened, stored_item, stored_source

DRAFT = """---
id: d-000000000001
audience: team
period: 2026-W47
---

# The week
"""


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


def act(shelf):
    """A week of use: followed, kept, let go, captured, noted, quoted, shared."""
    source = replace(
        new_source(shelf, "https://example.org/feed"),
        title="A blog",
        why="she reads what I do not",
        space=Space.NETWORK,
        tie=Tie.STRONG,
        stance=Stance.USUALLY_DISAGREE,
        folders=(("Work", "PKM"),),
        tags=("pkm",),
    )
    with shelf.writing():
        following.save(shelf, [source], command=None)
    kept, let_go, new = (
        stored_item(
            shelf, title=f"Item {name}", url=f"https://example.org/{name}", source=source, authors=("Ana",)
        )
        for name in "abc"
    )
    with shelf.writing():
        shelf.store.items.update(replace(kept, via=Via(name="Ben", url="https://example.org/ben")))
        decide(
            shelf, [shelf.store.items.get(kept.id)], Move(after=State.KEPT, reason="worth it"), command=None
        )
        decide(shelf, [let_go], Move(after=State.LET_GO), command=None)
    captured_id = _capture(shelf, "Pasted words that stand in no feed.")
    with shelf.writing():
        note = notes.make(
            shelf,
            NewNote(
                text="My own words about it.",
                items=(shelf.store.items.get(kept.id),),
                tags=("pkm",),
                level="team",
            ),
            command=None,
        )
        notes.make(shelf, NewNote(text="A thought of mine.", title="Thought"), command=None)
        _quote(shelf, kept.id, note.id)
        _share(shelf, kept.id, note.id)
    _tied_notes(shelf, note)
    (shelf.home.digests).mkdir()
    (shelf.home.digests / "team-2026-W47.md").write_text(DRAFT, encoding="utf-8")
    return {"kept": kept.id, "let_go": let_go.id, "new": new.id, "captured": captured_id, "source": source.id}


def _tied_notes(shelf, note):
    """A check, a question and a note of another tool's, tied to one another in every way."""
    with shelf.writing():
        check = notes.make(
            shelf, NewNote(text="I looked at who pays for it.", title="Who pays", kind="check"), command=None
        )
        notes.make(
            shelf,
            NewNote(text="Does it scale?", title="Does it scale", kind="question", status="open"),
            command=None,
        )
        stem = Path(note.path).stem
        notes.change(
            shelf, check, lambda data: add_link(data, rel="supports", stem=stem, title="Item a"), command=None
        )
    foreign = shelf.home.notes / "deep" / "Foreign note.md"
    foreign.parent.mkdir()
    foreign.write_text(f"title:: Foreign\n---\nalias: Ay\n---\n[[Who pays]], [[{stem}#x]], [[nowhere]]\n")
    sync(shelf)


def _capture(shelf, words):
    text = captured.text_of_words(words)
    with shelf.writing():
        source = captured.captures(shelf)
        item = stored_like(shelf, source, text)
        shelf.store.texts.add([text], at=NOW, kind="pasted")
        shelf.store.items.add([item])
        shelf.store.search.add([of_item(item, text)])
        fields = {"do": "capture", **journal.item_fields(item, None, None), "text": words}
        journal.append(shelf, shelf.home.decisions, shelf.now(), fields)
    return item.id


def stored_like(shelf, source, text):
    return Item(
        id=shelf.ids.new("i"),
        title="Pasted",
        kind="text",
        first_seen=NOW,
        sort_at=NOW,
        source=source.id,
        state=State.KEPT,
        kept_at=NOW,
        text_sha=text.sha,
    )


def _quote(shelf, item, note):
    quote = Quote(
        id="h-000000000001",
        item=item,
        url="https://example.org/a",
        anchor=Anchor(exact="Words of the item", prefix="", suffix=".", start=0),
        text_sha=None,
        note=note,
        created_at=NOW,
    )
    event = journal.append(shelf, shelf.home.quotes, NOW, journal.quote_fields(quote))
    quoting.store(shelf, quote, event)


def _share(shelf, item, note):
    line = {"audience": "team", "level": "team", "channel": "file:md", "item": item, "note": note}
    event = journal.append(
        shelf, shelf.home.share_log, NOW, {**line, "state": "sent", "edition": 3, "digest": "d-000000000001"}
    )
    [share] = [
        journal.to_share(
            {"event": event, "at": journal.stamp(NOW), "device": shelf.device, "state": "sent", **line}
        )
    ]
    shelf.store.shares.add(replace(share, edition=3, digest="d-000000000001"))


def promised(shelf):
    """All of what the files promise to bring back, as values to be compared."""
    store = shelf.store
    kept = [item for item in store.items.each() if item.state == State.KEPT]
    return {
        "kept": {
            item.id: (item.title, item.url, item.authors, item.kept_at, item.kind, item.via) for item in kept
        },
        "pasted": {
            item.id: store.texts.get(item.text_sha).text
            for item in kept
            if item.kind == "text" and item.text_sha
        },
        "reasons": {
            item.id: [one.reason for one in store.decisions.of(item.id) if one.reason] for item in kept
        },
        "notes": {
            note.id: (note.path, note.level, note.kind, note.created_at, note.stamp.sha, note.file)
            for note in store.notes.listing(NoteFilter())
        },
        "links": {
            (edge.note.id, edge.link, tuple(one.id for one in edge.meant.notes), edge.meant.step)
            for edge in links.graph(shelf).edges()
        },
        "quotes": {quote.id: quote for item in kept for quote in store.quotes.of_item(item.id)},
        "shares": store.shares.listing(),
        "sources": {
            source.url: (
                source.id,
                source.title,
                source.why,
                source.space,
                source.tie,
                source.stance,
                source.folders,
            )
            for source in store.sources.all()
            if source.kind == "feed"
        },
        "unsensed": store.items.unsensed(),
        "own words": {hit.ref for hit in store.search.find(parse_query("own"), limit=0)},
        "pasted words": {hit.ref for hit in store.search.find(parse_query("pasted"), limit=0)},
    }


def make_again(at, clock=None):
    return rebuild(at, options=ShelfOptions(), now=clock or Clock())


def test_all_that_section_three_promises_comes_back(at):
    with opened(at) as shelf:
        ids = act(shelf)
        before = promised(shelf)
        assert len(before["kept"]) == 2
        assert before["own words"]
        assert len(before["links"]) == 4
        assert {kind for _, _, kind, *_ in before["notes"].values()} == {
            "comment",
            "thought",
            "check",
            "question",
        }
    shutil.rmtree(at.state)
    make_again(at)
    with opened(at) as shelf:
        assert promised(shelf) == before
        assert shelf.store.items.get(ids["let_go"]) is None
        [edition] = shelf.store.digests.editions("team")
        assert (edition.id, edition.edition, edition.state) == ("d-000000000001", 3, DraftState.EXPORTED)
        assert shelf.store.digests.next_edition("team") == 4
        assert shelf.store.broken_references() == 0


def test_a_later_pull_fills_the_stubs_and_they_keep_their_ids_and_states(at):
    with opened(at) as shelf:
        ids = act(shelf)
    shutil.rmtree(at.state)
    make_again(at)
    with opened(at) as shelf:
        stub = shelf.store.items.get(ids["kept"])
        assert stub.stub
        source = shelf.store.sources.at("https://example.org/feed")
        items = tuple(
            ParsedItem(
                raw_id=f"https://example.org/{name}",
                url=f"https://example.org/{name}",
                title=f"Item {name}",
                html="<p>Fresh words.</p>",
                position=number,
            )
            for number, name in enumerate("abc")
        )
        with shelf.writing():
            bring(shelf, source, ParsedFeed(format="rss20", items=items), now=NOW)
        joined = shelf.store.items.get(ids["kept"])
        assert (joined.id, joined.state, joined.stub) == (ids["kept"], State.KEPT, False)
        assert joined.via == Via(name="Ben", url="https://example.org/ben")
        assert shelf.store.texts.get(joined.text_sha).text.strip() == "Fresh words."
        assert [one.key for one in shelf.store.arrivals.of_item(ids["kept"])]
        assert len([one for one in shelf.store.items.each() if one.url == "https://example.org/a"]) == 1


def test_the_old_store_is_moved_aside_and_never_deleted(at):
    with opened(at) as shelf:
        act(shelf)
    before = at.store.read_bytes()
    rebuilt = make_again(at)
    assert rebuilt.aside.read_bytes() == before
    assert (rebuilt.sources, rebuilt.notes, rebuilt.quotes, rebuilt.shares, rebuilt.digests) == (
        1,
        5,
        1,
        1,
        1,
    )


def test_a_damaged_store_is_made_again_without_being_read(at):
    with opened(at) as shelf:
        act(shelf)
    at.store.write_bytes(b"junk" * 5_000)
    make_again(at)
    with opened(at) as shelf:
        assert shelf.store.quick_check() == "ok"
        assert shelf.store.count("notes") == 5


def test_a_list_of_sources_that_cannot_be_read_leaves_the_old_store_in_force(at):
    with opened(at) as shelf:
        ids = act(shelf)
    at.sources.write_bytes(b"no list")
    with pytest.raises(Refused):
        make_again(at)
    with opened(at) as shelf:
        assert shelf.store.items.get(ids["let_go"]).state == State.LET_GO


def test_rebuilding_twice_gives_the_same(at):
    with opened(at) as shelf:
        act(shelf)
    make_again(at)
    with opened(at) as shelf:
        first = promised(shelf)
    make_again(at, Clock(NOW.replace(hour=13)))
    with opened(at) as shelf:
        assert promised(shelf) == first


def test_an_adopted_note_that_got_an_id_is_still_known_by_its_path(at):
    (at.notes / "a.md").write_text("Words from before pkm.\n", encoding="utf-8")
    with opened(at) as shelf:
        sync(shelf)
        old = shelf.store.notes.get(path_id("notes/a.md"))
        with shelf.writing():
            new = notes.set_front_matter(shelf, old, {"status": "settled"}, command=None)
    make_again(at)
    with opened(at) as shelf:
        assert shelf.store.notes.get(path_id("notes/a.md")).id == new.id


def test_two_editions_of_one_number_from_two_machines_do_not_stop_it(at):
    with opened(at) as shelf:
        act(shelf)
        with shelf.writing():
            fields = {
                "state": "sent",
                "audience": "team",
                "level": "team",
                "channel": "file:md",
                "edition": 3,
            }
            journal.append(shelf, at.share_log, NOW, {**fields, "digest": "d-000000000002"})
    (at.digests / "team-other.md").write_text(DRAFT.replace("0001", "0002"), encoding="utf-8")
    make_again(at)
    with opened(at) as shelf:
        assert sorted(one.edition or 0 for one in shelf.store.digests.editions("team")) == [0, 3]


def test_a_share_that_was_planned_and_never_sent_makes_no_edition(at):
    (at.digests).mkdir()
    (at.digests / "team-2026-W47.md").write_text(DRAFT, encoding="utf-8")
    with opened(at) as shelf, shelf.writing():
        fields = {"state": "planned", "audience": "team", "level": "team", "channel": "file:md", "edition": 3}
        journal.append(shelf, at.share_log, NOW, {**fields, "digest": "d-000000000001"})
    make_again(at)
    with opened(at) as shelf:
        assert [one.id for one in shelf.store.digests.drafts()] == ["d-000000000001"]


def test_an_empty_home_is_made_again_too(at):
    rebuilt = make_again(at)
    assert rebuilt.aside is None
    assert (rebuilt.items, rebuilt.notes) == (0, 0)


def test_levels_of_notes_follow_the_homes_default(at):
    with opened(at) as shelf, shelf.writing():
        notes.make(shelf, NewNote(text="Some words of mine."), command=None)
    rebuild(at, options=ShelfOptions(level=Level.PUBLIC), now=Clock())
    with opened(at) as shelf:
        assert [note.level for note in shelf.store.notes.listing(NoteFilter())] == [Level.PUBLIC]


@pytest.mark.parametrize("url", [None, "https://example.org/"])
def test_a_kept_item_without_an_address_of_its_own_is_found_by_its_key(at, url):
    feed = ParsedFeed(
        format="rss20",
        items=tuple(
            ParsedItem(raw_id=str(number), url=url, title=f"Strip {number}", position=number)
            for number in range(2)
        ),
    )
    with opened(at) as shelf:
        source = stored_source(shelf)
        with shelf.writing():
            bring(shelf, source, feed, now=NOW)
            [first] = [item for item in shelf.store.items.each() if item.title == "Strip 0"]
            decide(shelf, [first], Move(after=State.KEPT), command=None)
    shutil.rmtree(at.state)
    make_again(at)
    with opened(at) as shelf:
        with shelf.writing():
            bring(shelf, shelf.store.sources.at(source.url), feed, now=NOW)
        items = {item.title: item for item in shelf.store.items.each()}
        assert (items["Strip 0"].id, items["Strip 0"].state) == (first.id, State.KEPT)
        assert not items["Strip 0"].stub
        assert len(items) == 2
        assert shelf.store.awaited.of(source.url) == {}
