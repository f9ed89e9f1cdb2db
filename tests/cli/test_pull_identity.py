"""What a person sees of a source that renames, edits and repeats its items."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from support.server import Site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def site():
    with Site() as one:
        yield one


def atom(*entries):
    return "<feed xmlns='http://www.w3.org/2005/Atom'><title>A site</title>{}</feed>".format("".join(entries))


def entry(number, *, name="old", host="old.example", words="Words of the piece."):
    at = (NOW - timedelta(days=number)).isoformat()
    return (
        f"<entry><id>tag:{name}-{number}</id><title>Piece {number}</title><published>{at}</published>"
        f"<link href='https://{host}/{number}'/><content type='html'>&lt;p&gt;{words}&lt;/p&gt;</content></entry>"
    )


def test_a_move_of_a_site_is_said_and_leaves_lists_and_decisions_as_they_were(pkm, site):
    url = site.serve("/feed", atom(*(entry(n) for n in range(6))))
    pkm("init")
    pkm("follow", url)
    pkm("seek")
    pkm("keep", "1", "-m", "Words of my own.")
    before = json.loads(pkm("seek", "--all", "--json", "--limit", "0").out)["items"]
    moved = [
        entry(n, name="new", host="new.example").replace(
            (NOW - timedelta(days=n)).isoformat(), (NOW - timedelta(days=n, hours=1)).isoformat()
        )
        for n in range(6)
    ]
    site.serve("/feed", atom(*moved))
    code, _out, err = pkm("pull", url)
    assert code == 0
    assert "re-keyed 6 items of A site: its site moved" in err
    after = json.loads(pkm("seek", "--all", "--json", "--limit", "0").out)["items"]
    assert [(one["id"], one["state"], one["notes"]) for one in after] == [
        (one["id"], one["state"], one["notes"]) for one in before
    ]
    assert {one["url"] for one in after} == {f"https://new.example/{n}" for n in range(6)}


def test_a_program_is_told_how_many_were_renamed(pkm, site):
    url = site.serve("/feed", atom(*(entry(n) for n in range(6))))
    pkm("init")
    pkm("follow", url)
    renamed = [entry(n, name="new").replace("Piece", "Renamed") for n in range(6)]
    site.serve("/feed", atom(*(one.replace("T12:00:00", "T13:00:00") for one in renamed)))
    [source] = json.loads(pkm("pull", url, "--json").out)["sources"]
    assert (source["status"], source["new"], source["rekeyed"]) == ("unchanged", 0, 6)


def test_an_edit_is_said_and_what_was_there_before_can_be_read(pkm, site):
    url = site.serve("/feed", atom(entry(1, words="First words.")))
    pkm("init")
    pkm("follow", url)
    pkm("seek")
    assert "edited" not in pkm("read", "1").out
    site.serve("/feed", atom(entry(1, words="Second words.").replace("Piece 1", "Piece 1, corrected")))
    pkm("pull", url)
    read = pkm("read", "1").out
    assert "Piece 1, corrected" in read
    assert "Second words." in read
    assert "edited once by its source; before: pkm read" in read
    before = pkm("read", "1", "--earlier", "1").out
    assert "Piece 1\n" in before
    assert "First words." in before
    assert "as its source had it until" in before
    [item] = json.loads(pkm("read", "1", "--earlier", "1", "--json").out)["items"]
    assert (item["title"], item["text"], item["edits"], len(item["versions"])) == (
        "Piece 1",
        "First words.",
        1,
        1,
    )
    code, _out, err = pkm("read", "1", "--earlier", "2")
    assert code == 1
    assert "has no 2. earlier version" in err


def test_an_item_of_several_sources_names_them_and_its_discussion(pkm, site):
    own = site.serve(
        "/own", atom(entry(1, host="a.example", words="whole text " * 40)).replace("A site", "Own")
    )
    pointer = (
        "<rss version='2.0'><channel><title>Pointers</title><item><guid>p1</guid><title>Look at this</title>"
        "<link>https://a.example/1?utm_source=p</link><comments>https://p.example/c/1</comments></item></channel></rss>"
    )
    pkm("init")
    pkm("follow", own, site.serve("/pointers", pointer))
    [item] = json.loads(pkm("seek", "--json").out)["items"]
    assert {item["source"]["title"], *(one["title"] for one in item["also_in"])} == {"Own", "Pointers"}
    assert item["comments"] == "https://p.example/c/1"
    out = pkm("seek", terminal=True, columns=60).out
    assert "also in: " in out
    read = pkm("read", "1").out
    assert "also in: " in read
    assert "discussed at https://p.example/c/1" in read
