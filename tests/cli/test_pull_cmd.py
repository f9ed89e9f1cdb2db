import json

import pytest

from pkm.shelf import locks
from support.feeds import numbered, rss
from support.server import Site


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(2)), etag='"v1"')
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    return pkm


def failing(pkm, site, *, also_good=True):
    site.serve("/bad", rss(("B", "https://b.example/b"), title="Bad"))
    pkm("follow", site.url("/bad"))
    site.serve("/bad", status=500)
    if not also_good:
        site.serve("/feed", status=500)


def test_the_document_is_that_of_the_contract(here, site):
    failing(here, site)
    site.serve("/feed", rss(("Fresh", "https://a.example/f"), *numbered(2)), etag='"v2"')
    code, out, _err = here("pull", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["schema"] == "pkm.pull/1"
    assert document["totals"] == {"sources": 2, "new": 1, "revised": 0, "failed": 1}
    by_url = {one.pop("url"): one for one in document["sources"]}
    good, bad = by_url[site.url("/feed")], by_url[site.url("/bad")]
    assert set(good) == {"id", "status", "new", "revised", "rekeyed", "error"}
    assert (good["status"], good["new"], good["error"]) == ("new", 1, None)
    assert bad["status"] == "failed"
    assert set(bad["error"]) == {"kind", "message", "hint"}


def test_a_person_is_told_what_failed_why_and_what_to_type(here, site):
    failing(here, site)
    code, _out, err = here("pull", terminal=True)
    assert code == 0
    assert "failed: Bad: " in err
    assert "1 unchanged" in err


def test_all_failed_is_exit_3_and_strict_makes_one_enough(here, site):
    failing(here, site)
    assert here("pull", "--strict").code == 3
    site.serve("/feed", status=500)
    code, _out, err = here("pull")
    assert code == 3
    assert "pkm source list --failing" in err


def test_a_quiet_pull_says_nothing_when_all_is_well_or_may_pass(here, site):
    failing(here, site)
    for _ in range(4):
        assert here("pull", "--quiet") == (0, "", "")
    code, out, err = here("pull", "--quiet")
    assert (code, out) == (0, "")
    assert err.startswith("failed: Bad")
    assert here("pull", "--quiet") == (0, "", "")


def test_a_quiet_pull_speaks_of_a_refused_login_once(here, site):
    site.serve("/feed", status=401)
    assert "401" in here("pull", "--quiet").err
    assert here("pull", "--quiet") == (3, "", "")


def test_beside_a_running_pull_it_ends_with_busy(here):
    with locks.pulling(here.home / ".pkm"):
        code, _out, err = here("pull")
        assert code == 11
        assert "process" in err


def test_nothing_due_is_no_failure(here):
    here.setenv(PKM_PULL_LOOPBACK="polite")
    here("pull")
    code, _out, err = here("pull")
    assert code == 0
    assert "pkm pull --all" in err


def test_nothing_followed_says_what_to_type(pkm):
    pkm("init")
    code, _out, err = pkm("pull")
    assert (code, "pkm follow URL" in err) == (0, True)
    assert json.loads(pkm("pull", "--json").out)["totals"]["sources"] == 0


def test_a_source_named_is_asked_whether_due_or_not(here, site):
    here.setenv(PKM_PULL_LOOPBACK="polite")
    here("pull")
    site.requests.clear()
    assert here("pull", "notes").code == 0
    assert site.paths() == ["/feed"]
    assert here("pull", "nobody").code == 1


def test_our_name_stands_in_each_request(here, site):
    here.setenv(PKM_PULL_USER_AGENT_CONTACT="me@a.example\r\nX: y")
    here("pull")
    agent = site.requests[-1].headers["user-agent"]
    assert agent.startswith("pkm/")
    assert "+me@a.example X: y; feed reader" in agent


def test_a_pipe_gets_a_row_for_each_source(here, site):
    _code, out, _err = here("pull")
    [row] = [line.split("\t") for line in out.splitlines()]
    assert (row[0], row[4]) == ("unchanged", site.url("/feed"))


def test_behind_a_proxy_it_is_said_what_cannot_be_checked(pkm, home):
    text = '<opml version="2.0"><body><outline text="S" xmlUrl="http://s.example/feed"/></body></opml>'
    (home / "sources.opml").write_text(text, encoding="utf-8")
    pkm.setenv(http_proxy="http://127.0.0.1:9")

    assert "a proxy is set" in pkm("pull").err
    assert "a proxy is set" not in pkm("pull", "--all", "--quiet").err
    assert "a proxy is set" not in pkm("add", "--talk", "Ana: they kept the log").err


def test_a_quiet_pull_beside_another_is_silent_unless_that_one_hangs(here):
    note = here.home / ".pkm" / "pull.lock.holder"
    with locks.pulling(here.home / ".pkm"):
        assert here("pull", "--quiet") == (11, "", "")
        begun = json.loads(note.read_text(encoding="utf-8"))
        note.write_text(json.dumps({**begun, "since": begun["since"] - 3 * 86_400}), encoding="utf-8")
        code, _, err = here("pull", "--quiet")
        assert code == 11
        assert f"process {begun['pid']}, since 20" in err
        note.unlink()
        assert "did not say" in here("pull", "--quiet").err
