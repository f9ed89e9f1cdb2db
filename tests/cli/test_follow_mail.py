import json

import pytest

from pkm.model.source import Source
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_opml

MAIL = (
    b"From: Ana <ana@a.example>\nSubject: Letter 7\nMessage-ID: <7@a.example>\n"
    b"List-Id: Letters on notes <l.a.example>\n\nWords of it.\n"
)


@pytest.fixture
def box(tmp_path):
    for folder in ("cur", "new"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    (tmp_path / "box" / "new" / "7").write_bytes(MAIL)
    return tmp_path / "box"


@pytest.fixture
def here(pkm):
    pkm("init")
    return pkm


def test_a_mail_folder_is_followed_pulled_and_read(here, box):
    code, out, _err = here("follow", f"maildir:{box}", "--why", "Ana writes it", terminal=True)
    assert code == 0
    assert "Letters on notes" in out
    assert "private: mails are letters to you" in out
    (box / "new" / "8").write_bytes(MAIL.replace(b"7", b"8"))
    assert json.loads(here("pull", "--json").out)["totals"]["new"] == 1
    here("seek")
    assert "Words of it." in here("read", "1").out
    assert json.loads(here("source", "list", "--json").out)["sources"][0]["private"] is True
    assert f"maildir:{box}" in (here.home / "sources.opml").read_text(encoding="utf-8")


def test_a_look_stores_nothing(here, box):
    code, out, _err = here("follow", f"maildir:{box}", "--dry-run", terminal=True)
    assert code == 0
    assert "1 items; nothing was stored" in out
    assert json.loads(here("source", "list", "--json").out)["sources"] == []


def test_following_it_twice_changes_nothing_and_undo_unfollows(here, box):
    here("follow", f"maildir:{box}")
    assert "already" in here("follow", f"maildir:{box}").err
    here("undo")
    assert json.loads(here("source", "list", "--json").out)["sources"] == []


def test_somebody_elses_list_names_no_folder_of_this_machine(here, box, tmp_path):
    here("follow", f"maildir:{box}")
    listed = (here.home / "sources.opml").read_bytes()
    assert read_opml(listed).outlines == ()
    assert len(read_opml(listed, own=True).outlines) == 1
    path = tmp_path / "theirs.opml"
    path.write_bytes(listed)
    here("source", "remove", "Letters", "--yes")
    assert here("follow", str(path)).code == 5
    assert json.loads(here("source", "list", "--json").out)["sources"] == []


def test_a_list_for_others_has_no_folder_of_this_machine(here, box):
    here("follow", f"maildir:{box}")
    [outline] = read_opml((here.home / "sources.opml").read_bytes(), own=True).outlines
    source = Source(id="s-0123456789ab", url=outline.url, kind="mail", private=False)
    written = write_opml([source], title="x", with_private=True, with_secrets=False)
    assert b"maildir" not in written


@pytest.mark.parametrize("word", ["maildir:/no/such/folder", "mbox:/no/such/file"])
def test_a_folder_that_is_not_there_says_what_one_is(here, word):
    code, _out, err = here("follow", word)
    assert code == 3
    assert "there is no such file or folder" in err
    assert "pkm follow" in err
