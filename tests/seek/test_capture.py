from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from pkm.errors import AddressRefused, FetchError, NotFound, UnsafeLink, UsageError
from pkm.model.item import State, Via
from pkm.net.door import Answer, Door, Hop
from pkm.seek.capture import capture, known, pointer
from pkm.seek.pieces import Piece, of_answer, of_file, of_mail, of_talk, of_words, read_address
from pkm.seek.triage import KeepWishes
from pkm.shelf.rebuild import rebuild
from pkm.shelf.shelf import ShelfOptions
from pkm.shelf.undo import undo
from support.server import Site
from support.shelves import new_home, opened, stored_item

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = "<html><head><title>One thing</title><meta name=author content=Ana></head><body><p>The text.</p></body></html>"


@pytest.fixture(scope="module")
def site():
    with Site() as here:
        yield here


@pytest.fixture(scope="module")
def door():
    with Door(user_agent="pkm/test") as one:
        yield one


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path), now=NOW) as one:
        yield one


def put(shelf, piece, **wishes):
    return capture(shelf, piece, KeepWishes(**wishes))


def test_a_page_is_kept_with_what_it_says_of_itself(site, door, shelf):
    url = site.serve("/one?utm_source=x", PAGE, headers={"Content-Type": "text/html"})
    piece, error = read_address(url, door=door, now=NOW, typed=True)
    assert error is None
    item = put(shelf, piece).item
    assert (item.title, item.authors, item.state, item.kept_at) == ("One thing", ("Ana",), State.KEPT, NOW)
    assert item.url == site.url("/one")
    assert shelf.store.texts.get(item.text_sha).text == "The text."


def test_a_page_that_cannot_be_had_is_kept_all_the_same(site, door, shelf):
    for url in ("http://127.0.0.1:9/nobody", site.serve("/gone", status=404)):
        piece, error = read_address(url, door=door, now=NOW, typed=True)
        assert isinstance(error, FetchError)
        assert put(shelf, piece).item.title == url


def test_a_private_address_that_was_not_typed_is_not_asked(site, door):
    site.requests.clear()
    _piece, error = read_address(site.url("/one"), door=door, now=NOW, typed=False)
    assert isinstance(error, AddressRefused)
    assert site.requests == []


def test_what_is_no_web_address_is_refused(door, shelf):
    for url in ("javascript:alert(1)", "file:///etc/passwd"):
        with pytest.raises(UnsafeLink):
            read_address(url, door=door, now=NOW, typed=True)
        with pytest.raises(UnsafeLink):
            known(shelf, url)


def test_what_a_feed_brought_before_is_kept_and_not_doubled(shelf):
    item = stored_item(shelf, url="https://a.example/x")
    done = put(shelf, Piece(url="http://www.a.example/x/?utm_medium=y"), words="Mine now, with words.")
    assert (done.item.id, done.before.state, done.item.state) == (item.id, State.NEW, State.KEPT)
    assert done.note.file.items == (item.id,)


def test_added_twice_says_when_and_which_note(shelf):
    first = put(shelf, Piece(url="https://a.example/x", title="X"), words="Some words of mine.")
    again = put(shelf, Piece(url="https://a.example/x"))
    assert again.before.kept_at == NOW
    assert [note.path for note in again.notes] == [first.note.path]


def test_a_talk_makes_an_item_and_a_note_of_its_words(shelf):
    done = put(shelf, of_talk("Joris: they dropped the wiki and kept the log"), via=Via(direct=True))
    assert (done.item.kind, done.item.url, done.note.kind) == ("talk", None, "talk")
    assert "dropped the wiki" in (shelf.home.root / done.note.path).read_text(encoding="utf-8")
    assert done.note.file.own_words > 3


def test_pasted_words_have_their_first_line_as_title(shelf):
    done = put(shelf, of_words("\n# A thought\n\nby somebody\n"))
    assert (done.item.title, done.item.kind) == ("A thought", "text")
    assert "by somebody" in shelf.store.texts.get(done.item.text_sha).text
    with pytest.raises(UsageError):
        of_words(" \n ")


def test_a_text_from_a_file_may_be_a_page_or_plain_words():
    assert of_file(PAGE.encode(), url="https://a.example/").text == "The text."
    assert of_file(b"plain", url="https://a.example/").words == "plain"


