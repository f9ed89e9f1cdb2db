import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.linkedit import links_in, with_targets
from pkm.rules.linkplaces import places
from pkm.rules.markup import Spans


def found(text):
    return [
        (place.form.value, place.target, place.anchor, place.label) for place in places(text, Spans(text))
    ]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[[a]]", [("wiki", "a", None, None)]),
        ("[[ a b |  the label ]]", [("wiki", "a b", None, "the label")]),
        ("![[a.png|200]]", [("embed", "a.png", None, "200")]),
        ("[[t#Head line]] [[t#^h-1|x]]", [("wiki", "t", "Head line", None), ("wiki", "t", "^h-1", "x")]),
        ("| [[t\\|x]] |", [("wiki", "t", None, "x")]),
        ("[w](a%20b.md#Head%20line)", [("path", "a b.md", "Head line", "w")]),
        ("[w](<a b.md> 'title')", [("path", "a b.md", None, "w")]),
        ("[w](a(1).md)", [("path", "a(1).md", None, "w")]),
        ("[w]([[a b]])", [("wiki", "a b", None, None)]),
        ("[w]([[a]])", [("wiki", "a", None, None)]),
        ("[w](a[b].md)", [("path", "a[b].md", None, "w")]),
        ("[a [b] c](x.md)", [("path", "x.md", None, "a [b] c")]),
        ("![w](pic.png)", [("image", "pic.png", None, "w")]),
        ("[ref]: x.md", [("path", "x.md", None, None)]),
        ("\\![[a]]", [("wiki", "a", None, None)]),
        ("[w](https://x.example)[[a]]", [("wiki", "a", None, None)]),
    ],
)
def test_a_link_is_read_in_each_of_its_forms(text, links):
    assert found(text) == links


@pytest.mark.parametrize(
    "text",
    [
        "`[[a]]`",
        "```\n[[a]]\n[x](a.md)\n```",
        "<!-- [[a]] -->",
        "%% [[a]] %%",
        "\\[[a]]",
        "https://x.example/wiki/[[a]]",
        "<https://x.example/?q=[[a]]>",
        "[x](https://x.example/a.md)",
        "[x](mailto:a@x.example)",
        "[x](//x.example/a.md)",
        "[x](#heading)",
        "[[#heading]]",
        "[text] alone, and [ ] a task",
        "[^1]: x.md",
        "[[a\nb]]",
        "[[]]",
    ],
)
def test_what_only_looks_like_a_link_is_none(text):
    assert found(text) == []


def test_links_of_front_matter_count_and_remarks_do_not():
    note = b'---\nup: "[[parent]]"\n# [[not me]]\n---\n[[a]]\n'

    assert [place.target for place in links_in(note)] == ["parent", "a"]


NAME = st.text(st.sampled_from("abc dé漢-."), min_size=1, max_size=6).map(str.strip).filter(bool)
MARKS = [
    *("[[", "]]", "|", "\\|", "#", "^h-1", "`", "```\n", "%%", "<!--", "-->", "\\", "!", "(", ")", "<", ">"),
    *("---\n", "\r\n", "\n", "\r", "https://x.example/", "up: ", '"', "'", "[x](", ".md)", "[r]: "),
]
PIECE = st.one_of(st.sampled_from(MARKS), NAME, NAME.map("[[{}]]".format), NAME.map("[x](<{}.md>)".format))


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECE, max_size=24).map("".join))
def test_a_text_put_together_again_with_its_own_targets_is_the_same_bytes(text):
    data = text.encode()

    assert with_targets(data, lambda _place: None) == data
    assert with_targets(data, lambda place: place.raw) == data


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECE, max_size=24).map("".join), st.sampled_from(["new-name", "neu 漢", "a/b"]))
def test_other_targets_change_no_other_byte(text, name):
    data = text.encode()
    before = links_in(data)
    after = with_targets(data, lambda place: place.written(name))

    assert [place.target for place in links_in(after)] == [name] * len(before)
    assert [(one.form, one.anchor, one.label) for one in links_in(after)] == [
        (one.form, one.anchor, one.label) for one in before
    ]
    targets = iter(before)
    assert with_targets(after, lambda _place: next(targets).raw) == data
