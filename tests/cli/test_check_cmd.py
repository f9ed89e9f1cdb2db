import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item, stored_source

HTML = "<p>Teams keep logs. According to nobody, people search for doubts.</p>"


@pytest.fixture
def shelf(home):
    (home / "notes").mkdir()
    with opened(homes.at(home), now=Clock()) as one:
        yield one


@pytest.fixture
def item(shelf):
    source = stored_source(shelf, "https://logs.example/feed", title="Log letters")
    return stored_item(
        shelf, title="On logs", url="https://logs.example/a", html=HTML, source=source, authors=("Ana",)
    )


def notes(shelf):
    return {path.name: path.read_text() for path in shelf.home.notes.iterdir()}


def test_in_a_pipe_the_facts_are_shown_and_the_flags_named(pkm, shelf, item):
    code, out, err = pkm("check", item.id)

    assert code == 2
    assert out.startswith("On logs\nWho\n  by Ana\n")
    assert "From where\n  it says: “According to nobody" in out
    assert f"pkm check {item.id} --verdict mixed -m" in err
    assert notes(shelf) == {}


def test_one_question_a_move_each_skippable_and_the_verdict_in_ones_own_words(pkm, shelf, item):
    said = "I want it to be so.\n\nTwo others say the same.\n\nm\nIts numbers are old.\n"
    code, _, err = pkm("check", item.id, stdin=said, terminal=True)

    assert code == 0
    assert [err.count(word) for word in ("Stop:", "Investigate:", "Find:", "Trace:", "Your verdict:")] == [
        1
    ] * 5
    [text] = notes(shelf).values()
    assert "## Stop\n\nI want it to be so.\n" in text
    assert "## Investigate" not in text
    assert "## Find\n\nTwo others say the same.\n" in text
    assert "verdict: mixed" in text
    assert "## Verdict\n\nIts numbers are old.\n" in text


def test_a_word_that_is_no_verdict_is_asked_again(pkm, shelf, item):
    _, _, err = pkm("check", item.id, stdin="\n\n\n\nseven\ndoubtful\n\n", terminal=True)

    assert "'seven' is no verdict" in err
    assert "verdict: doubtful" in "".join(notes(shelf).values())


def test_enter_alone_all_the_way_files_nothing(pkm, shelf, item):
    code, _, err = pkm("check", item.id, stdin="\n" * 5, terminal=True)

    assert code == 0
    assert "Nothing was filed." in err
    assert notes(shelf) == {}


def test_what_was_typed_before_the_input_ended_is_filed(pkm, shelf, item):
    assert pkm("check", item.id, stdin="I want it to be so.\n", terminal=True).code == 0
    assert "I want it to be so." in "".join(notes(shelf).values())


def test_a_line_alone_is_enough(pkm, shelf, item):
    code, out, _ = pkm(
        "check", item.id, "--verdict", "trusted", "-m", "I asked them.", "--visibility", "team"
    )

    assert (code, out) == (0, "notes/check-on-logs.md\n")
    assert "visibility: team" in notes(shelf)["check-on-logs.md"]
    shown = pkm("read", item.id).out
    assert "checked 2026-11-22: trusted: I asked them." in shown or "checked " in shown
    assert "trusted: I asked them." in shown


def test_answers_come_from_a_file_or_a_pipe(pkm, shelf, item, tmp_path):
    path = tmp_path / "answers.txt"
    path.write_text("find: two others\nverdict: mixed\nreason: Old numbers.\n")

    assert pkm("check", item.id, "--answers", str(path)).code == 0
    assert pkm("check", item.id, "--answers", "-", stdin="trace: a press release\n").code == 0
    assert pkm("check", item.id, "--answers", "-", stdin="what is this\n").code == 2
    assert pkm("check", item.id, "--answers", str(tmp_path / "none")).code == 1
    assert "## Find\n\ntwo others\n" in notes(shelf)["check-on-logs.md"]
    assert "## Trace\n\na press release\n" in notes(shelf)["check-on-logs-2.md"]


def test_a_verdict_that_is_none_is_refused(pkm, item):
    code, _, err = pkm("check", item.id, "--verdict", "7/10")

    assert code == 2
    assert "trusted, mixed, doubtful, unknown" in err


def test_facts_alone_are_one_document(pkm, shelf, item):
    pkm("check", item.id, "--verdict", "mixed", "-m", "Old numbers.")
    code, out, _ = pkm("check", item.id, "--facts", "--json")
    told = json.loads(out)

    assert code == 0
    assert told["schema"] == "pkm.check/1"
    assert told["item"]["id"] == item.id
    assert told["named"] == ["According to nobody, people search for doubts."]
    assert [(one["verdict"], one["reason"]) for one in told["checks"]] == [("mixed", "Old numbers.")]
    assert [*told["questions"]] == ["stop", "investigate", "find", "trace"]
    assert "score" not in out


def test_a_source_is_named_as_elsewhere(pkm, shelf, item):
    code, out, _ = pkm("check", "log letters", "--verdict", "trusted", "-m", "Ten years of it.")

    assert (code, out) == (0, "notes/check-log-letters.md\n")
    assert f"checks: {item.source}" in notes(shelf)["check-log-letters.md"]
    pkm("source", "list")
    assert "Ten years of it." in pkm("check", item.source, "--facts").out
    assert pkm("check", "nobody", "--facts").code == 1


def test_a_comment_note_says_that_its_item_was_checked(pkm, shelf, item):
    pkm("sense", item.id, "-m", "We should log doubts.")
    pkm("check", item.id, "--verdict", "mixed", "-m", "Old numbers.")

    assert "mixed: Old numbers." in pkm("notes", "show", "notes/on-logs.md").out


def test_ones_own_questions_are_asked(pkm, shelf, item):
    (shelf.home.root / "prompts").mkdir()
    (shelf.home.root / "prompts" / "check.md").write_text("- Halt! Why now?\n")
    err = pkm("check", item.id, stdin="\n" * 5, terminal=True).err

    assert "Halt! Why now?" in err
    assert "Find: who else reports it?" in err
