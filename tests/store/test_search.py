import random

import pytest

from pkm.rules.query import parse_query
from pkm.store.search import Document
from support.shelves import new_home, opened


@pytest.fixture
def store(tmp_path):
    with opened(new_home(tmp_path)) as shelf, shelf.writing():
        yield shelf.store


def fill(store, *texts, kind="item"):
    documents = [
        Document(kind=kind, ref=f"{kind[0]}-{number}", body=text) for number, text in enumerate(texts)
    ]
    store.search.put(documents)


def found(store, query, **how):
    return [hit.ref for hit in store.search.find(parse_query(query), limit=how.pop("limit", 0), **how)]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cafe", "Ein Café in Paris"),
        ("zürich", "In Zurich"),
        ("strasse", "Die Straße"),
        ("duong", "con đường"),
        ("αλφα", "ΆΛΦΑ"),
        ("日本", "これは日本語です"),
        ("京都", "東京と京都"),
        ("检索", "知识检索笔记"),
        ("の", "日本の本"),
        ("검색", "전문검색기"),
        ("ค้นหา", "การค้นหาข้อมูล"),
        ("🎉", "party 🎉 time"),
        ("finance", "ﬁnance"),
        ("infl*", "inflation is here"),
        ('"soft landing"', "a soft landing, they say"),
        ("c++", "we write C++ here"),
        ("o'brien", "O’Brien said so"),
        ("https://a.example/x", "see https://a.example/x now"),
    ],
)
def test_words_of_every_script_are_found(store, query, text):
    fill(store, text, "something quite different")

    assert found(store, query) == ["i-0"]


def test_a_query_of_negatives_alone_works(store):
    fill(store, "alpha beta", "alpha", "gamma")

    assert found(store, "-beta") == ["i-2", "i-1"]
    assert found(store, "-alpha -gamma") == []


def test_operators_and_brackets_mean_what_they_say(store):
    fill(store, "alpha beta", "alpha gamma", "beta gamma", "delta")

    assert set(found(store, "alpha OR delta")) == {"i-0", "i-1", "i-3"}
    assert set(found(store, "(alpha OR beta) gamma")) == {"i-1", "i-2"}
    assert set(found(store, "gamma -alpha")) == {"i-2"}
    assert set(found(store, "alpha -(beta OR gamma)")) == set()
    assert found(store, '"beta gamma"') == ["i-2"]


def test_a_word_in_the_title_stands_above_one_in_the_text(store):
    store.search.put(
        [
            Document(kind="item", ref="i-body", body="about feeds"),
            Document(kind="item", ref="i-title", title="Feeds"),
        ]
    )

    assert found(store, "feeds") == ["i-title", "i-body"]
    assert found(store, "title:feeds") == ["i-title"]


def test_newest_first_on_demand(store):
    store.search.put(
        [Document(kind="item", ref="i-old", title="feeds"), Document(kind="item", ref="i-new", body="feeds")]
    )

    assert found(store, "feeds", newest=True) == ["i-new", "i-old"]
    assert found(store, "feeds", newest=True, limit=1) == ["i-new"]


def test_old_words_of_a_changed_text_are_found_no_more(store):
    fill(store, "alpha")
    store.search.put([Document(kind="item", ref="i-0", body="beta")])

    assert found(store, "alpha") == []
    assert found(store, "beta") == ["i-0"]
    assert store.search.check()


def test_a_dropped_text_is_found_no_more(store):
    fill(store, "alpha", "alpha")
    store.search.drop("item", "i-0")
    store.search.drop("item", "i-never")

    assert found(store, "alpha") == ["i-1"]
    assert store.search.check()


def test_a_rebuilt_index_finds_the_same(store):
    fill(store, "alpha beta", "beta 京都")
    before = found(store, "beta")
    store.search.rebuild()

    assert found(store, "beta") == before
    assert store.search.check()


def test_the_vocabulary_holds_folded_words_of_the_lengths_asked_for(store):
    fill(store, "Zürich zurich cafés", "Zürich")

    assert store.search.vocabulary(6, 6) == {"zurich": 2}
    assert store.search.vocabulary(1, 3) == {}


_PARTS = ['"', "'", "(", ")", "*", ":", "-", "--", "OR", "AND", "NOT", "NEAR", "\0", " ", "{", "}", "^", "+", ".", ",", "/",
          "\\", "%", "_", "tag:", "title:", "is:", "in:", "since:", "x", "alpha", "é", "ß", "漢", "京都", "🎉", "\ud800", "\u0301", "#"]  # fmt: skip


def test_three_thousand_random_queries_are_no_errors(store):
    fill(store, "alpha beta", "京都 x", "é ß 🎉")
    chance = random.Random(20261122)
    for _ in range(3_000):
        query = "".join(chance.choice(_PARTS) for _ in range(chance.randrange(1, 14)))
        store.search.find(parse_query(query), limit=5, newest=chance.random() < 0.2)


def test_each_filter_compiles(store):
    fill(store, "alpha")
    keys = ["tag", "source", "in", "is", "has", "kind", "author", "since", "until", "site"]
    for key in keys:
        for value in ("x", "100%", "a_b", "note", "new", "unsensed", "questions", "2026-11-22"):
            found(store, f"{key}:{value}")
            found(store, f"alpha -{key}:{value}")