def test_via_and_direct_contradict_each_other():
    assert pointer(None, direct=True) == "direct"
    with pytest.raises(UsageError):
        pointer("Ana", direct=True)


def test_a_capture_taken_back_is_let_go_and_its_note_is_gone(shelf):
    done = put(shelf, Piece(url="https://a.example/x", title="X"), words="Some words of mine.")
    undo(shelf)
    assert shelf.store.items.get(done.item.id).state == State.LET_GO
    assert not (shelf.home.root / done.note.path).exists()


def test_captures_come_back_from_the_files_alone(tmp_path):
    home = new_home(tmp_path)
    with opened(home, now=NOW) as shelf:
        talk = put(shelf, of_talk("Joris said a lot of things"))
        pasted = put(shelf, of_words("A title\nand its words"), via=Via(name="Ana"))
        page = put(shelf, Piece(url="https://a.example/x", title="X", authors=("B",)))
    rebuild(home, options=ShelfOptions(), now=lambda: NOW)
    with opened(home, now=NOW) as shelf:
        for done in (talk, pasted, page):
            back = shelf.store.items.get(done.item.id)
            assert (back.title, back.state, back.url, back.kind) == (
                done.item.title,
                State.KEPT,
                done.item.url,
                done.item.kind,
            )
        assert shelf.store.items.get(pasted.item.id).via == Via(name="Ana")
        assert "its words" in shelf.store.texts.get(shelf.store.items.get(pasted.item.id).text_sha).text


def test_a_short_address_that_leads_on_for_good_is_known_by_both(site, door, shelf):
    site.serve("/long", PAGE, headers={"Content-Type": "text/html"})
    short = site.redirect("/s", "/long", status=301)
    piece, _error = read_address(short, door=door, now=NOW, typed=True)
    item = put(shelf, piece).item
    assert item.url == site.url("/long")
    assert known(shelf, short).id == known(shelf, site.url("/long")).id == item.id


def test_the_address_that_a_page_calls_its_own_leads_to_it_if_it_is_of_the_same_site(site, door, shelf):
    for path, link, believed in (
        ("/amp/1", "/real/1", True),
        ("/amp/2", "https://elsewhere.example/real/2", False),
        ("/amp/3", "/", False),
    ):
        page = PAGE.replace("<head>", f"<head><link rel=canonical href='{link}'>")
        url = site.serve(path, page, headers={"Content-Type": "text/html"})
        item = put(shelf, read_address(url, door=door, now=NOW, typed=True)[0]).item
        found = known(shelf, site.url(link) if link.startswith("/") else link)
        assert (found is not None and found.id == item.id) is believed
        assert item.url == url


def test_a_page_that_turns_out_to_be_a_known_one_is_no_second_item(site, door, shelf):
    item = put(shelf, Piece(url=site.url("/real/9"), title="X")).item
    page = PAGE.replace("<head>", "<head><link rel=canonical href='/real/9'>")
    url = site.serve("/amp/9", page, headers={"Content-Type": "text/html"})
    done = put(shelf, read_address(url, door=door, now=NOW, typed=True)[0])
    assert (done.item.id, done.before.id) == (item.id, item.id)
    assert known(shelf, url).id == item.id


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("/login?next=1", PAGE),
        ("/members", "<title>Sign in - A site</title><form><input name=p type='password'></form>"),
        ("/", PAGE),
    ],
)
def test_two_addresses_that_lead_to_a_login_or_a_front_page_stay_two_items(site, door, shelf, target, page):
    page = f"<link rel=canonical href='{target.partition('?')[0]}'>{page}"
    site.serve(target, page, headers={"Content-Type": "text/html"})
    addresses = [site.redirect(f"/piece-{status}", target, status=status) for status in (301, 302, 308)]
    items = [put(shelf, read_address(one, door=door, now=NOW, typed=True)[0]).item for one in addresses]
    assert [item.url for item in items] == addresses
    assert known(shelf, site.url(target)) is None


def test_a_login_page_in_the_place_of_a_piece_is_told_and_gives_it_no_title(site, door):
    site.serve("/signin", PAGE, headers={"Content-Type": "text/html"})
    piece, error = read_address(site.redirect("/inside", "/signin"), door=door, now=NOW, typed=True)
    assert (piece.title, piece.html) == (None, None)
    assert "log-in page" in error.what


