import json
import shutil
from dataclasses import replace

import pytest

from pkm.errors import Findings, NoteUnreadable, Refused, UsageError, VisibilityRefused
from pkm.model.digest import DraftState, ShareState
from pkm.rules.draft import read_draft
from pkm.rules.query import parse_query
from pkm.share import choosing, ledger
from pkm.share.edition import formats_of
from pkm.share.export import ExportOrder, prepare, publish
from pkm.share.gate import Reason
from pkm.shelf import following
from pkm.shelf.notes import append, set_front_matter
from pkm.shelf.rebuild import rebuild
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.sharing import PUBLIC, TEAM, drafted, file_of, out, sensed, thought, typed
from support.shelves import opened, stored_item, stored_source

WORDS = "Seven words of mine about this thing."


def edition_files(shelf, name="team-001"):
    return {path.name: path.read_bytes() for path in (shelf.home.digests / name).iterdir()}


def log_lines(shelf):
    return [json.loads(line) for line in shelf.home.share_log.read_text().splitlines()]


def test_an_edition_has_a_number_files_and_a_log(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest

    done = out(shelf, digest, "md", "html")

    assert (done.digest.edition, done.is_new, done.blocks) == (1, True, 1)
    assert set(edition_files(shelf)) == {"edition.md", "edition.html"}
    assert WORDS in edition_files(shelf)["edition.md"].decode()
    assert [(line["state"], line["note"], line["item"]) for line in log_lines(shelf)] == [
        ("planned", note.id, note.file.items[0]),
        ("sent", note.id, note.file.items[0]),
    ]
    assert read_draft(file_of(shelf, digest).read_bytes()).edition == 1
    assert shelf.store.digests.get(digest.id).state is DraftState.EXPORTED
    assert [
        hit.ref for hit in shelf.store.search.find(parse_query("seven"), limit=0) if hit.kind == "edition"
    ] == [digest.id]


def test_each_audience_counts_for_itself(shelf, clock):
    sensed(shelf, level="public")
    assert out(shelf, drafted(shelf).digest).digest.edition == 1
    assert out(shelf, drafted(shelf, PUBLIC).digest).digest.edition == 1
    clock.forward(hours=1)
    sensed(shelf, title="Next")
    assert out(shelf, drafted(shelf).digest).digest.edition == 2


def test_exporting_again_gives_the_same_bytes_and_no_new_share(shelf):
    sensed(shelf)
    digest = out(shelf, drafted(shelf).digest, "md").digest
    before, lines = edition_files(shelf), log_lines(shelf)

    again = out(shelf, digest, "md", "html")

    assert (again.is_new, again.written, again.digest.edition) == (False, ("html",), 1)
    assert edition_files(shelf)["edition.md"] == before["edition.md"]
    assert log_lines(shelf) == lines


def test_two_homes_with_the_same_words_make_the_same_bytes(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    first = out(shelf, digest, "md", "html")

    assert {form: first.edition.render(form) for form in ("md", "html")} == {
        form: edition_files(shelf)[f"edition.{form}"] for form in ("md", "html")
    }


def test_a_note_edited_later_does_not_stop_a_further_format(shelf):
    note = sensed(shelf)
    digest = out(shelf, drafted(shelf).digest).digest
    with shelf.writing():
        append(shelf, note, "A second thought comes later.", command=None)

    done = out(shelf, digest, "html")

    assert done.written == ("html",)
    assert b"second thought" not in edition_files(shelf)["edition.html"]


def test_a_draft_changed_after_its_edition_is_refused_unless_again(shelf):
    sensed(shelf)
    digest = out(shelf, drafted(shelf).digest).digest
    typed(shelf, digest, "<!-- intro", "One more word.\n\n<!-- intro")

    with pytest.raises(Refused) as refused:
        out(shelf, digest)
    assert "--again" in refused.value.hint

    assert out(shelf, digest, again=True).digest.edition == 2
    assert b"One more word." in edition_files(shelf, "team-002")["edition.md"]
    assert b"One more word." not in edition_files(shelf)["edition.md"]


def test_a_file_that_was_edited_by_hand_is_refused_and_kept(shelf):
    sensed(shelf)
    digest = out(shelf, drafted(shelf).digest).digest
    path = shelf.home.digests / "team-001" / "edition.md"
    path.write_text("mine now")

    with pytest.raises(Refused) as refused:
        out(shelf, digest)

    assert "digests/team-001/edition.md" in refused.value.what
    assert path.read_text() == "mine now"


def test_a_file_that_was_deleted_is_written_again(shelf):
    sensed(shelf)
    digest = out(shelf, drafted(shelf).digest).digest
    before = edition_files(shelf)
    (shelf.home.digests / "team-001" / "edition.md").unlink()

    assert out(shelf, digest).written == ("md",)
    assert edition_files(shelf) == before


def test_a_note_that_became_private_stops_the_export_and_is_named(shelf):
    note = sensed(shelf, title="Was open")
    digest = drafted(shelf).digest
    with shelf.writing():
        set_front_matter(shelf, note, {"visibility": "private"}, command=None)

    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest)

    assert note.id in refused.value.what
    assert f"pkm notes set {note.id} --visibility team" in refused.value.hint
    assert not (shelf.home.digests / "team-001").exists()
    assert not shelf.home.share_log.exists()


def test_words_of_notes_that_were_deleted_many_at_once_do_not_leave(shelf):
    notes = [sensed(shelf, title=f"Item {number}") for number in range(6)]
    digest = drafted(shelf).digest
    for note in notes:
        (shelf.home.root / note.path).unlink()
    assert sync(shelf).vanished  # so the index keeps them all

    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest, widen=True)

    assert refused.value.why == "its file is gone"
    assert not shelf.home.share_log.exists()
    assert {one.reason for one in drafted(shelf, PUBLIC).withheld} == {Reason.MISSING}


