import os
from datetime import UTC, datetime, timedelta

import pytest

from pkm.errors import FetchError
from pkm.model.item import State
from pkm.net.door import Door
from pkm.seek.capture import capture
from pkm.seek.follow import Wishes
from pkm.seek.mailbox import LETTERS_MOST, read_post, settled
from pkm.seek.mailfollow import follow_mail
from pkm.seek.pieces import of_mail
from pkm.seek.pull import pull
from pkm.seek.settle import Terms
from pkm.seek.triage import KeepWishes, keep
from pkm.shelf.rebuild import rebuild
from pkm.shelf.shelf import ShelfOptions
from support.shelves import new_home, opened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def letter(number, *, words="Words of it.", subject=None, date=True):
    at = NOW - timedelta(days=30) + timedelta(hours=number)
    lines = [
        f"From: Ana <ana@a.example>\nSubject: {subject or f'Letter {number}'}\nMessage-ID: <{number}@a.example>"
    ]
    lines += [f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000"] if date else []
    return ("\n".join(lines) + f"\n\n{words}\n").encode()


@pytest.fixture
def box(tmp_path):
    made = tmp_path / "Mail" / ".Letters"
    for folder in ("cur", "new", "tmp"):
        (made / folder).mkdir(parents=True)
    return made


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path), now=NOW) as one:
        yield one


def deliver(box, number, *, to="new", flags="", **fields):
    path = box / to / f"{number}.host{flags}"
    path.write_bytes(letter(number, **fields))
    os.utime(path, (number, number))
    return path


def follow(shelf, url, **fields):
    return follow_mail(shelf, url, Wishes(), **{"terms": Terms(), "dry_run": False, **fields})


def pulled(shelf):
    with Door(user_agent="pkm/test") as door:
        return list(pull(shelf, shelf.store.sources.all(), door=door))


def titles(shelf):
    return sorted(item.title for item in shelf.store.items.each())


def everything_below(path):
    return sorted((str(one), one.stat().st_mtime_ns) for one in path.rglob("*"))


def test_a_maildir_is_followed_read_and_left_as_it_is(shelf, box):
    for number in range(7):
        deliver(box, number, to="cur" if number % 2 else "new", flags=":2,S" if number % 2 else "")
    before = everything_below(box)
    followed = follow(shelf, f"maildir:{box}")
    assert (followed.source.kind, followed.source.private, followed.source.title) == ("mail", True, "Letters")
    assert (followed.pulled.new, followed.pulled.waiting) == (7, 5)
    item = next(one for one in shelf.store.items.each() if one.title == "Letter 6")
    assert (item.kind, item.authors, item.state, item.url) == ("mail", ("Ana",), State.NEW, None)
    assert shelf.store.texts.get(item.text_sha).text == "Words of it."
    assert everything_below(box) == before


def test_a_pull_reads_what_came_since_and_nothing_twice(shelf, box):
    deliver(box, 1)
    follow(shelf, f"maildir:{box}")
    (box / "new" / "1.host").rename(box / "cur" / "1.host:2,S")
    [unchanged] = pulled(shelf)
    deliver(box, 2)
    deliver(box, 3, to="cur", flags=":2,D")
    deliver(box, 4, to="cur", flags=":2,ST")
    [new] = pulled(shelf)
    assert (unchanged.status, new.status, new.new, new.waiting) == ("unchanged", "new", 1, 1)
    assert titles(shelf) == ["Letter 1", "Letter 2"]


def test_letters_with_one_subject_are_still_many_and_one_letter_twice_is_one(shelf, box):
    for number in range(3):
        deliver(box, number, subject="Weekly")
    (box / "cur" / "copy:2,S").write_bytes(letter(2, subject="Weekly"))
    follow(shelf, f"maildir:{box}")
    deliver(box, 3, subject="Weekly")
    [new] = pulled(shelf)
    assert (new.new, new.revised) == (1, 0)
    assert titles(shelf) == ["Weekly"] * 4


