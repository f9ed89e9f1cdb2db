from datetime import timedelta

import pytest

from pkm.errors import NotFound, UsageError
from pkm.model.audience import SELF
from pkm.rules.draft import read_draft
from pkm.share import choosing
from pkm.share.gate import Reason
from pkm.share.period import Asked, period_of
from pkm.shelf.notes import NewNote, append, make, set_front_matter
from pkm.shelf.undo import undo
from support.sharing import PUBLIC, TEAM, drafted, file_of, out, sensed, thought, typed
from support.shelves import stored_item, stored_source


def blocks(shelf, found):
    return [block.key for block in read_draft(file_of(shelf, found.digest).read_bytes()).blocks]


def test_a_week_of_notes_becomes_a_draft_newest_first(shelf, clock):
    first = sensed(shelf, title="First")
    clock.forward(hours=1)
    second = sensed(shelf, title="Second")

    found = drafted(shelf)

    assert found.made
    assert found.digest.path == "digests/team-2026-W47.md"
    assert blocks(shelf, found) == [second.id, first.id]
    assert shelf.store.digests.get(found.digest.id) == found.digest


def test_a_note_that_is_too_private_is_withheld_with_its_reason(shelf):
    sensed(shelf, title="Mine", level="private")
    sensed(shelf, title="Ours")

    [row] = drafted(shelf).withheld

    assert (row.title, row.reason) == ("Mine", Reason.LEVEL)
    assert row.hint == f"pkm notes set {row.note} --visibility team"


def test_oneself_gets_everything(shelf):
    sensed(shelf, level="private")

    assert len(drafted(shelf, SELF).blocks) == 1


def test_without_a_note_that_may_go_there_is_no_file(shelf):
    sensed(shelf, level="private")
    stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)

    found = drafted(shelf)

    assert found.digest is None
    assert (len(found.withheld), found.unsensed) == (1, 1)
    assert not shelf.home.digests.exists()


def test_a_note_of_another_time_is_not_taken_until_pkm_appends_to_it(shelf, clock):
    note = sensed(shelf)
    clock.forward(days=30)
    assert drafted(shelf).digest is None

    with shelf.writing():
        append(shelf, note, "A second thought, a month later.", command=None)

    assert drafted(shelf).blocks == (note.id,)


def test_what_stood_in_an_edition_comes_to_no_second_one_for_the_same_audience(shelf, clock):
    note = sensed(shelf, level="public")
    out(shelf, drafted(shelf).digest)
    clock.forward(hours=1)
    fresh = sensed(shelf, title="Fresh")

    again = drafted(shelf)

    assert again.blocks == (fresh.id,)
    assert again.digest.path == "digests/team-2026-W47-2.md"
    assert drafted(shelf, PUBLIC).blocks == (note.id,)


def test_the_week_grows_back_to_the_last_edition(shelf, clock):
    sensed(shelf, title="First")
    out(shelf, drafted(shelf).digest)
    clock.forward(hours=1)
    late = sensed(shelf, title="Late")
    clock.forward(days=20)

    found = drafted(shelf)

    assert found.blocks == (late.id,)
    assert found.digest.period == "2026-11-22..2026-12-12"


def test_a_draft_made_again_keeps_every_edit_and_brings_what_is_new(shelf, clock):
    kept = sensed(shelf, title="Edited")
    follows = sensed(shelf, title="Follows", text="Words that will change soon enough.")
    gone = sensed(shelf, title="Gone")
    first = drafted(shelf)
    typed(shelf, first.digest, "<!-- intro: yours.", "My own introduction.\n\n<!-- intro: yours.")
    path = file_of(shelf, first.digest)
    text = path.read_text().replace("Seven words of mine", "Eight words of mine", 2)
    head, _, tail = text.partition(f"<!-- item {gone.file.items[0]}")
    path.write_text(head + tail.partition("<!-- /item -->")[2].lstrip("\n"))
    with shelf.writing():
        append(shelf, follows, "And they did.", command=None)
    clock.forward(hours=1)
    new = sensed(shelf, title="New")

    again = drafted(shelf)

    assert (again.redraft.kept_edits, again.redraft.refreshed) == ((kept.id,), (follows.id,))
    assert (again.redraft.added, again.redraft.left_out) == ((new.id,), (gone.id,))
    text = path.read_text()
    assert "My own introduction." in text
    assert "Eight words of mine" in text
    assert "And they did." in text
    assert gone.id not in [block.key for block in read_draft(path.read_bytes()).blocks]


