"""The runner, with a small script standing in for pkm, run as a real child process."""

import io
import sys
import time
from pathlib import Path

import pytest

from pkm.demo.run import run
from pkm.demo.script import STEPS, Step
from pkm.demo.terminal import TOOK_TOO_LONG, run_as_on_terminal
from pkm.errors import Refused

STAND_IN = """
import json, os, sys, urllib.request
words = sys.argv[1:]
print("did", *words)
print("width", os.get_terminal_size(1).columns if os.isatty(1) else None)
print("asks", os.isatty(0), "session", os.environ.get("PKM_SESSION"))
print("settings", sorted(name for name in os.environ if name.startswith("PKM_")))
print("talk", file=sys.stderr)
with open(os.path.join(os.environ["PKM_HOME"], "typed.jsonl"), "a", encoding="utf-8") as log:
    log.write(json.dumps(words) + "\\n")
if words[:1] == ["follow"]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    print("fetched", len(opener.open(words[1]).read()) > 500)
if words[:1] == ["fail"]:
    print("pkm: the thing broke", file=sys.stderr)
    sys.exit(int(words[1]))
"""


@pytest.fixture
def command(tmp_path):
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN, encoding="utf-8")
    return (sys.executable, str(script))


def play(command, home, *, steps=STEPS, quiet=False, width=80):
    out = io.StringIO()
    result = run(keep_home=home, out=out, quiet=quiet, width=width, command=command, steps=steps)
    return result, out.getvalue()


def test_whole_script_is_typed_and_answered_in_order(command, tmp_path):
    home = tmp_path / "home"

    result, text = play(command, home)

    assert (result.exit_code, result.home, result.failed) == (0, home.resolve(), None)
    assert len((home / "typed.jsonl").read_text(encoding="utf-8").splitlines()) == len(STEPS)
    places = [text.index(f"# {step.because}") for step in STEPS]
    assert places == sorted(places)
    assert text.count("fetched True") == 3
    assert text.count("talk\n") == len(STEPS)


def test_commands_see_a_terminal_of_the_width_and_nobody_to_ask(command, tmp_path, monkeypatch):
    monkeypatch.setenv("PKM_COLOUR", "the user's own")

    _, text = play(command, tmp_path / "home", steps=STEPS[:1], width=60)

    assert "width 60\n" in text
    assert "asks False session demo\n" in text
    assert "settings ['PKM_HOME', 'PKM_SESSION']\n" in text
    assert "\r" not in text


def test_failing_step_is_named_with_its_words_and_its_code(command, tmp_path):
    steps = (STEPS[0], Step(because="It breaks.", words=("fail", "12", "a b")), STEPS[-1])

    result, text = play(command, tmp_path / "home", steps=steps)

    assert (result.exit_code, result.failed) == (12, steps[1])
    assert "step 2 ended with exit code 12" in text
    assert '$ pkm fail 12 "a b"' in text
    assert text.count("pkm: the thing broke") == 1
    assert STEPS[-1].because not in text


def test_step_may_accept_another_code(command, tmp_path):
    steps = (Step(because="Findings.", words=("fail", "1"), accept=(0, 1)),)

    assert play(command, tmp_path / "home", steps=steps)[0].exit_code == 0


def test_quiet_demo_that_went_well_says_nothing_and_leaves_nothing(command):
    result, text = play(command, None, quiet=True)

    assert (result.exit_code, result.home, text) == (0, None, "")


def test_quiet_demo_that_failed_says_what_a_person_needs(command, tmp_path):
    result, text = play(
        command, tmp_path / "home", quiet=True, steps=(Step(because="x", words=("fail", "5")),)
    )

    assert result.exit_code == 5
    assert "the thing broke" in text
    assert "did fail 5" in text
    assert str(tmp_path / "home") in text


def test_temporary_home_stays_and_is_named(command):
    result, text = play(command, None, steps=STEPS[:1])

    assert result.home is not None
    assert (result.home / "typed.jsonl").exists()
    assert f"  {result.home}\n" in text
    (result.home / "typed.jsonl").unlink()
    result.home.rmdir()


def test_home_with_something_in_it_is_left_alone(command, tmp_path):
    (tmp_path / "mine.md").write_text("mine", encoding="utf-8")

    with pytest.raises(Refused, match="not empty"):
        play(command, tmp_path)


def test_long_answer_is_caught_whole_from_both_streams(tmp_path):
    answer = child(
        "import sys; print('ä' * 200_000); print('t' * 200_000, file=sys.stderr); sys.exit(3)", tmp_path
    )

    assert (answer.exit_code, len(answer.stdout), len(answer.stderr)) == (3, 200_001, 200_001)


def test_child_that_hangs_is_ended(tmp_path):
    began = time.monotonic()

    answer = child("import signal; print('here', flush=True); signal.pause()", tmp_path, timeout_s=1.0)

    assert (answer.exit_code, answer.stdout) == (TOOK_TOO_LONG, "here\n")
    assert time.monotonic() - began < 10


def test_child_ended_by_a_signal_gives_a_shells_code(tmp_path):
    assert child("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", tmp_path).exit_code == 143


def child(code, cwd: Path, *, timeout_s=20.0):
    return run_as_on_terminal(
        (sys.executable, "-c", code), cwd=cwd, env={"PYTHONUTF8": "1"}, width=80, timeout_s=timeout_s
    )
