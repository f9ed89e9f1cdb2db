"""`pkm ask`, `pkm questions`, `pkm answer`, and the options that take a question."""

import json

import pytest

from pkm.rules.tails import short_ids
from support.feeds import numbered, rss
from support.server import Site

FINDABLE = "How do distributed teams keep decisions findable?"


@pytest.fixture
def site():
    with Site() as one:
        yield one


@pytest.fixture
def here(pkm, site):
    """A home that follows a feed; one of its items is about decisions of teams."""
    pkm("init")
    address = site.serve(
        "/feed", rss(("A log of decisions for a team", "https://a.example/log"), *numbered(3)), etag='"1"'
    )
    pkm("follow", address)
    return pkm


def of(pkm, *words):
    return json.loads(pkm(*words, "--json").out)


def test_a_question_says_where_it_stands_what_it_looks_for_and_what_waits(here):
    code, out, err = here("ask", FINDABLE)
    assert (code, out) == (0, "notes/how-do-distributed-teams-keep-decisions-findable.md\n")
    assert "looked for, 2 of them in an item: distributed, team, decision, findable" in err
    assert "1 new item matches already. Next: pkm seek --for" in err


def test_its_document_names_the_note_and_the_words(here):
    document = of(here, "ask", "Why write?", "--words", "decision* log, ADR", "--words", "tag:ops")
    assert document["schema"] == "pkm.question/1"
    assert document["question"]["kind"] == "question"
    assert (document["words"], document["least"]) == (["decision* log", "ADR", "tag:ops"], 1)
    assert document["waiting"] == 1


def test_the_list_says_what_came_since_the_last_look_and_json_is_no_look(here, site):
    here("ask", FINDABLE)
    assert of(here, "questions")["questions"][0]["fresh"] == 0
    here("follow", site.serve("/other", rss(("Teams and their decisions", "https://b.example/new"))))
    for _ in range(2):
        [question] = of(here, "questions")["questions"]
        assert (question["fresh"], question["waiting"]) == (1, 2)
        assert [match["title"] for match in question["matched"]] == ["Teams and their decisions"]
    out = here("questions", terminal=True, columns=90).out
    assert "Teams and their decisions (team, decision)" in out
    assert "Next: pkm seek --for 1 · pkm answer 1" in out
    assert of(here, "questions")["questions"][0]["fresh"] == 0


def test_a_row_an_end_or_words_name_it_in_seek_and_keep(here):
    document = of(here, "ask", FINDABLE)
    here("ask", "Who reads minutes?")
    [tail] = short_ids([document["question"]["id"]])
    titles = [one["title"] for one in of(here, "questions")["questions"]]
    for word in (str(titles.index(FINDABLE) + 1), tail, "findable"):
        here("questions")
        [item] = of(here, "seek", "--for", word)["items"]
        assert item["title"] == "A log of decisions for a team"
        assert item["because"][0] == f"your question {tail} (team, decision)"
    assert here("keep", item["id"], "--for", "findable").code == 0
    kept = {one["title"]: one["kept"] for one in of(here, "questions")["questions"]}
    assert kept[FINDABLE] == [item["id"]]
    assert "for your question" in here("sense", item["id"]).out


def test_a_row_of_another_list_is_no_question(here):
    here("ask", FINDABLE)
    here("seek", "--no-pull")
    code, _out, err = here("seek", "--for", "1")
    assert (code, err.startswith("pkm: 1 is an item")) == (2, True)
    assert here("seek", "--for", "nosuch").code == 1


def test_an_answer_closes_it_and_names_what_led_there(here):
    here("ask", FINDABLE)
    [item] = of(here, "seek", "--for", "findable")["items"]
    here("keep", item["id"], "--for", "findable")
    code, out, err = here("answer", "findable", "-m", "They write down the doubt.")
    assert (code, out.startswith("notes/how-do")) == (0, True)
    assert "1 thing named that led there" in err
    assert of(here, "questions")["questions"] == []
    [question] = of(here, "questions", "--all")["questions"]
    assert question["status"] == "answered"
    assert "answered" in here("questions", "--all", terminal=True, columns=90).out
    here("undo")
    assert of(here, "questions")["questions"][0]["status"] == "open"


def test_an_answer_without_words_opens_the_editor_or_names_the_flag(here, tmp_path):
    here("ask", FINDABLE)
    code, _out, err = here("answer", "findable")
    assert (code, '-m "…"' in err) == (2, True)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "Written in the editor." >> "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    here.setenv(EDITOR=str(editor))
    code, _out, err = here("answer", "findable", terminal=True)
    assert (code, "Answered: notes/" in err) == (0, True)
    assert here("answer", "findable", "--drop").code == 0
    assert of(here, "questions", "--all")["questions"][0]["status"] == "dropped"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ask", " "), 2),
        (("ask", "Why write?", "--words", "( )"), 2),
        (("ask", "Why write?", "--visibility", "moon"), 2),
        (("answer", "nosuch", "-m", "Three words here."), 1),
    ],
)
def test_what_cannot_be_is_told(here, words, code):
    answer = here(*words)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")


def test_a_question_that_names_nothing_says_so(here):
    assert "names nothing to look for" in here("ask", "Why?").err
    assert "add a line `words:`" in here("questions", terminal=True, columns=90).out


def test_without_any_the_list_says_what_to_type(here):
    code, out, err = here("questions")
    assert (code, out, 'pkm ask "…"' in err) == (0, "", True)


def test_titles_only_is_one_line_each(here):
    out = here("seek", "--scan", "--no-pull", terminal=True, columns=60).out
    lines = [line for line in out.splitlines() if line.strip()]
    assert "A log of decisions for a team" in lines[1]
    assert not any("http" in line for line in lines)
    assert here("seek", "--scan").out.splitlines()[0].count("\t") == 2


def test_a_question_that_nothing_new_matches_names_a_line_that_can_be_typed(here):
    here("ask", "What do gardeners whisper about glaciers?")
    told = here("seek", "--for", "glaciers").err

    line = told.strip().rpartition(": pkm ")[2].split()

    assert line[:2] == ["seek", "--for"]
    assert line[3] == "--all"
    assert "--all" not in here(*line).err
