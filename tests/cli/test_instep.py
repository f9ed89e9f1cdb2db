"""What every command says of files that were changed outside."""

import json


def followed(home, count):
    lines = "".join(f'<outline text="S{n}" xmlUrl="https://s{n}.example/feed"/>' for n in range(count))
    text = f'<opml version="2.0"><head/><body>{lines}</body></opml>'
    (home / "sources.opml").write_text(text, encoding="utf-8")


def test_a_list_that_lost_much_at_once_unfollows_nobody_and_says_so(pkm, home):
    followed(home, 8)
    assert "8 newly followed" in pkm("source", "list").err
    followed(home, 2)
    code, out, err = pkm("source", "list")

    assert code == 0
    assert len(out.splitlines()) == 8
    assert "sources.opml lacks 6 of your sources" in err
    assert "pkm doctor --fix" in err


def test_notes_that_vanish_at_once_stay_known_until_doctor_is_told_that_it_is_meant(pkm, home):
    (home / "notes").mkdir()
    for number in range(10):
        pkm("note", f"Words of mine, number {number}")
    for path in (home / "notes").iterdir():
        path.unlink()
    _, _, err = pkm("find", "words")

    assert "pkm doctor --fix" in err
    assert len(json.loads(pkm("notes", "list", "--json").out)["notes"]) == 10
    assert pkm("doctor", "--fix").code == 0
    assert json.loads(pkm("notes", "list", "--json").out)["notes"] == []


def test_a_note_for_one_audience_is_ready_for_the_user_too(pkm, home):
    (home / "notes").mkdir()
    (home / "notes" / "a.md").write_text("---\nonly: [team]\n---\n\nWords of my own.\n", encoding="utf-8")
    pkm("notes", "list")

    assert json.loads(pkm("--json").out)["share"]["ready"] == 1
    assert [len(one["ready"]) for one in json.loads(pkm("share", "--json").out)["audiences"]] == [1]
