import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.query import And, Filter, Not, Or, Term, explain, filters, parse_query, read_query, terms


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
        ("a AND b", And((Term("a"), Term("b")))),
        ("/soft.{1,9}landing/", Filter("regex", "soft.{1,9}landing")),
        ("a /b c/", And((Term("a"), Filter("regex", "b c")))),
        ('="Exact  words"', Filter("exact", "Exact  words")),
        ("=Exact", Filter("exact", "Exact")),
        ("[status:evergreen]", Filter("front", "status:evergreen")),
        ("[key]", Filter("front", "key")),
        ("date:2026-10..", Filter("date", "2026-10..")),
        ("words:<200 -links:>5", And((Filter("words", "<200"), Not(Filter("links", ">5"))))),
        ("in:highlights", Filter("in", "quotes")),
        ("in:archive", Filter("is", "let-go")),
        ("is:unread", Filter("is", "new")),
        ("has:highlights", Filter("has", "quote")),
        ("feed:letters", Filter("source", "letters")),
        ("links-to:abcd", Filter("links-to", "abcd")),
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
        ("AND", And(())),
        ("a AND", Term("a")),
        ("— a …", Term("a")),
        ("/usr/bin/", Term("/usr/bin/")),
        ("/(unclosed/", Term("(unclosed")),
        ("[2026] a", And((Term("[2026]"), Term("a")))),
        ("words:many", Term("words many")),
        ("x=y", Term("x=y")),
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


def hints(typed, **how):
    return " | ".join(read_query(typed, **how).hints)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("tga:x", "did you mean tag:x?"),
        ("foo:bar", "`pkm help query`"),
        ("is:unread", "'is:unread' is read as is:new"),
        ("feed:x", "'feed:x' is read as source:x"),
        ("has:money", "has: knows note, quote"),
        ("is:evergreen", "the status of a note"),
        ("... a", "'...' holds no letter or digit"),
        ("/(/", "is no regular expression"),
        ("words:many", "write words:<200"),
        ("sort:loudest", "rank, new, old, changed or random"),
        ("@nobody", "there is no saved search 'nobody'"),
    ],
)
def test_a_reading_that_may_surprise_is_told(typed, said):
    assert said in hints(typed)


@pytest.mark.parametrize(
    "typed",
    ["a b", "tag:x in:notes is:kept has:quotes", "12:30", "std::map", "https://a.example/x", "#a", "a:"],
)
def test_what_needs_no_word_gets_none(typed):
    assert hints(typed) == ""


def test_order_and_number_are_no_part_of_the_tree():
    read = read_query("a sort:newest limit:7 b")

    assert (read.tree, read.sort, read.limit) == (And((Term("a"), Term("b"))), "new", 7)
    assert read_query("sort:best sort:random").sort == "random"
    assert read_query("limit:x").limit is None


def test_a_saved_search_stands_as_if_in_brackets():
    saved = {
        "mine": "a OR b sort:old",
        "both": "@mine c",
        "self": "@self d",
        "ping": "@pong",
        "pong": "@ping",
    }

    assert parse_query("@Mine x", saved) == And((Or((Term("a"), Term("b"))), Term("x")))
    assert read_query("@mine", saved).sort == "old"
    assert parse_query("-@both", saved) == Not(And((Or((Term("a"), Term("b"))), Term("c"))))
    assert parse_query("@self", saved) == Term("d")
    assert parse_query("@ping e", saved) == Term("e")
    assert "names itself" in hints("@self", saved=saved)
    assert read_query("@gone", saved).unknown == ("gone",)
    assert parse_query("me@mine", saved) == Term("me@mine")


def test_saved_searches_that_name_each_other_often_do_not_run_away():
    saved = {f"n{at}": " ".join([f"@n{at + 1}"] * 10) for at in range(30)}

    read_query("@n0", saved)


def test_all_filters_of_a_tree_can_be_asked_for():
    assert [one.value for one in filters(parse_query("tag:a (x OR -tag:b) -(tag:c)"))] == ["a", "b", "c"]
