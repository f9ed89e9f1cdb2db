"""The home: what making one does, and what it leaves alone."""

import os
import shutil

import pytest

from pkm.errors import NoHome, Refused
from pkm.rules.ids import ALPHABET
from pkm.shelf import home
from support.shelves import new_home, opened


def tree(root):
    return {path.relative_to(root).as_posix(): path.stat().st_mode & 0o777 for path in root.rglob("*")}


def test_a_new_home_is_readable_by_its_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0o022)
    try:
        at = new_home(tmp_path)
        with opened(at) as shelf, shelf.writing():
            shelf.store.files.set_fact("a", "b")
    finally:
        os.umask(before)
    assert at.root.stat().st_mode & 0o077 == 0
    assert {path: mode for path, mode in tree(at.root).items() if mode & 0o077} == {}


def test_making_a_home_twice_changes_nothing(tmp_path):
    at = new_home(tmp_path, settings="zone = 'UTC'\n")
    before = tree(at.root)
    assert home.make(at, settings="other") == ()
    assert tree(at.root) == before
    assert at.settings.read_text(encoding="utf-8") == "zone = 'UTC'\n"


def test_a_vault_that_is_there_keeps_its_folder_and_gets_no_second_one(tmp_path):
    (tmp_path / "vault" / "journal").mkdir(parents=True)
    at = home.at(tmp_path / "vault", adopted=("journal",))
    home.make(at, settings="")
    assert not (tmp_path / "vault" / "notes").exists()


def test_a_file_is_no_home_and_stays_as_it_is(tmp_path):
    (tmp_path / "home").write_text("words", encoding="utf-8")
    with pytest.raises(Refused):
        home.make(home.at(tmp_path / "home"), settings="")
    assert (tmp_path / "home").read_text(encoding="utf-8") == "words"


def test_looking_for_a_home_makes_none(tmp_path):
    with pytest.raises(NoHome), opened(home.at(tmp_path / "nowhere")):
        pass
    assert not list(tmp_path.iterdir())


def test_the_store_may_lie_elsewhere_and_then_the_home_holds_none(tmp_path):
    at = home.at(tmp_path / "home", store=str(tmp_path / "elsewhere"))
    home.make(at, settings="")
    with opened(at):
        pass
    assert (tmp_path / "elsewhere" / "store.db").is_file()
    assert not (tmp_path / "home" / ".pkm").exists()


def test_git_and_syncthing_are_told_to_leave_the_store_alone_and_to_join_journals(tmp_path):
    at = new_home(tmp_path)
    assert (at.state / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (at.state / ".stignore").read_text(encoding="utf-8") == "*\n"
    assert "*.jsonl merge=union" in (at.root / ".gitattributes").read_text(encoding="utf-8")


def test_a_state_folder_that_was_deleted_comes_back_private_and_guarded(tmp_path):
    at = new_home(tmp_path)
    shutil.rmtree(at.state)
    before = os.umask(0o022)
    try:
        with opened(at):
            pass
    finally:
        os.umask(before)
    assert at.state.stat().st_mode & 0o077 == 0
    assert (at.state / ".gitignore").is_file()
    assert (at.state / ".stignore").is_file()


def test_a_machine_keeps_its_name_and_the_name_says_nothing_of_it(tmp_path):
    at = new_home(tmp_path)
    name = home.device(at)
    assert home.device(at) == name
    assert len(name) == 8
    assert set(name[1:]) <= set(ALPHABET)
    assert len({home.new_device() for _ in range(50)}) == 50


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive - Work", "Library/Mobile Documents", "Nextcloud"])
def test_a_folder_that_a_sync_service_copies_is_noticed(tmp_path, folder):
    assert home.synced_folder(home.at(tmp_path / folder / "pkm")) is not None
    assert home.synced_folder(home.at(tmp_path / "plain")) is None


def test_adopted_folders_come_beside_notes_and_new_notes_stay_there(tmp_path):
    at = home.at(tmp_path, adopted=("journal", "notes"))
    assert at.note_folders == ("notes", "journal")
    assert at.notes == tmp_path / "notes"


def test_a_vault_as_a_whole_is_one_folder(tmp_path):
    assert home.at(tmp_path, adopted=(".",)).note_folders == (".",)
