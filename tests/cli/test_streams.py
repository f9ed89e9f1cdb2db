"""Pipes, signals and odd locales, in processes of their own."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import pexpect
import pytest

from pkm.store.database import connect
from support.cli import child, clean_environ

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - a plain path
# The example's commands through the real `main`.
EXAMPLE = f"""
import sys
sys.path.insert(0, {TESTS!r})
from pkm.cli.app import main
from pkm.cli.stubs import Stub
table = tuple(Stub(name, "-", "Run", "support.example_family") for name in ("wait", "look", "fail", "count"))
raise SystemExit(main(sys.argv[1:], stubs=table))
"""


def example(words, environ=None, **settings):
    line = [sys.executable, "-c", EXAMPLE, *words]
    return subprocess.run(
        line, env=environ or clean_environ(), capture_output=True, timeout=60, check=False, **settings
    )


def test_sigterm_cleans_up_and_is_exit_143(tmp_path):
    mark = tmp_path / "mark"
    answer = example(["wait", str(mark)])
    assert answer.returncode == 128 + signal.SIGTERM
    assert mark.read_text() == "clean"
    assert answer.stderr == b"cleaned up\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_long_statement_of_the_store_is_ended_by_a_signal_and_taken_back(tmp_path, number):
    path = tmp_path / "store.db"
    answer = example(["count", str(path), str(int(number))])
    assert (answer.returncode, answer.stderr) == (128 + number, b"")
    with closing(connect(path)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_ctrl_c_is_exit_130_and_silent():
    answer = example(["fail", "interrupt"])
    assert (answer.returncode, answer.stderr) == (130, b"")


def test_a_reader_that_goes_away_is_exit_141_and_silent():
    line = [sys.executable, "-m", "pkm", "help", "all"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environ())
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), err) == (141, b"")


def test_a_reader_of_errors_that_goes_away_is_exit_141():
    line = [sys.executable, "-m", "pkm", "nonsense"]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=clean_environ())
    process.stderr.close()
    assert process.wait(timeout=60) == 141


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110 - a device
def test_a_full_disk_is_exit_6():
    line = [sys.executable, "-m", "pkm", "help", "all"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        answer = subprocess.run(
            line, stdout=full, stderr=subprocess.PIPE, env=clean_environ(), check=False, timeout=60
        )
    assert answer.returncode == 6
    assert answer.stderr.startswith(b"pkm: cannot write\n  No space left on device\n")


def test_closed_streams_are_no_bug():
    answer = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m pkm help >&- 2>&-"], env=clean_environ(), check=False, timeout=60
    )
    assert answer.returncode == 0


@pytest.mark.parametrize("verb", ["note", "add"])
def test_a_closed_stdin_holds_no_words_and_is_no_bug(tmp_path, verb):
    environ = clean_environ(PKM_HOME=str(tmp_path))
    subprocess.run([sys.executable, "-m", "pkm", "init"], env=environ, check=True, capture_output=True)
    answer = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m pkm {verb} - <&-"], env=environ, check=False, capture_output=True
    )
    assert answer.returncode == 2, answer.stderr


@pytest.mark.parametrize("data", [b"caf\xe9 words of mine", "caf\u00e9 words of mine".encode()])
@pytest.mark.parametrize("locale", [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}])
def test_no_letter_is_lost_of_words_in_another_encoding(tmp_path, data, locale):
    environ = clean_environ(PKM_HOME=str(tmp_path), **locale)
    pkm = [sys.executable, "-m", "pkm"]
    for line, piped in (([*pkm, "init"], b""), ([*pkm, "note", "-"], data), ([*pkm, "note", data], b"")):
        answer = subprocess.run(line, input=piped, env=environ, check=False, capture_output=True)
        assert answer.returncode == 0, answer.stderr
    made = [path.read_text("utf-8") for path in tmp_path.glob("notes/*.md")]
    assert len(made) == 2
    assert all("caf\u00e9 words of mine" in text for text in made)


@pytest.mark.parametrize("line", [["source", "show"], ["share", "draft", "--tag"], ["find"]])
def test_bytes_that_are_no_text_are_an_ordinary_word(tmp_path, line):
    environ = clean_environ(PKM_HOME=str(tmp_path))
    subprocess.run([sys.executable, "-m", "pkm", "init"], env=environ, check=True, capture_output=True)
    words = [sys.executable, "-m", "pkm", *line, b"caf\xe9"]
    answer = subprocess.run(words, env=environ, check=False, capture_output=True)
    assert answer.returncode < 3, answer.stderr


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_a_stream_that_cannot_write_a_character_gets_another(locale):
    answer = example(["look", "caf\u00e9 \u6f22"], environ=clean_environ(**locale))
    assert answer.returncode == 0
    assert answer.stderr == b""
    assert answer.stdout.startswith(b"caf")


def test_bytes_that_are_no_text_are_no_bug():
    answer = example([b"look", b"a\xffb"])
    assert (answer.returncode, answer.stderr) == (0, b"")


def test_nothing_but_the_document_is_on_stdout(tmp_path):
    answer = child(["config", "--json"], clean_environ(PKM_HOME=str(tmp_path)))
    assert answer.stdout.startswith(b'{"schema": "pkm.settings/1"')
    assert answer.stdout.count(b"\n") == 1
    assert answer.stderr == b""


def test_on_a_terminal_a_table_is_shown(tmp_path):
    environ = clean_environ(PKM_HOME=str(tmp_path), TERM="xterm", COLUMNS="80")
    out = pexpect.run(f"{sys.executable} -m pkm config", env=environ, timeout=30).decode()
    assert "key" in out
    assert "seek.limit" in out
    assert "\t" not in out
