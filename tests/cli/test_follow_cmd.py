import json

import pytest

from support.cli import child, clean_environ
from support.feeds import numbered, rss
from support.server import Site

HTML = {"Content-Type": "text/html"}


@pytest.fixture(scope="module")
def site():
    with Site() as here:
        here.serve("/feed", rss(*numbered(9)), etag='"v1"')
        here.serve(
            "/page", "<link rel=alternate type=application/rss+xml href=/feed title=Notes>", headers=HTML
        )
        here.serve(
            "/several",
            "<link rel=alternate type=application/rss+xml href=/feed title=Notes>"
            "<link rel=alternate type=application/rss+xml href=/other title=Links>",
            headers=HTML,
        )
        here.serve("/other", rss(("Link", "https://b.example/1"), title="Links"))
        here.serve("/bare", "<html><body>none</body></html>", headers=HTML)
        yield here


@pytest.fixture
def here(pkm):
    pkm("init")
    return pkm


def test_a_page_leads_to_its_feed_and_says_how_many_items_wait(here, site):
    code, out, err = here("follow", site.url("/page"), terminal=True)
    assert code == 0
    assert out.splitlines() == [
        "On notes",
        f"  found {site.url('/feed')}",
        "  9 items: 5 wait for you, 4 went to the archive",
    ]
    assert err == "Next: pkm seek\n"


def test_a_program_gets_the_source_as_the_list_shows_it(here, site):
    document = json.loads(here("follow", site.url("/feed"), "--space", "team", "--json").out)
    [source] = document["sources"]
    assert document["schema"] == "pkm.sources/1"
    assert (source["title"], source["space"], source["tie"], source["items"]) == (
        "On notes",
        "team",
        "unknown",
        9,
    )


def test_all_that_is_said_while_following_stands_in_the_file_and_is_taken_back_by_undo(here, site):
    words = ("--space", "network", "--tie", "weak", "--stance", "mixed", "--why", "for decisions")
    order = ("--folder", "Work/Design", "--folder", "Later", "--tag", "#a", "--tag", "b c")
    assert here("follow", site.url("/feed"), *words, *order).code == 0
    [source] = json.loads(here("source", "--json").out)["sources"]
    assert (source["space"], source["tie"], source["stance"], source["why"]) == (
        "network",
        "weak",
        "mixed",
        "for decisions",
    )
    assert (source["folders"], source["tags"]) == (["Later", "Work/Design"], ["a", "b c"])
    text = (here.home / "sources.opml").read_text(encoding="utf-8")
    assert text.count(site.url("/feed")) == 2
    assert 'category="a,b c"' in text
    assert here("undo").code == 0
    assert site.url("/feed") not in (here.home / "sources.opml").read_text(encoding="utf-8")
    assert json.loads(here("source", "--json").out)["sources"] == []
    for wrong in (("--space", "moon"), ("--tie", "x"), ("--stance", "x"), ("--folder", "/"), ("--pick", "0")):
        assert here("follow", site.url("/feed"), *wrong).code == 2


def test_what_is_said_of_a_source_that_is_there_is_taken_back_by_undo(here, site):
    here("follow", site.url("/feed"), "--why", "first")
    here("follow", site.url("/feed"), "--why", "second", "--folder", "Work")
    assert here("undo").code == 0
    [source] = json.loads(here("source", "--json").out)["sources"]
    assert (source["why"], source["folders"]) == ("first", [])


def test_what_is_followed_already_is_no_error_and_takes_what_is_said(here, site):
    here("follow", site.url("/feed"))
    code, _out, err = here("follow", site.url("/feed"), "--tie", "strong", "--why", "for decisions")
    assert code == 0
    assert "already" in err
    [source] = json.loads(here("source", "--json").out)["sources"]
    assert (source["tie"], source["why"]) == ("strong", "for decisions")


def test_several_feeds_end_with_the_numbered_list_and_the_flag(here, site):
    code, _out, err = here("follow", site.url("/several"))
    assert code == 2
    assert f"2  Links  {site.url('/other')}" in err
    assert "--pick 1" in err
    code, out, _err = here("follow", site.url("/several"), "--pick", "2")
    assert (code, "Links" in out) == (0, True)
    assert here("follow", site.url("/several"), "--pick", "9").code == 2


def test_the_numbers_of_the_choices_can_be_typed_as_the_next_line(here, site):
    err = here("follow", site.url("/several")).err
    assert "pkm follow 1" in err
    code, out, _err = here("follow", "2", "--tag", "links")
    assert (code, "Links" in out) == (0, True)
    code, out, _err = here("follow", "1-2")
    assert (code, out.count("Links")) == (0, 1)
    assert here("follow", "3").code == 1
    here("seek")
    code, _out, err = here("follow", "1")
    assert code == 2
    assert "pkm seek" in err


def test_a_picked_feed_of_a_page_may_not_be_on_another_private_host(here, site):
    with Site("127.0.0.2") as inner:
        inner.serve("/feed", rss(*numbered(1)))
        link = "<link rel=alternate type=application/rss+xml href={} title=X>"
        site.serve("/leads", link.format(inner.url("/feed")) + link.format("/feed"), headers=HTML)
        here("follow", site.url("/leads"))
        assert here("follow", "1").code == 5
        assert inner.requests == []
        assert here("follow", "2").code == 0
        assert here("follow", site.url("/leads"), "--pick", "1", "--allow-private").code == 0
        assert inner.paths() == ["/feed"]


def test_choices_that_are_too_long_for_the_terminal_stand_on_two_lines(here, site):
    wide = here("follow", site.url("/several"), columns=100).err
    assert f"2  Links  {site.url('/other')}" in wide
    narrow = here("follow", site.url("/several"), columns=30).err
    assert f"2  Links\n   {site.url('/other')}" in narrow


