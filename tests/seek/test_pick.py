from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.seek.pick import Candidate, Picked, pick, turns


def one(item, source, **why):
    return Candidate(item=item, source=source, **why)


def names(picked):
    return [found.item for found in picked]


def test_the_reasons_come_in_their_order_and_each_source_in_its_turn_at_the_end():
    candidates = [
        one("linked", "a", links=2),
        one("plain", "b"),
        one("asked", "c", asked=True),
        one("near", "d", near=True),
        one("plain too", "e"),
    ]
    picked = pick(candidates, limit=10, per_source=3)
    assert names(picked) == ["near", "asked", "linked", "plain", "plain too"]
    assert [found.by_turn for found in picked] == [False, False, False, True, True]


def test_within_a_reason_the_sources_take_turns():
    candidates = [one(f"a{n}", "a", near=True) for n in range(3)] + [one("b0", "b", near=True)]
    assert names(pick(candidates, limit=3, per_source=3)) == ["a0", "b0", "a1"]


def test_of_one_source_only_so_many_stay_for_a_reason():
    candidates = [one(f"a{n}", "a", near=True) for n in range(5)] + [
        one("b0", "b"),
        one("c0", "c", asked=True),
    ]
    assert names(pick(candidates, limit=4, per_source=2)) == ["a0", "a1", "c0", "b0"]


def test_a_source_that_has_nothing_in_view_has_its_turn_before_the_others_have_a_second():
    candidates = [one("a0", "a", near=True), one("a1", "a"), one("b0", "b"), one("b1", "b")]
    assert names(pick(candidates, limit=3, per_source=1)) == ["a0", "b0", "b1"]


def test_a_reason_takes_half_of_the_free_places_at_most():
    every = [
        *(one(f"n{n}", f"s{n}", near=True) for n in range(9)),
        *(one(f"q{n}", f"t{n}", asked=True) for n in range(9)),
        *(one(f"p{n}", f"u{n}") for n in range(9)),
    ]
    assert names(pick(every, limit=8, per_source=3)) == ["n0", "n1", "n2", "n3", "q0", "q1", "n4", "n5"]


candidates = st.lists(
    st.builds(
        Candidate,
        item=st.uuids().map(str),
        source=st.sampled_from(["a", "b", "c", None]),
        near=st.booleans(),
        asked=st.booleans(),
        links=st.integers(1, 3),
    ),
    max_size=30,
    unique_by=lambda found: found.item,
)


@settings(deadline=None, max_examples=100)
@given(candidates, st.integers(1, 12), st.integers(0, 3))
def test_as_many_stay_as_may_each_once_and_those_with_a_reason_first(given_, limit, per_source):
    picked = pick(given_, limit=limit, per_source=per_source)
    assert len(picked) == min(limit, len(given_))
    assert len(set(names(picked))) == len(picked)
    assert [found.by_turn for found in picked] == sorted(found.by_turn for found in picked)
    by_name = {found.item: found for found in given_}
    for found in picked:
        why = by_name[found.item]
        assert found.by_turn or why.near or why.asked or why.links > 1
    if per_source:
        for source in ("a", "b", "c", None):
            for_reason = [one for one in picked if not one.by_turn and by_name[one.item].source == source]
            assert len(for_reason) <= per_source


@settings(deadline=None, max_examples=60)
@given(candidates)
def test_turns_lose_nothing_and_keep_each_sources_order(given_):
    taken = list(turns(given_))
    assert sorted(found.item for found in taken) == sorted(found.item for found in given_)
    for source in {found.source for found in given_}:
        assert [one for one in taken if one.source == source] == [
            one for one in given_ if one.source == source
        ]


def test_nothing_waits_nothing_stays():
    assert pick([], limit=3, per_source=3) == ()
    assert Picked(item="x").by_turn is False
