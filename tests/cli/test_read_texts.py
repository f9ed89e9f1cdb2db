import json

import pytest

from support.server import Site

BEGINNING = "Teams that write their decisions down argue less about what was decided, and more about why."
PAGE = f"<html><body><article><p>{BEGINNING}</p>{'<p>Whoever reads the log later finds the doubts.</p>' * 9}</article></body></html>"
FEED = """<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:atom='http://www.w3.org/2005/Atom'>
<channel><title>On notes</title><item><guid>1</guid><title>A piece</title><link>{page}</link>
<description>{words}</description><itunes:duration>1:02:03</itunes:duration>
<atom:link rel='via' href='https://friends.example/p' title='Bo'/>
<enclosure url='https://a.example/one.mp3?\x1b[31m' type='audio/mpeg' length='12345678'/>
<enclosure url='https://a.example/two.pdf' type='application/pdf' length='abc'/></item></channel></rss>"""


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", FEED.format(page=one.url("/1"), words=BEGINNING))
        one.serve("/1", PAGE, headers={"Content-Type": "text/html"})
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    pkm("source", "set", "notes", "--full", "auto")
    assert "1 whole text fetched" in pkm("pull", "notes").err
    pkm("seek")
    return pkm


def read(pkm, *words):
    [item] = json.loads(pkm("read", "1", "--json", *words).out)["items"]
    return item


def test_the_better_text_is_shown_and_it_is_said_which(here):
    out = here("read", "1").out
    assert "finds the doubts" in out
    assert "text of its page; of its feed: pkm read" in out
    assert "finds the doubts" not in here("read", "1", "--feed-text").out
    assert "of its page: pkm read" in here("read", "1", "--feed-text").out


def test_programs_learn_which_text_it_is(here):
    assert (read(here)["text_of"], read(here)["texts"]) == ("page", ["feed", "page"])
    assert (read(here, "--feed-text")["text_of"], read(here, "--feed-text")["text"]) == ("feed", BEGINNING)


def test_two_texts_at_once_are_too_many_and_one_that_is_not_here_is_said(here):
    assert here("read", "1", "--feed-text", "--page-text").code == 2
    identifier = here("add", "--talk", "Joris said this and that").out.split("\t")[0]
    code, _out, err = here("read", identifier, "--page-text")
    assert code == 1
    assert "--full auto" in err


def test_files_that_an_item_carries_are_listed_and_never_fetched(here, site):
    out = here("read", "1").out
    assert "enclosure 1  audio/mpeg  12 MB  1:02:03  https://a.example/one.mp3" in out
    assert "enclosure 2  application/pdf  https://a.example/two.pdf" in out
    assert "\x1b" not in out
    assert [(one["type"], one["bytes"], one["seconds"]) for one in read(here)["enclosures"]] == [
        ("audio/mpeg", 12345678, 3723),
        ("application/pdf", None, None),
    ]
    assert set(site.paths()) == {"/feed", "/1"}


def test_a_file_is_opened_by_its_number(here, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/seen\n', encoding="utf-8")
    browser.chmod(0o700)
    here.setenv(BROWSER=str(browser))
    assert here("open", "1", "--enclosure", "2").code == 0
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "https://a.example/two.pdf\n"
    code, _out, err = here("open", "1", "--enclosure", "3")
    assert code == 1
    assert "carries 2 files" in err


def test_a_pointer_that_the_feed_names_stands_in_the_note_unless_the_user_names_another(here):
    assert "via Bo <https://friends.example/p>" in here("read", "1").out
    path = here("keep", "1", "-m", "Some words of mine.").out.strip()
    assert "via: Bo <https://friends.example/p>" in (here.home / path).read_text(encoding="utf-8").replace(
        '"', ""
    )
    assert read(here)["via"] == "Bo <https://friends.example/p>"
    here("undo")
    path = here("keep", "1", "-m", "Some words of mine.", "--via", "Cy").out.strip()
    assert 'via: "Cy"' in (here.home / path).read_text(encoding="utf-8")


def test_a_keep_can_fetch_the_page(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    pkm("seek")
    pkm.setenv(PKM_SEEK_KEEP_TEXT="true")
    err = pkm("keep", "1").err
    assert "1 whole text fetched" in err
    assert "finds the doubts" in pkm("read", "1").out
