import json

import pytest

from pkm.model.item import ParsedFeed, ParsedItem
from pkm.seek.arrive import bring
from pkm.shelf import home as homes
from support.server import Site
from support.shelves import Clock, opened, stored_item, stored_source

URL = "https://example.org/a"
HTML = "<p>Teams keep logs. People search for doubts, not for verdicts. Teams keep on.</p>"


@pytest.fixture
def shelf(home):
    (home / "notes").mkdir()
    with opened(homes.at(home), now=Clock()) as one:
        yield one


@pytest.fixture
def item(shelf):
    return stored_item(shelf, title="On logs", url=URL, html=HTML, keep=True)


def edited(shelf, html):
    one = ParsedItem(raw_id=URL, title="On logs", url=URL, html=html)
    with shelf.writing():
        bring(shelf, stored_source(shelf), ParsedFeed(format="rss20", items=(one,)), now=shelf.now())


def quotes(pkm, *words):
    code, out, _ = pkm("quotes", *words, "--json")
    assert code == 0
    return json.loads(out)["quotes"]


def test_a_passage_is_marked_with_what_is_said_of_it(pkm, shelf, item):
    code, out, err = pkm(
        "quote", item.id, "people search for DOUBTS", "-m", "So should we.", "--tag", "#search"
    )

    assert (code, out) == (0, "notes/on-logs.md\n")
    assert "undo: pkm undo" in err
    text = (shelf.home.notes / "on-logs.md").read_text()
    assert "> People search for doubts\n" in text
    assert "- So should we.\n" in text
    [one] = quotes(pkm)
    assert (one["text"], one["comment"], one["tags"]) == (
        "People search for doubts",
        "So should we.",
        ["search"],
    )
    assert (one["url"], one["standing"]) == (URL, None)


def test_a_passage_may_come_from_a_pipe_and_be_of_the_item_shown_last(pkm, item):
    pkm("read", item.id)

    assert pkm("quote", "-", stdin="not for\nverdicts\n").code == 0
    assert pkm("quote", "People search").code == 0
    assert [one["text"] for one in quotes(pkm)] == ["People search", "not for verdicts"]


def test_a_passage_that_is_not_there_stores_nothing_and_names_the_nearest(pkm, shelf, item):
    code, out, err = pkm("quote", item.id, "Peple serch for doubts not verdict")

    assert (code, out) == (1, "")
    assert "People search for doubts" in err
    assert f"pkm read {item.id}" in err
    assert list(shelf.home.notes.iterdir()) == []


def test_of_several_places_one_is_named_or_asked_for(pkm, item):
    code, _, err = pkm("quote", item.id, "Teams keep")
    assert code == 2
    assert "1: “[Teams keep] logs." in err
    assert "--nth 2" in err

    assert pkm("quote", item.id, "Teams keep", "--nth", "2").code == 0
    asked = pkm("quote", item.id, "teams keep", stdin="1\n", terminal=True)
    assert asked.code == 0
    assert "It stands in 2 places" in asked.err
    assert sorted(one["start"] for one in quotes(pkm)) == [0, HTML.index("Teams keep on") - 3]
    assert pkm("quote", item.id, "Teams keep", "--nth", "3").code == 1
    assert pkm("quote", item.id, "Teams keep", stdin="\n", terminal=True).code == 2


@pytest.mark.parametrize(
    "words", [("quote", "ID"), ("quote", "ID", "…"), ("quote", "words of nothing shown")]
)
def test_half_a_line_is_exit_2(pkm, item, words):
    assert pkm(*(item.id if word == "ID" else word for word in words)).code == 2


