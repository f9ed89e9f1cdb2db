"""Logseq's property lines: read where no front matter says otherwise, and never moved or rewritten."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.note import Level
from pkm.rules.logseq import lead_end, lead_values
from pkm.rules.notefile import append_paragraph, read_note, set_keys

ABOVE = b"title:: What: a title?\ntags:: [[deep work]], #reading\n---\nid: n-000000000001\nkind: thought\n---\n\nWords.\n"


def test_property_lines_above_front_matter_are_read_with_it():
    note = read_note(ABOVE, stem="x")
    assert (note.id, note.kind, note.title) == ("n-000000000001", "thought", "What: a title?")
    assert "reading" in note.tags
    assert note.body == "\nWords.\n"
    assert note.problem is None


def test_property_lines_alone_name_the_page():
    note = read_note(b"title:: A page\nalias:: One, Two\n\n- a block\n", stem="x")
    assert (note.title, note.aliases) == ("A page", ("One", "Two"))


def test_front_matter_wins_over_property_lines():
    assert read_note(b"title:: Below\n---\ntitle: Above\n---\n", stem="x").title == "Above"


def test_a_line_of_text_never_says_how_far_a_note_may_go_or_what_it_is_on():
    note = read_note(b"visibility:: public\nitem:: i-000000000001\nid:: n-000000000001\n\nWords.\n", stem="x")
    assert (note.visibility, note.items, note.id) == (None, (), None)
    assert note.level(Level.PRIVATE) is Level.PRIVATE


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_edit_below_property_lines_changes_its_own_lines_alone(newline):
    data = ABOVE.replace(b"\n", newline)
    edited = set_keys(data, {"status": "settled"})
    assert edited == data.replace(b"kind: thought", b"kind: thought" + newline + b"status: settled")
    assert append_paragraph(edited, "More.") == edited + newline + b"More." + newline


def test_a_page_of_property_lines_that_gets_front_matter_keeps_its_name():
    edited = set_keys(b"title:: A page\n\n- a block\n", {"id": "n-000000000001"})
    assert edited == b"---\nid: n-000000000001\n---\n\ntitle:: A page\n\n- a block\n"
    assert read_note(edited, stem="x").title == "A page"


def test_problems_below_property_lines_are_named_with_the_files_own_line():
    assert read_note(b"title:: x\n---\na: 1\nb: @\n---\n", stem="x").problem.startswith("line 4:")
    assert read_note(b"title:: x\n---\nvisibility: all\n---\n", stem="x").problem.startswith("line 3:")
    assert "line 2" in read_note(b"title:: x\n---\na: 1\n", stem="x").problem


@given(st.text(st.sampled_from("ab:- #[],\n\r\t"), max_size=60))
@settings(deadline=None)
def test_any_text_has_a_lead_of_whole_lines(text):
    end = lead_end(text)
    assert 0 <= end <= len(text)
    assert not end or end == len(text) or text[end - 1] in "\r\n"
    lead_values(text[:end])
