import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.query import And, Filter, Not, Or, Term, explain, parse_query, terms


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("rates ecb", And((Term("rates"), Term("ecb")))),
        ("rates OR zins", Or((Term("rates"), Term("zins")))),
        ("a b OR c", Or((And((Term("a"), Term("b"))), Term("c")))),
        ("-crypto", Not(Term("crypto"))),
        ("NOT crypto", Not(Term("crypto"))),
        ('"soft landing"', Term("soft landing")),
        ("infl*", Term("infl", None, True)),
        ("title:infl*", Term("infl", "title", True)),
        ('title:"soft landing"', Term("soft landing", "title")),
        ("#economy/rates", Filter("tag", "economy/rates")),
        ("tag:reading", Filter("tag", "reading")),
        ('source:"Margin & Ledger"', Filter("source", "Margin & Ledger")),
        ("(a OR b) c", And((Or((Term("a"), Term("b"))), Term("c")))),
        ("-(a b)", Not(And((Term("a"), Term("b"))))),
        ("-tag:x", Not(Filter("tag", "x"))),
        ("京都", Term("京都")),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(typed, tree):
    assert parse_query(typed) == tree


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("12:30", Term("12:30")),
        ("std::map", Term("std :map")),
        ("foo:bar", Term("foo bar")),
        ('"unclosed phrase', Term("unclosed phrase")),
        ("(unclosed", Term("unclosed")),
        ("closed)", Term("closed")),
        ("OR", And(())),
        ("NOT", And(())),
        ("-", And(())),
        ("()", And(())),
        ('""', And(())),
        ("a OR", Term("a")),
        ("OR a", Term("a")),
        ("tag:", Term("tag:")),
        ("\0", And(())),
    ],
)
def test_odd_lines_are_mended_and_never_refused(typed, tree):
    assert parse_query(typed) == tree


def test_words_that_must_not_stand_there_are_not_among_those_to_mark():
    assert [term.text for term in terms(parse_query("a -b OR (c -(d -e))"))] == ["a", "c", "e"]


def test_a_reading_can_be_told():
    assert explain(parse_query("a -b OR tag:c title:d*")) == '(("a" AND NOT "b") OR (tag:c AND title:"d"*))'
    assert explain(parse_query("")) == "everything"


_PIECES = st.sampled_from(
    ['"', "(", ")", "-", "OR", "NOT", "AND", "tag:", "a", "b*", "#", ":", "\0", "é", "漢", "🎉", " "]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=30).map("".join)))
@settings(max_examples=300, deadline=None)
def test_nothing_that_can_be_typed_is_an_error(typed):
    explain(parse_query(typed))


def test_a_line_of_brackets_does_not_run_away():
    parse_query("(" * 5_000 + "a")
    parse_query("-" * 5_000 + "a")
    parse_query("NOT " * 5_000)
