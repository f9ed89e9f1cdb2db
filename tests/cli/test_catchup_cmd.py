"""Back after three weeks: from 2,041 items to a draft of three in four commands; and `undo` gives all of it back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.asked import Asked
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.model.source import Tie
from pkm.seek.arrive import bring
from pkm.seek.ask import ask
from pkm.shelf import home as homes
from pkm.shelf import notes
from pkm.shelf.notes import NewNote
from support.shelves import Clock, opened, stored_source

AWAY = 22
SOURCES = 37
EACH = 55
MORE_OF_THE_FIRST = 6  # 37 times 55 and 6 are 2,041


def piece(source, number, published):
    return ParsedItem(
        raw_id=f"{source}-{number}",
        title=f"Piece {number} of source {source}",
        url=f"https://s{source}.example/{number}",
        html=f"<p>Words of piece {number}: teams, decisions and what else.</p>",
        published_at=published,
    )


def answered(shelf, source, items):
    """As a pull does: what the feed brought, and the row of the request."""
    with shelf.writing():
        brought = bring(shelf, source, ParsedFeed(format="rss20", items=tuple(items)), now=shelf.now())
        shelf.store.fetches.log(
            Asked(
                source=source.id,
                at=shelf.now(),
                status=200,
                seen=brought.seen,
                new=brought.new,
                oldest_key=brought.oldest_key,
                newest_key=brought.newest_key,
            )
        )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A home whose user wrote a note 22 days ago, and then nothing."""
    made = homes.at(tmp_path_factory.mktemp("away") / "home")
    homes.make(made, settings="")
    clock = Clock(datetime.now(UTC) - timedelta(days=60))
    with opened(made, now=clock) as shelf:
        sources = [
            stored_source(
                shelf,
                f"https://s{n}.example/feed",
                title=f"Source {n}",
                tie=Tie.STRONG if n in {3, 4} else Tie.UNKNOWN,
            )
            for n in range(SOURCES)
        ]
        for n, source in enumerate(sources):
            answered(shelf, source, [piece(n, 999, clock())])
        with shelf.writing():
            for item in shelf.store.items.each():
                shelf.store.items.set_state(item.id, "let-go", kept_at=None, later_at=None)
        clock.at = datetime.now(UTC) - timedelta(days=AWAY)
        with shelf.writing():
            notes.make(shelf, NewNote(text="The last thought before I left."), command=None)
        ask(shelf, "How do teams keep decisions?", words=['"piece 7"'])
        clock.at = datetime.now(UTC) - timedelta(hours=1)
        for n, source in enumerate(sources):
            old = [] if n == 5 else [piece(n, 999, clock.at - timedelta(days=59))]
            answered(
                shelf,
                source,
                [
                    *(
                        piece(n, k, clock.at - timedelta(hours=k, minutes=n))
                        for k in range(EACH + (MORE_OF_THE_FIRST if n == 0 else 0))
                    ),
                    *old,
                ],
            )
    return made


@pytest.fixture
def here(built, pkm):
    """A copy of it for one test."""
    import shutil  # noqa: PLC0415 - for this alone

    shutil.copytree(built.root, pkm.home)
    return pkm


def states(pkm):
    items = json.loads(pkm("seek", "--json", "--all", "--limit", "0").out)["items"]
    return {item["id"]: item["state"] for item in items}


def count(found, state):
    return sum(one == state for one in found.values())


