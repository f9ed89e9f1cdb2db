import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NotFound, UsageError
from pkm.model.item import State
from pkm.model.note import Status
from pkm.rules.query import parse_query
from pkm.rules.steering import Sign, Steer
from pkm.rules.tails import short_ids
from pkm.rules.words import own_text
from pkm.seek.answer import answer
from pkm.seek.ask import ask
from pkm.seek.look import Ask, look
from pkm.seek.questions import looked, overview, whys
from pkm.seek.triage import KeepWishes, keep, let_go
from pkm.shelf import locks
from pkm.shelf.lookup import question_of
from pkm.shelf.rebuild import rebuild
from pkm.shelf.shelf import ShelfOptions
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.shelves import Clock, new_home, opened, stored_item, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FINDABLE = "How do distributed teams keep decisions findable?"


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def shelf(home, clock):
    with opened(home, now=clock) as one:
        yield one


def item(shelf, title, **fields):
    return stored_item(shelf, title=title, url=f"https://example.org/{title.replace(' ', '-')}", **fields)


def waiting(shelf):
    return {one.question.title: (one.waiting, one.fresh) for one in overview(shelf)}


def test_a_question_is_a_note_that_is_open_and_private(shelf):
    asked = ask(shelf, FINDABLE, words=["decision log, ADR"], tags=["work"])
    text = (shelf.home.root / asked.note.path).read_text("utf-8")
    assert asked.note.path == "notes/how-do-distributed-teams-keep-decisions-findable.md"
    assert 'kind: question\nstatus: open\nwords:\n  - "decision log"\n  - ADR\n' in text
    assert text.endswith("---\n\n# How do distributed teams keep decisions findable?\n")
    assert asked.note.file.own_words == 0  # until it is answered
    assert (asked.note.file.tags, asked.note.level.word) == (("work",), "private")
    assert shelf.store.questions.get(asked.note.id) == asked.question


def test_what_follows_the_first_line_is_its_text(shelf):
    note = ask(shelf, "Who decides?\n\nI saw it in the minutes again.").note
    assert (note.title, note.file.own_words) == ("Who decides?", 7)


def test_what_matches_says_so_beside_its_row_and_alone_with_for(shelf):
    asked = ask(shelf, FINDABLE)
    item(shelf, "A log of decisions for one team")
    item(shelf, "Our team went out")
    rows = look(shelf, Ask(), random_below=lambda _: 0).rows
    assert {row.listed.item.title: row.because for row in rows} == {
        "A log of decisions for one team": (
            f"your question {short_ids([asked.note.id])[0]} (team, decision)",
        ),
        "Our team went out": (),
    }
    [row] = look(shelf, Ask(question=asked.question), random_below=lambda _: 0).rows
    assert row.listed.item.title == "A log of decisions for one team"


def test_words_of_the_user_are_queries_with_tags_and_not(shelf):
    asked = ask(shelf, "Why?", words=["tag:ops -wiki", "minutes OR verdicts"])
    item(shelf, "One", tags=("Ops",))
    item(shelf, "Two wiki", tags=("ops",))
    item(shelf, "Verdicts of three")
    found = [
        row.listed.item.title for row in look(shelf, Ask(question=asked.question), random_below=None).rows
    ]
    assert sorted(found) == ["One", "Verdicts of three"]
    assert asked.looked_for.least == 1


def test_fresh_is_what_came_since_the_last_look_and_is_still_undecided(shelf, clock):
    item(shelf, "Decisions of a team")
    asked = ask(shelf, FINDABLE)
    assert (asked.waiting, waiting(shelf)) == (1, {FINDABLE: (1, 0)})
    clock.forward(hours=1)
    item(shelf, "More decisions of teams")
    gone = item(shelf, "Distributed teams, again")
    [standing] = overview(shelf)
    assert (standing.fresh, standing.waiting) == (2, 3)
    assert [match.item.title for match in standing.shown] == [
        "Distributed teams, again",
        "More decisions of teams",
    ]
    assert standing.shown[0].words == ("distributed", "team")
    let_go(shelf, [gone])
    assert waiting(shelf) == {FINDABLE: (2, 1)}
    looked(shelf, [asked.question])
    assert waiting(shelf) == {FINDABLE: (2, 0)}


def test_a_look_waits_for_no_other_writer(shelf):
    asked = ask(shelf, FINDABLE)
    item(shelf, "Decisions of a team")
    with locks.writing(shelf.home.state):
        looked(shelf, [asked.question])
    assert waiting(shelf) == {FINDABLE: (1, 1)}


def test_a_question_written_by_hand_steers_as_well(shelf):
    shelf.home.notes.mkdir(exist_ok=True)
    (shelf.home.notes / "mine.md").write_text(
        "---\ntitle: What of drips?\nkind: question\nwords: faucet, drip*\n---\n", encoding="utf-8"
    )
    sync(shelf)
    item(shelf, "Dripping taps")
    assert waiting(shelf) == {"What of drips?": (1, 1)}


def test_an_answered_question_steers_no_more(shelf):
    asked = ask(shelf, FINDABLE)
    found = item(shelf, "Decisions of a team")
    answer(shelf, asked.question, "They write the doubt down.")
    assert overview(shelf) == ()
    assert whys(shelf, [found.id]) == {}
    [closed] = overview(shelf, everything=True)
    assert (closed.question.status, closed.waiting) == (Status.ANSWERED, 0)


