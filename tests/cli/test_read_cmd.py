import json
import os

import pytest

from pkm.cli.opener import open_address, opener
from pkm.errors import UnsafeLink
from support.feeds import rss
from support.server import Site


@pytest.fixture(scope="module")
def site():
    with Site() as one:
        one.serve("/feed", rss(("A piece \x1b[31m", "https://a.example/x?b=1&c=$(touch%20y)")))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    pkm("seek")
    return pkm


def test_an_item_is_read_with_title_source_address_and_text(here):
    code, out, err = here("read", "1", terminal=True, columns=40)
    assert code == 0
    assert "A piece" in out
    assert "On notes" in out
    assert "https://a.example/x" in out
    assert "Words of A piece" in out
    assert "pkm sense -m" in err
    assert "\x1b[31m" not in out


def test_what_was_read_last_is_read_again_without_an_id(here):
    assert here("read").code == 2
    here("read", "1")
    assert "A piece" in here("read").out


def test_a_program_gets_text_and_clean_markup(here):
    document = json.loads(here("read", "1", "--json").out)
    [item] = document["items"]
    assert document["schema"] == "pkm.items/1"
    assert "Words of" in item["text"]


def test_the_note_on_an_item_and_its_pointer_are_named(here):
    here("keep", "1", "-m", "Some words of mine.", "--via", "Ana")
    out = here("read", "1").out
    assert "via Ana" in out
    assert "note notes/a-piece" in out


def test_what_is_not_there_says_so(here):
    assert here("read", "7").code == 1
    assert here("open", "zzzz").code == 1


@pytest.fixture
def browser(tmp_path):
    path = tmp_path / "browser"
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/seen\n', encoding="utf-8")
    path.chmod(0o700)
    return path


def test_the_browser_gets_the_address_as_one_word_and_no_shell_sees_it(here, browser, tmp_path):
    here.setenv(BROWSER=str(browser))
    assert here("open", "1").code == 0
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "https://a.example/x?b=1&c=$(touch%20y)\n"


def test_without_a_browser_the_address_is_printed(here):
    here.setenv(BROWSER="/no/such/browser", PATH="/nowhere")
    code, out, _err = here("open", "1")
    assert (code, out) == (0, "https://a.example/x?b=1&c=$(touch%20y)\n")


def test_only_web_addresses_reach_a_program(browser, tmp_path):
    for url in ("file:///etc/passwd", "javascript:alert(1)", "--help", "mailto:a@b.example"):
        with pytest.raises(UnsafeLink):
            open_address(url, {"BROWSER": str(browser)})
    assert not (tmp_path / "seen").exists()


def test_a_browser_may_say_where_the_address_goes(browser, tmp_path):
    environ = {"BROWSER": f"{browser} --url=%s", "PATH": os.environ["PATH"]}
    assert opener(environ) == [str(browser), "--url=%s"]
    assert open_address("https://a.example/", environ)
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "--url=https://a.example/\n"


def test_a_talk_has_no_page_to_open(here):
    identifier = here("add", "--talk", "Joris said this and that").out.split("\t")[0]
    code, _out, err = here("open", identifier)
    assert code == 1
    assert "no address" in err
