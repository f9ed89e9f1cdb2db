import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from pkm import __version__
from pkm.cli.failures import LOG_BYTES, LOG_FILES, log_bug, meaning
from pkm.cli.report import as_json, in_three_parts, report
from pkm.errors import Busy, DiskFull, PkmError, Refused, StoreDamaged
from support.example_family import commands as example


def failure(how):
    """The error that the example's `fail HOW` raises."""
    with pytest.raises(BaseException) as caught:
        example.specs["fail"].function(None, how)
    return caught.value


def test_version_is_one_line(pkm):
    assert pkm("--version") == (0, f"pkm {__version__}\n", "")
    assert pkm("config", "--version") == (0, f"pkm {__version__}\n", "")


def test_alone_without_a_home_says_what_pkm_is(pkm):
    code, out, err = pkm()
    assert (code, err) == (0, "")
    assert "pkm init" in out
    assert not pkm.home.exists()


def test_alone_changes_nothing(pkm, home):
    before = sorted(home.rglob("*"))
    assert pkm().code == 0
    assert sorted(home.rglob("*")) == before


def test_an_error_has_three_parts_on_stderr(pkm):
    code, out, err = pkm("config", "path")
    assert (code, out) == (10, "")
    assert err == (
        f"pkm: there is no pkm home at {pkm.home}\n  make one with `pkm init`, or name another with --home DIR\n"
    )


def test_an_error_under_json_is_one_line_of_json(pkm):
    code, out, err = pkm("config", "path", "--json")
    assert (code, out) == (10, "")
    [line] = err.splitlines()
    error = json.loads(line)["error"]
    assert error["exit"] == 10
    assert error["kind"] == "no-home"
    assert error["hint"].startswith("make one")
    assert str(pkm.home) in error["message"]


def test_a_line_that_cannot_be_read_still_answers_in_json(pkm):
    code, _, err = pkm("--json", "config", "--bogus")
    assert code == 2
    assert json.loads(err)["error"]["kind"] == "usage"


def test_json_behind_two_dashes_is_a_word(pkm):
    code, _, err = pkm("config", "get", "--", "--json")
    assert (code, err.startswith("pkm: ")) == (1, True)


def test_an_unknown_command_is_a_usage_error(pkm):
    code, out, err = pkm("confg")
    assert (code, out) == (2, "")
    assert "did you mean `pkm config`?" in err


def test_an_error_cannot_paint_the_terminal():
    text = in_three_parts(failure("guard"))
    assert "\x1b" not in text
    assert "\x1b" not in json.loads(as_json(failure("guard")))["error"]["message"]


def test_outside_text_stays_on_its_line():
    text = in_three_parts(Refused("a\nb", hint="c\nd"))
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("full", DiskFull),
        ("denied", DiskFull),
        ("store-full", DiskFull),
        ("busy", Busy),
        ("damaged", StoreDamaged),
        ("guard", Refused),
    ],
)
def test_what_the_system_says_becomes_an_error_of_the_tree(how, kind):
    assert type(meaning(failure(how))) is kind


def test_what_we_do_not_know_is_a_bug():
    assert meaning(failure("bug")) is None


def test_a_bug_is_one_line_that_names_the_log(home, capsys):
    code = report(failure("bug"), [], {"PKM_HOME": str(home)})
    err = capsys.readouterr().err
    log = home / ".pkm" / "log"
    assert (code, len(err.splitlines())) == (70, 1)
    assert str(log) in err
    assert "Traceback" not in err
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0  # it may hold words of the user


def test_secrets_of_addresses_stay_out_of_the_log(home, capsys):
    report(failure("bug"), [], {"PKM_HOME": str(home)})
    logged = (home / ".pkm" / "log").read_text().rpartition("RuntimeError: ")[2]
    assert "hunter2" not in logged
    assert "s3cr3t" not in logged
    assert "a.example" in logged


def test_a_bug_shows_its_traceback_with_debug(home, capsys):
    assert report(failure("bug"), ["--debug"], {"PKM_HOME": str(home)}) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_bug_without_a_home_writes_nothing(tmp_path, capsys):
    away = tmp_path / "away"
    assert report(failure("bug"), ["--home", str(away)], {}) == 70
    assert "--debug" in capsys.readouterr().err
    assert not away.exists()


def test_the_log_is_turned_over_and_bounded(tmp_path, pkm):
    now = datetime.now(UTC)
    for _ in range(LOG_FILES + 3):
        (tmp_path / "log").write_text("x" * LOG_BYTES)
        assert log_bug(PkmError("x"), tmp_path, now) == tmp_path / "log"
    assert len(list(tmp_path.glob("log*"))) == LOG_FILES
    assert (tmp_path / "log").stat().st_size < LOG_BYTES


def test_a_log_that_cannot_be_written_is_no_second_failure(tmp_path):
    now = datetime.now(UTC)
    assert log_bug(PkmError("x"), tmp_path / "absent", now) is None


def test_signals_are_as_before_after_a_call(pkm):
    before = signal.getsignal(signal.SIGTERM)
    pkm("--version")
    assert signal.getsignal(signal.SIGTERM) is before


def test_main_works_outside_the_main_thread(pkm):
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(pkm, "--version").result().code == 0


def test_the_environment_is_not_changed(pkm):
    before = dict(os.environ)
    pkm("config", "--home", "elsewhere")
    assert dict(os.environ) == before
