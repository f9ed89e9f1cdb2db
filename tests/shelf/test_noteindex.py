import pytest

from pkm.model.item import State, Via
from pkm.model.note import Level
from pkm.rules.pointers import read_via
from pkm.shelf.sync import sync
from support.shelves import new_home, opened, stored_item


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def put(shelf, name, text):
    (shelf.home.notes / name).write_text(text, encoding="utf-8")
    sync(shelf)
    return shelf.store.notes.at(f"notes/{name}")


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("Ana <https://ana.example/>", Via(name="Ana", url="https://ana.example/")),
        ("<https://ana.example/>", Via(url="https://ana.example/")),
        ("https://ana.example/", Via(url="https://ana.example/")),
        ("Ana", Via(name="Ana")),
        ("Direct", Via(direct=True)),
        (" ", None),
        (None, None),
    ],
)
def test_pointers_are_read_as_people_write_them(text, via):
    assert read_via(text) == via


def test_a_note_without_an_id_is_known_by_its_path_until_it_gets_one(shelf):
    note = put(shelf, "mine.md", "Words of mine.\n")
    assert note.id.startswith("n~")

    named = put(shelf, "mine.md", "---\nid: n-000000000001\n---\nWords of mine.\n")
    assert named.id == "n-000000000001"
    assert shelf.store.notes.get(note.id).id == named.id


def test_a_copy_does_not_take_the_id_of_its_original(shelf):
    original = put(shelf, "mine.md", "---\nid: n-000000000001\n---\nWords of mine.\n")
    copy = put(shelf, "copy.md", "---\nid: n-000000000001\n---\nWords of mine, and more.\n")

    assert shelf.store.notes.get(original.id).path == "notes/mine.md"
    assert copy.id.startswith("n~")
    assert "that of notes/mine.md" in copy.file.problem


def test_a_note_that_was_moved_keeps_its_id(shelf):
    put(shelf, "mine.md", "---\nid: n-000000000001\n---\nWords of mine.\n")
    (shelf.home.notes / "mine.md").rename(shelf.home.notes / "moved.md")
    sync(shelf)

    note = shelf.store.notes.get("n-000000000001")
    assert (note.path, note.missing_since) == ("notes/moved.md", None)


def test_an_item_that_only_a_note_knows_comes_back_as_a_stub(shelf):
    put(
        shelf,
        "mine.md",
        "---\nid: n-000000000001\ntitle: Theirs\nitem: i-0000000000aa\nsource: https://a.example/x\n---\nMine.\n",
    )

    stub = shelf.store.items.get("i-0000000000aa")
    assert stub.stub
    assert (stub.title, stub.url, stub.state) == ("Theirs", "https://a.example/x", State.KEPT)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-21", "2026-01-21"),
        ("2026-01-21T23:30:00", "2026-01-21"),
        ("January 5, 2025", None),
        ("0001-01-01", None),
    ],
)
def test_a_stub_has_the_day_of_publication_that_its_note_names(shelf, written, day):
    put(
        shelf,
        "mine.md",
        f"---\nid: n-000000000001\nitem: i-0000000000aa\nsource: https://a.example/x\npublished: {written}\n---\nMine.\n",
    )

    published = shelf.store.items.get("i-0000000000aa").published_at
    assert (published.astimezone(shelf.zone).date().isoformat() if published else None) == day


def test_the_id_in_the_file_wins_over_that_of_the_store(shelf):
    item = stored_item(shelf, url="https://a.example/x")
    put(
        shelf,
        "mine.md",
        "---\nid: n-000000000001\nitem: i-0000000000aa\nsource: https://a.example/x\n---\nMine.\n",
    )

    assert shelf.store.items.get(item.id).id == "i-0000000000aa"


@pytest.mark.parametrize(
    ("visibility", "level"),
    [("team", Level.TEAM), ("Public", Level.PUBLIC), ("everyone", Level.PRIVATE), ("[", Level.PRIVATE)],
)
def test_a_word_that_is_no_level_counts_as_private(tmp_path, visibility, level):
    with opened(new_home(tmp_path), level=Level.TEAM) as shelf:
        note = put(shelf, "mine.md", f"---\nid: n-000000000001\nvisibility: {visibility}\n---\nMine.\n")
        unsaid = put(shelf, "other.md", "Mine.\n")

        assert note.level == level
        assert unsaid.level == Level.TEAM


def test_broken_front_matter_hides_no_words(shelf):
    note = put(shelf, "mine.md", "---\nid: n-000000000001\ntitle: [\n---\nWords of mine.\n")

    assert note.file.problem.startswith("line ")
    assert note.file.own_words == 3
    assert note.file.body.strip() == "Words of mine."
