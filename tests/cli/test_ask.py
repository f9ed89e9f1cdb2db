import sys

import pexpect
import pytest

from pkm.cli.ask import ask_line, confirm, edit, editor_command
from pkm.cli.context import Run
from pkm.config import Settings
from pkm.errors import AnswerNeeded, Refused, UsageError
from support.cli import clean_environ

SCRIPT = """
import sys
from pkm.cli.ask import ask_line, confirm
from pkm.cli.context import make_run
run = make_run({"yes": "--yes" in sys.argv, "no_input": "--no-input" in sys.argv}, {})
print("got", confirm(run, "Drop 3 items?"), flush=True)
print("got", ask_line(run, "What does it mean to you?", flag="-m"), flush=True)
"""


def talk(*words):
    return pexpect.spawn(
        sys.executable,
        ["-c", SCRIPT, *words],
        env=clean_environ(LC_ALL="C.UTF-8"),
        timeout=30,
        encoding="utf-8",
    )


def test_a_question_is_asked_on_a_terminal():
    child = talk()
    child.expect_exact("Drop 3 items? [y/N] ")
    child.sendline("maybe")
    child.expect_exact("Please answer y or n.")
    child.expect_exact("Drop 3 items? [y/N] ")
    child.sendline("Y")
    child.expect_exact("got True")
    child.expect_exact("What does it mean to you? ")
    child.sendline("  it is caf\u00e9  ")
    child.expect_exact("got it is caf\u00e9\r\n")
    child.expect(pexpect.EOF)


def test_enter_alone_is_no():
    child = talk()
    child.expect_exact("[y/N] ")
    child.sendline("")
    child.expect_exact("got False")
    child.close()


def test_yes_answers_without_asking():
    child = talk("--yes")
    child.expect_exact("got True")
    child.close()


def test_the_end_of_input_is_no_answer():
    child = talk()
    child.expect_exact("[y/N] ")
    child.sendeof()
    child.expect_exact("the question was not answered")
    child.close()


def test_no_input_asks_nothing_even_on_a_terminal():
    child = talk("--no-input")
    child.expect_exact("an answer is needed: Drop 3 items?")
    child.close()


def test_where_nobody_is_the_flag_that_answers_is_named(tmp_path):
    with pytest.raises(AnswerNeeded) as caught:
        confirm(Run(home=tmp_path), "Drop 3 items?")
    assert (caught.value.exit_code, caught.value.hint) == (2, "answer with --yes")
    with pytest.raises(AnswerNeeded, match="What does it mean") as caught:
        ask_line(Run(home=tmp_path), "What does it mean to you?", flag="-m")
    assert caught.value.hint == "answer with -m"


def run_with(tmp_path, **environ):
    return Run(home=tmp_path, environ=environ)


def editor(tmp_path, body):
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return f"'{path}' --wait"


def test_the_editor_is_run_with_its_arguments(tmp_path):
    note = tmp_path / "a note; rm -rf x.md"
    command = editor(tmp_path, 'test "$1" = --wait && echo edited > "$2"')
    assert edit(run_with(tmp_path, VISUAL=command), note, Settings()) is True
    assert note.read_text() == "edited\n"


def test_an_editor_that_fails_is_told_and_the_file_stays(tmp_path):
    note = tmp_path / "note.md"
    note.write_text("mine")
    with pytest.raises(Refused, match="code 3"):
        edit(run_with(tmp_path, EDITOR=editor(tmp_path, "exit 3")), note, Settings())
    assert note.read_text() == "mine"


def test_without_an_editor_the_path_is_said(tmp_path, capsys):
    assert edit(run_with(tmp_path, PATH=str(tmp_path)), tmp_path / "note.md", Settings()) is False
    assert str(tmp_path / "note.md") in capsys.readouterr().err


def test_no_input_opens_no_editor(tmp_path):
    with pytest.raises(AnswerNeeded):
        edit(Run(home=tmp_path, no_input=True, environ={"EDITOR": "true"}), tmp_path / "note.md", Settings())


def test_an_editor_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="no-such-editor"):
        edit(run_with(tmp_path, EDITOR="no-such-editor"), tmp_path / "note.md", Settings())


def test_the_order_of_editors(tmp_path):
    run = run_with(tmp_path, VISUAL="a -x", EDITOR="b")
    assert editor_command(run, Settings(editor="c")) == ["c"]
    assert editor_command(run, Settings()) == ["a", "-x"]
    assert editor_command(run_with(tmp_path, EDITOR="b"), Settings()) == ["b"]
    assert editor_command(run_with(tmp_path), Settings()) == []
    with pytest.raises(UsageError, match="command line"):
        editor_command(run_with(tmp_path, EDITOR="'x"), Settings())
