"""In which order sources are asked."""

import random
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.source import Source
from pkm.net.politeness import server_of
from pkm.seek.due import in_turn


def sources(hosts):
    return [Source(id=f"s-{n}", url=f"https://{host}/{n}") for n, host in enumerate(hosts)]


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_every_source_gets_its_place_and_those_of_a_host_stand_together(hosts, dice):
    followed = sources(hosts)
    ordered = in_turn(followed, chance=dice.random)
    assert Counter(ordered) == Counter(followed)
    runs = [server_of(one.url) for one in ordered]
    assert sum(a != b for a, b in pairwise(runs)) == max(len(set(hosts)) - 1, 0)


def test_of_a_host_one_by_chance_comes_first_and_the_rest_as_they_stand():
    followed = sources("aaaa")
    assert [one.id for one in in_turn(followed, chance=lambda: 0.5)] == ["s-2", "s-0", "s-1", "s-3"]
    assert [one.id for one in in_turn(followed, chance=lambda: 1.0)] == ["s-3", "s-0", "s-1", "s-2"]


def test_no_host_and_no_feed_of_it_is_always_the_first():
    dice = random.Random(7)
    firsts = Counter(in_turn(sources("aabbcc"), chance=dice.random)[0].id for _ in range(600))
    assert len(firsts) == 6
    assert min(firsts.values()) > 50