def test_links_and_other_things_in_the_folder_are_passed_by(shelf, box, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(letter(9, subject="Secret"))
    (box / "new" / "link").symlink_to(secret)
    os.mkfifo(box / "new" / "pipe")
    (box / "new" / "folder").mkdir()
    (box / "new" / ".hidden").write_bytes(letter(8))
    deliver(box, 1)
    follow(shelf, f"maildir:{box}")
    assert titles(shelf) == ["Letter 1"]


def test_of_a_large_folder_the_newest_come_in_at_first_and_later_ones_in_turn(shelf, box):
    for number in range(1, LETTERS_MOST + 3):
        deliver(box, number, words="x")
    post = read_post(f"maildir:{box}", seen=frozenset(), mark=None)
    assert (len(post.letters), len(post.names)) == (LETTERS_MOST, LETTERS_MOST + 2)
    assert post.letters[0].subject == f"Letter {LETTERS_MOST + 2}"
    later = read_post(f"maildir:{box}", seen=frozenset({"1.host"}), mark=None)
    assert (len(later.letters), len(later.names)) == (LETTERS_MOST, LETTERS_MOST)


def mbox(path, *numbers, **fields):
    with path.open("ab") as file:
        for number in numbers:
            file.write(b"From ana@a.example Fri Nov 20 08:00:00 2026\n" + letter(number, **fields) + b"\n")
    return f"mbox:{path}"


def test_an_mbox_is_read_on_from_where_it_was_read(shelf, tmp_path):
    path = tmp_path / "letters.mbox"
    url = mbox(path, 1, 2, words="He wrote:\n\n>From the start.")
    assert follow(shelf, url).pulled.new == 2
    text = shelf.store.texts.get(next(shelf.store.items.each()).text_sha).text
    assert text == "He wrote:\n\nFrom the start."
    mbox(path, 3)
    before = path.read_bytes()
    assert [one.new for one in pulled(shelf)] == [1]
    assert [one.status for one in pulled(shelf)] == ["unchanged"]
    assert path.read_bytes() == before


def test_an_mbox_that_was_rewritten_is_read_anew_and_nothing_comes_twice(shelf, tmp_path):
    path = tmp_path / "letters.mbox"
    url = mbox(path, 1, 2, 3)
    follow(shelf, url)
    path.unlink()
    mbox(path, 2, 3, 4)
    assert [one.new for one in pulled(shelf)] == [1]
    assert titles(shelf) == ["Letter 1", "Letter 2", "Letter 3", "Letter 4"]


@pytest.mark.parametrize("data", [b"", b"no mail", b"From x\n", b"From x\n\n\nFrom y\n\n", b"\x00" * 100_000])
def test_what_is_no_mbox_gives_no_letters_and_no_failure(tmp_path, data):
    path = tmp_path / "x"
    path.write_bytes(data)
    post = read_post(f"mbox:{path}", seen=frozenset(), mark=None)
    assert all(one.subject is None for one in post.letters)


def test_a_folder_that_is_gone_is_told_of_and_the_others_go_on(shelf, box, tmp_path):
    deliver(box, 1)
    follow(shelf, f"maildir:{box}")
    follow(shelf, mbox(tmp_path / "letters.mbox", 2))
    box.rename(tmp_path / "elsewhere")
    mbox(tmp_path / "letters.mbox", 3)
    by_status = {one.status: one for one in pulled(shelf)}
    assert set(by_status) == {"failed", "new"}
    assert "maildir is a folder" in by_status["failed"].error.why
    failing = shelf.store.sources.get(by_status["failed"].source.id)
    assert failing.health.failures == 1


@pytest.mark.parametrize("word", ["maildir:/no/such", "mbox:/no/such", "mbox:/", "maildir:~nobody-here/x"])
def test_a_place_without_mails_cannot_be_followed(word):
    with pytest.raises(FetchError):
        settled(word)


def test_mail_sources_come_back_from_the_files_and_their_kept_letters_too(tmp_path, box):
    home = new_home(tmp_path)
    deliver(box, 1)
    with opened(home, now=NOW) as shelf:
        source = follow(shelf, f"maildir:{box}").source
        [item] = keep(shelf, list(shelf.store.items.each()), KeepWishes(words="Some words of mine.")).items
    rebuild(home, options=ShelfOptions(), now=lambda: NOW)
    with opened(home, now=NOW) as shelf:
        [back] = [one for one in shelf.store.sources.all() if one.kind == "mail"]
        assert (back.id, back.url, back.private) == (source.id, source.url, True)
        pulled(shelf)
        [again] = list(shelf.store.items.each())
        assert (again.id, again.state, again.stub, again.kind) == (item.id, State.KEPT, False, "mail")


def test_a_letter_put_in_by_hand_and_the_same_in_a_folder_are_one(shelf, box):
    item = capture(shelf, of_mail(letter(1)), KeepWishes()).item
    deliver(box, 1)
    follow(shelf, f"maildir:{box}")
    assert [one.id for one in shelf.store.items.each()] == [item.id]
