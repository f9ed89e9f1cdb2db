"""`pkm rules` as a session."""

import json

import pytest

from support.feeds import numbered, rss
from support.server import Site

RULES = """\
# mine
- name: no webinars
  when: webinar
  do: hide
- when: title:essay
  do: [tag long, keep]
"""


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(1)))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    return pkm


def write_rules(pkm, text=RULES):
    (pkm.home / "rules.yaml").write_text(text, encoding="utf-8")


def serve(site, *titles):
    pairs = [(title, f"https://a.example/{title.replace(' ', '-')}") for title in titles]
    site.serve("/feed", rss(*pairs, *numbered(1), day=23))


def titles(pkm, *words):
    return {one["title"] for one in json.loads(pkm("seek", "--json", "--limit", "0", *words).out)["items"]}


def test_a_pull_goes_by_the_rules_and_says_how_much_it_hid(here, site):
    write_rules(here)
    serve(site, "A webinar", "An essay", "Soup")
    code, _, err = here("pull")
    assert code == 0
    assert "3 new" in err
    assert "1 hidden by your rules" in err
    assert titles(here) == {"Soup", "Item 0"}
    assert titles(here, "--hidden") == {"A webinar"}
    shown = here("seek", "--hidden", terminal=True, columns=100).out
    assert "hidden by the rule 'no webinars'" in shown
    assert "pkm rules unhide" in shown
    assert "hidden by the rule 'no webinars'" in here("find", "is:hidden").out
    [found] = json.loads(here("find", "is:hidden", "--json").out)["found"]
    assert found["hidden_by"] == "no webinars"
    assert here("undo").code == 0  # the pull is not what is taken back


def test_the_list_says_what_each_rule_did_in_all_three_forms(here, site):
    write_rules(here)
    serve(site, "A webinar", "An essay")
    here("pull")
    assert here("rules").out.splitlines() == [
        "1\tno webinars\twebinar\t\thide\t1\t0",
        "2\ttitle:essay\ttitle:essay\t\ttag long, keep\t0\t1",
    ]
    assert "hides 1" in here("rules", terminal=True, columns=100).out
    document = json.loads(here("rules", "list", "--json").out)
    assert document["schema"] == "pkm.rules/1"
    assert [(one["line"], one["read_as"]) for one in document["rules"]] == [
        (2, '"webinar"'),
        (5, 'title:"essay"'),
    ]


def test_without_a_file_an_example_is_shown(here):
    code, out, err = here("rules")
    assert (code, out) == (0, "")
    assert "do: hide" in err
    assert here("rules", "test").code == 1


def test_a_trial_says_what_would_match_and_numbers_it(here, site):
    serve(site, "A webinar", "An essay")
    here("pull")
    write_rules(here)
    rows = [line.split("\t") for line in here("rules", "test", "--since", "9y").out.splitlines()]
    assert [(row[1], row[3], row[5]) for row in rows] == [
        ("no webinars", "1", "A webinar"),
        ("title:essay", "1", "An essay"),
    ]
    code, out, err = here("rules", "test", "no webinars", "--since", "9y")
    assert out.split("\t")[4] == "A webinar"
    assert "nothing was changed" in err
    assert "A webinar" in here("read", "1").out
    code, out, err = here("rules", "test", "item", "-webinar", "--since", "9y", "--json")
    [one] = json.loads(out)["rules"]
    assert (code, [found["title"] for found in one["matched"]]) == (0, ["Item 0"])
    assert 'read as: ("item" AND NOT "webinar")' in err
    assert titles(here) == {"A webinar", "An essay", "Item 0"}


def test_applied_rules_are_taken_back_by_undo(here, site):
    serve(site, "A webinar", "An essay")
    here("pull")
    write_rules(here)
    _, out, err = here("rules", "apply", "--since", "9y", "--json")
    assert json.loads(out) == {
        "schema": "pkm.rules-applied/1", "looked_at": 3, "hidden": 1, "shown": 0, "tagged": 1, "kept": 1, "let_go": 0,
    }  # fmt: skip
    assert "undo: pkm undo" in err
    assert titles(here) == {"Item 0"}
    here("undo")
    assert titles(here) == {"A webinar", "An essay", "Item 0"}


def test_hidden_items_are_shown_again_by_number_and_by_rule(here, site):
    write_rules(here)
    serve(site, "A webinar", "webinar two")
    here("pull")
    here("seek", "--hidden", terminal=True)
    assert "showed 1 item again" in here("rules", "unhide", "1").err
    assert "showed 1 item again" in here("rules", "unhide", "--rule", "no webinars").err
    assert titles(here, "--hidden") == set()
    here("undo")
    assert len(titles(here, "--hidden")) == 1
    assert here("rules", "unhide").code == 2
    assert here("rules", "unhide", "--rule", "nobody").code == 1


def test_a_rule_that_is_gone_is_named_while_it_still_hides(here, site):
    write_rules(here)
    serve(site, "A webinar")
    here("pull")
    write_rules(here, "")
    assert "pkm rules unhide --rule 'no webinars'" in here("rules").err
    assert here("rules", "unhide", "--rule", "no webinars").code == 0


def test_a_broken_rule_is_an_error_with_its_line_and_no_rule_is_applied(here, site):
    write_rules(here, RULES + "- when: x\n  do: burn\n- when: y\n")
    for words in (("rules",), ("rules", "test"), ("rules", "apply")):
        code, _, err = here(*words)
        assert code == 2
        assert err.startswith("pkm: rules.yaml, line 8: a rule cannot 'burn'")
        assert "line 9" in err
    serve(site, "A webinar")
    code, _, err = here("pull")
    assert code == 0
    assert "no rule was applied: rules.yaml, line 8" in err
    assert "A webinar" in titles(here)


def test_a_quiet_pull_tells_a_mistake_in_the_rules_once(here, site):
    write_rules(here, "- nonsense\n")
    assert "no rule was applied" in here("pull", "--quiet").err
    assert here("pull", "--quiet") == (0, "", "")
    write_rules(here, "- other nonsense: x\n")
    assert "no rule was applied" in here("pull", "--quiet").err


def test_rules_that_are_no_text_are_named(here):
    (here.home / "rules.yaml").write_bytes(b"- when: a\n  do: \xff\n")
    code, _, err = here("rules")
    assert code == 2
    assert "rules.yaml, line 2: not UTF-8" in err
