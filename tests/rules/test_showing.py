"""Which of its arrivals an item shows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.showing import Showable, best, is_worse


def came(chars=0, *, own=False, public=True, shown=False):
    return Showable(public=public, own=own, shown=shown, chars=chars)


@pytest.mark.parametrize(
    ("arrivals", "place"),
    [
        ([came(500), came(900)], 0),  # both say enough: the first seen
        ([came(400), came(900)], 1),  # a summary never stands for the text
        ([came(500, shown=True), came(900, own=True)], 1),  # the author's own
        ([came(900), came(100, own=True)], 0),  # but not its mere summary
        ([came(900, public=False, own=True), came(800)], 1),  # what is public before what is private
        ([came(900, public=False), came(10)], 0),
        ([came(600), came(900, shown=True)], 1),  # what is shown stays
        ([came(), came(own=True)], 1),  # without any text too
    ],
)
def test_the_best_of_several_arrivals(arrivals, place):
    assert best(arrivals) == place


weighed = st.builds(
    Showable, public=st.booleans(), own=st.booleans(), shown=st.booleans(), chars=st.integers(0, 9_999)
)


@settings(deadline=None)
@given(st.lists(weighed, min_size=1, max_size=6))
def test_what_is_chosen_is_never_a_worse_text(arrivals):
    chosen = arrivals[best(arrivals)]
    assert not is_worse(chosen.chars, max(one.chars for one in arrivals))
