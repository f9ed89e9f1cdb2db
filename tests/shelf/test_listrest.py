"""What stands in `sources.opml` beside the sources is its writer's, and stays."""

import shutil
from dataclasses import replace

import pytest

from pkm.seek.follow import Wishes, change, known
from pkm.seek.followlist import follow_list, read_list
from pkm.shelf.rebuild import rebuild
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.shelves import NOW, new_home, opened, stored_source

MINE = """<?xml version="1.0"?>
<opml version="2.0" xmlns:r="urn:reader"><head><title>Mine</title><ownerName>Ana</ownerName></head><body>
<outline text="News" r:icon="bell">
  <outline type="rss" text="A" title="The A" r:hide="1" description="about a" xmlUrl="https://a.example/feed"/>
  <outline text="read these on Mondays"/>
</outline>
<outline type="include" text="Others" url="https://b.example/list.opml"/>
</body></opml>"""
SAID = (
    'r:icon="bell"',
    'r:hide="1"',
    'description="about a"',
    'title="The A"',
    '<outline text="read these on Mondays"/>',
    'url="https://b.example/list.opml"',
    "<ownerName>Ana</ownerName>",
    "<title>Mine</title>",
)


@pytest.fixture
def at(tmp_path):
    made = new_home(tmp_path)
    made.sources.write_text(MINE, encoding="utf-8")
    return made


@pytest.fixture
def shelf(at):
    with opened(at) as one:
        sync(one)
        yield one


def text_of(shelf) -> str:
    return shelf.home.sources.read_text(encoding="utf-8")


def assert_all_said(text: str) -> None:
    assert [said for said in SAID if text.count(said) != 1] == []


def test_writing_the_file_keeps_what_is_not_ours(shelf):
    stored_source(shelf, "https://c.example/feed")
    assert_all_said(text_of(shelf))
    assert "https://c.example/feed" in text_of(shelf)


def test_a_second_writing_changes_no_byte(shelf):
    stored_source(shelf, "https://c.example/feed")
    before = text_of(shelf)
    sync(shelf)
    known(shelf, "https://c.example/feed", Wishes(tags=("x",)))
    known(shelf, "https://a.example/feed", Wishes())
    assert text_of(shelf).replace(' category="x"', "") == before


def test_it_is_there_again_after_the_store_was_lost_or_the_file(at):
    with opened(at) as shelf:
        sync(shelf)
        stored_source(shelf, "https://c.example/feed")
    shutil.rmtree(at.state)
    at.state.mkdir()
    rebuild(at, options=shelf.options, now=lambda: NOW)
    with opened(at) as shelf:
        stored_source(shelf, "https://d.example/feed")
        assert_all_said(text_of(shelf))
        at.sources.unlink()
        stored_source(shelf, "https://e.example/feed")
        assert_all_said(text_of(shelf))


def test_a_source_unfollowed_and_followed_again_has_the_words_of_other_programs(shelf):
    source = shelf.store.sources.at("https://a.example/feed")
    with shelf.writing():
        change(shelf, replace(source, removed_at=NOW), name="source remove")
    assert 'r:hide="1"' not in text_of(shelf)
    undo(shelf)
    assert_all_said(text_of(shelf))


def test_what_is_taken_off_by_hand_is_gone(shelf):
    stored_source(shelf, "https://c.example/feed")
    edited = text_of(shelf).replace(SAID[4], "").replace(' description="about a"', "")
    shelf.home.sources.write_text(edited, encoding="utf-8")
    stored_source(shelf, "https://d.example/feed")
    assert "Mondays" not in text_of(shelf)
    assert "about a" not in text_of(shelf)
    assert SAID[5] in text_of(shelf)


def test_a_list_of_somebody_else_brings_its_notes_but_not_its_head_nor_what_could_be_run(tmp_path):
    with opened(new_home(tmp_path)) as shelf:
        path = tmp_path / "theirs.opml"
        dangerous = '<outline text="Run" type="rss" xmlUrl="exec:~/x"/><outline text="B" xmlUrl="https://b.example/f" filtercmd="x"/></body>'
        path.write_text(MINE.replace("</body>", dangerous), encoding="utf-8")
        stored_source(shelf, "https://z.example/feed")
        before = text_of(shelf)
        follow_list(shelf, read_list(path), Wishes(), name="theirs.opml", allow_private=False)
        text = text_of(shelf)
        assert [said for said in SAID[:6] if text.count(said) != 1] == []
        for left in ("Ana", "Mine", "exec:", "filtercmd"):
            assert left not in text
        follow_list(shelf, read_list(path), Wishes(), name="theirs.opml", allow_private=False)
        assert text_of(shelf) == text
        undo(shelf)
        assert text_of(shelf) == before


def test_undo_of_a_list_leaves_what_was_written_by_hand_since(tmp_path):
    with opened(new_home(tmp_path)) as shelf:
        path = tmp_path / "theirs.opml"
        path.write_text(MINE, encoding="utf-8")
        follow_list(shelf, read_list(path), Wishes(), name="theirs.opml", allow_private=False)
        edited = text_of(shelf).replace("</body>", '<outline text="by hand"/></body>')
        shelf.home.sources.write_text(edited, encoding="utf-8")
        undo(shelf)
        assert "by hand" in text_of(shelf)
        assert "Mondays" not in text_of(shelf)


def test_a_feed_that_is_commented_out_by_hand_is_unfollowed_and_its_line_stays(shelf):
    for name in "cdefg":
        stored_source(shelf, f"https://{name}.example/feed")
    line = next(line for line in text_of(shelf).splitlines() if "https://c.example" in line)
    edited = text_of(shelf).replace(line, line.replace("/>", ' isComment="true"/>'))
    shelf.home.sources.write_text(edited, encoding="utf-8")
    assert sync(shelf).unfollowed == ("https://c.example/feed",)
    stored_source(shelf, "https://h.example/feed")
    assert 'xmlUrl="https://c.example/feed"' in text_of(shelf)
    assert not shelf.store.sources.at("https://c.example/feed").followed


def test_an_address_that_differs_only_in_what_tracks_is_followed_already(tmp_path):
    with opened(new_home(tmp_path)) as shelf:
        stored_source(shelf, "https://a.example/feed")
        path = tmp_path / "theirs.opml"
        path.write_text(MINE.replace("example/feed", "example/feed?utm_source=x#top"), encoding="utf-8")
        taken = follow_list(shelf, read_list(path), Wishes(), name="theirs.opml", allow_private=False)
        assert (taken.sources, taken.known) == ((), 1)