def test_a_program_gets_the_choices(here, site):
    code, out, err = here("follow", site.url("/several"), "--json")
    assert code == 2
    [choice] = json.loads(out)["choices"]
    assert choice["feeds"][1] == {"number": 2, "title": "Links", "url": site.url("/other")}
    assert json.loads(err)["error"]["kind"] == "answer-needed"


def test_rules_of_ones_own_are_read_from_the_home_and_told_with_their_line(here, site):
    rules = here.home / "sites.yaml"
    rules.write_text(
        "sites:\n- name: Mine\n  hosts: [127.0.0.1]\n  path: /people/{who}\n"
        "  feeds: [{title: all, url: '{origin}/{who}ed'}]\n",
        encoding="utf-8",
    )
    site.requests.clear()
    code, out, _err = here("follow", site.url("/people/fe"), terminal=True)
    assert (code, out.splitlines()[0]) == (0, "On notes")
    assert site.paths() == ["/feed"]
    rules.write_text("sites:\n- name: Mine\n  hosts: [127.0.0.1]\n", encoding="utf-8")
    code, _out, err = here("follow", site.url("/people/fe"))
    assert code == 2
    assert f"{rules}, line 2: the rule has no feeds" in err


def test_on_a_terminal_the_number_is_asked_for(here, site):
    code, out, err = here("follow", site.url("/several"), terminal=True, stdin="7\n2\n")
    assert (code, "Links" in out) == (0, True)
    assert err.count("Which one?") == 2


@pytest.mark.parametrize(
    ("path", "exit_code", "hint"),
    [("/bare", 3, "pkm add"), ("/gone", 3, "pkm follow"), ("/feed.opml/x", 3, "pkm follow")],
)
def test_what_is_no_feed_is_told_in_three_parts(here, path, exit_code, hint):
    with Site() as nowhere:
        nowhere.serve("/bare", "<html><body>none</body></html>", headers=HTML)
        code, out, err = here("follow", nowhere.url(path))
    assert (code, out) == (exit_code, "")
    assert err.startswith("pkm: ")
    assert hint in err


def test_dead_hosts_folders_and_missing_files_say_what_to_type(here, tmp_path):
    assert here("follow", "http://127.0.0.1:9/feed").code == 3
    assert here("follow", str(tmp_path)).code == 2
    assert here("follow", str(tmp_path / "no.opml")).code == 1
    assert here("follow", "word").code == 2
    bomb = tmp_path / "bomb.opml"
    bomb.write_text('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', encoding="utf-8")
    assert here("follow", str(bomb)).code == 5


def test_one_address_that_fails_does_not_stop_the_next(here, site):
    code, out, err = here("follow", site.url("/gone"), site.url("/feed"))
    assert code == 3
    assert "On notes" in out
    assert "404" in err


def test_a_dry_run_stores_nothing(here, site):
    assert here("follow", site.url("/feed"), "--dry-run").code == 0
    assert json.loads(here("source", "--json").out)["sources"] == []


def test_a_list_with_addresses_of_ones_own_is_followed_again_with_the_flag_and_they_are_asked(
    here, site, tmp_path
):
    path = tmp_path / "mine.opml"
    path.write_text(
        f'<opml version="2.0"><body><outline type="rss" text="A" xmlUrl="{site.url("/feed")}"/></body></opml>',
        encoding="utf-8",
    )
    code, _, err = here("follow", str(path))
    assert code == 3
    assert f"pkm follow {path} --allow-private" in err

    code, _, err = here("follow", str(path), "--allow-private")
    assert code == 0
    assert "1 private address allowed now" in err
    assert "Next: pkm seek" in err


def test_a_list_is_followed_and_pulled_and_private_hosts_need_leave(here, site, tmp_path):
    path = tmp_path / "list.opml"
    path.write_text(
        f'<opml version="2.0"><body><outline text="F"><outline type="rss" text="A" xmlUrl="{site.url("/feed")}"/>'
        f'</outline><outline type="rss" text="B" xmlUrl="{site.url("/gone")}"/></body></opml>',
        encoding="utf-8",
    )
    code, _out, err = here("follow", str(path))
    assert code == 3
    assert "private" in err
    here("undo")
    code, _out, err = here("follow", str(path), "--allow-private")
    assert code == 0
    assert "9 items from 1 source" in err
    assert "404" in err


def test_a_home_followed_by_hand_in_the_file_is_pulled(here, site):
    (here.home / "sources.opml").write_text(
        f'<opml version="2.0" xmlns:pkm="https://pkm.example/ns"><body><outline type="rss" text="A" '
        f'xmlUrl="{site.url("/feed")}" pkm:private-host="true"/></body></opml>',
        encoding="utf-8",
    )
    document = json.loads(here("pull", "--json").out)
    assert document["totals"] == {"sources": 1, "new": 9, "revised": 0, "failed": 0}


def test_it_works_in_a_process_of_its_own_with_a_poor_locale(site, tmp_path):
    environ = clean_environ(PKM_HOME=str(tmp_path / "home")) | {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    assert child(["init"], environ).returncode == 0
    done = child(["follow", site.url("/feed")], environ)
    assert done.returncode == 0, done.stderr
    assert child(["seek"], environ).returncode == 0


def test_a_feed_behind_a_login_is_told_with_a_line_that_follows_it(here, site):
    site.serve("/login?token=0123456789abcdef&a=1", status=401, headers={"WWW-Authenticate": "Basic"})

    code, _, err = here("follow", site.url("/login?token=0123456789abcdef&a=1"))

    assert code == 4
    assert f"pkm follow http://NAME:PASSWORD@127.0.0.1:{site.port}/login?a=1" in err
    assert "0123456789abcdef" not in err
