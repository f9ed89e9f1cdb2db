"""Secrets: a real file, real commands, and a keyring of the test's own making where the library is asked for."""

import stat
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from pkm.errors import CredentialsError, NotFound, Refused, UsageError
from pkm.model.secret import Secret
from pkm.rules.opmlread import read_opml
from pkm.seek.follow import Wishes
from pkm.seek.followlist import follow_list
from pkm.seek.secrets import forget, keep
from pkm.seek.sourceset import settle
from pkm.seek.sourcewords import Said
from pkm.shelf import locks
from pkm.shelf.secretbox import SecretBox
from pkm.shelf.told import told_by
from support.shelves import NOW, new_home, opened, stored_source

HERE = "https://a.example"


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


@pytest.fixture
def box(shelf):
    return SecretBox(shelf.home)


def put(shelf, box, name="work", **fields):
    secret = box.stow(Secret(name=name, since=NOW, **{"origins": (HERE,), **fields}))
    with shelf.writing():
        box.put(shelf, secret)


def test_a_secret_is_told_to_its_server_alone(shelf, box):
    put(shelf, box, value="hunter2")
    assert box.value("work", HERE) == "hunter2"
    with pytest.raises(CredentialsError, match="may not go to https://evil") as refused:
        box.value("work", "https://evil.example")
    assert "hunter2" not in str(refused.value)
    with pytest.raises(CredentialsError, match="there is no secret 'other'"):
        box.value("other", HERE)


def test_the_file_is_for_the_user_alone_and_becomes_so_again(shelf, box):
    put(shelf, box, value="hunter2")
    assert stat.S_IMODE(box.path.stat().st_mode) == 0o600
    box.path.chmod(0o644)
    assert box.value("work", HERE) == "hunter2"
    assert stat.S_IMODE(box.path.stat().st_mode) == 0o600


def test_secrets_are_set_anew_allowed_elsewhere_and_removed(shelf, box):
    put(shelf, box, value="one")
    put(shelf, box, name="play", value="three")
    put(shelf, box, value="two")
    with shelf.writing():
        box.allow(shelf, ["work", "nobody"], "https://b.example")
    assert box.value("work", "https://b.example") == "two"
    with shelf.writing():
        box.remove(shelf, "work")
    assert set(box.all()) == {"play"}
    with pytest.raises(NotFound), shelf.writing():
        box.remove(shelf, "work")


def test_a_transaction_that_fails_leaves_the_secrets_as_they_were(shelf, box):
    put(shelf, box, value="one")

    def two_then_fail():
        with shelf.writing():
            box.put(shelf, Secret(name="work", value="two", origins=(HERE,), since=NOW))
            box.remove(shelf, "nobody")

    with pytest.raises(NotFound):
        two_then_fail()
    assert box.value("work", HERE) == "one"


def test_no_secret_is_left_in_the_trash_or_the_store(shelf, box):
    put(shelf, box, value="hunter2")
    put(shelf, box, value="other")
    holding = [
        path for path in shelf.home.root.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()
    ]
    assert holding == []


def test_a_damaged_file_is_refused(shelf, box):
    box.path.write_text("value = hunter2", encoding="utf-8")
    with pytest.raises(Refused):
        box.value("work", HERE)


# --- commands


def script(tmp_path, body):
    path = tmp_path / "tell"
    path.write_text(f"#!{sys.executable}\nimport sys, time, os, subprocess\n{body}\n", encoding="utf-8")
    path.chmod(0o700)
    return (str(path),)


def told(tmp_path, body, **settings):
    return told_by(script(tmp_path, body), name="work", folder=tmp_path, **settings)


def test_a_command_is_asked_without_a_shell_and_once_for_many_requests(shelf, box, tmp_path):
    body = "open('asked', 'a').write('.'); print('hunter2 $HOME'); print('more')"
    put(shelf, box, command=script(tmp_path, body))
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(box.value("work", HERE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["hunter2 $HOME"] * 8
    assert (shelf.home.root / "asked").read_text() == "."


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(3)", "code 3"),
        ("print()", "nothing"),
        ("print('hunter2' * 9000)", "too much"),
        ("print('hunter2', file=sys.stderr); sys.exit(1)", "code 1"),
    ],
)
def test_a_command_that_fails_says_how_and_nothing_of_what_it_printed(tmp_path, body, why, capfd):
    with pytest.raises(CredentialsError) as refused:
        told(tmp_path, body)
    assert why in refused.value.why
    assert "hunter2" not in str(refused.value) + "".join(capfd.readouterr())


