import json

import pytest

from pkm.rules.opmlread import read_opml
from support.feeds import numbered, rss
from support.server import Site


@pytest.fixture(scope="module")
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(2)))
        one.serve("/feed?token=0123456789abcdef", rss(("S", "https://s.example/1"), title="Secret"))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    return pkm


def source(pkm, *words):
    return json.loads(pkm("source", "--json", *words).out)["sources"][0]


def outline(pkm):
    return read_opml((pkm.home / "sources.opml").read_bytes()).outlines[0]


def test_the_document_is_that_of_the_contract(here, site):
    one = source(here)
    wanted = {"id", "url", "title", "space", "tie", "stance", "why", "health"}
    assert wanted <= set(one)
    assert (one["url"], one["title"], one["space"], one["tie"], one["health"]) == (
        site.url("/feed"),
        "On notes",
        None,
        "unknown",
        "ok",
    )


def test_what_is_said_of_a_source_is_stored_and_written_into_the_file(here):
    code, _out, err = here(
        "source", "set", "notes", "--space", "network", "--tie", "strong", "--stance", "mixed",
        "--why", "How teams decide", "--tag", "+a", "--tag", "b", "--folder", "Work/Design", "--title", "N",
    )  # fmt: skip
    assert (code, "undo: pkm undo" in err) == (0, True)
    one, line = source(here), outline(here)
    assert (one["space"], one["tie"], one["stance"], one["why"]) == (
        "network",
        "strong",
        "mixed",
        "How teams decide",
    )
    assert (line.title, line.tags, line.folders) == ("N", ("a", "b"), (("Work", "Design"),))
    here("source", "set", "N", "--tag", "-a", "--space", "none", "--why", "", "--folder", "")
    one = source(here)
    assert (one["tags"], one["space"], one["why"], one["folders"]) == (["b"], None, None, [])
    here("undo")
    assert source(here)["tags"] == ["a", "b"]


def test_remove_keeps_the_items_says_how_many_and_can_be_taken_back(here):
    code, _out, err = here("source", "remove", "notes")
    assert code == 0
    assert "its 2 items stay" in err
    assert json.loads(here("source", "--json").out)["sources"] == []
    assert len(json.loads(here("seek", "--json").out)["items"]) == 2
    here("undo")
    assert source(here)["title"] == "On notes"


def test_a_muted_source_is_not_asked(here, site):
    here("source", "mute", "notes")
    assert source(here)["health"] == "muted"
    site.requests.clear()
    here("pull")
    assert site.requests == []
    here("source", "unmute", "notes")
    here("pull")
    assert site.paths() == ["/feed"]


def test_a_source_with_a_secret_shows_none_and_stays_private(here, site):
    here("follow", site.url("/feed?token=0123456789abcdef"))
    for words in (
        ("source",),
        ("source", "show", "Secret"),
        ("source", "--json"),
        ("pull",),
        ("pull", "--json"),
    ):
        answer = here(*words)
        assert "0123456789abcdef" not in answer.out + answer.err
    assert here("source", "set", "Secret", "--no-private").code == 5


def test_a_failing_source_says_why_and_what_to_type(here, site):
    site.serve("/bad", rss(("B", "https://b.example/1"), title="Bad"))
    here("follow", site.url("/bad"))
    site.serve("/bad", status=404)
    here("pull")
    [one] = json.loads(here("source", "list", "--failing", "--json").out)["sources"]
    assert one["health"] == "failing"
    assert "404" in one["error"]["message"]
    assert f"pkm source set {one['id']} --url" in one["error"]["hint"]
    assert "404" in here("source", "--failing", terminal=True, columns=100).out


def test_one_source_is_shown_whole(here):
    out = here("source", "show", "notes", terminal=True, columns=80).out
    assert "On notes" in out
    assert "items" in out
    assert json.loads(here("source", "show", "notes", "--json").out)["sources"][0]["items"] == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "nobody"), 1),
        (("set", "notes", "--space", "moon"), 2),
        (("set", "notes", "--tie", "iron"), 2),
        (("set", "notes", "--url", "file:///x"), 2),
        (("remove", "nobody"), 1),
        (("nosuchverb",), 2),
        (("set", "notes", "--tag", "+"), 2),
    ],
)
def test_bad_words_are_told_in_three_parts(here, words, code):
    answer = here("source", *words)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")


def test_two_sources_cannot_have_one_address(here, site):
    site.serve("/two", rss(("B", "https://b.example/1"), title="Two"))
    here("follow", site.url("/two"))
    code, _out, err = here("source", "set", "Two", "--url", site.url("/feed"))
    assert (code, "On notes" in err) == (5, True)


def test_captures_are_the_users_own(here):
    here("add", "--talk", "somebody said something")
    assert here("source", "remove", "captures").code == 5
    assert here("pull", "captures").code == 1
    assert len(json.loads(here("source", "--all", "--json").out)["sources"]) == 2


def test_a_person_reads_the_list_without_addresses_cut_in_two(here, site):
    here("follow", site.url("/feed"))

    shown = here("source", terminal=True, columns=60).out

    assert "http" not in shown
    assert "On notes" in shown
    assert "pkm source show ID" in shown
    assert site.url("/feed") in here("source").out
