"""rules.yaml: what it says, what is wrong with it, and what the rules decide of one item."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import Item, State
from pkm.model.source import Source
from pkm.rules.matching import Subject
from pkm.rules.query import explain
from pkm.rules.ruleset import Act, at_moment, judge, read_rules, state_after

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADA = Source(id="s-000000000001", url="https://ada.example/feed", title="Ada's Letters", tags=("friends",))


def subject(title="On feeds", text="Words of it.", **fields):
    item = Item(id="i-000000000001", title=title, first_seen=NOW, sort_at=NOW, source=ADA.id, **fields)
    return Subject(item=item, text=text, sources=(ADA,))


def rules(text):
    found = read_rules(text)
    assert found.problems == ()
    return at_moment(found.in_force, now=NOW, zone=ZoneInfo("UTC"))


def verdict(text, **fields):
    return judge(rules(text), subject(**fields))


def test_a_rule_says_name_query_deeds_and_sources():
    [rule] = rules("- name: N\n  when: a b\n  do: [tag x, 'tag #y', Let go]\n  sources: [one, two]\n")
    assert (rule.name, rule.query, rule.tags, rule.act) == ("N", "a b", ("x", "y"), Act.LET_GO)
    assert explain(rule.when) == '((source:one OR source:two) AND ("a" AND "b"))'


def test_a_rule_without_a_name_is_called_by_its_query():
    [rule] = rules("- when: a b\n  do: hide\n")
    assert rule.name == "a b"


def test_a_rule_for_a_source_needs_no_words():
    assert verdict("- sources: ada\n  do: keep\n").act == Act.KEEP
    assert verdict("- sources: nobody\n  do: keep\n").act is None


def test_the_first_rule_that_matches_decides_and_all_that_match_tag():
    found = verdict(
        "- {name: a, when: feeds, do: tag one}\n"
        "- {name: b, when: feeds, do: [tag two, keep]}\n"
        "- {name: c, when: feeds, do: [tag three, hide]}\n"
        "- {name: d, when: gardens, do: tag four}\n"
    )
    assert found.tags == ("one", "two", "three")
    assert (found.act, found.by) == (Act.KEEP, "b")
    assert found.matched == ("a", "b", "c")


def test_a_later_rule_sees_the_tags_of_an_earlier_one_and_those_of_the_source():
    text = "- {when: feeds, do: tag reading/feeds}\n- {name: b, when: 'tag:reading tag:friends', do: keep}\n"
    assert verdict(text).by == "b"
    assert verdict("- {when: tag:reading, do: keep}\n- {when: feeds, do: tag reading}\n").act is None


def test_a_tag_that_the_item_has_is_not_added_again():
    assert verdict("- {when: feeds, do: tag Design}", tags=("design",)).tags == ()


def test_moments_are_those_of_now():
    assert verdict("- {when: 'since:3d', do: hide}").act == Act.HIDE
    assert verdict("- {when: 'until:3d', do: hide}").act is None


@pytest.mark.parametrize(
    ("act", "state", "after"),
    [
        ("keep", State.NEW, State.KEPT),
        ("let-go", State.NEW, State.LET_GO),
        ("hide", State.NEW, State.NEW),
        ("keep", State.LET_GO, State.LET_GO),
        ("let-go", State.KEPT, State.KEPT),
    ],
)
def test_a_rule_moves_only_what_nobody_decided_about(act, state, after):
    assert state_after(verdict(f"- {{when: feeds, do: {act}}}"), state) == after


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("when: a\ndo: hide\n", 1, "a list"),
        ("- hide\n", 1, "a map"),
        ("- when: a\n", 1, "does nothing"),
        ("- do: hide\n", 1, "what it is for"),
        ("- when: a\n  do: burn\n", 2, "cannot 'burn'"),
        ("- when: a\n  do: [hide, keep]\n", 2, "hide and keep"),
        ("- when: a\n  do: tag two words\n", 2, "no tag"),
        ("- when: a\n  do: tag #work\n", 2, "'tag' alone"),
        ("- when: a\n  if: b\n  do: hide\n", 2, "knows no 'if'"),
        ("- when: a\n  when: b\n  do: hide\n", 2, "twice"),
        ("- when: [a]\n  do: hide\n", 1, "must be a text"),
        ("- when: '...'\n  do: hide\n", 1, "no word"),
        ("- {name: x, when: a, do: hide}\n- {name: x, when: b, do: hide}\n", 2, "second rule named 'x'"),
        ("- when: a\n  do: hide\n- *x\n", 3, "alias"),
    ],
)
def test_one_mistake_puts_no_rule_in_force_and_names_its_line(text, line, words):
    found = read_rules(text)
    assert found.in_force == ()
    assert found.problems[0].line == line
    assert words in found.problems[0].what


def test_all_mistakes_are_named_not_the_first_alone():
    found = read_rules("- when: a\n- do: hide\n- when: b\n  do: hide\n")
    assert [problem.line for problem in found.problems] == [1, 2]
    assert len(found.rules) == 1


def test_nothing_but_comments_is_no_rule_and_no_mistake():
    assert read_rules("# later\n") == read_rules("")
    assert read_rules("").problems == ()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "when": st.text(max_size=12),
                "do": st.sampled_from(["hide", "keep", "tag x", "let go", "tag", "", "x"]),
                "name": st.text(max_size=8),
                "sources": st.lists(st.text(max_size=5), max_size=2),
            },
        ),
        max_size=4,
    )
)
def test_whatever_a_file_says_it_is_rules_or_problems(said):
    found = read_rules(json.dumps(said, ensure_ascii=False))
    assert found.problems or len(found.rules) == len(said)
    assert len({rule.name for rule in found.in_force}) == len(found.in_force)
