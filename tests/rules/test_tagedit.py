import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NoteUnreadable
from pkm.rules.notefile import read_note
from pkm.rules.tagedit import renamed, retagged


def to(old, new):
    return lambda tag: renamed(tag, old, new)


@pytest.mark.parametrize(
    ("tag", "after"),
    [
        ("a", "z"),
        ("A", "z"),
        ("a/b", "z/b"),
        ("A/b/c", "z/b/c"),
        ("ab", "ab"),
        ("b/a", "b/a"),
        ("a-b", "a-b"),
    ],
)
def test_a_tag_and_what_stands_below_it_get_the_new_name(tag, after):
    assert renamed(tag, "a", "z") == after


@pytest.mark.parametrize(
    ("front", "after"),
    [
        ("tags: [a, 'b', \"a/c\"]  # mine", "tags: [z, 'b', \"z/c\"]  # mine"),
        ("tags:\n  - a   # one\n\n  - 2024\n  - 1.10\n", "tags:\n  - z   # one\n\n  - 2024\n  - 1.10\n"),
        ("tags: a, b a/c", "tags: z, b z/c"),
        ("Tag: '#a'", "Tag: '#z'"),
        ("keywords: [a]\ntags:\n- b", "keywords: [z]\ntags:\n- b"),
        ("title: a\ntags: [ab]", "title: a\ntags: [ab]"),
        ("tags: [~, a, null]", "tags: [~, z, null]"),
        ("tags: [A]\r\ntitle: x", "tags: [z]\r\ntitle: x"),
    ],
)
def test_only_the_bytes_of_the_tag_change(front, after):
    end = "" if front.endswith("\n") else "\n"
    note = f"---\n{front}{end}---\n#a and a\n"

    assert retagged(note.encode(), to("a", "z")).decode() == f"---\n{after}{end}---\n#a and a\n"


def test_two_tags_that_become_one_stand_once():
    note = b"---\ntitle: T # mine\ntags: [a, z, b]\n---\nText\n"
    after = retagged(note, to("a", "z"))

    assert read_note(after, stem="x").tags == ("z", "b")
    assert after.startswith(b"---\ntitle: T # mine\n")


def test_front_matter_that_cannot_be_read_is_refused():
    with pytest.raises(NoteUnreadable):
        retagged(b"---\ntags: a\ntitle: [\n---\n", to("a", "z"))


TAG = st.text(st.sampled_from("aAbz0-/#'\"漢"), min_size=1, max_size=4)
LIST = st.one_of(
    st.lists(TAG, max_size=4).map(lambda tags: f"tags: [{', '.join(tags)}]"),
    st.lists(TAG, min_size=1, max_size=4).map(
        lambda tags: "tags:\n" + "\n".join(f"  - {tag}" for tag in tags)
    ),
    st.lists(TAG, max_size=4).map(lambda tags: f"tags: {' '.join(tags)}"),
)


@settings(max_examples=100, deadline=None)
@given(LIST, st.sampled_from(["z", "new/name", "2024"]))
def test_whatever_the_tags_are_they_all_follow_and_the_rest_stays_or_the_note_is_refused(front, new):
    note = f"---\ntitle: 'T'  # mine\n{front}\n---\na #a\r\n".encode()
    before = read_note(note, stem="x")
    try:
        after = retagged(note, to("a", new))
    except NoteUnreadable:
        return

    read = read_note(after, stem="x")
    assert {tag.casefold() for tag in read.tags} == {renamed(tag, "a", new).casefold() for tag in before.tags}
    assert (read.title, read.body) == (before.title, before.body)
    assert after.startswith(b"---\ntitle: 'T'  # mine\n")
