import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Refused
from pkm.rules.tomltable import with_table


def test_a_table_comes_at_the_end_and_no_byte_before_it_changes():
    text = '# mine\nzone = "UTC"\n'

    assert with_table(text, ("audience", "team"), {"level": "team"}) == (
        text + '\n[audience.team]\nlevel = "team"\n'
    )


def test_a_file_without_a_last_line_end_and_one_with_windows_ends_stay_so():
    assert with_table("a = 1", ("b",), {"c": "d"}) == 'a = 1\n\n[b]\nc = "d"\n'
    assert with_table("a = 1\r\n", ("b",), {"c": "d"}) == 'a = 1\r\n\r\n[b]\r\nc = "d"\r\n'
    assert with_table("", ("b",), {"c": "d"}) == '[b]\nc = "d"\n'


@pytest.mark.parametrize(
    "text",
    [
        "audience = {team = {level = 'team'}}\n",
        "[audience]\nx = 1\n[audience.new]\n",
        "audience = 3\n",
        "[broken\n",
    ],
)
def test_what_would_not_mean_a_new_table_is_refused_with_the_lines_to_write(text):
    with pytest.raises(Refused) as refused:
        with_table(text, ("audience", "new"), {"level": "team"})

    assert "[audience.new]; level" in refused.value.hint


@settings(deadline=None, max_examples=100)
@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_a_value(value):
    read = tomllib.loads(with_table("a = 1\n", ("b", "c"), {"d": value}))

    assert read == {"a": 1, "b": {"c": {"d": value}}}
