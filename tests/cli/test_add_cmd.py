import json

import pytest

from support.server import Site

PAGE = "<html><head><title>One thing</title><meta name=author content=Ana></head><body><p>The text.</p></body></html>"


@pytest.fixture(scope="module")
def site():
    with Site() as one:
        for path in ("/one", "/two"):
            one.serve(path, PAGE, headers={"Content-Type": "text/html"})
        yield one


@pytest.fixture
def here(pkm):
    pkm("init")
    return pkm


def kept(pkm):
    return json.loads(pkm("seek", "--json", "--all", "--limit", "0").out)["items"]


def test_a_page_is_kept_with_a_sentence_and_a_pointer(here, site):
    code, out, err = here(
        "add", site.url("/one"), "-m", "Contradicts Monday.", "--via", "Ana", "--hat-tip", "Jo"
    )
    assert (code, out.rstrip("\n").split("\t")[1:]) == (0, ["One thing", "notes/one-thing.md"])
    assert "undo: pkm undo" in err
    [item] = kept(here)
    assert (item["state"], item["via"], item["authors"], item["source"]["title"]) == (
        "kept",
        "Ana",
        ["Ana"],
        "captures",
    )


def test_what_the_user_says_beats_the_page(here, site):
    here("add", site.url("/one"), "--title", "Mine", "--author", "A", "--author", "B", "--date", "2026-11-20")
    [item] = kept(here)
    assert (item["title"], item["authors"], item["published"]) == ("Mine", ["A", "B"], "2026-11-20T00:00:00Z")


def test_offline_the_address_is_kept_with_a_warning(here):
    code, _out, err = here("add", "http://127.0.0.1:9/nobody")
    assert code == 0
    assert "kept without its page" in err
    assert kept(here)[0]["title"] == "http://127.0.0.1:9/nobody"


def test_a_second_time_says_when_it_was_kept_and_which_note_is_on_it(here, site):
    here("add", site.url("/one"), "-m", "Three words here.")
    site.requests.clear()
    code, _out, err = here("add", site.url("/one"))
    assert code == 0
    assert "you kept this on" in err
    assert 'note notes/one-thing.md: "Three words here."' in err
    assert site.requests == []


def test_a_talk_becomes_a_note(here):
    code, out, _err = here("add", "--talk", "Joris: they dropped the wiki", "--direct")
    assert code == 0
    path = out.rstrip("\n").split("\t")[2]
    assert "kind: talk" in (here.home / path).read_text(encoding="utf-8")


def test_lines_of_addresses_are_added_each_and_not_fetched_from_private_hosts(here, site):
    site.requests.clear()
    code, out, err = here("add", "-", stdin=f"{site.url('/one')}\n\n{site.url('/two')}\n{site.url('/one')}\n")
    assert (code, len(out.splitlines())) == (0, 2)
    assert "private" in err
    assert site.requests == []


def test_other_words_on_stdin_are_one_text(here):
    code, out, _err = here("add", "-", stdin="A title\n\nand words\n", terminal=False)
    assert (code, out.split("\t")[1]) == (0, "A title")
    assert here("read", out.split("\t")[0]).out.endswith("and words\n")


def test_stdin_is_read_only_when_asked_for(here):
    code, _out, err = here("add", stdin="https://a.example/\n")
    assert code == 2
    assert "pkm add -" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("word",), 2),
        (("javascript:alert(1)",), 2),
        (("https://a.example/", "--talk", "x"), 2),
        (("--talk", "  "), 2),
        (("https://a.example/", "--via", "Ana", "--direct"), 2),
        (("https://a.example/", "--date", "soon"), 2),
        (("https://a.example/", "--text", "/no/such/file"), 1),
        (("https://a.example/", "--mail", "x.eml"), 2),
        (("-", "--text", "x"), 2),
        (("--mail", "/no/such/file"), 1),
        (("--mail", "-"), 1),
        (("-",), 2),
    ],
)
def test_bad_words_add_nothing(here, words, code):
    answer = here("add", *words)
    assert answer.code == code, answer
    assert answer.err.startswith("pkm: ")
    assert kept(here) == []


def test_a_saved_page_stands_for_the_one_at_the_address(here, tmp_path, site):
    path = tmp_path / "saved.html"
    path.write_text(PAGE, encoding="utf-8")
    site.requests.clear()
    assert here("add", site.url("/gone"), "--text", str(path)).code == 0
    assert kept(here)[0]["title"] == "One thing"
    assert site.requests == []


def test_undo_lets_a_capture_go(here, site):
    here("add", site.url("/one"))
    here("undo")
    assert kept(here)[0]["state"] == "let-go"


MAIL = "From: Ana <ana@a.example>\nSubject: Letter 7\nMessage-ID: <7@a.example>\n\nWords of the letter.\n"


def test_a_mail_is_added_from_a_file_or_a_pipe(here, tmp_path):
    path = tmp_path / "letter.eml"
    path.write_text(MAIL, encoding="utf-8")
    assert here("add", "--mail", str(path), "--via", "Bo").code == 0
    [item] = kept(here)
    assert (item["title"], item["authors"], item["kind"], item["via"]) == ("Letter 7", ["Ana"], "mail", "Bo")
    code, _out, err = here("add", "--mail", "-", stdin=MAIL)
    assert code == 0
    assert "you kept this on" in err
    assert len(kept(here)) == 1


def test_words_in_a_file_need_no_address(here, tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("A title\n\nand words\n", encoding="utf-8")
    assert here("add", "--text", str(path)).code == 0
    assert kept(here)[0]["title"] == "A title"


def test_each_line_of_a_list_is_told_of(here, site):
    here("add", site.url("/one"))
    lines = f"- {site.url('/one')}\n* {site.url('/two')}\nhttps://{'x' * 5000}.example/\n"
    answer = here("add", "-", "--json", stdin=lines)
    document = json.loads(answer.out)
    assert [(one["url"], one["known"]) for one in document["items"]] == [
        (site.url("/one"), True),
        (site.url("/two"), False),
    ]
    assert [one["kind"] for one in document["refused"]] == ["unsafe-link"]
    answer = here("add", "-", stdin=lines)
    assert answer.err.count("you kept '") == 2


def test_what_is_said_of_a_thing_that_is_here_already_is_not_lost_in_silence(here, site):
    here("add", site.url("/one"))
    err = here("add", site.url("/one"), "--title", "Mine").err
    assert "its title, author, date and text stay as they were" in err


def test_a_mail_that_is_none_says_what_one_is(here, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    code, _out, err = here("add", "--mail", str(path))
    assert code == 1
    assert "From:" in err
