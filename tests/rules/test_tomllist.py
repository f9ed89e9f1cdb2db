"""A list in a settings file: what is set is set, and no other line moves."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Refused
from pkm.rules.tomllist import with_list

PATH = ("notes", "folders")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[notes]\nfolders = ["v"]\n'),
        ("zone = 'UTC'", "zone = 'UTC'\n\n[notes]\nfolders = [\"v\"]\n"),
        (
            "[notes]\n# words\n# folders = []\nvisibility = 'team'\n",
            "[notes]\n# words\n# folders = []\nfolders = [\"v\"]\nvisibility = 'team'\n",
        ),
        (
            "[notes] # mine\r\nvisibility = 'team'\r\n",
            "[notes] # mine\r\nfolders = [\"v\"]\r\nvisibility = 'team'\r\n",
        ),
        ("[notes]\nfolders = []  # none yet\n", '[notes]\nfolders = ["v"]  # none yet\n'),
        ("[seek]\n[notes]\n[share]\n", '[seek]\n[notes]\nfolders = ["v"]\n[share]\n'),
    ],
)
def test_a_first_folder_is_set_where_it_belongs(before, after):
    assert with_list(before, PATH, ["v"]) == after


def test_a_further_folder_follows_the_last_and_remarks_stay():
    before = "[notes]\nfolders = [\n  'a', # the old one\n  \"b\" # and that\n]\n"
    assert with_list(before, PATH, ["a", "b", "c"]) == before.replace('"b"', '"b", "c"')
    assert with_list(before, PATH, ["b"]) == '[notes]\nfolders = [\n  # the old one\n  "b" # and that\n]\n'


def test_a_file_written_in_another_way_is_left_alone_and_the_line_is_said():
    for text in ("notes.folders = ['a']\n", "notes = {folders = ['a']}\n", "[notes]\nfolders = 'a'\n"):
        with pytest.raises(Refused) as told:
            with_list(text, PATH, ["a", "b"])
        assert 'folders = ["a", "b"]' in told.value.hint


names = st.lists(st.text(st.sampled_from("ab/ ~\"\\'#,[]é"), min_size=1, max_size=6), max_size=4, unique=True)


@given(
    names, names, st.sampled_from(["[{}]", "[ {} ]", "[\n  {},\n]", "[\n  # one ] remark\n  {} # another\n]"])
)
@settings(max_examples=100, deadline=None)
def test_any_list_becomes_any_other_and_the_rest_of_the_file_stays(old, new, shape):
    quoted = ", ".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in old)
    shape = shape.replace("{},", "{}") if not old else shape
    text = f"# top\nzone = 'UTC'\n[notes]\nfolders = {shape.replace('{}', quoted)}\nvisibility = 'team' # words\n"
    changed = with_list(text, PATH, new)
    assert tomllib.loads(changed)["notes"] == {"folders": new, "visibility": "team"}
    assert changed.startswith("# top\nzone = 'UTC'\n[notes]\nfolders = [")
    assert changed.endswith("]\nvisibility = 'team' # words\n")
    assert changed.count("remark") == text.count("remark")
