"""A week with pkm under the usual umask: no file that others can read, and every step can be taken back."""

import os

import pytest

WORDS = (
    ("init",),
    ("add", "-", "--title", "Pasted"),
    ("add", "--talk", "Talked with Ben about questions."),
    ("note", "A thought of my own, no item needed."),
    ("seek", "--all"),
    ("find", "questions"),
    ("sense",),
    ("share", "draft"),
    ("share", "export", "--yes"),
    ("doctor",),
    ("status", "--json"),
)


@pytest.fixture
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder):
    return [path for path in folder.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]


def test_no_command_leaves_a_file_that_others_can_read(pkm, usual_umask):
    for words in WORDS:
        code, _, err = pkm(*words, stdin="Pasted words of a mail.\n")
        assert code in {0, 2}, err
        assert open_to_others(pkm.home) == [], words


def test_everything_before_an_export_can_be_taken_back_one_by_one(pkm):
    for words in WORDS[:6]:
        pkm(*words, stdin="Pasted words of a mail.\n")
    codes = []
    while not codes or codes[-1] == 0:
        codes.append(pkm("undo").code)
    assert codes == [0, 0, 0, 1]
    assert list((pkm.home / "notes").iterdir()) == []
    assert "sense.unsensed\t0" in pkm().out
