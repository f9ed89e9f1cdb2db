from datetime import UTC, datetime, timedelta

import pytest

from pkm.rules.ranking import best_first, gathered, names_of, weigh

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def of(words=1.0, *, kind="item", state="new", days=0, exact=False, now=NOW):
    sort_at = NOW - timedelta(days=days) if kind == "item" else None
    return weigh(words, kind=kind, state=state, sort_at=sort_at, now=now, exact=exact)


def test_items_grow_old_and_own_words_do_not():
    assert of(days=0).rank == pytest.approx(1.0)
    assert of(days=180).rank == pytest.approx(0.8)
    assert of(days=36_500).rank == pytest.approx(0.6)
    assert of(days=-3).rank == pytest.approx(1.0)
    assert of(kind="note").rank == pytest.approx(1.3)
    assert of(days=180, now=None).rank == pytest.approx(1.0)


def test_what_was_kept_counts_more_and_what_was_let_go_less():
    ranks = [of(state=state).rank for state in ("kept", "new", "let-go")]

    assert ranks == pytest.approx([1.1, 1.0, 0.3])


def test_each_factor_is_told():
    assert of(2.0, state="let-go", days=180, exact=True).said() == (
        "words 2 x recency 0.8 x state 0.3, exact title first"
    )
    assert of(2.0).said() == "words 2"


def test_exact_titles_come_first_then_rank_then_the_newest():
    rows = [(of(1.0), 1), (of(5.0), 2), (of(0.1, exact=True), 3), (of(1.0), 4)]

    assert best_first(rows) == [2, 1, 3, 0]


def test_one_thing_twice_is_one_row_and_each_is_counted():
    rows = [
        ("a", names_of("https://www.example.org/x/", "A", "sha")),
        ("note", ()),
        ("b", names_of("http://example.org/x", "B", "other")),
        ("c", names_of("https://else.test/1", "A", "sha")),
        ("d", names_of("https://else.test/1", "D", None)),
        ("e", names_of(None, "Comments", "s2")),
        ("f", names_of(None, "Other", "s2")),
        ("note", ()),
    ]

    assert gathered(rows) == [("a", ["b", "c", "d"]), ("note", []), ("e", []), ("f", []), ("note", [])]