@pytest.mark.parametrize(
    "link", ["[the words](./hidden.md#part)", "[the words](hidden.md?x#p)", "[[hidden^block]]"]
)
def test_a_link_to_a_place_in_a_hidden_note_is_a_link_to_it(shelf, link):
    hidden = thought(shelf, "Words nobody else may see.", title="Hidden", level="private")
    assert hidden.path == "notes/hidden.md"
    thought(shelf, f"Seen words with {link} in them.", title="Seen")

    assert (
        "it links to what they may not see: "
        in {one.title: one.why for one in drafted(shelf).withheld}["Seen"]
    )


def test_widening_lets_it_go_once_and_is_logged(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    with shelf.writing():
        set_front_matter(shelf, note, {"visibility": "private"}, command=None)

    done = out(shelf, digest, widen=True)

    assert [held.note for held in done.widened] == [note.id]
    assert [(line["state"], line.get("reason")) for line in log_lines(shelf)] == [
        ("widened", "level"),
        ("planned", None),
        ("sent", None),
    ]
    assert shelf.store.notes.get(note.id).file.visibility == "private"


def test_only_another_audience_and_a_private_source_stop_it_too(shelf):
    source = stored_source(shelf, "https://secret.example/feed")
    by_source = sensed(shelf, title="By source", source=source)
    by_only = sensed(shelf, title="By only")
    digest = drafted(shelf).digest
    with shelf.writing():
        following.save(shelf, [replace(source, private=True)], command=None)
    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest)
    assert by_source.id in refused.value.what

    with shelf.writing():
        following.save(shelf, [source], command=None)
        set_front_matter(shelf, by_only, {"only": ["friends"]}, command=None)
    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest)
    assert by_only.id in refused.value.what


