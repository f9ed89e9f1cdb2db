import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import DiskFull, NoteUnreadable, NotFound, Refused
from pkm.vault.write import ChangedUnderneath, create, keep_old, publish, save, sha, stamp

AT = datetime(2026, 11, 22, 12, 36, 58, tzinfo=UTC)


def names(folder: Path) -> set[str]:
    return set(os.listdir(folder))  # noqa: PTH208


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.md"
    path.write_bytes(b"old")
    return path


def test_file_is_replaced_whole_and_leaves_no_trace(note):
    made = publish(note, b"new words", expected=b"old")

    assert note.read_bytes() == b"new words"
    assert names(note.parent) == {"note.md"}
    assert (made.sha, made.size, made.inode) == (sha(b"new words"), 9, note.stat().st_ino)
    assert made == stamp(note)


def test_mode_of_the_old_file_is_kept_and_new_files_are_the_users_alone(note):
    note.chmod(0o640)

    publish(note, b"new", expected=b"old")
    create(note.with_name("fresh.md"), b"x")

    assert note.stat().st_mode & 0o777 == 0o640
    assert note.with_name("fresh.md").stat().st_mode & 0o777 == 0o600


def test_text_that_was_not_read_is_never_overwritten(note):
    with pytest.raises(ChangedUnderneath) as refused:
        publish(note, b"new", expected=b"something else")

    assert refused.value.current == b"old"
    assert note.read_bytes() == b"old"
    assert names(note.parent) == {"note.md"}


def test_file_that_was_removed_meanwhile_stays_removed(note):
    note.unlink()

    with pytest.raises(ChangedUnderneath) as refused:
        publish(note, b"new", expected=b"old")
    assert refused.value.current is None
    assert names(note.parent) == set()


def test_name_that_is_taken_is_not_taken_again(note):
    with pytest.raises(ChangedUnderneath) as refused:
        create(note, b"new")
    assert refused.value.current == b"old"
    assert note.read_bytes() == b"old"
    assert names(note.parent) == {"note.md"}


