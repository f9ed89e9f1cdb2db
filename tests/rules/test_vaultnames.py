"""Names in a folder of notes: a conflict copy leads to its note, and a note's name is never taken for one."""

import pytest

from pkm.rules.vaultnames import ignoring, is_copy, is_for_notes, original_of


@pytest.mark.parametrize(
    "name",
    [
        "a b.sync-conflict-20261122-123658-ABCDEFG.md",
        "a b (Jane's conflicted copy 2026-11-22).md",
        "a b (Conflicted copy from work 202611221236).md",
        "a b-conflicted-copy-2026-11-22.md",
        "a b.conflict-20261122T120000.md",
        "a b.conflict-20261122T120000-2.md",
        "a b.md.orig",
    ],
)
def test_a_conflict_copy_leads_to_its_note(name):
    assert is_copy(f"deep (x)/{name}")
    assert original_of(f"deep (x)/{name}") == "deep (x)/a b.md"


@pytest.mark.parametrize(
    "name", ["conflict.md", "a (copy).md", "On conflicted copy making.md", "orig.md", "a.conflict.md"]
)
def test_a_note_about_conflicts_is_a_note(name):
    assert not is_copy(name)


def test_folders_of_backups_hold_no_notes():
    assert not is_for_notes("/v/logseq/bak")
    assert not is_for_notes("node_modules")
    assert is_for_notes("bak")
    assert is_for_notes("logseq")


def test_an_ignore_file_without_a_pattern_ignores_nothing():
    assert ignoring("# only words\n\n") is None
    assert ignoring("Templates/\n*.draw.md\n").match("Templates")
