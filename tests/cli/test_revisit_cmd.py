import json
import os
import signal
import sys
from datetime import timedelta

import pexpect
import pytest

from pkm.sense.annotate import Sentence, think
from pkm.shelf import home as homes
from pkm.shelf.sync import sync
from support.cli import clean_environ
from support.shelves import Clock, opened


@pytest.fixture
def shelf(home):
    """A home whose notes were written long before any day on which this runs."""
    (home / "notes").mkdir()
    with opened(homes.at(home), now=Clock(Clock().at - timedelta(days=300))) as one:
        yield one


@pytest.fixture
def note(shelf):
    made = think(shelf, Sentence(text="We should log doubts, not verdicts.")).note
    sync(shelf, wait=True)
    return made


def test_in_a_pipe_it_is_a_list_with_reasons(pkm, note):
    code, out, _ = pkm("revisit")

    assert code == 0
    found, why, because, title = out.rstrip("\n").split("\t")
    assert (found, title) == (note.id, note.title)
    assert why in {"unmet", "this-day"}
    assert because


def test_an_answer_by_flag_says_when_it_comes_back_and_is_undone(pkm, note):
    code, out, err = pkm("revisit", note.id, "--answer", "fruitful")

    assert (code, out) == (0, "")
    assert "fruitful: comes back in 1" in err
    assert pkm("revisit").out == ""
    pkm("undo")
    assert note.id in pkm("revisit").out


def test_the_json_names_wait_and_day(pkm, note):
    document = json.loads(pkm("revisit", "--list", "--json").out)

    assert document["schema"] == "pkm.revisit/1"
    [row] = document["offered"]
    assert (row["id"], row["kind"], row["path"], row["wait_days"], row["met"]) == (
        note.id,
        "note",
        note.path,
        7.0,
        0,
    )
    answered = json.loads(pkm("revisit", note.id, "--answer", "done", "--json").out)
    assert (answered["answer"], answered["due"]) == ("done", None)


def test_without_an_answer_the_flag_is_named(pkm, note):
    code, _, err = pkm("revisit", note.id)

    assert code == 2
    assert f"pkm revisit {note.id} --answer fruitful|not-now|done" in err
    assert pkm("revisit", note.id, "--answer", "perhaps").code == 2
    assert pkm("revisit", "--answer", "done").code == 2


def test_on_a_terminal_one_key_answers_each(pkm, shelf):
    for words in ("The first of the old thoughts.", "The second of the old thoughts."):
        think(shelf, Sentence(text=words))
    code, out, err = pkm("revisit", stdin="xfq", terminal=True, columns=60)

    assert (code, out) == (0, "")
    assert "1/2" in err
    assert "old thoughts." in err
    assert "fruitful: comes back in" in err
    assert len(pkm("revisit").out.splitlines()) == 1
    assert max(map(len, err.splitlines())) <= 60 + len("undo: pkm undo")


def test_the_walk_works_at_a_real_terminal_and_ctrl_c_loses_nothing(pkm, shelf):
    for words in ("The first of the old thoughts.", "The second of the old thoughts."):
        think(shelf, Sentence(text=words))
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pkm", "--home", str(pkm.home), "revisit"],
        env=clean_environ(LC_ALL="C.UTF-8", TERM="xterm", PKM_SESSION="t"),
        timeout=60,
        # Whoever runs this in the background of a shell has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        encoding="utf-8",
        dimensions=(24, 60),
    )
    child.expect_exact("1/2")
    child.send("n")
    child.expect_exact("comes back in")
    child.expect_exact("2/2")
    child.expect_exact(".md")
    os.kill(child.pid, signal.SIGINT)
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 130
    assert len(pkm("revisit").out.splitlines()) == 1


def test_nothing_to_meet_is_calm(pkm, shelf):
    code, out, err = pkm("revisit")

    assert (code, out, err) == (0, "", "Nothing to meet again today.\n")


def test_a_drip_is_plain_words_and_where_they_stand(pkm, note):
    code, out, err = pkm("drip")

    assert (code, err) == (0, "")
    assert out.startswith("We should log doubts, not verdicts.\n  ")
    assert out.rstrip().endswith(f"pkm notes show {note.id[-4:]}")
    assert pkm("drip").out == out
    assert json.loads(pkm("drip", "--json").out)["note"]["id"] == note.id


def test_without_an_earlier_note_a_greeting_stays_empty(pkm, shelf):
    assert pkm("drip") == (0, "", "")
    assert json.loads(pkm("drip", "--json").out)["note"] is None


def test_hostile_words_do_nothing_to_the_terminal(pkm, shelf):
    (shelf.home.notes / "evil.md").write_text(
        '---\ntitle: "\\u001b]0;x\\u0007 title"\ndate: 2020-01-01T00:00:00\n---\nWords \x1b[31m of [/red] three.\n',
        encoding="utf-8",
    )
    for answer in (pkm("drip"), pkm("revisit"), pkm("revisit", stdin="q", terminal=True, columns=60)):
        assert answer.code == 0
        assert "\x1b]" not in answer.out + answer.err
        assert "\x1b[31m" not in answer.out + answer.err


def test_pkm_alone_names_it_only_when_nothing_else_waits(pkm, note):
    assert pkm("--json").out.count('"to_meet": true') == 1
    pkm("revisit", note.id, "--answer", "fruitful")

    assert pkm("--json").out.count('"to_meet": false') == 1
