"""`pkm seek -i` at a real terminal: keys, a clock, and a terminal that is left as it was found."""

import io
import json
import os
import signal
import sys
import termios
from datetime import UTC, datetime, timedelta

import pexpect
import pytest

from pkm.cli.context import Run
from pkm.cli.onebyone import walk
from pkm.model.item import State
from pkm.seek.ask import ask
from pkm.seek.look import Ask, look
from pkm.shelf import home as homes
from support.cli import clean_environ
from support.shelves import opened, stored_item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def at(pkm):
    made = homes.at(pkm.home)
    homes.make(made, settings="")
    with opened(made, now=NOW) as shelf:
        for n in range(5):
            stored_item(
                shelf,
                title=f"Item {n} on decisions",
                url=f"https://a.example/{n}",
                source=f"https://s{n}.example/feed",
                published_at=NOW - timedelta(hours=n),
                html=f"<p>The whole text of {n}.</p>",
            )
    return made


@pytest.fixture
def terminal(at):
    """`pkm` at a pseudo-terminal of 60 columns; ended with the test."""
    started = []

    def start(*words, **variables):
        environ = clean_environ(PKM_HOME=str(at.root), TERM="dumb", COLUMNS="60", BROWSER="true", **variables)
        child = pexpect.spawn(
            sys.executable,
            ["-m", "pkm", *words],
            env=environ,
            encoding="utf-8",
            timeout=30,
            dimensions=(24, 60),
        )
        child.delaybeforesend, child.delayafterclose, child.delayafterterminate = None, 0.01, 0.01
        child.modes = termios.tcgetattr(child.child_fd)
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


def ended(child):
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus if child.signalstatus is None else -child.signalstatus


def states(pkm):
    items = json.loads(pkm("seek", "--json", "--all", "--limit", "0").out)["items"]
    return {item["title"][:6]: item["state"] for item in items}


def test_each_key_is_stored_at_once_and_named(pkm, terminal):
    child = terminal("seek", "-i", "--no-pull")
    child.expect("k keep, d let go, n note")
    child.expect("1/5  Item 0")
    child.send("k")
    child.expect("kept")
    child.expect("2/5  Item 1")
    assert states(pkm)["Item 0"] == "kept"
    child.send("d")
    child.expect("let go")
    child.expect("3/5  Item 2")
    child.send("l")
    child.expect("later")
    child.expect("4/5")
    child.send("\r")
    child.expect("5/5")
    child.send("q")
    child.expect("kept 1, let go 1, 1 for later")
    child.expect("3 left. They will wait; nothing is owed.")
    assert ended(child) == 0
    assert states(pkm) == {
        "Item 0": "kept",
        "Item 1": "let-go",
        **dict.fromkeys(("Item 2", "Item 3", "Item 4"), "new"),
    }
    child = terminal("seek", "-i", "--no-pull")
    for place, title in enumerate(("Item 3", "Item 4", "Item 2"), 1):  # what was put off comes last
        child.expect(f"{place}/3  {title}")
        child.send(" ")


def test_undo_goes_back_to_the_row_and_to_what_it_was(pkm, terminal):
    child = terminal("seek", "-i", "--no-pull")
    child.expect("1/5")
    child.send("u")
    child.expect("Nothing was decided here yet")
    child.send("d")
    child.expect("2/5")
    child.send("k")
    child.expect("3/5")
    child.send("uu")
    child.expect("took back: kept")
    child.expect("2/5")
    child.expect("took back: let go")
    child.expect("1/5  Item 0")
    child.send("q")
    child.expect("kept 0, let go 0")
    assert ended(child) == 0
    assert set(states(pkm).values()) == {"new"}


def test_a_note_is_a_line_that_is_seen_while_it_is_typed(pkm, at, terminal):
    child = terminal("seek", "-i", "--no-pull")
    child.expect("1/5")
    child.send("n")
    child.expect("What does it mean to you")
    child.sendline("")
    child.send("n")
    child.expect("What does it mean to you")
    child.sendline("We should log doubts, née verdicts.")
    child.expect("We should log doubts, née verdicts.")  # the terminal's own echo
    child.expect("noted and kept")
    child.send("q")
    assert ended(child) == 0
    assert "We should log doubts, née verdicts." in (at.notes / "item-0-on-decisions.md").read_text("utf-8")
    assert states(pkm)["Item 0"] == "kept"


@pytest.mark.parametrize("key", ["?", "x", "\x1b[A", "é"])
def test_a_key_that_means_nothing_is_answered_with_the_keys(terminal, key):
    child = terminal("seek", "-i", "--no-pull")
    child.expect("1/5")
    child.send(key)
    child.expect("k keep, d let go, n note, o open, l later, u undo, Enter")
    child.send("o")
    child.send("q")
    assert ended(child) == 0


