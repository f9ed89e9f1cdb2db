from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.sense.annotate import Sentence, annotate, think
from pkm.sense.finding import EVERYTHING, find
from pkm.shelf.sync import sync
from support.shelves import Clock, new_home, opened, stored_item, stored_source


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def kinds(finding):
    return [one.kind for one in finding.found]


def test_one_list_over_items_notes_questions_and_quotes(shelf):
    item = stored_item(shelf, title="On decisions", html="<p>A decision log helps. Nothing else.</p>")
    annotate(shelf, item, Sentence(text="My decision stands."), passage="A decision log helps")
    think(shelf, Sentence(text="Which decision was that?", kind="question"))

    finding = find(shelf, "decision")
    assert sorted(kinds(finding)) == ["item", "note", "question", "quote"]
    assert all(one.rank > 0 for one in finding.found)
    ranks = [one.rank for one in finding.found]
    assert ranks == sorted(ranks, reverse=True)
    by_kind = {one.kind: one for one in finding.found}
    assert by_kind["item"].url == "https://example.org/a"
    assert by_kind["note"].path == "notes/on-decisions.md"
    assert by_kind["question"].path.startswith("notes/which")
    assert by_kind["quote"].snippet.text == "A decision log helps"


def test_a_snippet_is_of_the_original_text_with_its_marks(shelf):
    stored_item(shelf, html="<p>Viele Wörter davor. Die Straße nach Zürich ist lang.</p>")

    [found] = find(shelf, "strasse zurich").found
    marked = [found.snippet.text[start:end] for start, end in found.snippet.marks]
    assert marked == ["Straße", "Zürich"]


def test_secrets_of_an_address_are_not_shown(shelf):
    stored_item(shelf, title="Secret", url="https://example.org/a?token=0123456789abcdef")

    assert "0123456789abcdef" not in str(find(shelf, "secret"))


def test_a_title_repeated_by_the_notes_heading_is_no_snippet(shelf):
    annotate(shelf, stored_item(shelf, title="On decisions"), Sentence(text="They fade away."))

    [note] = [one for one in find(shelf, "decisions").found if one.kind == "note"]
    assert note.snippet.text == "They fade away."


def test_filters_mean_what_they_say(shelf, clock):
    team = stored_source(shelf, "https://team.example/feed", title="Team news", tags=("work",))
    old = stored_item(
        shelf, title="Alpha one", source=team, url="https://team.example/1", tags=("Feed/Deep",)
    )
    clock.forward(days=10)
    new = stored_item(shelf, title="Alpha two", url="https://example.org/2", keep=True)
    note = annotate(shelf, old, Sentence(text="Alpha words mine.", tags=("mine",))).note

    def ids(query):
        return {one.id for one in find(shelf, query).found}

    assert ids("alpha source:team in:items") == {old.id}
    assert ids("tag:feed") >= {old.id}
    assert ids("tag:work alpha in:item") == {old.id}
    assert ids("alpha since:3d in:items") == {new.id}
    assert ids("alpha until:5d in:items") == {old.id}
    assert ids("in:notes") == {note.id}
    assert ids("kind:comment") == {note.id}
    assert ids("is:unsensed") == {new.id}
    assert ids("is:kept") == {old.id, new.id}
    assert ids("has:note") == {old.id}
    assert ids("alpha -has:note in:items") == {new.id}


def test_until_a_day_holds_that_day(shelf):
    stored_item(shelf, title="Alpha")

    assert kinds(find(shelf, "alpha until:2026-11-22")) == ["item"]
    assert kinds(find(shelf, "alpha until:2026-11-21")) == []
    assert kinds(find(shelf, "alpha until:today")) == ["item"]
    assert kinds(find(shelf, "alpha since:2026-W47")) == ["item"]


def test_a_moment_that_is_none_is_read_as_words(shelf):
    stored_item(shelf, title="Ever since breakfast")

    assert kinds(find(shelf, "since:breakfast")) == ["item"]


def test_newest_first_and_limits(shelf, clock):
    stored_item(shelf, title="Alpha alpha alpha", url="https://example.org/1")
    clock.forward(hours=1)
    stored_item(shelf, title="Beta", html="<p>alpha</p>", url="https://example.org/2")

    assert [one.title for one in find(shelf, "alpha", newest=True).found] == ["Beta", "Alpha alpha alpha"]
    assert [one.title for one in find(shelf, "alpha", limit=1).found] == ["Alpha alpha alpha"]
    assert len(find(shelf, "alpha", limit=0).found) == 2


def test_a_misspelt_word_is_put_right_only_where_nothing_was_found(shelf):
    stored_item(shelf, title="Decisions of others")

    assert find(shelf, "decisoins others").near == ("decisions others",)
    assert find(shelf, "decisions").near == ()
    assert find(shelf, "xqzw").near == ()
    assert find(shelf, "decisions nothing-like-it").near == ()


def test_a_query_without_words_is_everything(shelf):
    stored_item(shelf)

    assert find(shelf, '"(').reading == EVERYTHING
    assert kinds(find(shelf, '"(')) == ["item"]


def test_a_note_with_broken_front_matter_is_found(shelf):
    (shelf.home.notes / "broken.md").write_text("---\ntitle: [\nkind: question\n---\nPrecious words here.\n")
    sync(shelf)

    [found] = find(shelf, "precious").found
    assert found.path == "notes/broken.md"


@given(st.text(max_size=50))
@settings(max_examples=60, deadline=None)
def test_nothing_that_can_be_typed_is_an_error(small, words):
    find(small, words)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    with opened(new_home(tmp_path_factory.mktemp("f")), now=at) as shelf:
        stored_item(shelf, title="Ångström 京都", html="<p>alpha “beta” 🎉</p>")
        think(shelf, Sentence(text="Words of mine: 100% sure."))
        yield shelf