def test_drafting_again_with_nothing_new_changes_no_byte_and_logs_nothing(shelf, clock):
    sensed(shelf)
    stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    first = drafted(shelf)
    before = file_of(shelf, first.digest).read_bytes()
    commands = shelf.store.undo_log.listing(0)
    clock.forward(hours=5)

    again = drafted(shelf)

    assert not again.changed
    assert file_of(shelf, first.digest).read_bytes() == before
    assert shelf.store.undo_log.listing(0) == commands


def test_the_listing_of_items_without_words_follows_what_waits(shelf):
    sensed(shelf)
    bare = stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    first = drafted(shelf)
    path = file_of(shelf, first.digest)
    assert f"- Bare · pkm sense {bare.id}" in path.read_text()

    with shelf.writing():
        make(shelf, NewNote(text="Now it has my own words.", items=(bare,), level="team"), command=None)
    again = drafted(shelf)

    assert len(again.redraft.added) == 1
    assert "pkm sense" not in path.read_text()


def test_an_open_draft_goes_on_in_the_next_week_under_its_own_name(shelf, clock):
    sensed(shelf)
    first = drafted(shelf)
    clock.forward(days=9)
    later = sensed(shelf, title="Later")

    again = drafted(shelf)

    assert again.digest.path == first.digest.path
    assert again.redraft.added == (later.id,)
    assert read_draft(file_of(shelf, first.digest).read_bytes()).period == "2026-11-15..2026-12-01"
    assert len(choosing.open_drafts(shelf)) == 1


def test_a_period_that_was_named_has_a_draft_of_its_own(shelf, clock):
    note = sensed(shelf)
    clock.forward(days=9)
    sensed(shelf, title="Later")
    drafted(shelf)

    found = drafted(shelf, asked=Asked(period="2026-W47"))

    assert found.digest.path == "digests/team-2026-W47.md"
    assert found.blocks == (note.id,)


def test_a_note_that_became_private_stays_in_the_file_and_is_named(shelf):
    note = sensed(shelf)
    found = drafted(shelf)
    with shelf.writing():
        set_front_matter(shelf, note, {"visibility": "private"}, command=None)

    again = drafted(shelf)

    assert again.blocks == (note.id,)
    assert [row.note for row in again.withheld] == [note.id]
    assert found.digest.path == again.digest.path


def test_limit_and_tag_narrow_and_the_rest_waits(shelf, clock):
    for number in range(3):
        clock.forward(minutes=1)
        sensed(shelf, title=f"Number {number}", tags=("reading/slow",) if number else ())

    found = drafted(shelf, limit=1, tag="#Reading")
    assert (len(found.blocks), found.surplus) == (1, 1)

    again = drafted(shelf, limit=1)
    assert (len(again.blocks), again.surplus, again.changed) == (1, 2, False)


def test_items_of_a_private_source_are_withheld_and_not_listed(shelf):
    private = stored_source(shelf, "https://secret.example/feed", private=True, title="Secret letters")
    sensed(shelf, title="Told in private", source=private)
    stored_item(shelf, title="Bare secret", url="https://secret.example/b", source=private, keep=True)
    sensed(shelf, title="Open")

    found = drafted(shelf)

    assert [row.reason for row in found.withheld] == [Reason.SOURCE]
    text = file_of(shelf, found.digest).read_text()
    assert "secret" not in text.lower()