def test_a_command_that_never_ends_is_ended_with_its_children(tmp_path):
    body = "child = subprocess.Popen(['sleep', '60']); open('pid', 'w').write(str(child.pid)); time.sleep(60)"
    with pytest.raises(CredentialsError, match="was not told") as refused:
        told(tmp_path, body, timeout_s=1.0)
    assert "within 1 seconds" in refused.value.why
    pid = int((tmp_path / "pid").read_text())
    assert not _runs(pid)


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2] not in {"Z", "X"}
    except OSError:
        return False


def test_a_program_that_is_not_there_is_named_by_the_system(tmp_path):
    with pytest.raises(CredentialsError) as refused:
        told_by((str(tmp_path / "none"),), name="work", folder=tmp_path)
    assert "no such file" in refused.value.why


def test_a_failing_command_is_not_run_again_for_the_next_source(shelf, box, tmp_path):
    put(shelf, box, command=script(tmp_path, "open('asked', 'a').write('.'); sys.exit(1)"))
    for _ in range(3):
        with pytest.raises(CredentialsError):
            box.value("work", HERE)
    assert (shelf.home.root / "asked").read_text() == "."


# --- the keyring


@pytest.fixture
def keyring(monkeypatch):
    """A library of the name and shape of `keyring`, which is not ours and may not be here."""
    kept = {}
    library, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})
    library.errors = errors
    library.kept = kept
    library.get_password = lambda service, name: kept.get((service, name))
    library.set_password = lambda service, name, value: kept.__setitem__((service, name), value)
    library.delete_password = lambda service, name: kept.pop((service, name))
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return library


def test_the_keyring_holds_the_value_and_the_file_its_name_alone(shelf, keyring):
    box = SecretBox(shelf.home, keep="keyring")
    put(shelf, box, value="hunter2")
    assert "hunter2" not in box.path.read_text()
    assert list(keyring.kept.values()) == ["hunter2"]
    assert SecretBox(shelf.home).value("work", HERE) == "hunter2"
    assert box.get("work").kind == "keyring"
    with shelf.writing():
        gone = box.remove(shelf, "work")
    box.empty(gone)
    assert keyring.kept == {}


def test_the_keyring_is_never_asked_while_others_wait_to_write(shelf, keyring):
    """It may want to be unlocked by hand: every stage that keeps or forgets a secret is tried."""

    def unlocked(*_words):
        with locks.writing(shelf.home.state, wait_s=0):
            keyring.asked = True

    options = replace(shelf.options, keep_secrets="keyring")
    here = replace(shelf, options=options)
    source = stored_source(shelf)
    keyring.set_password, keyring.delete_password = unlocked, unlocked
    keep(here, "work", value="hunter2")
    settle(here, [source], Said(headers=("X-Key: hunter2",)))
    listed = read_opml(b"<opml><body><outline xmlUrl='https://ada:pw@b.example/feed'/></body></opml>")
    follow_list(here, listed, Wishes(), name="a.opml", allow_private=False)
    keyring.get_password = lambda _service, _name: "hunter2"
    forget(here, "work")
    assert keyring.asked


def test_a_keyring_that_refuses_is_told_without_its_words(shelf, keyring):
    box = SecretBox(shelf.home, keep="keyring")
    put(shelf, box, value="hunter2")

    def locked(_service, _name):
        raise keyring.errors.KeyringError("hunter2 is locked")

    keyring.get_password = locked
    with pytest.raises(CredentialsError, match="keyring refused") as refused:
        box.value("work", HERE)
    assert "hunter2" not in str(refused.value)


def test_without_the_extra_the_keyring_is_refused_with_what_to_type(shelf, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    box = SecretBox(shelf.home, keep="keyring")
    with pytest.raises(UsageError, match="keyring") as refused:
        put(shelf, box, value="hunter2")
    assert "pkm-loop[keyring]" in refused.value.hint
    assert not box.path.exists()