def test_an_unclosed_private_mark_is_never_widened(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    path = shelf.home.root / note.path
    path.write_text(path.read_text() + "\n%% and here something private\n")

    with pytest.raises(VisibilityRefused):
        out(shelf, digest, widen=True)


def test_words_marked_private_after_drafting_leave_neither_by_a_block_of_ours_nor_by_an_edited_one(shelf):
    note = sensed(shelf, text="Open words of mine here.\n\nThis is about my colleague Quux.")
    digest = drafted(shelf).digest
    path = shelf.home.root / note.path
    path.write_text(
        path.read_text().replace("This is about my colleague Quux.", "%% This is about my colleague Quux. %%")
    )

    prepared = prepare(shelf, digest, ExportOrder())
    assert "Quux" not in "".join(block.text for block in prepared.draft.blocks)

    typed(
        shelf,
        digest,
        "Open words of mine here.",
        "Opened words of mine here.\n\nThis is about my colleague Quux.",
    )
    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest)
    assert note.id in refused.value.what


def test_a_block_of_an_unknown_note_is_refused(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    path = file_of(shelf, digest)
    path.write_text(
        path.read_text()
        + "\n<!-- note n-000000000000 -->\n## Thought\n\nWords of somebody.\n<!-- /note -->\n"
    )

    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest)
    assert "n-000000000000" in refused.value.what


def test_errors_of_the_check_stop_the_export(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, WORDS, f"{WORDS}\n\nCOMMENT NEEDED")

    with pytest.raises(Findings) as found:
        out(shelf, digest)
    assert "pkm share check" in found.value.hint


def test_a_draft_whose_front_matter_is_broken_is_named_with_what_to_type(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, "audience: team", "audience: [team")
    broken = file_of(shelf, digest).read_bytes()

    for again in (lambda: out(shelf, digest), lambda: drafted(shelf)):
        with pytest.raises(NoteUnreadable) as refused:
            again()
        assert refused.value.what.startswith(f"{digest.path}: the front matter of this draft is not edited")
        assert refused.value.hint.endswith(f"pkm share edit {digest.path}")
    assert file_of(shelf, digest).read_bytes() == broken


def test_a_draft_without_a_block_is_no_edition(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    path = file_of(shelf, digest)
    path.write_text(path.read_text().partition("<!-- item")[0] + "Words alone.\n")

    with pytest.raises(Findings):
        out(shelf, digest)


def test_a_link_to_a_hidden_note_is_refused_and_redacted_if_asked(shelf):
    thought(shelf, "About the merger, not yet known.", title="Merger plans", level="private")
    sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, "<!-- intro", "See [[Merger plans]] and [[Merger plans|this]].\n\n<!-- intro")

    with pytest.raises(VisibilityRefused):
        out(shelf, digest)
    out(shelf, digest, redact=True)

    text = edition_files(shelf)["edition.md"].decode()
    assert "Merger" not in text
    assert "See … and this." in text


def test_typed_words_are_filed_before_the_gate(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, WORDS, f"{WORDS}\n\nOn Friday I try it.")

    done = out(shelf, digest)

    assert [one.note for one in done.filed.words] == [note.id]
    assert "On Friday I try it." in (shelf.home.root / note.path).read_text()
    assert b"On Friday I try it." in edition_files(shelf)["edition.md"]


def test_a_crash_after_the_plan_is_told_as_unknown_and_mended_with_the_same_number(shelf, tmp_path):
    sensed(shelf)
    digest = drafted(shelf).digest
    folder = shelf.home.digests / "team-001"
    folder.write_text("in the way")  # a file where the folder has to go: the disk says no in the middle

    with pytest.raises((Refused, OSError)):
        out(shelf, digest)
    assert [one.share.state for one in ledger.history(shelf)] == [ShareState.UNKNOWN]
    assert choosing.open_drafts(shelf)[0].id == digest.id

    folder.unlink()
    assert out(shelf, digest).digest.edition == 1
    assert {one.share.state for one in ledger.history(shelf)} == {ShareState.SENT}


def test_an_export_that_fails_at_its_last_step_is_not_logged_as_sent_and_leaves_no_file(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, 'edition: "1"', 'edition: "9"')  # so that the draft has to be written too
    in_the_way = shelf.home.trash
    if in_the_way.is_dir():
        shutil.rmtree(in_the_way)
    in_the_way.write_text("a file where the trash has to go: the disk says no when all is written")

    with pytest.raises((Refused, OSError)):
        out(shelf, digest, "md", "html")
    sync(shelf)

    assert [one.share.state for one in ledger.history(shelf)] == [ShareState.UNKNOWN]
    assert edition_files(shelf) == {}
    assert choosing.open_drafts(shelf)[0].id == digest.id

    in_the_way.unlink()
    assert out(shelf, digest).digest.edition == 1
    assert [one.share.state for one in ledger.history(shelf)] == [ShareState.SENT]


