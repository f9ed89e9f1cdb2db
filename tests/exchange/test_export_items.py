import pytest

from pkm.exchange.items import exported_items
from pkm.exchange.lines import write_lines
from pkm.sense.annotate import Sentence, annotate
from support.shelves import new_home, opened, stored_item, stored_source


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def test_every_item_of_every_state_with_text_arrivals_and_notes(shelf):
    one = stored_item(shelf, html="<p>Text &amp; <b>more</b>.</p>")
    stored_item(shelf, source=stored_source(shelf, "https://other.example/feed"))
    two = stored_item(shelf, url="https://example.org/b", title="B", html=None, keep=True)
    note = annotate(shelf, one, Sentence(text="Mine, all three.")).note

    first, second = exported_items(shelf)
    assert (first.listed.item.id, second.listed.item.id) == (one.id, two.id)
    assert first.text == "Text & more."
    assert first.html == "<p>Text &amp; <b>more</b>.</p>"
    assert first.listed.notes == (note.id,)
    assert [source.url for _, source in first.arrivals] == [
        "https://example.org/feed",
        "https://other.example/feed",
    ]
    assert (second.text, second.html) == (None, None)


def test_what_is_stored_is_sanitised_again(shelf):
    item = stored_item(shelf)
    with shelf.writing():
        shelf.store.texts._db.execute("UPDATE texts SET html = '<p onclick=x>a<script>b</script></p>'")

    [one] = exported_items(shelf)
    assert one.listed.item.id == item.id
    assert one.html == "<p>a</p>"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.jsonl"
    assert write_lines(target, ["a", "é"]) == 2

    def failing():
        yield "half"
        raise ValueError

    with pytest.raises(ValueError):
        write_lines(target, failing())
    assert target.read_text(encoding="utf-8") == "a\né\n"
    assert list(tmp_path.iterdir()) == [target]
