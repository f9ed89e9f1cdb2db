import json

import pytest

from pkm.shelf import home as homes
from support.cli import Session
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


LIST = """<opml version="2.0" xmlns:pkm="urn:pkm-loop:opml" xmlns:r="urn:reader"><body>
<outline text="Work"><outline text="Open" type="rss" description="all of it" r:cookie="sid=1" xmlUrl="https://a.example/feed"
 pkm:why="for the offer" pkm:stance="usually-disagree" pkm:tie="weak"/></outline>
<outline text="Mine" type="rss" xmlUrl="https://b.example/feed" pkm:private="true"/>
<outline text="Secret" type="rss" xmlUrl="https://c.example/feed?token=0123456789abcdef" htmlUrl="https://c.example/?token=0123456789abcdef"/>
<outline text="ask her about these"/>
</body></opml>"""


@pytest.fixture
def listed(pkm):
    pkm("init")
    (pkm.home / "sources.opml").write_text(LIST, encoding="utf-8")
    return pkm


def test_a_list_for_others_says_nothing_of_its_reader(listed):
    code, out, err = listed("export", "opml")
    assert code == 0
    for said in ("https://a.example/feed", 'text="Work"', 'description="all of it"'):
        assert said in out
    for private in ("offer", "disagree", "weak", "b.example", "token", "cookie", "ask her", "pkm:id"):
        assert private not in out
    assert "2 sources left out" in err


def test_with_both_flags_the_list_is_ones_own_file_byte_for_byte(listed):
    listed("follow", "--dry-run", str(listed.home / "sources.opml"))
    listed("source", "set", "Open", "--title", "Opened")
    out = listed("export", "opml", "--with-private", "--with-secrets").out
    assert out == (listed.home / "sources.opml").read_text(encoding="utf-8")
    assert "ask her" in out


def test_secrets_go_even_where_private_sources_are_wanted(listed):
    out = listed("export", "opml", "--with-private").out
    assert "b.example" in out
    assert "c.example/feed" in out
    assert "0123456789abcdef" not in out


def test_an_exported_list_followed_by_another_home_and_exported_again_is_the_same(
    listed, tmp_path, monkeypatch
):
    path = tmp_path / "feeds.opml"
    assert listed("export", "opml", "--output", str(path)).code == 0
    other = Session(tmp_path / "other", monkeypatch)
    other("init")
    other("follow", str(path), "--dry-run")
    (other.home / "sources.opml").write_bytes(path.read_bytes())
    again = other("export", "opml").out
    assert again.encode() == path.read_bytes()
    assert listed("export", "opml", "--output", str(path)).code == 2


def test_what_an_opml_leaves_out_is_told_with_the_flags_that_were_not_given(pkm):
    pkm("init")
    letters = pkm.home.parent / "letters"
    for name in ("cur", "new", "tmp"):
        (letters / name).mkdir(parents=True)
    (letters / "cur" / "1:2,S").write_bytes(
        b"From: a@example.org\nSubject: One\nMessage-ID: <1@x>\n\nHello.\n"
    )
    assert pkm("follow", f"maildir:{letters}").code == 0

    assert "pkm export opml --with-private --with-secrets\n" in pkm("export", "opml").err
    assert "pkm export opml --with-secrets\n" in pkm("export", "opml", "--with-private").err
    assert not pkm("export", "opml", "--with-private", "--with-secrets").err