def test_half_an_edition_of_other_words_is_not_overwritten(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    folder = shelf.home.digests / "team-001"
    folder.mkdir()
    (folder / "edition.md").write_text("what a crash left, or another machine")

    assert out(shelf, digest).digest.edition == 2
    assert (folder / "edition.md").read_text() == "what a crash left, or another machine"


def test_an_edition_that_another_machine_made_is_not_made_again(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    exported = out(shelf, digest).digest
    with shelf.writing():
        shelf.store.digests.save(replace(digest, state=DraftState.DRAFT, edition=None))

    found = choosing.choose(shelf, digest.path, None)

    assert (found.state, found.edition) == (DraftState.EXPORTED, exported.edition)
    assert choosing.open_drafts(shelf) == ()


def test_two_exports_of_a_draft_at_once_make_one_edition(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    order = ExportOrder()
    first, second = prepare(shelf, digest, order), prepare(shelf, digest, order)
    publish(shelf, first, order.formats)
    logged = log_lines(shelf)

    with pytest.raises(Refused, match="went out as edition 1 meanwhile"):
        publish(shelf, second, order.formats)

    assert log_lines(shelf) == logged
    assert not (shelf.home.digests / "team-002").exists()


def test_an_export_cannot_be_undone(shelf):
    sensed(shelf)
    out(shelf, drafted(shelf).digest)

    with pytest.raises(Refused):
        undo(shelf)


def test_after_a_rebuild_the_edition_is_still_one(shelf, clock):
    sensed(shelf)
    digest = out(shelf, drafted(shelf).digest).digest
    shelf.store.close()
    rebuild(shelf.home, options=shelf.options, now=clock)
    with opened(shelf.home, now=clock, audiences={"team": TEAM}) as again:
        found = choosing.choose(again, digest.path, None)
        assert (found.state, found.edition) == (DraftState.EXPORTED, 1)
        assert not out(again, found, "md").is_new
        path = file_of(again, found)
        path.write_text(path.read_text().replace("<!-- intro", "New.\n\n<!-- intro"))
        with pytest.raises(Refused):
            out(again, found, "md")


def test_an_item_of_a_private_source_stays_private_after_a_rebuild(shelf, clock):
    source = stored_source(shelf, "https://secret.example/feed", private=True)
    sensed(shelf, title="Told in private", source=source)
    shelf.store.close()
    rebuild(shelf.home, options=shelf.options, now=clock)
    with opened(shelf.home, now=clock, audiences={"team": TEAM}) as again:
        found = drafted(again)
        assert found.digest is None
        assert [row.reason for row in found.withheld] == ["private-source"]


def test_a_bare_item_goes_out_with_its_line_in_the_log(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    item = stored_item(shelf, title="Bare", url="https://example.org/bare?utm_source=x", keep=True)
    path = file_of(shelf, digest)
    path.write_text(
        path.read_text() + f"\n<!-- item {item.id} -->\n## [Bare](https://example.org/bare)\n<!-- /item -->\n"
    )

    out(shelf, digest)

    last = log_lines(shelf)[-1]
    assert (last["item"], last["url"], "note" in last) == (item.id, "https://example.org/bare", False)


def test_nothing_is_written_before_publish(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    prepared = prepare(shelf, digest, ExportOrder())

    assert not shelf.home.share_log.exists()
    assert publish(shelf, prepared, ("html",)).files == {"html": "digests/team-001/edition.html"}


def test_formats_are_named_by_words_with_commas():
    assert formats_of("md, HTML,md") == ("md", "html")
    for words in ("pdf", "", "md,doc"):
        with pytest.raises(UsageError):
            formats_of(words)
