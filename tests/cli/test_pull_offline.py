"""Pulls without a network, and what a polite pull says of hosts that want quiet.

The way out is a proxy that nobody answers at, so no name is looked up anywhere.
"""

import json

import pytest

from support.feeds import numbered, rss
from support.server import Site

LIST = """<opml version="2.0"><body>
<outline type="rss" text="A" xmlUrl="http://a.example/feed"/>
<outline type="rss" text="B" xmlUrl="http://b.example/feed"/>
<outline type="rss" text="C" xmlUrl="http://c.example/feed"/>
</body></opml>"""


@pytest.fixture
def offline(pkm, tmp_path):
    pkm("init")
    pkm.setenv(http_proxy="http://127.0.0.1:9", no_proxy="")
    (tmp_path / "list.opml").write_text(LIST)
    told = pkm("follow", str(tmp_path / "list.opml"))
    assert told.code == 3
    assert "3 newly followed" in told.err
    assert "no network" in told.err
    return pkm


def test_without_a_network_one_sentence_is_told_and_nothing_is_counted(offline):
    code, out, err = offline("pull")
    assert (code, out) == (3, "")
    assert err.count("no network") == 1
    assert "nothing was counted against any source" in err
    assert "http_proxy" in err
    assert "No source fails" in offline("source", "list", "--failing").err
    assert all(one["checked"] is None for one in json.loads(offline("source", "--json").out)["sources"])


def test_cron_hears_nothing_of_it_but_the_exit_code(offline):
    assert offline("pull", "--quiet") == (3, "", "")


def test_programs_get_the_document_and_the_error(offline):
    code, out, err = offline("pull", "--json")
    assert code == 3
    assert json.loads(out)["totals"] == {"sources": 0, "new": 0, "revised": 0, "failed": 0}
    assert json.loads(err.splitlines()[-1])["error"]["kind"] == "offline"


def test_seek_shows_what_is_here_all_the_same(offline):
    offline("add", "--talk", "Ana told me of seeds")
    code, out, err = offline("seek", terminal=True)
    assert code == 0
    assert "no network" in err + out


def test_a_host_that_wants_quiet_is_named_and_a_program_sees_that_it_was_skipped(pkm):
    with Site() as site:
        pkm("init")
        for name in ("one", "two"):
            site.serve(f"/{name}", rss(*numbered(1, host=f"https://{name}.example"), title=name))
            pkm("follow", site.url(f"/{name}"))
        for name in ("one", "two"):
            site.serve(f"/{name}", status=429, headers={"Retry-After": "7200"})
        pkm("pull", "one")
        asked = len(site.requests)
        code, out, err = pkm("pull", "--json")
        assert code == 0
        assert [one["status"] for one in json.loads(out)["sources"]] == ["skipped"]
        assert "asked us to wait until" in json.loads(out)["sources"][0]["error"]["message"]
        assert len(site.requests) == asked
        assert "Traceback" not in err


def test_a_feed_that_ended_is_told_once_and_shown_as_parked(pkm, tmp_path):
    ended = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "expired": true, "items": [{"id": 1}]}'
    )
    with Site() as site:
        pkm("init")
        (tmp_path / "one.opml").write_text(
            f'<opml version="2.0"><body><outline text="Old" xmlUrl="{site.serve("/f", ended)}"/></body></opml>'
        )
        told = pkm("follow", str(tmp_path / "one.opml"), "--allow-private")
        assert "Old: the feed says that it has ended, so it is asked no more" in told.err
        asked = len(site.requests)
        assert "ended" not in pkm("pull", "--all").err
        assert len(site.requests) == asked
        shown = pkm("source", "show", "Old").out
        assert "parked" in shown
        assert "by name alone: it is parked" in shown
        pkm("pull", "Old")
        assert len(site.requests) == asked + 1
