"""What is said of sources, as a user types it; a server that sees what comes of it."""

import json
import sys

import pytest

from pkm.rules.opmlread import read_opml
from support.feeds import numbered, rss
from support.server import Site
from support.tls import make_certificate


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(2)))
        one.serve("/other", rss(("B", "https://b.example/1"), title="Others"))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    pkm("follow", site.url("/other"))
    site.requests.clear()
    return pkm


def shown(pkm, word="notes"):
    return json.loads(pkm("source", "show", word, "--json").out)["sources"][0]


def outline(pkm):
    return next(
        one for one in read_opml((pkm.home / "sources.opml").read_bytes()).outlines if one.title == "On notes"
    )


def test_how_a_source_is_asked_is_set_written_down_sent_and_taken_back(here, site):
    code, _out, err = here(
        "source", "set", "notes", "--header", "accept-language: de", "--user-agent", "Reader/1", "--ipv4",
        "--interval", "6h", "--full", "auto", "--key-policy", "link", "--isolate",
    )  # fmt: skip
    assert (code, "undo: pkm undo" in err) == (0, True)
    here("pull", "notes")
    sent = site.requests[-1].headers
    assert (sent["accept-language"], sent["user-agent"]) == ("de", "Reader/1")
    line = outline(here)
    assert line.asking.headers == (("Accept-Language", "de"),)
    assert (line.interval_s, line.full, line.key_policy, line.isolate) == (21_600, "auto", 1, True)
    here("undo")
    line = outline(here)
    assert (line.asking.headers, line.interval_s, line.full, line.isolate) == ((), None, "never", False)
    here("source", "set", "notes", "--header", "X-A: b", "--interval", "2d", "--ipv4")
    here("source", "set", "notes", "--header", "none", "--interval", "none", "--no-ipv4")
    assert (outline(here).asking.headers, outline(here).interval_s) == ((), None)


def test_the_settings_come_back_when_the_store_is_made_again(here):
    here(
        "source",
        "set",
        "notes",
        "--user-agent",
        "Reader/1",
        "--interval",
        "6h",
        "--key-policy",
        "link",
        "--isolate",
    )
    before = outline(here)
    assert here("doctor", "--rebuild", "--yes").code == 0
    here("source", "set", "notes", "--why", "still here")
    after = outline(here)
    assert (after.asking, after.interval_s, after.key_policy, after.isolate) == (
        before.asking,
        before.interval_s,
        before.key_policy,
        before.isolate,
    )


def test_a_typed_token_is_kept_apart_sent_and_shown_nowhere(here, site):
    code, out, err = here("source", "set", "notes", "--header", "Authorization: Bearer hunter2")
    assert code == 0
    assert "kept apart" in err
    assert "private now" in err
    assert "hunter2" not in out + err
    here("pull", "notes")
    assert site.requests[-1].headers["authorization"] == "Bearer hunter2"
    assert shown(here)["private"] is True
    assert "hunter2" not in (here.home / "sources.opml").read_text()


def test_a_login_in_a_new_address_is_kept_apart(here, site):
    url = site.url("/feed", host="ada:hunter2@127.0.0.1")
    assert here("source", "set", "notes", "--url", url).code == 0
    here("pull", "notes")
    assert site.requests[-1].headers["authorization"].startswith("Basic ")
    assert shown(here)["url"] == site.url("/feed")
    assert "hunter2" not in (here.home / "sources.opml").read_text()


def test_a_command_tells_the_token_at_each_pull_and_nobody_else(here, site, tmp_path):
    script = tmp_path / "tell"
    script.write_text(f"#!{sys.executable}\nprint('hunter2')\n", encoding="utf-8")
    script.chmod(0o700)
    assert here("source", "set", "notes", "others", "--auth-cmd", str(script)).code == 0
    here("pull", "notes", "others")
    assert [seen.headers["authorization"] for seen in site.requests] == ["Bearer hunter2"] * 2
    here("source", "set", "notes", "--auth-cmd", "none")
    here("pull", "notes")
    assert "authorization" not in site.requests[-1].headers


def test_a_secret_that_nobody_set_is_asked_for_and_nothing_is_sent_until_then(here, site):
    _code, _out, err = here("source", "set", "notes", "--header", "X-Api-Key: secret:work")
    assert "pkm config secret set work" in err
    code, _out, err = here("pull", "notes")
    assert (code, site.requests) == (3, [])
    assert "pkm config secret set work" in err
    _code, _out, err = here("config", "secret", "set", "work", "-", stdin="hunter2\n")
    assert f"It goes to {site.url('')} and to no other server" in err
    here("pull", "notes")
    assert site.requests[-1].headers["x-api-key"] == "hunter2"


def test_a_list_that_was_edited_cannot_send_a_secret_elsewhere(here, site):
    here("config", "secret", "set", "work", "-", stdin="hunter2")
    here("source", "set", "notes", "--header", "X-Api-Key: secret:work")
    path = here.home / "sources.opml"
    with Site() as thief:
        thief.serve("/feed", rss(*numbered(1)))
        path.write_text(path.read_text().replace(site.url("/feed"), thief.url("/feed")))
        _code, _out, err = here("pull", "--all")
        assert thief.requests == []
        assert f"pkm config secret allow work {thief.url('')}" in err
        # What the user types is another matter.
        here("source", "set", "notes", "--url", thief.url("/feed"), "--why", "moved")
        here("config", "secret", "allow", "work", thief.url("/feed"))
        here("pull", "notes")
        assert thief.requests[-1].headers["x-api-key"] == "hunter2"


