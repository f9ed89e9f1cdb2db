import os
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules import limits
from pkm.rules.notefile import read_note
from pkm.vault.scan import Scan, scan
from support.corpus import corpus

OLD = 1_000_000_000
NOW_NS = 2_000_000_000 * 1_000_000_000


def write(path: Path, data: bytes = b"words", at: int = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (at, at))
    return path


def look(home: Path, known=None, *folders: str, now_ns: int = NOW_NS) -> Scan:
    return scan(home, folders or ("notes",), known or {}, now_ns=now_ns)


def stamps(found: Scan, known=None):
    return {**(known or {}), **{read.path: read.stamp for read in found.changed}, **dict(found.touched)}


def paths(found: Scan) -> list[str]:
    return [read.path for read in found.changed]


@pytest.fixture
def home(tmp_path):
    for name in ("a.md", "deep/er/b.md", "ü日.md"):
        write(tmp_path / "notes" / name, name.encode())
    return tmp_path


def test_every_note_is_found_once_with_its_bytes(home):
    found = look(home)

    assert [(read.path, read.data) for read in found.changed] == [
        ("notes/a.md", b"a.md"),
        ("notes/deep/er/b.md", b"deep/er/b.md"),
        ("notes/ü日.md", "ü日.md".encode()),
    ]
    assert paths(look(home, None, "notes", "notes/deep", ".")) == paths(found)


def test_second_scan_finds_nothing_to_do(home):
    found = look(home, stamps(look(home)))

    assert (found.changed, found.touched, found.gone, found.unchanged) == ((), (), (), 3)


def test_changed_note_is_read_and_touched_one_only_stamped(home):
    known = stamps(look(home))
    write(home / "notes/a.md", b"more words", OLD + 5)
    os.utime(home / "notes/deep/er/b.md", (OLD + 9, OLD + 9))

    found = look(home, known)

    assert paths(found) == ["notes/a.md"]
    assert [path for path, _ in found.touched] == ["notes/deep/er/b.md"]
    assert look(home, stamps(found, known)).unchanged == 3


def test_note_written_again_within_the_same_tick_is_seen(home):
    path = write(home / "notes/a.md", b"one", OLD)
    known = stamps(look(home, now_ns=(OLD + 1) * 1_000_000_000))
    assert known["notes/a.md"].racy
    inode = path.stat().st_ino
    with path.open("r+b") as handle:
        handle.write(b"two")
    os.utime(path, (OLD, OLD))
    assert path.stat().st_ino == inode

    found = look(home, known)

    assert paths(found) == ["notes/a.md"]
    assert not stamps(found)["notes/a.md"].racy


def test_save_by_rename_with_the_old_time_is_seen(home):
    known = stamps(look(home))
    write(home / "notes/tmp", b"A.md", OLD).replace(home / "notes/a.md")

    assert paths(look(home, known)) == ["notes/a.md"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            ".hidden.md",
            ".git/x.md",
            ".obsidian/x.md",
            "x.md~",
            ".#x.md",
            "#x.md#",
            ".x.md.swp",
            "4913",
            "x.tmp",
        ),
        *(".syncthing.x.md.tmp", "~syncthing~x.md", "~$x.md", "x.md.icloud", "x.md.part", "x.txt"),
        *(".x.md.pkm-0123456789ab", "deep/.trash/x.md"),
    ],
)
def test_file_that_is_no_note_is_left_out(home, name):
    write(home / "notes" / name)

    assert len(look(home).changed) == 3


@pytest.mark.parametrize(
    "name",
    [
        "a.sync-conflict-20261122-123658-ABCDEFG.md",
        "a (Alice's conflicted copy 2026-11-22).md",
        "a (Conflicted copy from laptop).md",
        "a-conflicted-copy-1.md",
        "a.conflict-20261122T123658.md",
        "a.md.orig",
    ],
)
def test_conflict_copy_is_listed_and_no_note(home, name):
    write(home / "notes" / name)
    found = look(home)

    assert found.conflicts == (f"notes/{name}",)
    assert len(found.changed) == 3


def test_ignore_file_leaves_out_names_and_folders(home):
    (home / ".pkmignore").write_text("# mine\ndeep\n*-draft.md\nnotes/ü*\n")
    write(home / "notes/x-draft.md")

    assert paths(look(home)) == ["notes/a.md"]


def test_link_to_a_file_inside_is_followed_and_one_out_is_named(home, tmp_path_factory):
    outside = write(tmp_path_factory.mktemp("outside") / "x.md")
    write(home / "other/y.md", b"y")
    (home / "notes/out.md").symlink_to(outside)
    (home / "notes/in.md").symlink_to(home / "other/y.md")
    (home / "notes/again.md").symlink_to(home / "notes/a.md")
    (home / "notes/nothing.md").symlink_to(home / "none.md")
    (home / "notes/loop.md").symlink_to(home / "notes/loop.md")
    (home / "notes/folder").symlink_to(home / "notes")
    (home / "notes/folder.md").symlink_to(home / "notes", target_is_directory=True)

    found = look(home)

    assert paths(found) == ["notes/a.md", "notes/deep/er/b.md", "notes/in.md", "notes/ü日.md"]
    assert [path for path, _ in found.unreadable] == [
        *("notes/folder.md", "notes/loop.md", "notes/nothing.md", "notes/out.md")
    ]
    assert look(home, stamps(found)).gone == ()