def test_undo_takes_a_new_draft_away_and_a_redraft_back(shelf, clock):
    sensed(shelf)
    first = drafted(shelf)
    before = file_of(shelf, first.digest).read_bytes()
    clock.forward(minutes=1)
    thought(shelf)
    drafted(shelf)

    undo(shelf)
    assert file_of(shelf, first.digest).read_bytes() == before
    undo(shelf)
    assert not file_of(shelf, first.digest).exists()
    assert choosing.open_drafts(shelf) == ()


def test_a_draft_that_came_with_the_files_of_another_machine_is_known(shelf):
    sensed(shelf)
    first = drafted(shelf)
    with shelf.writing():
        shelf.store.digests.remove(first.digest.id)

    assert choosing.choose(shelf, None, None).id == first.digest.id


def test_of_several_open_drafts_one_has_to_be_named(shelf):
    sensed(shelf, level="public")
    team, public = drafted(shelf).digest, drafted(shelf, PUBLIC).digest

    with pytest.raises(UsageError) as several:
        choosing.choose(shelf, None, None)
    assert team.path in several.value.what
    assert choosing.choose(shelf, None, "readers") == public
    assert choosing.choose(shelf, team.path, None) == team
    assert choosing.choose(shelf, team.id[-6:], None) == team


def test_without_a_draft_the_line_that_makes_one_is_named(shelf):
    with pytest.raises(NotFound) as none:
        choosing.choose(shelf, None, "team")
    assert none.value.hint == "pkm share draft --to team"


def test_a_draft_whose_file_was_deleted_is_no_open_draft(shelf):
    sensed(shelf)
    file_of(shelf, drafted(shelf).digest).unlink()

    assert choosing.open_drafts(shelf) == ()
    assert drafted(shelf).made


@pytest.mark.parametrize(
    "asked",
    [
        Asked(week=True, month=True),
        Asked(period="2026-W47", since="3d"),
        Asked(month=True, until="today"),
        Asked(since="2026-11-20", until="2026-11-18"),
        Asked(period="soon"),
        Asked(until=" "),
    ],
)
def test_words_that_mean_no_period_are_refused(shelf, asked):
    with pytest.raises(UsageError):
        drafted(shelf, asked=asked)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (Asked(), "2026-W47"),
        (Asked(week=True), "2026-W47"),
        (Asked(month=True), "2026-11"),
        (Asked(period="2026"), "2026"),
        (Asked(since="2026-11-20"), "2026-11-20..2026-11-22"),
        (Asked(since="3d", until="yesterday"), "2026-11-19..2026-11-21"),
        (Asked(since="last"), "2026-W47"),
        (Asked(until="2026-11-21"), "2026-11-14..2026-11-21"),
    ],
)
def test_periods_are_named_by_their_words(shelf, asked, name):
    sensed(shelf)
    assert period_of(shelf, TEAM, asked).name == name


def test_since_last_begins_where_the_last_edition_ended(shelf, clock):
    sensed(shelf)
    out(shelf, drafted(shelf).digest)
    ended = clock.at
    clock.forward(days=2)
    found = period_of(shelf, TEAM, Asked(since="last"))
    assert timedelta(0) <= found.starts_at - ended < timedelta(seconds=1)


def test_a_template_of_the_home_is_used_and_one_that_is_missing_is_named(shelf):
    sensed(shelf)
    folder = shelf.home.root / "templates"
    folder.mkdir()
    (folder / "plain.md.j2").write_text(
        "{% macro opening(e) %}Hi.{% endmacro %}{% macro block(e) %}## {{ e.items[0].title }}\n\n"
        "{{ e.note.words }}{% endmacro %}{% macro closing(u) %}{% endmacro %}"
    )

    found = drafted(shelf, template="plain")
    assert "Hi.\n" in file_of(shelf, found.digest).read_text()
    assert not drafted(shelf).changed
    with pytest.raises(NotFound):
        drafted(shelf, PUBLIC, template="other", asked=Asked(month=True))
    with pytest.raises(UsageError):
        drafted(shelf, PUBLIC, template="../../x")
