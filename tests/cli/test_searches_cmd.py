import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item


@pytest.fixture
def shelf(home):
    with opened(homes.at(home), now=Clock()) as one:
        stored_item(one, title="Alpha one", url="https://example.org/1", html="<p>one</p>")
        stored_item(one, title="Beta two", url="https://example.org/2", html="<p>two</p>")
        yield one


def test_a_search_is_saved_used_listed_and_taken_away(pkm, home, shelf):
    assert (
        "saved in searches/mine.txt"
        in pkm("find", "alpha", "OR", "gamma", "--in", "items", "--save", "mine").err
    )
    assert (home / "searches" / "mine.txt").read_text() == "(alpha OR gamma) in:items\n"

    assert pkm("find", "@mine").out.count("Alpha one") == 1
    assert "Alpha one" in pkm("seek", "@mine", "--no-pull").out
    assert "Beta" not in pkm("seek", "@mine", "--no-pull").out
    assert pkm("searches").out == "mine\t(alpha OR gamma) in:items\tsearches/mine.txt\n"
    assert json.loads(pkm("searches", "--json").out)["searches"] == [
        {"name": "mine", "query": "(alpha OR gamma) in:items", "path": "searches/mine.txt"}
    ]
    assert "removed searches/mine.txt" in pkm("searches", "rm", "@mine").err
    assert "pkm find WORDS --save NAME" in pkm("searches").err
    assert pkm("undo").code == 0
    assert pkm("find", "@mine").out


def test_a_search_that_nobody_saved_is_named_as_such(pkm, shelf):
    code, out, err = pkm("find", "@nobody")

    assert (code, out) == (1, "")
    assert "there is no saved search 'nobody'" in err
    assert pkm("find", "alpha OR @nobody").code == 0
    assert pkm("searches", "rm", "nobody").code == 1


def test_a_rule_may_name_a_saved_search(pkm, home, shelf):
    pkm("find", "alpha", "--save", "mine")
    rules = home / "rules.yaml"
    rules.write_text('- when: "@mine"\n  do: hide\n')

    assert "Alpha one" in pkm("rules", "test", "1", "--since", "2020").out
    rules.write_text('- when: "@other"\n  do: hide\n')
    assert "there is no saved search 'other'" in pkm("rules", "list").err + pkm("doctor").out
    rules.write_text('- when: "/a+/"\n  do: hide\n')
    assert "a rule cannot ask for /a+/" in pkm("rules", "list").err + pkm("doctor").out


def test_options_say_what_keys_say(pkm, shelf):
    assert pkm("find", "one OR two", "--sort", "old").out.splitlines()[0].split("\t")[2] == "Alpha one"
    assert pkm("find", "alpha", "--in", "notes").out == ""
    assert pkm("find", "alpha", "--is", "unread").out
    assert pkm("find", "alpha", "--has", "nonsense").code == 2
    assert pkm("find", "alpha", "--sort", "loudest").code == 2
    assert pkm("find", "alpha", "--until", "2020", "--tag", "x", "--source", "y", "--since", "1d").out == ""


def test_what_may_surprise_is_said(pkm, shelf):
    assert "'feed:x' is read as source:x" in pkm("find", "feed:x").err
    assert "did you mean tag:x?" in pkm("find", "tga:x").err
    assert json.loads(pkm("find", "tga:x", "--json").out)["hints"]
    assert "words " in pkm("find", "alpha", "--explain").out.splitlines()[0].split("\t")[5]


def test_every_form_stands_in_the_help(pkm):
    told = pkm("help", "query").out

    assert "links-to:NOTE" in told
    assert "[status:evergreen]" in told