def test_what_was_lost_is_listed_attached_anew_or_removed(pkm, shelf, item):
    pkm("quote", item.id, "People search for doubts, not for verdicts.")
    pkm("quote", item.id, "Teams keep on")
    edited(
        shelf, "<p>Teams keep logs. Readers look for open ends, and not for closed ones. Teams keep on.</p>"
    )

    code, out, _ = pkm("quotes", "--orphans", terminal=True)
    assert code == 0
    assert "no longer in the text" in out
    assert f"pkm read {item.id[-4:]} --earlier 1" in out
    assert "Teams keep on" not in out
    assert "reattach ID" in out
    assert pkm("quotes", "reattach", "1", "Readers look for open ends").code == 0
    assert quotes(pkm, "--orphans") == []
    assert pkm("quotes", "rm", "1").code == 0
    assert [one["text"] for one in quotes(pkm)] == ["Teams keep on"]


def test_words_after_quotes_are_looked_for(pkm, item):
    pkm("quote", item.id, "People search for doubts")
    pkm("quote", item.id, "Teams keep on")

    assert [one["text"] for one in quotes(pkm, "doubts")] == ["People search for doubts"]
    assert [one["text"] for one in quotes(pkm, "teams", "-doubts")] == ["Teams keep on"]
    assert [one["text"] for one in quotes(pkm, "-doubts")] == ["Teams keep on"]
    assert quotes(pkm, "nothing", "of", "this") == []
    code, _, err = pkm("quotes", "reatach", "1")
    assert code == 2
    assert "pkm quotes reattach" in err


def test_a_narrow_terminal_and_a_pipe_show_every_quote_whole(pkm, item):
    pkm("quote", item.id, "People search for doubts, not for verdicts.", "-m", "Mine.")
    wide = pkm("quotes").out
    narrow = pkm("quotes", terminal=True, columns=50).out

    assert wide.split("\t")[4:] == ["People search for doubts, not for verdicts.", "Mine.\n"]
    assert "doubts, not for" in " ".join(narrow.split())


def test_read_marks_what_the_quote_says_now(pkm, shelf, item):
    pkm("quote", item.id, "People search for doubts, not for verdicts.")
    edited(
        shelf,
        HTML.replace("not for verdicts", "not for rulings").replace("Teams keep logs. ", "Logs.</p><p>"),
    )

    assert ">> People search for doubts, not for rulings." in pkm("read", item.id).out


def test_a_pull_tells_how_the_quotes_stand(pkm, home):
    def feed(text):
        return (
            '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://t.example/</link>'
            f"<description/><item><guid>{URL}</guid><link>{URL}</link><title>On logs</title>"
            f"<description>{text}</description></item></channel></rss>"
        ).encode()

    whole = "Teams keep logs. People search for doubts, not for verdicts. Nobody reads the minutes of the meeting."
    with Site() as site:
        site.serve("/feed", feed(whole), headers={"Content-Type": "application/rss+xml"})
        pkm("follow", site.url("/feed"))
        [item] = json.loads(pkm("seek", "--json", "--no-pull").out)["items"]
        pkm("quote", item["id"], "People search for doubts, not for verdicts.")
        pkm("quote", item["id"], "Nobody reads the minutes of the meeting.")
        site.serve(
            "/feed",
            feed(
                "Teams keep logs. People search for doubts, not for final verdicts. Somebody likes them all."
            ),
            headers={"Content-Type": "application/rss+xml"},
        )
        [source] = json.loads(pkm("source", "list", "--json").out)["sources"]
        code, _, err = pkm("pull", source["id"])

    assert code == 0
    assert "your quotes in edited items: 1 edited, 1 orphan · pkm quotes --orphans" in err


def test_quotes_are_exported_one_annotation_a_line(pkm, item, tmp_path):
    pkm("quote", item.id, "People search for doubts", "-m", "So do we.")
    pkm("quote", item.id, "Teams keep on")

    lines = [json.loads(line) for line in pkm("export", "quotes").out.splitlines()]
    assert [line["type"] for line in lines] == ["Annotation", "Annotation"]
    target = tmp_path / "quotes.jsonl"
    assert pkm("export", "quotes", "--output", str(target)).code == 0
    assert len(target.read_text().splitlines()) == 2