def test_an_answer_cites_what_was_kept_and_written_for_it_as_nobodys_words(shelf):
    asked = ask(shelf, FINDABLE)
    first, second = item(shelf, "Decisions [of] a team"), item(shelf, "Other")
    keep(shelf, [first], KeepWishes(question=asked.question.id))
    note = keep(
        shelf, [second], KeepWishes(question=asked.question.id, words="This one is about minutes.")
    ).note
    assert note.file.question == asked.question.id
    answered = answer(shelf, asked.question, "They write the doubt down.")
    body = answered.note.file.body
    assert "They write the doubt down.\n\n<!-- pkm:begin led-here -->" in body
    assert (
        f"- [Decisions \\[of\\] a team](https://example.org/Decisions-%5Bof%5D-a-team) ({first.id})" in body
    )
    assert "- [[other|Other]]" in body
    assert (answered.note.file.status, answered.cited) == ("answered", 3)
    assert "Decisions" not in own_text(body)
    again = answer(shelf, asked.question, "And they read it again.")
    assert (again.cited, again.note.file.body.count("led-here -->")) == (0, 2)


def test_giving_up_needs_no_words_and_an_answer_does(shelf):
    asked = ask(shelf, FINDABLE)
    with pytest.raises(UsageError):
        answer(shelf, asked.question, " ")
    answer(shelf, asked.question, "", dropped=True)
    assert shelf.store.questions.get(asked.question.id).status == "dropped"
    undo(shelf)
    assert shelf.store.questions.get(asked.question.id).status == "open"


def test_what_is_kept_for_a_question_survives_undo_and_redecision(shelf):
    one, two = ask(shelf, FINDABLE).question, ask(shelf, "Who reads minutes anyway?").question
    found = item(shelf, "Decisions of a team")
    of_item = shelf.store.questions.of_item
    keep(shelf, [found], KeepWishes(question=one.id))
    assert keep(shelf, [found], KeepWishes(question=one.id)).command is None
    assert keep(shelf, [found], KeepWishes(question=two.id)).put == 1
    assert (shelf.store.questions.kept_for(one.id), shelf.store.questions.kept_for(two.id)) == (
        (),
        (found.id,),
    )
    undo(shelf)
    assert of_item(found.id) == one.id
    let_go(shelf, [found])
    assert shelf.store.questions.kept_for(one.id) == ()
    undo(shelf)
    assert shelf.store.questions.kept_for(one.id) == (found.id,)
    undo(shelf)
    assert (shelf.store.items.get(found.id).state, shelf.store.questions.kept_for(one.id)) == (State.NEW, ())


def test_an_item_kept_already_can_be_put_to_a_question_and_taken_from_it(shelf):
    question = ask(shelf, FINDABLE).question
    found = item(shelf, "Decisions of a team", keep=True)
    assert keep(shelf, [found], KeepWishes(question=question.id)).put == 1
    assert shelf.store.questions.kept_for(question.id) == (found.id,)
    undo(shelf)
    assert shelf.store.questions.kept_for(question.id) == ()
    assert shelf.store.items.get(found.id).state == State.KEPT


def test_the_files_alone_bring_back_what_was_kept_for_which_question(home, shelf):
    one, two = ask(shelf, FINDABLE).question, ask(shelf, "Who reads minutes anyway?").question
    first, second = item(shelf, "First"), item(shelf, "Second", keep=True)
    keep(shelf, [first], KeepWishes(question=one.id))
    keep(shelf, [second], KeepWishes(question=two.id))
    keep(shelf, [first], KeepWishes(question=two.id))
    undo(shelf)
    before = {name: shelf.store.questions.kept_for(name) for name in (one.id, two.id)}
    shutil.rmtree(home.state)
    rebuild(home, options=ShelfOptions(), now=Clock(NOW))
    with opened(home, now=Clock(NOW)) as again:
        assert {name: again.store.questions.kept_for(name) for name in before} == before
        assert {one.id for one in again.store.questions.open()} == {one.id, two.id}


def test_a_question_is_named_by_id_end_or_a_part_of_it(shelf):
    one, two = ask(shelf, FINDABLE).question, ask(shelf, "How do teams rest?").question
    assert (
        question_of(shelf, one.id)
        == question_of(shelf, short_ids([one.id])[0])
        == question_of(shelf, "findable")
        == one
    )
    assert question_of(shelf, "  Teams  REST") == two
    with pytest.raises(UsageError, match="could be"):
        question_of(shelf, "teams")
    note = keep(shelf, [item(shelf, "Other")], KeepWishes(words="Three words here.")).note
    with pytest.raises(NotFound) as caught:
        question_of(shelf, note.id)
    assert caught.value.why == "that note is a comment"


words = st.sampled_from(
    ["alpha", "beta", "gamma", "alp*", '"beta gamma"', "-beta", "alpha OR gamma", "title:beta"]
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    with opened(new_home(tmp_path_factory.mktemp("filled")), now=Clock(NOW)) as shelf:
        source = stored_source(shelf)
        for n, title in enumerate(["alpha", "beta", "alpha beta", "beta gamma", "gamma", "gamma beta alpha"]):
            stored_item(
                shelf,
                title=title,
                url=f"https://a.example/{n}",
                html=f"<p>{title} {title}</p>",
                source=source,
            )
        yield shelf


@settings(deadline=None, max_examples=60)
@given(st.lists(words, min_size=1, max_size=3, unique=True), st.integers(1, 2))
def test_the_rows_that_match_and_the_query_that_finds_them_never_disagree(filled, chosen, least):
    signs = tuple(Sign(word, parse_query(word)) for word in chosen)
    sought = Steer(signs, min(least, len(signs)))
    every = [one.id for one in filled.store.items.each()]
    [held] = filled.store.questions.held([sought], every)
    assert filled.store.questions.waiting([sought]) == (held,)
    assert filled.store.questions.matching(sought) == set(held)
    assert filled.store.questions.held([sought], every * 99)[0] == held
    found = look(filled, Ask(limit=0, per_source=0), random_below=lambda _: 0)
    assert len(found.rows) == 6
