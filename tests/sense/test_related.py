import pytest

from pkm.errors import NotFound
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.finding import find
from pkm.sense.related import related, thing_of
from pkm.shelf.sync import sync
from support.shelves import new_home, opened, stored_item, stored_source


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def reasons(shelf, thing):
    return {one.id: one.because for one in related(shelf, thing)}


def page(shelf, number, title, text, **fields):
    return stored_item(
        shelf, title=title, url=f"https://example.org/{number}", html=f"<p>{text}</p>", **fields
    )


def test_items_with_rare_words_in_common_belong_together_and_the_words_are_named(shelf):
    one = page(shelf, 1, "Leases", "An etcd cluster keeps its Quorum.")
    two = page(shelf, 2, "Clusters", "Why etcd lost the quorum that day.")
    page(shelf, 3, "Bread", "Flour, water, salt.")

    [row] = related(shelf, one)
    assert row.id == two.id
    assert row.because == ('both say "etcd", "Quorum"', "both are from A source")
    assert row.url == "https://example.org/2"


def test_texts_without_spaces_have_words_in_common_too(shelf):
    one = page(shelf, 1, "一", "方法，方法！")
    two = page(shelf, 2, "二", "个人知识管理，方法很多。")
    page(shelf, 3, "三", "面包和水。")

    assert 'both say "方法"' in reasons(shelf, one)[two.id]


def test_a_source_alone_makes_no_kin(shelf):
    source = stored_source(shelf, "https://one.example/feed")
    one = page(shelf, 1, "Alpha", "Red green.", source=source)
    page(shelf, 2, "Beta", "Blue yellow.", source=source)

    assert related(shelf, one) == ()


def test_tags_notes_and_links_are_reasons_each(shelf):
    one = page(shelf, 1, "Alpha", "Red green.", tags=("ops/etcd",))
    two = page(shelf, 2, "Beta", "Blue yellow.", tags=("Ops/Etcd",))
    note = annotate(shelf, one, Sentence(text="Mine entirely.")).note
    (shelf.home.notes / "hub.md").write_text(f"See [[{note.path.rpartition('/')[2][:-3]}]] now.\n")
    sync(shelf)

    assert reasons(shelf, one)[two.id][0] == "both are tagged #ops/etcd"
    assert "your note on it" in reasons(shelf, one)[note.id]
    assert "what the note is on" in reasons(shelf, note)[one.id]
    [hub] = [row for row in related(shelf, shelf.store.notes.get(note.id)) if row.path == "notes/hub.md"]
    assert hub.because[0] == "it links here"
    back = related(shelf, shelf.store.notes.at("notes/hub.md"))
    assert (note.id, "it is linked from here") in {(row.id, row.because[0]) for row in back}


def test_what_belongs_together_is_the_same_twice_and_as_many_as_wanted(shelf):
    items = [page(shelf, number, f"T {number}", "etcd quorum lease") for number in range(8)]

    assert related(shelf, items[0]) == related(shelf, items[0])
    assert len(related(shelf, items[0], limit=3)) == 3
    assert len(related(shelf, items[0], limit=0)) == 7


def test_related_is_a_term_of_a_query_too(shelf):
    one = page(shelf, 1, "Leases", "An etcd cluster keeps its quorum.")
    two = page(shelf, 2, "Clusters", "Why etcd lost the quorum that day.")
    page(shelf, 3, "Bread", "Flour, water, salt.")

    assert [row.id for row in find(shelf, f"related:{one.id}").found] == [two.id]
    assert "lets nothing through" in find(shelf, "related:zzzz").hints[0]


def test_what_is_gone_is_named(shelf):
    with pytest.raises(NotFound):
        thing_of(shelf, "i-000000000000")
