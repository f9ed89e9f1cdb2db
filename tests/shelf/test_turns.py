"""Two editors, a sync tool and pkm on one note, in every order that chance finds: no word is lost.

Nobody runs at the same time: each is a list of steps (read, then write), and the order of the steps is drawn.
pkm's own steps are cut where another program can come between: before its read, and between its read and its
write.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import PkmError
from pkm.rules.notefile import append_paragraph, set_keys
from pkm.rules.vaultnames import is_copy
from pkm.shelf import notes, pen
from pkm.shelf.sync import sync
from pkm.vault import write
from support.shelves import new_home, opened

FIRST = "---\nid: n-000000000001\ntags:\n  - one\n---\n\nThe first words.\n"
Steps = Iterator[None]


def careful_editor(path: Path, word: str) -> Steps:
    """Obsidian: before it saves it takes in what changed on the disk, and puts its own words behind."""
    yield
    path.write_bytes(path.read_bytes() + f"\n{word}\n".encode())
    yield


def saving_by_rename(path: Path, word: str) -> Steps:
    """vim: the old file goes aside, a new one takes its name, the old one is removed."""
    yield
    new = path.with_name(f"{path.name}.tmp")
    aside = path.with_name(f"{path.name}~")
    new.write_bytes(path.read_bytes() + f"\n{word}\n".encode())
    path.rename(aside)
    new.rename(path)
    aside.unlink()
    yield


def sync_tool(path: Path, word: str) -> Steps:
    """Syncthing: what another machine made of the file it last knew; what is here now goes aside as a copy."""
    known = path.read_bytes()
    theirs = known + f"\n{word}\n".encode()
    yield
    if path.read_bytes() != known:
        copy = path.with_name(f"{path.stem}.sync-conflict-20261122-1200{len(word):02}-ABCDEFG.md")
        copy.write_bytes(path.read_bytes())
    draft = path.with_name(f".syncthing.{path.name}.tmp")
    draft.write_bytes(theirs)
    draft.replace(path)
    yield


def pkm(shelf, path: Path, word: str) -> Steps:
    """A sentence and a tag: pkm reads, somebody may write, pkm writes what it meant on what is there now."""
    data = path.read_bytes()
    edited = set_keys(append_paragraph(data, word), {"status": "open"})
    yield
    try:
        write.publish(path, edited, expected=data)
    except write.ChangedUnderneath:
        with shelf.writing():
            pen.change(
                shelf,
                path,
                lambda now: set_keys(append_paragraph(now, word), {"status": "open"}),
                command=None,
            )
    yield


def pkm_with_somebody_between(shelf, path: Path, word: str, others) -> None:
    """The same by the commands' own way, where the other's save falls between the read and the write, each time."""
    note = shelf.store.notes.get("n-000000000001")

    def edit(data: bytes) -> bytes:
        for other in others:
            next(other, None)
        return append_paragraph(data, word)

    with shelf.writing():
        notes.change(shelf, note, edit, command=None)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with opened(new_home(tmp_path_factory.mktemp("turns"))) as one:
        yield one


def begin(shelf) -> Path:
    """The notes folder with one note alone in it, as the index has it."""
    for one in shelf.home.notes.iterdir():
        one.unlink()
    path = shelf.home.notes / "a.md"
    path.write_text(FIRST, encoding="utf-8")
    sync(shelf)
    return path


PROGRAMS = (careful_editor, saving_by_rename, sync_tool)


@given(
    programs=st.lists(st.sampled_from([*PROGRAMS, pkm]), min_size=2, max_size=5),
    order=st.lists(st.integers(0, 4), min_size=4, max_size=14),
)
@settings(max_examples=200, deadline=None)
def test_no_word_is_lost_however_editors_a_sync_tool_and_pkm_take_turns(shelf, programs, order):
    path = begin(shelf)
    words = [f"{'Word' * (number + 1)}{number} of program {number}." for number in range(len(programs))]
    running = [
        program(*([shelf] if program is pkm else []), path, word)
        for program, word in zip(programs, words, strict=True)
    ]
    for number in order:
        if number < len(running):
            next(running[number], None)
    for one in running:
        for _ in one:
            pass
    sync(shelf)
    check(shelf, words)


def check(shelf, words):
    every = {one: one.read_text(encoding="utf-8") for one in shelf.home.notes.rglob("*.md")}
    assert [word for word in words if not any(word in text for text in every.values())] == []
    copies = {one.name for one in every if is_copy(one.name)}
    # What lies aside is named as a copy of this note, and no note of its own.
    assert {Path(path).name for path in shelf.store.files.copies()} == copies
    assert set(shelf.store.files.copies().values()) <= {"notes/a.md"}
    assert [path for path, _ in shelf.store.notes.paths()] == ["notes/a.md"]
    assert [one.name for one in shelf.home.notes.iterdir() if one.suffix != ".md"] == []


@given(st.lists(st.sampled_from(PROGRAMS), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_pkm_between_read_and_write_of_others_leaves_every_word_in_a_file_that_it_names(shelf, programs):
    path = begin(shelf)
    words = [f"{'Word' * (number + 1)}{number} of program {number}." for number in range(len(programs))]
    others = [program(path, word) for program, word in zip(programs, words, strict=True)]
    for one in others:
        next(one)
    declined = ".conflict-"
    try:
        pkm_with_somebody_between(shelf, path, "What pkm was told.", iter_once(others))
    except PkmError as error:
        declined = error.why
    assert ".conflict-" in declined
    for one in others:
        for _ in one:
            pass
    sync(shelf)
    check(shelf, ["What pkm was told.", *words])


class iter_once:  # noqa: N801 - reads as a word in the test
    """One program a call: the next one saves each time that pkm has read."""

    def __init__(self, programs):
        self._left = list(programs)

    def __iter__(self):
        return iter([self._left.pop(0)] if self._left else [])