def test_a_list_of_somebody_else_sets_nothing_of_how_we_ask(here, site, tmp_path):
    site.serve("/third", rss(("C", "https://c.example/1"), title="Third"))
    path = tmp_path / "friend.opml"
    path.write_text(
        '<opml version="2.0" xmlns:pkm="urn:pkm-loop:opml"><body>'
        f'<outline xmlUrl="{site.url("/third")}" pkm:header-x-a="secret:work" pkm:proxy="http://evil.example"'
        ' pkm:insecure="true" pkm:ca="/etc/x.pem" pkm:user-agent="evil"/></body></opml>'
    )
    here("follow", str(path), "--allow-private")
    assert "x-a" not in site.requests[-1].headers
    assert site.requests[-1].headers["user-agent"].startswith("pkm/")
    assert "secret:work" not in (here.home / "sources.opml").read_text()


def test_an_authority_of_ones_own_is_trusted_for_one_source(here, tmp_path):
    certificate = make_certificate(tmp_path, "127.0.0.1")
    with Site(tls=certificate.server()) as safe:
        safe.serve("/feed", rss(("S", "https://s.example/1"), title="Safe"))
        here("source", "set", "notes", "--url", safe.url("/feed"))
        assert here("pull", "notes").code == 3
        assert here("source", "set", "notes", "--ca", str(certificate.cert)).code == 0
        assert here("pull", "notes").code == 0
        here("source", "set", "notes", "--ca", "none")
        _code, _out, err = here("source", "set", "notes", "--insecure")
        assert "nobody checks who answers" in err
        assert here("pull", "notes").code == 0


def test_several_sources_are_changed_muted_and_removed_at_once_and_undone_at_once(here):
    assert "2 sources: noted" in here("source", "set", "notes", "others", "--tag", "+design").err
    assert [one["tags"] for one in json.loads(here("source", "--json").out)["sources"]] == [["design"]] * 2
    here("undo")
    assert [one["tags"] for one in json.loads(here("source", "--json").out)["sources"]] == [[]] * 2
    assert "2 sources: muted" in here("source", "mute", "notes", "others").err
    assert "their 3 items stay" in here("source", "remove", "notes", "others").err
    here("undo")
    here("undo")
    assert [one["health"] for one in json.loads(here("source", "--json").out)["sources"]] == ["ok", "ok"]


def test_a_source_that_is_removed_keeps_what_was_written_and_comes_back_whole(here, site):
    row = json.loads(here("seek", "--json", "--limit", "1").out)["items"][0]
    here("keep", row["id"], "-m", "a sentence of my own here")
    here("source", "set", "notes", "--header", "Authorization: Bearer hunter2", "--why", "for work")
    here("source", "remove", "notes")
    assert json.loads(here("find", "sentence", "--json").out)["found"]
    here("undo")
    here("pull", "notes")
    assert site.requests[-1].headers["authorization"] == "Bearer hunter2"
    assert shown(here)["why"] == "for work"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("notes",), 2),
        (("notes", "--header", "no colon hunter2"), 2),
        (("notes", "--header", "Cookie: hunter2"), 2),
        (("notes", "--proxy", "socks5://ada:hunter2@p"), 2),
        (("notes", "--interval", "5min"), 2),
        (("notes", "--full", "sometimes"), 2),
        (("notes", "--key-policy", "hunch"), 2),
        (("notes", "--ca", "/nowhere/ca.pem"), 2),
        (("notes", "--auth-cmd", "'"), 2),
        (("notes", "--auth-cmd", "no-such-program-here"), 2),
        (("notes", "others", "--url", "https://a.example/"), 2),
        (("notes", "nobody", "--tag", "x"), 1),
    ],
)
def test_words_that_cannot_be_said_change_nothing(here, words, code):
    before = (here.home / "sources.opml").read_bytes()
    answer = here("source", "set", *words)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")
    assert "hunter2" not in answer.err
    assert (here.home / "sources.opml").read_bytes() == before
    assert not (here.home / ".pkm" / "secrets.toml").exists()


def test_a_login_in_an_address_that_is_followed_is_kept_apart_at_once(here, site, tmp_path):
    site.serve("/mine", rss(("M", "https://m.example/1"), title="Mine"))
    url = site.url("/mine", host="ada:hunter2@127.0.0.1")
    code, out, err = here("follow", url)
    assert code == 0
    assert "hunter2" not in out + err
    assert shown(here, "mine")["private"] is True
    path = tmp_path / "mine.opml"
    other = url.replace("/mine", "/third")
    site.serve("/third", rss(("T", "https://t.example/1"), title="Third"))
    path.write_text(f'<opml><body><outline xmlUrl="{url}"/><outline xmlUrl="{other}"/></body></opml>')
    for _ in range(2):
        assert here("follow", str(path), "--allow-private").code == 0
    assert len(json.loads(here("source", "--json").out)["sources"]) == 4
    site.requests.clear()
    here("pull", "--all")
    sent = {seen.path: seen.headers.get("authorization", "") for seen in site.requests}
    assert sent["/mine"] == sent["/third"] == "Basic YWRhOmh1bnRlcjI="
    assert "hunter2" not in (here.home / "sources.opml").read_text()
    assert b"hunter2" not in (here.home / ".pkm" / "store.db").read_bytes()


def test_making_the_store_again_leaves_the_secrets(here, site):
    here("source", "set", "notes", "--header", "Authorization: Bearer hunter2")
    assert here("doctor", "--rebuild", "--yes").code == 0
    site.requests.clear()
    here("pull", "notes")
    assert site.requests[-1].headers["authorization"] == "Bearer hunter2"
