from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Refused
from pkm.model.note import LinkForm
from pkm.rules.linkedit import links_in
from pkm.rules.linkmoves import is_touched, moving, repaired, rewritten
from pkm.rules.notefile import read_note
from pkm.rules.resolve import Named, Names


def named(path, title=None, *, note_id="", aliases=()):
    return Named(
        id=note_id or f"n-{path.replace('.md', '')}", path=path, title=title or path, aliases=tuple(aliases)
    )


def resolve(notes, target, *, at="notes/x.md", form=LinkForm.WIKI, roots=()):
    found = Names(notes, roots=roots).resolve(target, form=form, at=at)
    return [note.path for note in found.notes], found.step


A = named("notes/a.md", "The Title", aliases=["Alias"])
B = named("notes/sub/b.md", "Other")


@pytest.mark.parametrize(
    ("target", "step"),
    [
        ("n-notes/a", "id"),
        ("notes/a", "path"),
        ("notes/a.md", "path"),
        ("NOTES/A", "path"),
        ("a", "stem"),
        ("A.md", "stem"),
        ("the title", "title"),
        ("ALIAS", "alias"),
    ],
)
def test_the_first_step_that_finds_anything_decides(target, step):
    assert resolve([A, B], target) == (["notes/a.md"], step)


def test_the_end_of_a_path_is_enough_where_it_is_the_only_one():
    assert resolve([A, B], "sub/b") == (["notes/sub/b.md"], "suffix")
    twin = named("notes/old/sub/b.md")
    assert resolve([A, B, twin], "sub/b")[0] == ["notes/sub/b.md", "notes/old/sub/b.md"]


def test_two_of_one_name_are_both_told_and_none_is_meant():
    twin = named("notes/sub/a.md")

    assert Names([A, twin]).resolve("a", form=LinkForm.WIKI, at="notes/x.md").one is None
    assert resolve([A, twin], "a")[0] == ["notes/a.md", "notes/sub/a.md"]


def test_of_two_vaults_the_one_that_the_link_stands_in_is_meant():
    here, there = named("/vaults/one/index.md"), named("/vaults/two/index.md")
    roots = ("/vaults/one", "/vaults/two")

    assert resolve([here, there], "index", at="/vaults/two/x.md", roots=roots)[0] == ["/vaults/two/index.md"]
    assert len(resolve([here, there], "index", at="notes/x.md", roots=roots)[0]) == 2


def test_a_path_is_looked_up_from_its_note_and_never_by_a_title():
    assert resolve([A, B], "../a.md", at="notes/sub/b.md", form=LinkForm.PATH) == (["notes/a.md"], "relative")
    assert resolve([A, B], "The Title", form=LinkForm.PATH) == ([], None)
    assert resolve([A, B], "./b", at="notes/x.md") == ([], None)


def test_names_are_compared_without_case_and_in_one_unicode_form():
    note = named("notes/cafe\u0301.md")

    assert resolve([note], "CAF\u00c9")[0] == [note.path]


def move(notes, before, **changes):
    after = replace(before, **changes)
    return moving(before, after, notes, roots=(), is_file=lambda path: path == "attachments/p.png")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[[a]] [[a|L]] ![[a#^h-1]]", "[[new]] [[new|L]] ![[new#^h-1]]"),
        (
            "[[notes/a#H|L]] [w](a.md#H) [w](./a.md)",
            "[[notes/sub/new#H|L]] [w](sub/new.md#H) [w](./sub/new.md)",
        ),
        (
            "[[The Title]] [[Alias]] [[n-notes/a]] `[[a]]`",
            "[[The Title]] [[Alias]] [[n-notes/a]] `[[a]]`",
        ),
        ("| [[a\\|x]] | [[A.md]]", "| [[new\\|x]] | [[new.md]]"),
    ],
)
def test_links_follow_a_note_in_their_own_way_of_writing(text, after):
    one = move([A, B], A, path="notes/sub/new.md")

    assert rewritten(one, "notes/x.md", text.encode())[0].decode() == after


def test_a_moved_note_finds_its_neighbours_and_its_pictures_again():
    one = move([A, B], A, path="notes/sub/a.md")
    text = "[b](sub/b.md) ![p](../attachments/p.png) ![gone](../none.png) [[b]] [self](a.md)"

    assert rewritten(one, "notes/a.md", text.encode())[0].decode() == (
        "[b](b.md) ![p](../../attachments/p.png) ![gone](../none.png) [[b]] [self](a.md)"
    )


