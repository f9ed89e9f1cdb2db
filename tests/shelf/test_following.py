"""`sources.opml`: the file is the truth, and may be edited by hand."""

from dataclasses import replace

import pytest

from pkm.errors import Refused
from pkm.model.source import Space, Tie
from pkm.shelf import following
from pkm.shelf.following import new_source
from pkm.shelf.sync import sync
from pkm.vault.write import ChangedUnderneath
from support.shelves import new_home, opened, stored_item, stored_source

BOMB = b"""<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<opml version="2.0"><body><outline text="&b;" xmlUrl="https://example.org/b"/></body></opml>"""


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def shelf(at):
    with opened(at) as opened_shelf:
        yield opened_shelf


def followed(shelf):
    return sorted(source.url for source in shelf.store.sources.all())


def edit(at, before, after):
    text = at.sources.read_text(encoding="utf-8")
    assert before in text
    at.sources.write_text(text.replace(before, after), encoding="utf-8")


def line_of(at, url):
    return next(line for line in at.sources.read_text(encoding="utf-8").splitlines() if url in line)


def outline(url, more=""):
    return f'<outline type="rss" text="New" xmlUrl="{url}" {more}/>'


def several(shelf, number=10):
    return [stored_source(shelf, f"https://example.org/{n}") for n in range(number)]


def test_the_file_says_all_that_the_user_said_of_a_source(at, shelf):
    stored_source(
        shelf, "https://example.org/a", why="she reads what I do not", space=Space.NETWORK, tie=Tie.STRONG
    )
    line = line_of(at, "https://example.org/a")
    for said in ('pkm:why="she reads what I do not"', 'pkm:space="network"', 'pkm:tie="strong"', "pkm:id="):
        assert said in line
    assert at.sources.stat().st_mode & 0o077 == 0


def test_a_line_added_by_hand_is_followed(at, shelf):
    stored_source(shelf)
    edit(at, "</body>", outline("https://example.org/hand", 'pkm:space="team"') + "\n</body>")
    assert sync(shelf).followed == ("https://example.org/hand",)
    source = shelf.store.sources.at("https://example.org/hand")
    assert source.followed
    assert source.space == Space.TEAM


def test_a_line_removed_by_hand_is_unfollowed_and_its_items_stay(at, shelf):
    sources = several(shelf, 3)
    item = stored_item(shelf, source=sources[0])
    edit(at, line_of(at, sources[0].url), "")
    assert sync(shelf).unfollowed == (sources[0].url,)
    assert not shelf.store.sources.get(sources[0].id).followed
    assert shelf.store.items.get(item.id) is not None


def test_a_line_that_comes_back_is_the_same_source(at, shelf):
    sources = several(shelf, 3)
    line = line_of(at, sources[0].url)
    edit(at, line, "<!-- gone -->")
    sync(shelf)
    edit(at, "<!-- gone -->", line)
    assert sync(shelf).followed == (sources[0].url,)
    assert shelf.store.sources.at(sources[0].url).id == sources[0].id


def test_a_file_that_lost_a_fifth_of_its_lines_is_not_believed_and_loses_nothing(at, shelf):
    sources = several(shelf)
    for source in sources[:4]:
        edit(at, line_of(at, source.url), "")
    seen = sync(shelf)
    assert seen.unfollowed == ()
    assert set(seen.doubted) == {source.url for source in sources[:4]}
    assert len(followed(shelf)) == 10


def test_a_changed_address_with_the_old_id_is_the_same_source_moved(at, shelf):
    source = stored_source(shelf, "https://example.org/old")
    edit(at, "https://example.org/old", "https://example.org/moved")
    sync(shelf)
    assert shelf.store.sources.get(source.id).url == "https://example.org/moved"
    assert followed(shelf) == ["https://example.org/moved"]


@pytest.mark.parametrize("copy_first", [True, False])
def test_a_line_copied_with_its_id_and_given_another_address_is_a_second_source(at, shelf, copy_first):
    source = stored_source(shelf, "https://example.org/a")
    line = line_of(at, source.url)
    copy = line.replace("https://example.org/a", "https://example.org/b")
    edit(at, line, "\n".join([copy, line] if copy_first else [line, copy]))
    sync(shelf)
    assert followed(shelf) == ["https://example.org/a", "https://example.org/b"]
    assert shelf.store.sources.at("https://example.org/a").id == source.id


@pytest.mark.parametrize("junk", [b"", b"no xml at all", BOMB, b"\xff\xfe\x00"])
def test_a_list_that_cannot_be_read_changes_nothing_and_is_told_in_three_parts(at, shelf, junk):
    several(shelf, 3)
    at.sources.write_bytes(junk)
    told = sync(shelf).broken_list
    assert isinstance(told, Refused)
    assert str(at.sources) in told.what
    assert told.why
    assert told.hint
    assert len(followed(shelf)) == 3
    assert at.sources.read_bytes() == junk
    with pytest.raises(Refused):
        stored_source(shelf, "https://example.org/more")
    assert at.sources.read_bytes() == junk


def test_a_list_that_cannot_be_read_keeps_nobody_from_writing_a_note(at, shelf):
    several(shelf, 2)
    at.sources.write_bytes(b"no list")
    (at.notes / "mine.md").write_text("Words of my own.\n", encoding="utf-8")
    assert sync(shelf).changed == ("notes/mine.md",)


def test_following_one_more_loses_nothing_that_was_added_by_hand_a_moment_ago(at, shelf):
    stored_source(shelf, "https://example.org/a")
    edit(at, "</body>", outline("https://example.org/hand") + "\n</body>")
    stored_source(shelf, "https://example.org/b")
    assert followed(shelf) == [f"https://example.org/{name}" for name in ("a", "b", "hand")]
    assert all(url in at.sources.read_text(encoding="utf-8") for url in followed(shelf))


def test_a_file_edited_since_it_was_read_is_not_overwritten(at, shelf):
    stored_source(shelf, "https://example.org/a")
    edit(at, "</body>", outline("https://example.org/hand") + "\n</body>")
    text = at.sources.read_bytes()
    with pytest.raises(ChangedUnderneath), shelf.writing():  # noqa: PT012 - the change fails as a whole
        shelf.store.sources.save(new_source(shelf, "https://example.org/b"))
        following.write_file(shelf)
    assert at.sources.read_bytes() == text


def test_a_change_that_fails_leaves_the_file_as_it_was(at, shelf):
    stored_source(shelf, "https://example.org/a")
    before = at.sources.read_bytes()
    with pytest.raises(RuntimeError), shelf.writing():  # noqa: PT012 - the change fails as a whole
        following.save(shelf, [new_source(shelf, "https://example.org/b")], command=None)
        raise RuntimeError
    assert at.sources.read_bytes() == before
    assert followed(shelf) == ["https://example.org/a"]


def test_saying_the_same_again_does_not_touch_the_file(at, shelf):
    source = stored_source(shelf)
    before = at.sources.stat().st_mtime_ns
    with shelf.writing():
        following.save(shelf, [shelf.store.sources.get(source.id)], command=None)
    assert at.sources.stat().st_mtime_ns == before


def test_an_address_with_a_secret_is_private_whatever_the_file_says(at, shelf):
    source = new_source(shelf, "https://ana:pw@example.org/feed")
    assert source.private
    with shelf.writing():
        following.save(shelf, [replace(source, private=False)], command=None)
    edit(at, "</body>", "<!-- edited -->\n</body>")
    sync(shelf)
    assert shelf.store.sources.get(source.id).private