@pytest.mark.parametrize(
    ("end", "code"),
    [("q", 0), ("\x04", 0), ("\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_however_it_ends_the_terminal_is_as_it_was_and_what_was_decided_stays(pkm, terminal, end, code):
    child = terminal("seek", "-i", "--no-pull")
    child.expect("1/5")
    child.send("k")
    child.expect("2/5")
    assert not termios.tcgetattr(child.child_fd)[3] & termios.ICANON
    if isinstance(end, str):
        child.send(end)
    else:
        os.kill(child.pid, end)
    child.expect("kept 1")
    # Read before the end: afterwards the terminal is gone with its program.
    assert ended(child) == code
    assert states(pkm)["Item 0"] == "kept"


def test_the_modes_of_the_terminal_come_back(terminal):
    child = terminal("seek", "-i", "--no-pull", "--limit", "1")
    child.expect("1/1")
    child.send("k")
    child.expect("Next: pkm sense")
    child.expect(pexpect.EOF)
    assert termios.tcgetattr(child.child_fd)[3] == child.modes[3]


def test_the_lines_are_plain_and_fit_sixty_columns(terminal):
    child = terminal("seek", "-i", "--no-pull", NO_COLOR="1")
    child.expect("1/5")
    child.send("q")
    child.expect(pexpect.EOF)
    said = child.before
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) <= 60


def test_deep_shows_whole_texts_at_a_terminal_key_by_key(pkm, terminal):
    child = terminal("seek", "--deep", "2", "--no-pull")
    child.expect("1/2  Item 0")
    child.expect("The whole text of 0.")
    child.send("k")
    child.expect("2/2  Item 1")
    child.expect("The whole text of 1.")
    child.send("q")
    assert ended(child) == 0


def test_in_a_pipe_deep_is_the_texts_one_after_the_other(pkm, at):
    code, out, _err = pkm("seek", "--deep", "2")
    assert code == 0
    assert [f"The whole text of {n}." in out for n in range(3)] == [True, True, False]
    items = json.loads(pkm("seek", "--deep", "1", "--json").out)["items"]
    assert [item["text"].strip() for item in items] == ["The whole text of 0."]


def test_without_a_terminal_it_names_what_does_the_same(pkm, at):
    code, _out, err = pkm("seek", "-i")
    assert (code, "leave out -i" in err) == (2, True)
    assert pkm("seek", "-i", "--no-input", terminal=True).code == 2


# The clock, with a hand-set one.


class Hand:
    """Seconds that go on by so many with each look."""

    def __init__(self, *seconds):
        self.left = list(seconds)

    def __call__(self):
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


def walked(pkm, at, monkeypatch, keys, clock, **wishes):
    monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
    with opened(at, now=NOW) as shelf:
        looked = look(shelf, Ask(), random_below=lambda _: 0)
        walk(Run(home=at.root, asks=True), shelf, looked, clock=clock, **wishes)
        return [shelf.store.items.get(row.listed.item.id).state for row in looked.rows]


def test_when_the_minutes_are_over_no_further_row_is_shown(pkm, at, monkeypatch, capsys):
    # begin, then for each row: over yet? how long may the key take?
    clock = Hand(0, 10, 10, 300, 300, 481)
    found = walked(pkm, at, monkeypatch, "kkkkk", clock, minutes=8)
    assert found == [State.KEPT, State.KEPT, State.NEW, State.NEW, State.NEW][: len(found)]
    assert "3 left. They will wait; nothing is owed." in capsys.readouterr().err


class Listener(io.StringIO):
    """A stream that presses a key when it hears a word."""

    def __init__(self, word, press):
        super().__init__()
        self._word, self._press = word, press

    def write(self, text):
        if self._word in text:
            self._press()
        return super().write(text)


def test_the_clock_speaks_while_the_user_thinks_and_the_row_at_hand_is_the_last(pkm, at, monkeypatch):
    master, slave = os.openpty()
    heard = Listener("The minute is over", lambda: os.write(master, b"k"))
    monkeypatch.setattr(sys, "stderr", heard)
    with os.fdopen(slave) as stdin, opened(at, now=NOW) as shelf:
        monkeypatch.setattr(sys, "stdin", stdin)
        looked = look(shelf, Ask(), random_below=lambda _: 0)
        walk(Run(home=at.root, asks=True), shelf, looked, minutes=1, clock=Hand(0, 0, 60))
        kept = [shelf.store.items.get(row.listed.item.id).state == State.KEPT for row in looked.rows]
    os.close(master)
    assert kept == [True, False, False, False, False]
    assert "4 left" in heard.getvalue()


def test_what_is_kept_on_a_walk_for_a_question_is_kept_for_it(pkm, at, monkeypatch):
    with opened(at, now=NOW) as shelf:
        question = ask(shelf, "What of decisions?").question
    walked(pkm, at, monkeypatch, "kq", Hand(0), question=question.id)
    with opened(at, now=NOW) as shelf:
        assert len(shelf.store.questions.kept_for(question.id)) == 1


def test_the_keys_are_broken_between_words_on_a_narrow_terminal(terminal):
    child = terminal("seek", "-i", "--no-pull")
    child.expect_exact("Enter\r\nskip, q quit, ? help")
    child.send("q")
    assert ended(child) == 0
