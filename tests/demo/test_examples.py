"""The examples are what pkm writes: its own readers take them as such."""

from pathlib import Path

from pkm.config import settings_from
from pkm.model.note import Level
from pkm.rules import frontmatter
from pkm.rules.draft import is_edited, read_draft, write_draft
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_outlines

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_example_settings_are_read_without_complaint():
    path = EXAMPLES / "pkm.toml"

    settings = settings_from(path.read_text(encoding="utf-8"), path)

    assert settings.zone == "Europe/Berlin"
    assert settings.share.audience == "team"
    assert settings.audience["team"].level == Level.TEAM.word


def test_example_sources_are_what_pkm_would_write_again():
    data = (EXAMPLES / "sources.opml").read_bytes()
    read = read_opml(data)

    assert len(read.outlines) == 3
    assert write_outlines(read.outlines, title="What I follow") == data


def test_example_note_has_a_head_that_can_be_edited():
    data = (EXAMPLES / "note.md").read_bytes()

    assert frontmatter.read(data).problem is None
    assert frontmatter.edit(data, {"visibility": "team"}) == data


def test_example_draft_is_sound_and_untouched():
    data = (EXAMPLES / "draft.md").read_bytes()
    draft = read_draft(data)

    assert write_draft(draft) == data
    assert not draft.problems
    assert [is_edited(block) for block in draft.blocks] == [False]
    assert draft.blocks[0].note == frontmatter.read((EXAMPLES / "note.md").read_bytes()).values["id"]


def test_example_edition_says_what_the_draft_says():
    edition = (EXAMPLES / "edition.md").read_text(encoding="utf-8")

    [block] = read_draft((EXAMPLES / "draft.md").read_bytes()).blocks
    assert block.text in edition
    assert "<!--" not in edition