def test_a_redirect_that_holds_its_target_is_not_asked(site, door, shelf):
    site.serve("/told", PAGE, headers={"Content-Type": "text/html"})
    url = f"https://www.google.com/url?sa=t&url={quote(site.url('/told'), safe='')}"
    piece, error = read_address(url, door=door, now=NOW, typed=True)
    assert isinstance(error, AddressRefused)  # the host that the user typed is Google's, not this one
    assert put(shelf, piece).item.url == site.url("/told")


def test_what_only_leads_on_is_kept_by_where_it_leads():
    hop = Hop(url="https://t.co/x", status=302, location="https://a.example/long")
    answer = Answer(url="https://a.example/long", status=200, headers={}, body=b"", hops=(hop,))
    assert of_answer("https://t.co/x", answer).moved_to == "https://a.example/long"
    assert of_answer("https://a.example/short", answer).moved_to is None


MAIL = b"""From: Ana <ana@a.example>
Subject: Letter 7
Date: Fri, 20 Nov 2026 08:00:00 +0000
Message-ID: <7@a.example>
Content-Type: text/html

<p>The <b>words</b> of the letter.</p>
"""


def test_a_mail_is_kept_with_sender_date_and_text_and_not_twice(tmp_path):
    home = new_home(tmp_path)
    with opened(home, now=NOW) as shelf:
        item = put(shelf, of_mail(MAIL)).item
        assert (item.kind, item.title, item.authors, item.url) == ("mail", "Letter 7", ("Ana",), None)
        assert shelf.store.texts.get(item.text_sha).html == "<p>The <b>words</b> of the letter.</p>\n"
        assert put(shelf, of_mail(MAIL)).before.id == item.id
    rebuild(home, options=ShelfOptions(), now=lambda: NOW)
    with opened(home, now=NOW) as shelf:
        back = shelf.store.items.get(item.id)
        assert (back.title, back.kind, back.authors) == ("Letter 7", "mail", ("Ana",))
        assert "words of the letter" in shelf.store.texts.get(back.text_sha).text
        assert put(shelf, of_mail(MAIL)).before.id == item.id


def test_what_is_no_mail_is_not_taken_for_one():
    with pytest.raises(NotFound):
        of_mail(PAGE.encode())


def test_a_saved_page_comes_back_with_its_text_and_has_the_address_that_it_calls_its_own(tmp_path):
    home = new_home(tmp_path)
    page = PAGE.replace("<head>", "<head><link rel=canonical href='https://a.example/real'>")
    with opened(home, now=NOW) as shelf:
        item = put(shelf, of_file(page.encode(), url=None)).item
        assert (item.url, item.kind) == ("https://a.example/real", "page")
    rebuild(home, options=ShelfOptions(), now=lambda: NOW)
    with opened(home, now=NOW) as shelf:
        assert shelf.store.texts.get(shelf.store.items.get(item.id).text_sha).text == "The text."


def test_a_page_that_two_items_turn_out_to_be_makes_one_of_them(shelf):
    one = stored_item(shelf, title="One thing", url="https://a.example/?p=7")
    other = stored_item(
        shelf, title="one  thing", url="https://a.example/thing", source="https://b.example/feed"
    )
    piece = Piece(url="https://short.example/x", moved_to=one.url, aliases=("https://a.example/thing",))
    kept = put(shelf, piece, words="Some words of mine.").item
    assert {shelf.store.items.get(each.id).id for each in (one, other)} == {kept.id}
    assert len(shelf.store.arrivals.of_item(kept.id)) == 2
    assert known(shelf, "https://short.example/x").id == kept.id


def test_a_redirect_to_a_log_in_page_makes_nothing_one(shelf):
    one = stored_item(shelf, title="One thing", url="https://a.example/one")
    login = stored_item(shelf, title="Log in", url="https://a.example/login", source="https://b.example/feed")
    put(shelf, Piece(url=one.url, moved_to=login.url))
    assert shelf.store.items.get(login.id).id == login.id
    assert shelf.store.items.get(login.id).state == State.NEW
