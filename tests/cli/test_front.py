"""`pkm` alone and `pkm status`: what waits, and the next sensible command; nothing is changed by looking."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from pkm.cli.front import next_step
from pkm.model.item import State
from pkm.shelf import home as homes
from pkm.shelf import notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.notes import NewNote
from pkm.store.database import VERSION, open_database
from pkm.store.waiting import Waiting
from support.cli import child, clean_environ
from support.shelves import opened, stored_item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOLD = """
import sys
from pathlib import Path
from pkm.shelf import locks
from pkm.store.store import open_store
state = Path(sys.argv[1])
with locks.writing(state), open_store(state / "store.db") as store, store.transaction():
    store.files.set_fact("word", "half written")
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def at(pkm):
    made = homes.at(pkm.home)
    homes.make(made, settings="")
    return made


def used(at, *, days_ago=1):
    """A home with one item of each state, and a note."""
    with opened(at, now=datetime.now(UTC) - timedelta(days=days_ago)) as shelf:
        items = [
            stored_item(
                shelf, title=name, url=f"https://example.org/{name}", source="https://example.org/feed"
            )
            for name in "abc"
        ]
        with shelf.writing():
            decide(shelf, items[1:], Move(after=State.KEPT), command=None)
            notes.make(shelf, NewNote(text="My own words here.", items=(items[1],)), command=None)


def contents(folder):
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }


def test_without_a_home_it_says_what_pkm_is_and_makes_nothing(pkm):
    code, out, err = pkm()
    assert (code, err) == (0, "")
    assert "`pkm init`" in out
    assert not pkm.home.exists()
    assert json.loads(pkm("--json").out)["home"] is None
    assert pkm("status").code == 10


def test_three_lines_say_what_waits_and_a_fourth_what_to_type(pkm, at):
    used(at)
    code, out, err = pkm(terminal=True, columns=100)
    assert (code, err) == (0, "")
    seek, sense, share, _, following = out.splitlines()
    assert "1 new in 1 source" in seek
    assert "1 kept without your words" in sense
    assert "1 note this week" in sense
    assert "1 note ready for self" in share
    assert following.startswith("Next   pkm ")


def test_on_a_narrow_terminal_each_fact_has_its_line(pkm, at):
    used(at)
    out = pkm(terminal=True, columns=40).out
    assert max(map(len, out.splitlines())) <= 60
    assert "·" not in out
    assert "1 kept without your words" in out


def test_in_a_pipe_it_is_the_same_facts_as_rows(pkm, at):
    used(at)
    facts = dict(line.split("\t") for line in pkm().out.splitlines())
    document = json.loads(pkm("status", "--json").out)
    assert document["schema"] == "pkm.status/1"
    assert facts["seek.new"] == "1" == str(document["seek"]["new"])
    assert facts["sense.unsensed"] == "1" == str(document["sense"]["unsensed"])
    assert facts["share.ready"] == "1" == str(document["share"]["ready"])
    assert facts["next"] == document["next"]
    assert pkm("--json").out == pkm("status", "--json").out


def test_looking_changes_nothing(pkm, at):
    used(at)
    before = contents(at.root)
    pkm()
    pkm("status", "--json")
    pkm(terminal=True)
    assert contents(at.root) == before


def test_it_works_while_another_pkm_writes(pkm, at):
    used(at)
    words = [sys.executable, "-c", HOLD, str(at.state)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert "seek.new\t1" in pkm().out
        holder.communicate()


def test_a_home_that_was_only_just_made_is_not_filled_by_looking(pkm, at):
    assert "seek.sources\t0" in pkm().out
    assert not at.store.exists()


def test_a_store_of_a_newer_pkm_is_refused(pkm, at):
    with open_database(at.store) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'min_reader'")
    connection.close()
    code, out, err = pkm()
    assert (code, out) == (12, "")
    assert "newer pkm" in err


def test_a_damaged_store_is_told_with_what_to_type(pkm, at):
    at.store.write_bytes(b"junk" * 5_000)
    code, _, err = pkm()
    assert code == 12
    assert "pkm doctor --rebuild" in err


def test_hostile_words_in_the_settings_do_nothing_to_the_terminal(pkm, at):
    at.settings.write_text('[share]\naudience = "a\\u001b[31mb"\n', encoding="utf-8")
    answer = pkm(terminal=True)
    assert "\x1b" not in answer.out + answer.err


def test_it_needs_no_utf8(at):
    used(at)
    answer = child(["status"], clean_environ(PKM_HOME=str(at.root), LC_ALL="C", PYTHONUTF8="0"))
    assert answer.returncode == 0
    answer.stdout.decode("ascii")


def waiting(**facts):
    return Waiting(**{"sources": 3, "pulled_at": NOW, **facts})


def first(what, cadence="weekly"):
    from pkm.cli.front import _steps  # noqa: PLC0415 - all steps, whatever commands there are

    return next(iter(_steps(what, NOW, audience="team", cadence=cadence)))[0]


def test_the_next_step_is_the_one_where_people_stall():
    assert first(Waiting()) == "pkm follow URL"
    assert first(waiting(new=9)) == "pkm seek"
    assert first(waiting(new=9, unsensed=2)) == "pkm sense"
    assert first(waiting(new=9, unsensed=2, ready=3)) == "pkm share draft --to team"
    assert first(waiting(new=9, unsensed=2, ready=3), cadence="never") == "pkm sense"
    assert first(waiting(unsensed=2, ready=3, shared_at=NOW - timedelta(days=2))) == "pkm sense"
    assert first(waiting(unsensed=2, ready=3, drafts=1)) == "pkm share edit"
    assert first(waiting(pulled_at=None)) == "pkm pull"
    assert first(waiting(pulled_at=NOW - timedelta(days=3))) == "pkm pull"
    assert first(waiting()) == "pkm note"


def test_only_commands_that_there_are_are_named():
    step = next_step(waiting(new=1), NOW, audience="team", cadence="weekly")
    assert step is None or step[0].startswith("pkm ")


def test_a_line_that_is_too_long_is_broken_between_its_facts(pkm, at):
    used(at)
    name = "readers-of-the-monthly-letter-on-decisions"
    at.settings.write_text(f'[share]\naudience = "{name}"\n[audience.{name}]\nlevel = "team"\n')

    wide = pkm(terminal=True, columns=100).out
    narrower = pkm(terminal=True, columns=70).out

    assert f"ready for {name} · nothing shared yet\n" in wide
    assert f"ready for {name}\n       nothing shared yet\n" in narrower
    assert "1 new in 1 source · " in narrower
