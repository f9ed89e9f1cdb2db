import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item, stored_source


@pytest.fixture
def shelf(home):
    with opened(homes.at(home), now=Clock()) as one:
        stored_item(one, title="One", html="<p>Text.</p>")
        secret = stored_source(
            one, "https://user:hunter2@b.example/feed?token=0123456789abcdef", private=True
        )
        stored_item(
            one, title="Two", url="https://b.example/2?token=0123456789abcdef", source=secret, keep=True
        )
        yield one


def test_each_item_is_a_line_with_the_promised_fields(pkm, shelf):
    code, out, err = pkm("export", "items")
    lines = [json.loads(line) for line in out.splitlines()]

    assert (code, err) == (0, "")
    assert [line["title"] for line in lines] == ["One", "Two"]
    assert [line["state"] for line in lines] == ["new", "kept"]
    promised = {"id", "title", "url", "authors", "published", "source", "state", "because", "via", "notes"}
    assert all(promised | {"text", "html", "arrivals"} <= set(line) for line in lines)
    assert lines[0]["text"] == "Text."
    assert set(lines[0]["arrivals"][0]) == {"source_url", "key", "first_seen", "last_seen"}
    assert lines[0]["arrivals"][0]["source_url"] == "https://example.org/feed"
    assert lines[0]["arrivals"][0]["first_seen"] == "2026-11-22T12:00:00Z"


def test_private_sources_are_in_it_and_secrets_are_not(pkm, shelf):
    out = pkm("export", "items").out

    assert "Two" in out
    assert "hunter2" not in out
    assert "0123456789abcdef" not in out


def test_a_file_is_written_and_replaced_only_when_told(pkm, shelf, tmp_path):
    target = tmp_path / "items.jsonl"
    assert pkm("export", "items", "--output", str(target)).code == 0
    assert len(target.read_text().splitlines()) == 2

    target.write_text("mine")
    code, _, err = pkm("export", "items", "--output", str(target))
    assert code == 2
    assert "--yes" in err
    assert target.read_text() == "mine"
    assert pkm("export", "items", "--output", str(target), "--yes").code == 0
    assert len(target.read_text().splitlines()) == 2


@pytest.mark.parametrize("place", [".", "none/items.jsonl"])
def test_a_place_that_holds_no_file_is_refused(pkm, shelf, tmp_path, place):
    code, _, err = pkm("export", "items", "--output", str(tmp_path / place))

    assert code == 5
    assert err.count("\n") >= 2


def test_an_empty_home_exports_nothing(pkm, home):
    assert pkm("export", "items") == (0, "", "")
