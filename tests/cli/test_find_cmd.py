import json

import pytest

from pkm.shelf import home as homes
from pkm.shelf.locks import writing
from support.shelves import Clock, opened, stored_item

_FIELDS = ("kind", "id", "title", "snippet", "rank", "marks", "span", "hits", "alike")


@pytest.fixture
def shelf(home):
    (home / "notes").mkdir()
    with opened(homes.at(home), now=Clock()) as one:
        yield one


def test_found_as_json_has_exactly_the_promised_fields(pkm, shelf):
    item = stored_item(shelf, title="On logs", html="<p>Teams keep logs of doubts.</p>")
    pkm("sense", item.id, "-m", "Doubts are worth more.", "--quote", "Teams keep logs")
    pkm("note", "Which logs, then?", "--kind", "question")

    told = json.loads(pkm("find", "logs", "--json").out)
    assert told["schema"] == "pkm.found/1"
    by_kind = {one["kind"]: one for one in told["found"]}
    assert set(by_kind) == {"item", "note", "question", "quote"}
    assert set(by_kind["item"]) == {"url", *_FIELDS}
    assert set(by_kind["note"]) == {"path", *_FIELDS}
    assert set(by_kind["quote"]) == {"url", *_FIELDS}
    assert by_kind["quote"]["snippet"] == "Teams keep logs"


def test_dash_words_are_terms(pkm, shelf):
    stored_item(shelf, title="Logs of wikis")
    stored_item(shelf, title="Logs alone", url="https://example.org/b")

    assert pkm("find", "logs", "-wikis").out.count("\n") == 1
    assert pkm("find", "-wikis").out.count("\n") == 1
    assert pkm("find", "logs", "--wikis").code == 2


def test_nothing_found_is_exit_0_and_a_near_word_is_named(pkm, shelf):
    stored_item(shelf, title="Decisions")
    code, out, err = pkm("find", "decisoins")

    assert (code, out) == (0, "")
    assert err == "Nothing found for decisoins; did you mean: pkm find decisions\n"
    assert json.loads(pkm("find", "qzx", "--json").out) == {
        "schema": "pkm.found/1",
        "found": [],
        "read_as": '"qzx"',
        "hints": [],
    }


def test_rows_can_be_named_by_their_number(pkm, shelf):
    stored_item(shelf, title="Decisions")
    _, out, _ = pkm("find", "decisions", terminal=True, columns=80)

    assert "1" in out.splitlines()[1]
    assert "Next: pkm read ID" in out
    assert pkm("sense", "1").code == 2


def test_limit_newest_and_explain(pkm, shelf):
    for number in range(3):
        stored_item(shelf, title=f"Alpha {number}", url=f"https://example.org/{number}")

    assert pkm("find", "alpha", "--limit", "2").out.count("\n") == 2
    assert pkm("find", "alpha", "--newest").out.splitlines()[0].split("\t")[2] == "Alpha 2"
    _, out, err = pkm("find", "alpha OR beta", "--explain")
    assert 'read as: ("alpha" OR "beta")' in err
    assert float(out.splitlines()[0].split("\t")[-1]) > 0


def test_a_changed_note_is_found_at_once(pkm, home, shelf):
    (home / "notes" / "mine.md").write_text("Zebra crossing words.\n")

    assert "notes/mine.md" in pkm("find", "zebra").out


def test_beside_a_writer_it_goes_on_and_says_what_is_missing(pkm, home, shelf):
    (home / "notes" / "mine.md").write_text("Zebra crossing words.\n")
    with writing(home / ".pkm"):
        code, out, err = pkm("find", "zebra")

    assert (code, out) == (0, "")
    assert "1 changed note not yet in the index" in err


def test_escape_codes_of_a_text_reach_no_terminal(pkm, shelf):
    stored_item(shelf, title="Red \x1b[31malert", html="<p>alert \x1b]0;x\x07 text</p>")
    _, out, _ = pkm("find", "alert")

    assert "\x1b" not in out
    assert "\x07" not in out


def test_no_word_at_all_is_explained(pkm, shelf):
    stored_item(shelf)

    assert pkm("find").code == 2
    assert pkm("find", " ").code == 2
    code, out, err = pkm("find", '"(')
    assert code == 0
    assert out.count("\n") == 1
    assert "everything" in err


def test_bytes_that_are_no_text_do_no_harm(pkm, shelf):
    assert pkm("find", "odd\udcff tag:\udcff").code == 0