def test_new_file_makes_the_folders_it_needs_for_the_user_alone(tmp_path):
    create(tmp_path / "a" / "b" / "note.md", b"x")

    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_link_stays_a_link_and_its_target_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "note.md"
    target.write_bytes(b"old")
    link = tmp_path / "link.md"
    link.symlink_to(target)

    publish(link, b"new", expected=b"old", root=tmp_path)

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_link_that_leads_out_is_refused(tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_bytes(b"old")
    home = tmp_path / "home"
    home.mkdir()
    (home / "link.md").symlink_to(outside)

    with pytest.raises(Refused, match="leads out"):
        publish(home / "link.md", b"new", expected=b"old", root=home)
    with pytest.raises(Refused, match="leads out"):
        publish(home / "link.md", b"new", expected=b"old")
    assert outside.read_bytes() == b"old"


@pytest.mark.parametrize("taken", ["link", "dangling"])
def test_new_file_is_never_written_through_a_link_out(tmp_path, taken):
    home = tmp_path / "home"
    home.mkdir()
    outside = tmp_path / "outside.md"
    if taken == "link":
        outside.write_bytes(b"old")
    (home / "new.md").symlink_to(outside)

    with pytest.raises(Refused):
        create(home / "new.md", b"new")
    assert outside.exists() == (taken == "link")


LIMITED = """
import resource, signal, sys
from pathlib import Path
from pkm.errors import DiskFull
from pkm.vault.write import publish
from pkm.vault.jsonl import append
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
path = Path(sys.argv[1])
try:
    if path.suffix == ".md":
        publish(path, b"n" * 5000, expected=b"old")
    else:
        append(path, {"words": "n" * 5000})
except DiskFull as full:
    print(full.what)
    sys.exit(full.exit_code)
"""


@pytest.mark.parametrize("room", [0, 1, 4096, 4999])
def test_full_disk_keeps_the_old_file_and_leaves_nothing(note, room):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, note, str(room)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 6, done.stderr
    assert note.read_bytes() == b"old"
    assert names(note.parent) == {"note.md"}


def test_full_disk_leaves_no_half_line_in_a_journal(tmp_path):
    journal = tmp_path / "log.jsonl"
    journal.write_bytes(b'{"v":1}\n')
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, journal, "100"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 6, done.stderr
    assert journal.read_bytes() == b'{"v":1}\n'


KILLED = """
import os, signal, sys
from pathlib import Path
from pkm.vault.write import publish
steps = int(sys.argv[2])
def audit(event, args):
    global steps
    if event in {"open", "os.rename", "os.remove", "os.link"} and armed:
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
armed = False
sys.addaudithook(audit)
path = Path(sys.argv[1])
armed = True
publish(path, b"new" * 1000, expected=b"old")
"""


@pytest.mark.parametrize("step", range(6))
def test_kill_at_any_step_leaves_the_old_text_or_the_new(note, step):
    done = subprocess.run([sys.executable, "-c", KILLED, note, str(step)], capture_output=True, check=False)

    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    assert note.read_bytes() in {b"old", b"new" * 1000}
    # What a kill leaves is hidden, so that no scan takes it for a note.
    assert all(name == "note.md" or name.startswith(".") for name in names(note.parent))


def test_reader_sees_only_whole_versions(note):
    versions = [bytes([65 + number]) * 50_000 for number in range(20)]
    note.write_bytes(versions[0])
    seen: set[bytes] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.add(note.read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    for before, after in pairwise(versions):
        publish(note, after, expected=before)
    done.set()
    reader.join()
    assert seen <= set(versions)


def test_two_who_create_one_name_get_one_file(tmp_path):
    won: list[int] = []
    lost: list[int] = []

    def make(number: int) -> None:
        try:
            create(tmp_path / "same.md", b"%d" % number)
        except ChangedUnderneath:
            lost.append(number)
        else:
            won.append(number)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert (tmp_path / "same.md").read_bytes() == b"%d" % won[0]
    assert names(tmp_path) == {"same.md"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Refused, match="no permission"):
        create(tmp_path / "x.md", b"x")
    tmp_path.chmod(0o700)


def test_missing_folder_is_no_bug(tmp_path):
    with pytest.raises(NotFound):
        publish(tmp_path / "none" / "x.md", b"x", expected=None)
    with pytest.raises(NotFound):
        save(tmp_path / "x.md", bytes.upper, at=AT)


def test_device_without_room_says_so():
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    from pkm.vault.beside import write_all  # noqa: PLC0415 - only this test goes below publish
    from pkm.vault.write import told  # noqa: PLC0415 - as above

    handle = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(DiskFull), told(Path("/dev/full")):
        write_all(handle, b"x")
    os.close(handle)


def test_edit_is_applied_again_to_what_another_program_wrote(note):
    seen: list[bytes] = []

    def edit(data: bytes) -> bytes:
        seen.append(data)
        if len(seen) == 1:
            note.write_bytes(b"theirs")
        return data + b"+ours"

    save(note, edit, at=AT)

    assert seen == [b"old", b"theirs"]
    assert note.read_bytes() == b"theirs+ours"


def test_file_that_keeps_changing_gets_the_text_beside_it(note):
    count = 0

    def edit(data: bytes) -> bytes:
        nonlocal count
        count += 1
        note.write_bytes(b"theirs %d" % count)
        return data + b"+ours"

    with pytest.raises(Refused) as refused:
        save(note, edit, at=AT)
    beside = note.with_name("note.conflict-20261122T123658.md")
    assert str(beside) in refused.value.why
    assert beside.read_bytes() == b"theirs 2+ours"
    assert note.read_bytes() == b"theirs 3"
    with pytest.raises(Refused, match="keeps changing"):
        save(note, edit, at=AT)
    assert note.with_name("note.conflict-20261122T123658-2.md").exists()


def test_text_is_not_lost_when_it_no_longer_fits(note):
    def edit(data: bytes) -> bytes:
        if data == b"broken":
            raise NoteUnreadable("broken")
        note.write_bytes(b"broken")
        return data + b"+ours"

    with pytest.raises(Refused):
        save(note, edit, at=AT)
    assert note.read_bytes() == b"broken"
    assert note.with_name("note.conflict-20261122T123658.md").read_bytes() == b"old+ours"


def test_refused_edit_writes_nothing(note):
    def edit(data: bytes) -> bytes:
        raise NoteUnreadable("no")

    with pytest.raises(NoteUnreadable):
        save(note, edit, at=AT)
    assert names(note.parent) == {"note.md"}


def test_same_bytes_are_not_written_again(note):
    before = note.stat().st_mtime_ns, note.stat().st_ino

    save(note, bytes, at=AT)

    assert (note.stat().st_mtime_ns, note.stat().st_ino) == before


def test_old_bytes_go_to_the_trash_first(note):
    trash = note.parent / ".pkm" / "trash"

    save(note, bytes.upper, at=AT, trash=trash)

    [kept] = trash.iterdir()
    assert kept.read_bytes() == b"old"
    assert kept.name == f"20261122T123658-{sha(b'old')[:12]}-note.md"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert keep_old(trash, note, b"old", at=AT) == kept


def test_longest_name_that_the_system_takes_is_written(tmp_path):
    path = tmp_path / ("日" * 84 + ".md")
    path.write_bytes(b"old")

    save(path, bytes.upper, at=AT, trash=tmp_path / "trash")

    assert path.read_bytes() == b"OLD"


@given(st.lists(st.sampled_from(["replace", "in place", "touch", "ours"]), max_size=8))
@settings(max_examples=40, deadline=None)
def test_no_word_is_lost_however_two_writers_take_turns(tmp_path_factory, turns):
    note = tmp_path_factory.mktemp("turns") / "note.md"
    note.write_bytes(b"start\n")
    written = 0

    def other(turn: str) -> None:
        nonlocal written
        written += 1
        data = note.read_bytes() + b"theirs %d\n" % written
        if turn == "in place":
            note.write_bytes(data)
        elif turn == "replace":
            note.with_name("tmp").write_bytes(data)
            note.with_name("tmp").replace(note)
        else:
            note.touch()
            written -= 1

    ours = 0
    pending = list(turns)

    def edit(data: bytes) -> bytes:
        if pending and pending[0] != "ours":
            other(pending.pop(0))
        return data + b"ours %d\n" % ours

    while pending:
        if pending[0] == "ours":
            pending.pop(0)
        ours += 1
        try:
            save(note, edit, at=AT)
        except Refused:
            assert any(b"ours %d\n" % ours in path.read_bytes() for path in note.parent.glob("*.conflict-*"))
    everything = b"".join(path.read_bytes() for path in note.parent.iterdir())
    assert all(b"theirs %d\n" % number in everything for number in range(1, written + 1))
    assert all(b"ours %d\n" % number in everything for number in range(1, ours + 1))
