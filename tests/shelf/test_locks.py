"""The two locks: one pull, one writer; readers take none."""

import resource
import signal
import subprocess
import sys

import pytest

from pkm.errors import Busy
from pkm.shelf import locks
from support.shelves import new_home, opened

HOLD = """
import sys
from pathlib import Path
from pkm.shelf import locks
with getattr(locks, sys.argv[2])(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
ADD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pkm.shelf import home, journal
from pkm.shelf.shelf import ShelfOptions, open_shelf
at = home.at(Path(sys.argv[1]))
with open_shelf(at, options=ShelfOptions(), now=lambda: datetime.now(UTC)) as shelf:
    for number in range(5):
        with shelf.writing():
            count = int(shelf.store.files.fact("count") or 0)
            journal.append(shelf, at.decisions, shelf.now(), {"do": "test", "number": number})
            shelf.store.files.set_fact("count", str(count + 1))
"""


@pytest.fixture
def holder(tmp_path):
    started = []

    def hold(which):
        child = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path), which], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        started.append(child)
        assert child.stdout.readline() == b"held\n"
        return child

    yield hold
    for child in started:
        child.communicate()


def test_a_second_pull_is_told_who_pulls_and_since_when(tmp_path, holder):
    child = holder("pulling")
    with pytest.raises(Busy) as told, locks.pulling(tmp_path):
        pass
    assert told.value.exit_code == 11
    assert f"process {child.pid}, since " in told.value.why
    assert "--wait" in told.value.hint


def test_a_pull_does_not_keep_writers_out(tmp_path, holder):
    holder("pulling")
    with locks.writing(tmp_path, wait_s=0):
        pass


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path, holder):
    child = holder("writing")
    with pytest.raises(Busy), locks.writing(tmp_path, wait_s=0):
        pass
    child.send_signal(signal.SIGKILL)
    child.wait()
    with locks.writing(tmp_path, wait_s=0):
        pass


def test_a_lock_is_let_go_whatever_happens_inside(tmp_path):
    with pytest.raises(RuntimeError), locks.writing(tmp_path):
        raise RuntimeError
    with locks.writing(tmp_path, wait_s=0):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["write.lock"]


def test_on_a_full_disk_the_lock_leaves_nothing_behind(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with locks.writing(tmp_path, wait_s=0):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == ["write.lock"]


def test_readers_read_what_was_committed_while_another_writes(tmp_path):
    at = new_home(tmp_path)
    with opened(at) as writer:
        with writer.writing():
            writer.store.files.set_fact("word", "before")
        with writer.writing():
            writer.store.files.set_fact("word", "after")
            with opened(at) as reader:
                assert reader.store.files.fact("word") == "before"


def test_twenty_writers_at_once_lose_nothing_and_none_is_told_that_the_store_is_locked(tmp_path):
    at = new_home(tmp_path)
    writers = [
        subprocess.Popen([sys.executable, "-c", ADD, str(at.root)], stderr=subprocess.PIPE, text=True)
        for _ in range(20)
    ]
    errors = [writer.communicate()[1] for writer in writers]
    assert errors == [""] * 20
    with opened(at) as shelf:
        assert shelf.store.files.fact("count") == "100"
        assert shelf.store.quick_check() == "ok"
    lines = at.decisions.read_bytes().splitlines()
    assert len({line.split(b'"event":"')[1][:14] for line in lines}) == len(lines) == 100
