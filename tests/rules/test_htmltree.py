import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.htmltree import grow

PIECES = st.sampled_from([
    "<p>", "</p>", "<div class='a b'>", "</div>", "<li>", "<ul>", "</ul>", "<td>", "<tr>", "<table>", "</table>",
    "<br>", "word ", "&amp;", "<!-- <p> -->", "<script>", "</script>", "<", "<a href=x>", "</a>", "</x>", "<title>",
])  # fmt: skip
MARKUP = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200)


def names(markup):
    return [one.name for one in grow(markup).below()]


def test_end_tags_that_authors_leave_out_are_filled_in():
    assert grow("<ul><li>a<li>b</ul><p>c<p>d<div>e").markup() == (
        "<ul><li>a</li><li>b</li></ul><p>c</p><p>d</p><div>e</div>"
    )


def test_a_lost_end_tag_does_not_close_what_is_further_out():
    assert grow("<table><tr><td></div>a</table>b").markup() == "<table><tr><td>a</td></tr></table>b"


def test_comments_and_scripts_are_no_text():
    assert grow("a<!-- b --><script>c</script><style>d</style>e").text().split() == ["a", "e"]


def test_what_is_gone_is_passed_by():
    tree = grow("<p>a</p><div><p>b</p></div>")
    next(one for one in tree.below() if one.name == "div").gone = True
    assert (tree.markup(), tree.text().strip()) == ("<p>a</p>", "a")
    assert [one.name for one in tree.below()] == ["p"]


@settings(deadline=None, max_examples=100)
@given(MARKUP)
def test_what_is_written_grows_into_the_same_tree(markup):
    written = grow(markup).markup()
    assert grow(written).markup() == written


def test_depth_has_an_end():
    tree = grow("<div>" * 5_000 + "x", depth=50)
    deepest = max(sum(1 for _ in one.ancestors()) for one in tree.below())
    assert deepest < 50
    assert "x" in tree.text()


@pytest.mark.parametrize("piece", ["<div>", "<p><b>", "<ul><li>x", "<table><tr><td>", "<", "<a href=x>y"])
def test_hostile_pages_cost_as_much_as_they_are_long(piece):
    tree = grow(piece * 200_000)
    assert len(tree.below()) <= 60_000
