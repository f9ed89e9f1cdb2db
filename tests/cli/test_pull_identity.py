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
