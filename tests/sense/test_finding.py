from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import Enclosure
from pkm.model.source import Space
from pkm.rules.clean import Sink, clean
from pkm.rules.query import Filter
from pkm.rules.snippet import snippet
from pkm.sense.annotate import Sentence, annotate, think
from pkm.sense.finding import EVERYTHING, Wish, find
from pkm.shelf import searches
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

    assert [one.title for one in find(shelf, "alpha", Wish(sort="new")).found] == [
        "Beta",
        "Alpha alpha alpha",
    ]
    assert [one.title for one in find(shelf, "alpha", Wish(limit=1)).found] == ["Alpha alpha alpha"]
    assert len(find(shelf, "alpha", Wish(limit=0)).found) == 2


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


# Links, front matter, states.


def note_file(shelf, name, text):
    path = shelf.home.notes / f"{name}.md"
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def garden(shelf):
    note_file(shelf, "hub", "---\ntitle: The hub\nstatus: evergreen\n---\nTo [[leaf]] and [[gone]].\n")
    note_file(shelf, "leaf", "---\nmood: Calm\nchecked: true\n---\nA leaf of few words.\n")
    note_file(shelf, "alone", "Nobody links here.\n")
    sync(shelf)
    return shelf


def paths(shelf, query, **wish):
    return sorted(
        one.path.removeprefix("notes/").removesuffix(".md") for one in find(shelf, query, Wish(**wish)).found
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("is:orphan", ["alone", "hub"]),
        ("is:deadend", ["alone", "leaf"]),
        ("is:orphan is:deadend", ["alone"]),
        ("is:broken", ["hub"]),
        ("links-to:leaf", ["hub"]),
        ('linked-from:"The hub"', ["leaf"]),
        ("in:notes -links-to:notes/leaf.md", ["alone", "leaf"]),
        ("[status:evergreen]", ["hub"]),
        ("is:evergreen", ["hub"]),
        ("[mood:calm]", ["leaf"]),
        ("[mood]", ["leaf"]),
        ("[title:The hub]", ["hub"]),
        ("in:notes -[mood]", ["alone", "hub"]),
        ("words:<4", ["alone"]),
        ("words:4..9 -links:>0", ["leaf"]),
        ("links:2", ["hub"]),
        ("links:<2 words:>3", ["leaf"]),
        ("has:link", ["hub"]),
        ("path:alo", ["alone"]),
        ("modified:1d in:notes [mood]", ["leaf"]),
        ("-is:orphan in:notes", ["leaf"]),
    ],
)
def test_notes_are_found_by_their_links_and_front_matter(garden, query, names):
    assert paths(garden, query) == names


def test_a_note_with_a_second_copy_beside_it_is_in_conflict(garden):
    note_file(garden, "leaf.sync-conflict-20261122-120000-ABCDEFG", "A leaf, otherwise.\n")
    sync(garden)

    assert paths(garden, "is:conflict") == ["leaf"]


def test_links_to_nothing_lets_nothing_through_and_says_so(garden):
    finding = find(garden, "links-to:nowhere")

    assert finding.found == ()
    assert "links-to:nowhere lets nothing through" in finding.hints[0]


def test_items_are_found_by_what_was_done_with_them(shelf, clock):
    team = stored_source(shelf, "https://team.example/feed", title="Team news", space=Space.TEAM)
    checked = stored_item(
        shelf, title="Alpha one", source=team, url="https://blog.team.example/1", html="<p>a b</p>"
    )
    clock.forward(days=3)
    podcast = stored_item(
        shelf,
        title="Alpha two",
        url="https://example.org/2",
        enclosures=(Enclosure(url="https://example.org/2.mp3", type="audio/mpeg"),),
    )
    annotate(shelf, checked, Sentence(text="Looked into the claim there.", kind="check"))

    def ids(query):
        return {one.id for one in find(shelf, f"{query} in:items").found}

    assert ids("is:checked") == ids("has:check") == ids("is:noted") == ids("space:team") == {checked.id}
    assert ids("site:team.example") == ids("url:blog") == {checked.id}
    assert ids("has:enclosure") == ids("site:example.org") == ids("added:2d") == {podcast.id}
    assert ids("date:..2d") == ids("words:<4") == {checked.id}
    assert ids("is:later") == ids("is:shared") == ids("has:question") == set()
    assert ids("alpha -is:checked") == {podcast.id}