def test_pipe_and_name_without_meaning_are_named_and_stop_nothing(home):
    os.mkfifo(home / "notes/pipe.md")
    write(home / "notes" / os.fsdecode(b"bad\xff.md"))

    found = look(home)

    assert len(found.changed) == 3
    assert [reason for _, reason in found.unreadable] == ["its name is not UTF-8", "not a file"]
    for path, _ in found.unreadable:
        path.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_what_may_not_be_read_is_not_gone(home):
    known = stamps(look(home))
    (home / "notes/deep").chmod(0)
    (home / "notes/a.md").chmod(0)
    write(home / "notes/ü日.md", b"x")

    found = look(home, {**known, "notes/a.md": known["notes/ü日.md"]})

    (home / "notes/deep").chmod(0o700)
    assert found.gone == ()
    assert {path for path, _ in found.unreadable} == {"notes/a.md", "notes/deep/"}


def test_removed_note_is_gone_and_a_moved_one_did_not_vanish(home):
    known = stamps(look(home))
    (home / "notes/a.md").rename(home / "notes/renamed.md")
    (home / "notes/deep/er/b.md").unlink()

    found = look(home, known)

    assert found.gone == ("notes/a.md", "notes/deep/er/b.md")
    assert paths(found) == ["notes/renamed.md"]
    assert found.changed[0].stamp.sha == known["notes/a.md"].sha
    assert not found.vanished


def test_folder_that_is_not_mounted_stops_the_scan(home):
    known = stamps(look(home))
    (home / "notes").rename(home / "elsewhere")

    assert look(home, known).vanished


@pytest.mark.parametrize(("removed", "vanished"), [(4, False), (5, True)])
def test_more_than_a_fifth_at_once_is_not_believed(tmp_path, removed, vanished):
    for number in range(20):
        write(tmp_path / f"notes/{number}.md", b"%d" % number)
    known = stamps(look(tmp_path))
    for number in range(removed):
        (tmp_path / f"notes/{number}.md").unlink()

    found = look(tmp_path, known)

    assert len(found.gone) == removed
    assert found.vanished == vanished


def test_moved_folder_is_no_loss(home):
    known = stamps(look(home))
    (home / "notes/deep").rename(home / "notes/deeper")
    (home / "notes/a.md").rename(home / "notes/deeper/a.md")
    (home / "notes/ü日.md").rename(home / "notes/deeper/ü日.md")

    assert not look(home, known).vanished


def test_adopted_folder_outside_the_home_is_scanned(home, tmp_path_factory):
    vault = tmp_path_factory.mktemp("vault")
    write(vault / "x.md")

    assert paths(look(home, None, "notes", str(vault)))[0] == f"{vault}/x.md"


def test_huge_note_is_hashed_whole_and_read_in_part(home):
    data = b"x" * (limits.NOTE_BYTES + 1_000)
    write(home / "notes/huge.md", data)
    found = look(home)

    [huge] = [read for read in found.changed if read.path == "notes/huge.md"]
    assert len(huge.data) == limits.NOTE_BYTES + 1
    assert read_note(huge.data, stem="huge").problem
    write(home / "notes/huge.md", data[:-1] + b"y", OLD + 1)
    assert paths(look(home, stamps(found))) == ["notes/huge.md"]


def test_empty_and_missing_folders_are_no_error(tmp_path):
    assert look(tmp_path) == Scan()


@given(
    st.lists(st.sampled_from(["add", "edit", "remove", "rename", "touch"]), max_size=8),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30, deadline=None)
def test_scan_after_scan_knows_what_is_there(tmp_path_factory, steps, random):
    home = tmp_path_factory.mktemp("home")
    for number in range(6):
        write(home / f"notes/{number}.md", b"%d" % number)
    known = stamps(look(home))
    for count, step in enumerate(steps):
        files = sorted((home / "notes").iterdir())
        chosen = random.choice(files) if files else write(home / "notes/0.md")
        if step == "add":
            write(home / f"notes/new{count}.md", b"new %d" % count)
        elif step == "edit":
            write(chosen, b"edit %d" % count, OLD + count)
        elif step == "remove":
            chosen.unlink()
        elif step == "rename":
            chosen.rename(home / f"notes/renamed{count}.md")
        else:
            os.utime(chosen, (OLD + count, OLD + count))
    found = look(home, known)
    after = {path: stamp for path, stamp in stamps(found, known).items() if path not in found.gone}
    fresh = stamps(look(home))
    assert after == fresh
    assert look(home, after).unchanged == len(fresh)


def test_a_scan_without_changes_opens_no_file_and_lists_each_folder_once(tmp_path):
    for number in range(200):
        write(tmp_path / f"notes/{number % 20}/{number}.md")
    known = stamps(look(tmp_path))

    with counted("open", "os.scandir") as seen:
        found = look(tmp_path, known)

    assert found.unchanged == 200
    assert [path for path in seen["open"] if path.endswith(".md") and "ignore" not in path] == []
    assert len(seen["os.scandir"]) == len(set(seen["os.scandir"])) == 21


@contextmanager
def counted(*events):
    """What the interpreter tells of these events (PEP 578); a hook stays for good, so it is told when to stop."""
    seen = {event: [] for event in events}
    listening = True

    def hook(event, args):
        if listening and event in seen:
            seen[event].append(str(args[0]))

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        listening = False


@pytest.mark.corpus
def test_real_vaults_are_scanned_once_and_then_nothing_is_to_do(tmp_path):
    for name in ("zk-fixtures", "foam-testdata", "kepano-obsidian"):
        shutil.copytree(corpus("vaults", name), tmp_path / name)
    found = look(tmp_path, None, ".", now_ns=time.time_ns() + 10**12)
    expected = sum(
        not any(part.startswith(".") for part in path.relative_to(tmp_path).parts)
        for path in tmp_path.rglob("*.md")
    )

    assert len(found.changed) + len(found.conflicts) == expected
    again = look(tmp_path, stamps(found), ".", now_ns=time.time_ns() + 10**12)
    assert (again.changed, again.touched, again.gone) == ((), (), ())