def test_a_link_by_title_follows_the_title():
    one = move([A, B], A, title="Newer: a title")

    assert rewritten(one, "notes/x.md", b"[[the title]] [[a]]")[0] == b"[[Newer: a title]] [[a]]"
    odd = move([A, B], A, title="C# [x]")
    assert rewritten(odd, "notes/x.md", b"[[the title|T]]")[0] == b"[[a|T]]"


def test_a_path_with_spaces_is_escaped_and_one_in_pointed_brackets_is_not():
    one = move([A, B], A, path="notes/my folder/a (1).md")
    text = b"[w](a.md) [w](<a.md>)"

    assert rewritten(one, "notes/x.md", text)[0] == (
        b"[w](my%20folder/a%20%281%29.md) [w](<my folder/a (1).md>)"
    )


def test_a_name_that_no_link_can_say_is_refused_before_anything_is_written():
    bare = named("notes/a.md", "A")
    one = move([bare], bare, path="notes/x#y.md", id="n#", title="#")

    with pytest.raises(Refused, match="cannot follow"):
        rewritten(one, "notes/x.md", b"[[a]]")


def test_a_note_that_no_link_of_changes_is_not_touched():
    one = move([A, B], A, path="notes/new.md")
    links = read_note(b"[[b]] [[the title]]", stem="x").links

    assert not is_touched(one, "notes/x.md", links)
    assert is_touched(one, "notes/x.md", read_note(b"[[a]]", stem="x").links)


def test_a_link_to_a_former_name_is_mended_and_a_name_that_never_was_is_left():
    former = Names([replace(A, path="notes/old.md", title="Old title")])

    assert repaired(Names([A, B]), former, "notes/x.md", b"[[old|L]] [[Old title]] [[never]] [[b]]")[0] == (
        b"[[a|L]] [[The Title]] [[never]] [[b]]"
    )


# Whatever moves where: a link that worked still works.

FOLDER = st.sampled_from(["notes", "notes/sub", "notes/deep/er", "notes/My Folder"])
STEM = st.sampled_from(["a", "b", "c", "todo", "Über uns", "漢字", "a (1)", "x.y"])


@st.composite
def vaults(draw):
    paths = draw(st.lists(st.builds("{}/{}.md".format, FOLDER, STEM), min_size=2, max_size=6, unique=True))
    notes = [
        Named(id=f"n-00000000000{i}", path=path, title=draw(st.sampled_from(["T", f"Title {i}", "a"])))
        for i, path in enumerate(paths)
    ]
    target = st.one_of(
        st.sampled_from([note.path for note in notes]),
        st.sampled_from([note.stem for note in notes]),
        st.sampled_from([note.title for note in notes]),
        st.sampled_from([note.id for note in notes]),
        st.sampled_from([note.path.removeprefix("notes/").removesuffix(".md") for note in notes]),
        st.builds("{}{}.md".format, st.sampled_from(["", "../", "./", "sub/"]), STEM),
    )
    link = st.one_of(
        target.map("[[{}]]".format),
        target.map("[[{}#H|label]]".format),
        target.map("[w](<{}>)".format),
        target.map(lambda one: f"[w]({one.replace(' ', '%20')})"),
    )
    files = {note.path: " ".join(draw(st.lists(link, max_size=5))).encode() for note in notes}
    moved = draw(st.sampled_from(notes))
    free = st.builds("{}/{}.md".format, FOLDER, st.sampled_from(["new", "neu-漢", "a-2"]))
    new = draw(free.filter(lambda path: path not in paths))
    return notes, files, moved, replace(moved, path=new)


def meanings(notes, files):
    names = Names(notes)
    for note in notes:
        for place in links_in(files[note.path]):
            found = names.resolve(place.target, form=place.form, at=note.path).one
            yield note.id, found.id if found else None


@settings(max_examples=100, deadline=None)
@given(vaults())
def test_after_a_move_no_link_that_worked_is_broken_and_anchors_and_labels_are_kept(vault):
    notes, files, before, after = vault
    one = moving(before, after, notes, roots=(), is_file=lambda _path: False)
    moved = {one.path_of(path): rewritten(one, path, data)[0] for path, data in files.items()}
    now = [after if note.id == before.id else note for note in notes]

    for (at, was), (still_at, then) in zip(meanings(notes, files), meanings(now, moved), strict=True):
        assert at == still_at
        assert then == was or was is None
    for path, data in files.items():
        assert [(p.anchor, p.label) for p in links_in(data)] == [
            (p.anchor, p.label) for p in links_in(moved[one.path_of(path)])
        ]