# What is shown.


def test_one_page_from_two_sources_that_are_kept_apart_is_one_row(shelf):
    for number in (1, 2):
        source = stored_source(shelf, f"https://s{number}.example/feed", isolate=True)
        stored_item(shelf, title="Alpha", url="https://example.org/same", source=source, html="<p>Alpha.</p>")

    [row] = find(shelf, "alpha").found
    assert row.alike not in {(), (row.id,)}
    assert len(find(shelf, "alpha", Wish(sort="new")).found) == 1


@given(st.text(max_size=120), st.text(max_size=3))
@settings(max_examples=100, deadline=None)
def test_offsets_of_a_snippet_slice_the_original_text(text, word):
    shown = snippet(text, [word])

    assert all(0 <= start <= end <= len(text) for start, end in (*shown.hits, (shown.start, shown.end)))
    for (start, end), (at, until) in zip(shown.hits, shown.marks, strict=False):
        assert " ".join(clean(text[start:end], Sink.LINE).split()) == shown.text[at:until] or len(
            shown.hits
        ) != len(shown.marks)


def test_offsets_of_a_note_slice_its_body_also_below_a_heading_and_marks(shelf):
    item = stored_item(shelf, title="On decisions", html="<p>A decision log helps. Nothing else.</p>")
    note = annotate(shelf, item, Sentence(text="Straße und Zürich."), passage="A decision log helps").note

    [found] = [one for one in find(shelf, "strasse").found if one.kind == "note"]
    body = shelf.store.notes.get(note.id).file.body
    assert [body[start:end] for start, end in found.snippet.hits] == ["Straße"]


def test_longer_words_are_looked_for_where_nothing_was_found_and_that_is_told(shelf):
    stored_item(shelf, title="Decisions of others")

    finding = find(shelf, "decis other")
    assert kinds(finding) == ["item"]
    assert "longer words" in finding.hints[0]
    assert find(shelf, "decisions").hints == ()


def test_the_line_says_order_and_number_and_a_wish_goes_before_it(shelf, clock):
    for number in range(3):
        clock.forward(hours=1)
        stored_item(
            shelf, title=f"Alpha {number}", url=f"https://example.org/{number}", html=f"<p>{number}</p>"
        )

    def titles(words, **wish):
        return [one.title for one in find(shelf, words, Wish(**wish)).found]

    assert titles("alpha sort:old limit:2") == ["Alpha 0", "Alpha 1"]
    assert titles("alpha sort:old limit:2", limit=1, sort="new") == ["Alpha 2"]
    assert titles("alpha", also=(Filter("url", "org/1"),)) == ["Alpha 1"]


def test_what_is_old_and_what_was_let_go_stands_lower_and_it_is_told_why(shelf, clock):
    stored_item(shelf, title="Alpha old", url="https://example.org/1", html="<p>one</p>")
    clock.forward(days=400)
    stored_item(shelf, title="Alpha new", url="https://example.org/2", html="<p>two</p>")

    rows = find(shelf, "alpha").found
    assert [one.title for one in rows] == ["Alpha new", "Alpha old"]
    assert "recency" in rows[1].weight
    assert find(shelf, "alpha sort:new").found[0].weight == ""


def test_a_saved_search_is_part_of_a_query(shelf):
    stored_item(shelf, title="Alpha one", url="https://example.org/1")
    stored_item(shelf, title="Beta one", url="https://example.org/2")
    searches.save(shelf, "either", "alpha OR beta")

    assert len(find(shelf, "@either one").found) == 2
    assert [one.title for one in find(shelf, "@either -beta").found] == ["Alpha one"]
    assert find(shelf, "@neither").unknown == ("neither",)
