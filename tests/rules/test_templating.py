import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.rules.templating import in_comment, render


def made(text, **values):
    return render(text, place="templates/x.md.j2", names="a", values=values)


@pytest.mark.parametrize(
    "text",
    [
        "one\n{{ nothing }}",
        "one\n{{ a.b.c }}",
        "one\n{% for %}",
        "one\n{{ a.__class__.__mro__ }}",
        "one\n{{ 1 // 0 }}",
        "one\n{{ range(10000000)|list }}",
        "one\n{% include 'x' %}",
    ],
)
def test_a_mistake_names_file_and_line(text):
    with pytest.raises(UsageError, match=r"templates/x\.md\.j2:2: the template cannot be used"):
        made(text, a="x")


@given(st.text(max_size=80))
def test_a_comment_is_never_left(text):
    inside = in_comment(text)

    assert "-->" not in inside
    assert "--" not in inside
    assert "\n" not in inside


def test_values_are_no_templates():
    assert made("{{ a }}", a="{{ 7 * 7 }}{% x %}") == "{{ 7 * 7 }}{% x %}"
