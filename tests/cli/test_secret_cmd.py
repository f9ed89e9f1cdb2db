import json
import os
import sys
from importlib.util import find_spec

import pexpect
import pytest

from support.cli import clean_environ


@pytest.fixture
def here(pkm):
    pkm("init")
    return pkm


def secrets(pkm):
    return json.loads(pkm("config", "secret", "list", "--json").out)["secrets"]


def test_a_secret_is_kept_listed_by_its_name_and_forgotten(here):
    code, out, err = here("config", "secret", "set", "work", "-", stdin="hunter2\n")
    assert (code, out) == (0, "")
    assert "No source uses it yet: pkm source set SOURCE" in err
    [one] = secrets(here)
    assert (one["name"], one["kind"], one["origins"], one["sources"]) == ("work", "file", [], [])
    assert "work" in here("config", "secret", terminal=True, columns=60).out
    assert here("config", "secret", "remove", "work").code == 0
    assert secrets(here) == []


def test_a_command_can_tell_a_secret(here):
    assert here("config", "secret", "set", "work", "--command", f"{sys.executable} -c 'print(1)'").code == 0
    assert secrets(here)[0]["kind"] == "command"


def test_no_settings_page_knows_a_secret(here):
    here("config", "secret", "set", "work", "-", stdin="hunter2")
    for words in (
        ("config", "show"),
        ("config", "show", "--json"),
        ("config", "secret", "list"),
        ("doctor",),
    ):
        answer = here(*words)
        assert "hunter2" not in answer.out + answer.err


def test_a_secret_is_asked_for_unseen(here):
    environ = clean_environ(PKM_HOME=str(here.home), TERM="xterm")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pkm", "config", "secret", "set", "work"],
        env=environ,
        encoding="utf-8",
        timeout=30,
    )
    child.expect("work: ")
    child.sendline("hunter2")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "hunter2" not in child.before
    assert "hunter2" in (here.home / ".pkm" / "secrets.toml").read_text()


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (("set", "work", "hunter2"), "", 2),
        (("set", "work"), "", 2),
        (("set", "work", "-"), "\n", 2),
        (("set", "work", "-"), "hunter2" * 2_000, 2),
        (("set", "a b", "-"), "hunter2", 2),
        (("set", "../x", "-"), "hunter2", 2),
        (("set", "work", "--command", "no-such-program-here"), "", 2),
        (("remove", "nobody"), "", 1),
        (("allow", "nobody", "https://a.example"), "", 1),
    ],
)
def test_what_cannot_be_kept_is_refused_in_three_parts_and_never_repeated(here, words, stdin, code):
    answer = here("config", "secret", *words, stdin=stdin)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")
    assert "hunter2" not in answer.err
    assert not os.path.lexists(here.home / ".pkm" / "secrets.toml")


@pytest.mark.skipif(find_spec("keyring") is not None, reason="the extra is installed here")
def test_the_keyring_is_a_setting_and_says_what_it_lacks(here):
    here.setenv(PKM_SECRETS_KEEP="keyring")
    code, _out, err = here("config", "secret", "set", "work", "-", stdin="hunter2")
    assert (code, "pkm-loop[keyring]" in err, "hunter2" in err) == (2, True, False)