def test_from_two_thousand_items_to_a_draft_of_three_in_four_commands_and_back(here):
    before = states(here)
    assert count(before, "new") == 2_041

    code, out, err = here("catchup", "--yes")
    assert (code, len(out.splitlines())) == (0, 25)
    assert "let go 2016 items · undo: pkm undo" in err
    assert count(states(here), "new") == 25

    assert here("keep", "1", "4", "9").code == 0
    sentences = "".join(f"What the {name} one means to me.\n" for name in ("first", "second", "third"))
    assert here("sense", "--limit", "3", stdin=sentences, terminal=True).code == 0
    code, out, err = here("share", "draft", "--since", "last", "--limit", "3")
    assert code == 0
    [draft] = (here.home / "digests").glob("*.md")
    text = draft.read_text("utf-8")
    assert [text.count(f"What the {name} one means to me.") for name in ("first", "second", "third")] == [
        1,
        1,
        1,
    ]
    assert here("share", "check").code == 0

    # Each command is taken back; the states are those that each began with.
    for _ in range(5):  # the draft, three sentences, the three that were kept
        assert here("undo").code == 0
    assert count(states(here), "new") == 25
    assert here("undo").code == 0
    assert states(here) == before


def test_the_plan_is_shown_first_and_a_no_changes_nothing(here):
    before = states(here)
    code, out, err = here("catchup", terminal=True, columns=90, stdin="n\n")
    assert code == 0
    assert f"{AWAY} days since you last decided, wrote or shared. Nothing is owed." in err
    assert "In view would stay 25 of 2041 items:" in err
    assert "strong tie" in out
    assert "your question" in out
    assert "by turn" in out
    assert "To let go: 2016 (" in err
    assert "Nothing was changed." in err
    assert states(here) == before


def test_a_dry_run_asks_nothing_and_its_rows_can_be_named(here):
    code, out, _err = here("catchup", "--dry-run", "--limit", "3")
    assert (code, len(out.splitlines())) == (0, 3)
    assert here("keep", "1").code == 0
    assert count(states(here), "let-go") == SOURCES


def test_without_a_terminal_it_names_the_flag_that_agrees(here):
    code, _out, err = here("catchup")
    assert (code, "answer with --yes" in err) == (2, True)
    assert count(states(here), "new") == 2_041


def test_gaps_are_named_with_a_may(here):
    err = here("catchup", "--dry-run").err
    assert "the feed of Source 5 may have dropped items that we never saw." in err
    assert err.count("may have dropped") == 1


def test_the_document(here):
    document = json.loads(here("catchup", "--json", "--yes", "--for", "decisions").out)
    assert document["schema"] == "pkm.catchup/1"
    assert (document["waiting"], document["applied"], document["let_go"]) == (2_041, True, 2_041 - 25)
    assert all(item["because"][0].startswith(("strong tie", "your question")) for item in document["items"])
    assert [gap["title"] for gap in document["gaps"]] == ["Source 5"]


def test_pkm_alone_greets_after_an_absence_and_counts_no_debt(here):
    out = here(terminal=True, columns=100).out
    assert out.startswith(f"Welcome back, after {AWAY} days. Nothing is owed.")
    assert "something new in 37 sources" in out
    assert "2041" not in out
    assert "Next   pkm catchup" in out
    document = json.loads(here("--json").out)
    assert (document["away_days"], document["next"]) == (AWAY, "pkm catchup")
    [question] = document["seek"]["questions"]
    assert question["title"] == "How do teams keep decisions?"
    assert question["matched"] == SOURCES
    assert "'How do teams keep decisions?' has 37: pkm seek --for" in out
    here("seek", "--for", "decisions", "--no-pull")
    assert json.loads(here("--json").out)["seek"]["questions"] == []


def test_drop_rest_after_it_means_what_stayed(here):
    here("catchup", "--yes")
    here("keep", "2")
    assert "let go 24 items" in here("drop", "rest").err
    assert count(states(here), "new") == 0


def test_where_little_waits_all_of_it_stays(here):
    here("catchup", "--yes")
    code, _out, err = here("catchup", "--yes")
    assert (code, "25 items wait; all of it stays in view." in err) == (0, True)


def test_drop_older_asks_and_undo_brings_it_back(here):
    before = states(here)
    assert here("drop", "--older", "1d").code == 2
    code, _out, err = here("drop", "--older", "1d", "--yes")
    assert (code, "let go" in err) == (0, True)
    assert count(states(here), "new") < 2_041
    here("undo")
    assert states(here) == before
