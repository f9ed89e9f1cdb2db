import json

import pytest

from pkm.shelf import locks
from support.feeds import numbered, rss
from support.server import Site


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(9)), etag='"v1"')
        one.serve("/other", rss(("Other", "https://b.example/o"), title="Links", day=21))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/other"))
    pkm("follow", site.url("/feed"), "--tie", "strong")
    return pkm


def test_the_document_is_that_of_the_contract(here, site):
    code, out, _err = here("seek", "--json", "--all", "--limit", "0")
    document = json.loads(out)
    assert code == 0
    assert document["schema"] == "pkm.items/1"
    assert len(document["items"]) == 10
    one = next(item for item in document["items"] if item["title"] == "Item 0")
    assert (one["url"], one["state"], one["because"], one["notes"]) == (
        "https://a.example/0",
        "new",
        ["strong tie"],
        [],
    )
    assert one["published"] == "2026-03-22T23:00:00Z"
    assert one["source"] == {
        "id": one["source"]["id"],
        "url": site.url("/feed"),
        "title": "On notes",
        "space": None,
        "tie": "strong",
    }
    assert {"authors", "via"} <= set(one)


def test_a_person_sees_numbers_reasons_and_what_to_type_next(here):
    code, out, _err = here("seek", "--no-pull", terminal=True, columns=100)
    assert code == 0
    assert "strong tie" in out
    assert "and 2 more: pkm seek --source" in out
    assert "Next: pkm keep 1 · pkm read 1 · pkm drop rest" in out


def test_numbers_mean_the_rows_shown_and_rest_what_is_undecided(here):
    here("seek", "--no-pull")
    assert here("keep", "1").code == 0
    code, _out, err = here("drop", "rest")
    assert (code, "let go 3 items" in err) == (0, True)
    states = {
        item["state"] for item in json.loads(here("seek", "--json", "--all", "--limit", "0").out)["items"]
    }
    assert states == {"kept", "new", "let-go"}
    [kept] = [
        item
        for item in json.loads(here("seek", "--json", "--all", "--limit", "0").out)["items"]
        if item["state"] == "kept"
    ]
    assert kept["title"] in {"Item 0", "Other"}


def test_folded_rows_are_never_part_of_rest(here):
    here("seek")
    here("drop", "rest")
    left = json.loads(here("seek", "--json").out)["items"]
    assert len(left) == 2


def test_on_a_terminal_what_is_due_is_fetched_first(here, site):
    site.serve("/feed", rss(("Fresh", "https://a.example/fresh"), *numbered(9)), etag='"v2"')
    assert "Fresh" not in here("seek").out
    assert "Fresh" in here("seek", terminal=True).out


def test_a_slow_source_costs_no_more_than_the_users_patience(here, site):
    answered = []
    site.play("/other", lambda _seen, wire: answered.append(wire.pause(60)))
    code, out, err = here("seek", "--patience", "0.5", terminal=True)
    assert answered == []  # it went on while the source was still silent
    assert (code, "Item 0" in out) == (0, True)
    assert "1 not asked yet: pkm pull" in err


def test_beside_a_running_pull_it_shows_what_is_there(here):
    with locks.pulling(here.home / ".pkm"):
        code, out, err = here("seek", terminal=True)
    assert (code, "Item 0" in out) == (0, True)
    assert "Another pull" in err


def test_nothing_new_says_what_to_type(pkm):
    pkm("init")
    code, out, err = pkm("seek")
    assert (code, out) == (0, "")
    assert "pkm follow URL" in err


def test_nothing_that_answers_is_no_failure(here):
    code, _out, err = here("seek", "nosuchword")
    assert code == 0
    assert "--all" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--since", "soon"), 2), (("--source", "nobody"), 1), (("--space", "moon"), 2), (("--limit", "-1"), 2)],
)
def test_bad_words_are_told(here, words, code):
    answer = here("seek", *words)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")


def test_a_word_with_one_dash_is_a_term(here):
    titles = [item["title"] for item in json.loads(here("seek", "item", "-item0", "--json").out)["items"]]
    assert "Item 0" in titles
    titles = [item["title"] for item in json.loads(here("seek", "words", "-other", "--json").out)["items"]]
    assert "Other" not in titles
    assert titles


def test_below_sixty_columns_records_are_stacked_and_nothing_is_cut(here):
    out = here("seek", "--no-pull", terminal=True, columns=40).out
    assert "title: Item 0" in out
    assert "and 2 more: pkm seek --source" in out


def test_without_a_terminal_or_session_no_numbers_are_printed(here):
    here.setenv(PKM_SESSION="")
    first = here("seek").out.splitlines()[0].split("\t")
    assert first[1].startswith("i-")


def test_chance_says_so(here):
    [item] = json.loads(here("seek", "--random", "1", "--json").out)["items"]
    assert "by chance" in item["because"]


def test_one_by_one_each_key_is_stored_at_once(here):
    code, _out, err = here("seek", "-i", "--no-pull", terminal=True, stdin="kd\nq")
    assert code == 0
    assert "kept 1, let go 1" in err
    states = [
        item["state"] for item in json.loads(here("seek", "--json", "--all", "--limit", "0").out)["items"]
    ]
    assert (states.count("kept"), states.count("let-go")) == (1, 5)


def test_one_by_one_needs_a_terminal(here):
    code, _out, err = here("seek", "-i")
    assert (code, "pkm keep ID" in err) == (2, True)


def test_hostile_titles_do_nothing_to_the_terminal(pkm, site):
    pkm("init")
    site.serve("/evil", rss(("\x9b31mred \u202eoops", "https://c.example/1"), title="[/bold] [red]x"))
    pkm("follow", site.url("/evil"))
    out = pkm("seek", "--no-pull", terminal=True, columns=90).out
    assert "\x9b" not in out
    assert "\u202e" not in out
    assert "[red]x" in out


def test_a_list_of_what_is_decided_does_not_ask_to_decide_it_again(here):
    here("seek", "--no-pull", "--limit", "0")
    here("drop", "rest")
    here("drop", "--older", "0d", "--yes")
    _code, out, _err = here("seek", "--no-pull", "--all", "--limit", "3", terminal=True, columns=100)
    assert "more: pkm seek --all --limit 0" in out
    assert "Next: pkm read 1" in out
    assert "drop rest" not in out
