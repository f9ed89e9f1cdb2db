"""A rule must match exactly what `find` finds: one query, asked of the store and of the items themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import Arrival, Item, State, Text, Via
from pkm.model.source import Source, Space
from pkm.rules.matching import Matcher, Subject
from pkm.rules.query import And, Filter, Not, OneOf, Or, Term, parse_query
from pkm.shelf import index
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SOURCES = (
    Source(
        id="s-000000000000", url="https://a.example/feed", title="Ada's Letters", tags=("Design", "work/ux")
    ),
    Source(id="s-000000000001", url="http://b.example/Überblick_100%.xml", title="Überblick"),
    Source(id="s-000000000002", url="https://c.example/feed", title=None, tags=("work",), space=Space.TEAM),
)
WORDS = (
    "feed", "Feeds", "on", "notes", "decision log", "naïve", "NAIVE", "Überblick", "日本", "日本語の", "C++", "a_b",
    "ⅷ", "don't", "don’t", "—", "…", "½", "ﬁne", "हिन्दी", "straße", "STRASSE", "🙂", "🙂 ok", "x.y", "100%", "\\",
    "İstanbul", "σς", "e\u0301", "work", "ada", "lark", "\u00ad", "\u200bzero",
)  # fmt: skip
words = st.sampled_from(WORDS) | st.text(
    st.characters(max_codepoint=0x2FFF, exclude_categories=("Cs", "Cn")), min_size=1, max_size=6
)
texts = st.lists(words, max_size=6).map(" ".join)
terms = st.builds(
    Term, words, st.sampled_from([None, None, "title", "body", "quote", "comment"]), st.booleans()
)
filters = st.one_of(
    st.builds(Filter, st.sampled_from(["tag", "source", "site", "author"]), words.filter(str.strip)),
    st.builds(
        Filter, st.just("in"), st.sampled_from(["items", "item", "notes", "questions", "digests", "x"])
    ),
    st.builds(
        Filter, st.just("is"), st.sampled_from(["new", "kept", "let-go", "hidden", "unsensed", "open", "x"])
    ),
    st.builds(Filter, st.just("has"), st.sampled_from(["note", "quotes", "links", "tags", "audio"])),
    st.builds(
        Filter,
        st.sampled_from(["since", "until"]),
        st.sampled_from(["2026-11-22T11:58:00.000Z", "2026-11-22T12:00:00.000Z", "nonsense"]),
    ),
    st.builds(Filter, st.just("kind"), st.sampled_from(["comment", "claim"])),
    st.builds(Filter, st.just("space"), st.sampled_from(["team", "network", "x"])),
    st.builds(
        Filter, st.just("site"), st.sampled_from(["example.org", "a.example.org", "www.example.org", "org"])
    ),
    st.builds(Filter, st.just("url"), words.filter(str.strip) | st.just("example.org/1")),
    st.builds(Filter, st.just("via"), words.filter(str.strip) | st.sampled_from(["ada", "direct", "<https"])),
    st.builds(Filter, st.just("exact"), words.filter(str.strip)),
    st.builds(Filter, st.just("words"), st.sampled_from(["<2", ">1", "2..4", "0", ">=3"])),
    st.builds(
        Filter,
        st.sampled_from(["added", "published", "modified"]),
        st.sampled_from(["<2026-11-22T11:58:00.000Z", ">=2026-11-22T11:58:00.000Z"]),
    ),
    st.builds(Filter, st.just("is"), st.sampled_from(["later", "noted", "shared", "checked", "orphan"])),
    st.builds(Filter, st.just("has"), st.sampled_from(["check", "claims", "enclosure", "question"])),
    st.builds(Filter, st.sampled_from(["front", "path", "links-to"]), st.just("status:open")),
    st.builds(
        OneOf, st.just("these"), st.sets(st.integers(0, 9).map(lambda n: f"i-{n:012d}")).map(frozenset)
    ),
)
queries = st.recursive(
    terms | filters,
    lambda below: st.one_of(
        below.map(Not),
        st.lists(below, max_size=3).map(tuple).map(And),
        st.lists(below, min_size=1, max_size=3).map(tuple).map(Or),
    ),
    max_leaves=6,
)


@st.composite
def items(draw):
    number = draw(st.integers(0, 10**6))
    return Item(
        id=f"i-{number:012d}",
        title=draw(texts | st.none()),
        authors=tuple(draw(st.lists(words, max_size=2))),
        first_seen=NOW,
        sort_at=NOW - timedelta(minutes=draw(st.integers(0, 3))),
        source=draw(st.sampled_from(SOURCES)).id,
        state=draw(st.sampled_from(list(State))),
        url=draw(st.sampled_from([None, "https://www.example.org/1", "https://a.example.org/Ü?x=_%"])),
        published_at=draw(st.sampled_from([None, NOW - timedelta(minutes=2)])),
        later_at=draw(st.sampled_from([None, NOW])),
        via=draw(st.sampled_from([None, Via(direct=True), Via(name="Ada", url="https://ada.example/")])),
        hat_tip=draw(st.sampled_from([None, "Überblick"])),
        hidden_by=draw(st.sampled_from([None, "a rule"])),
        tags=tuple({tag.casefold(): tag for tag in draw(st.lists(words, max_size=2))}.values()),
    ), draw(texts)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("agree") / "store.db") as opened:
        with opened.transaction():
            for source in SOURCES:
                opened.sources.save(source)
        yield opened


def found_by_store(store, stored, query):
    store.connection.execute("BEGIN")
    try:
        for item, body in stored:
            text = Text(sha=item.id, html=body, text=body)
            store.texts.add([text], at=NOW)
            store.items.add([replace(item, text_sha=item.id)])
            store.arrivals.add(
                [Arrival(source=item.source, key=item.id, item=item.id, first_seen=NOW, last_seen=NOW)]
            )
            store.items.add_tags([(item.id, tag, tag.casefold()) for tag in item.tags], by="feed")
            store.search.add([index.of_item(item, text)])
        found = {hit.ref for hit in store.search.find(query, limit=0)}
        assert found == {hit.ref for hit in store.search.find(query, limit=0, newest=True)}
        return found
    finally:
        store.connection.execute("ROLLBACK")


def found_by_rule(stored, query):
    by_id = {source.id: source for source in SOURCES}
    return {
        item.id
        for item, body in stored
        if Matcher(Subject(item=item, text=body, sources=(by_id[item.source],))).answers(query)
    }


@settings(max_examples=100, deadline=None)
@given(stored=st.lists(items(), min_size=1, max_size=4, unique_by=lambda pair: pair[0].id), query=queries)
def test_a_rule_matches_what_find_finds(store, stored, query):
    assert found_by_rule(stored, query) == found_by_store(store, stored, query)


@settings(max_examples=60, deadline=None)
@given(
    stored=st.lists(items(), min_size=1, max_size=3, unique_by=lambda pair: pair[0].id),
    typed=st.lists(
        words | st.sampled_from(["OR", "NOT", "(", ")", "-", '"', "*", "tag:", "title:", "is:new"]),
        max_size=6,
    ),
)
def test_a_rule_reads_what_is_typed_as_find_does(store, stored, typed):
    query = parse_query(" ".join(typed))
    assert found_by_rule(stored, query) == found_by_store(store, stored, query)
