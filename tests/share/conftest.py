"""A real home with an audience, for the tests of what acts."""

import pytest

from support.sharing import PUBLIC, TEAM
from support.shelves import Clock, new_home, opened


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(tmp_path, clock):
    audiences = {one.name: one for one in (TEAM, PUBLIC)}
    with opened(new_home(tmp_path), now=clock, audiences=audiences) as opened_shelf:
        yield opened_shelf
