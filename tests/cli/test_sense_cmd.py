import json

import pytest

from pkm.model.item import State
from pkm.sense.annotate import Sentence, annotate
from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item

HTML = "<p>Teams keep logs. People search for doubts, not for verdicts.</p>"


@pytest.fixture
def shelf(home):
    (home / "notes").mkdir()
    with opened(homes.at(home), now=Clock()) as one:
        yield one


@pytest.fixture
def item(shelf):
    return stored_item(shelf, title="On logs", html=HTML, keep=True, authors=("Ana",))


def test_in_a_pipe_the_item_and_its_prompt_are_shown_and_m_is_named(pkm, item):
    code, out, err = pkm("sense")

    assert code == 2
    assert out.startswith("On logs\n")
    assert "https://example.org/a" in out
    assert out.rstrip().endswith("?")
    assert f'pkm sense {item.id} -m "…"' in err


def test_a_sentence_without_an_id_is_about_the_item_shown_last_here(pkm, shelf, item):
    stored_item(shelf, url="https://example.org/b", title="Other", keep=True)
    pkm("sense", item.id)
    code, out, _ = pkm("sense", "-m", "We should log doubts.")

    assert (code, out) == (0, "notes/on-logs.md\n")
    assert "We should log doubts." in (shelf.home.notes / "on-logs.md").read_text()


def test_after_a_sentence_the_next_step_is_named(pkm, shelf, item):
    other = stored_item(shelf, url="https://example.org/b", title="Other", keep=True)
    first = pkm("sense", item.id, "-m", "We should log doubts.").err
    last = pkm("sense", other.id, "-m", "Nor does this one.").err

    assert "1 kept item has no words of yours yet. Next: pkm sense\n" in first
    assert "Next: pkm share draft\n" in last


def test_a_sentence_that_is_refused_is_kept_and_named_each_time(pkm, shelf, item):
    note = shelf.home.notes / "odd.md"
    note.write_text(f"---\nid: n-000000000001\nitem: {item.id}\na: &x 1\n---\nMine is here.\n")
    for number, words in enumerate(("My first sentence here.", "And a second one."), start=1):
        code, _, err = pkm("sense", item.id, "-m", words)
        [kept] = [path for path in shelf.home.drafts.iterdir() if words in path.read_text()]

        assert code == 5
        assert f"Not filed. Your words are in drafts/{kept.name}" in err
        assert len(list(shelf.home.drafts.iterdir())) == number


def test_a_sentence_about_nothing_shown_is_exit_2(pkm, item):
    code, _, err = pkm("sense", "-m", "Words about what?")

    assert code == 2
    assert "pkm sense ID -m" in err


def test_on_a_terminal_one_sentence_is_read_and_filed(pkm, shelf, item):
    code, out, err = pkm("sense", stdin="We should log doubts.\n", terminal=True, columns=80)

    assert code == 0
    assert "kept" in out
    assert "That is a note, and it is yours: notes/on-logs.md" in err
    assert (shelf.home.notes / "on-logs.md").is_file()


def test_enter_alone_skips_and_the_walk_stops_by_itself(pkm, shelf, item):
    for number in range(3):
        stored_item(shelf, url=f"https://example.org/{number}", title=f"Item {number}", keep=True)
    code, out, err = pkm("sense", "--limit", "2", stdin="\nThree own words.\n", terminal=True, columns=80)

    assert code == 0
    assert "On logs" in out
    assert "Item 0" in out
    assert "Item 1" not in out
    assert "Skipped" in err
    assert "3 kept items have no words of yours yet" in err
    _, out, _ = pkm("sense")
    assert out.startswith("Item 1")


def test_the_input_may_end_and_nothing_is_filed(pkm, shelf, item):
    code, _, _ = pkm("sense", stdin="", terminal=True)

    assert code == 2
    assert list(shelf.home.notes.iterdir()) == []


def test_quotes_and_words_that_are_there_are_shown(pkm, shelf, item):
    annotate(shelf, item, Sentence(text="Logs are fine."), passage="People search for doubts")
    _, out, _ = pkm("sense", item.id)

    assert "  > People search for doubts\n" in out
    assert "    Logs are fine.\n" in out


def test_nothing_waits_is_no_error(pkm, shelf):
    code, out, err = pkm("sense")

    assert (code, out) == (0, "")
    assert "Nothing waits" in err
    code, out, _ = pkm("sense", "--json")
    assert json.loads(out) == {"schema": "pkm.sense/1", "item": None}


def test_a_new_item_becomes_kept_and_it_is_said(pkm, shelf):
    item = stored_item(shelf, title="New one")
    code, _, err = pkm("sense", item.id, "-m", "Three own words.")

    assert code == 0
    assert "kept now" in err
    assert shelf.store.items.get(item.id).state == State.KEPT


def test_a_row_of_the_last_list_names_the_item(pkm, shelf, item):
    pkm("find", "logs")

    assert pkm("sense", "1", "-m", "Three own words.").code == 0
    assert pkm("sense", "9", "-m", "Three own words.").code == 1


def test_a_passage_is_marked_and_one_that_is_not_there_is_exit_1(pkm, shelf, item):
    code, _, err = pkm("sense", item.id, "--quote", "peple serch for doubts")
    assert code == 1
    assert "People search for doubts" in err
    assert list(shelf.home.notes.iterdir()) == []

    code, out, err = pkm("sense", item.id, "--quote", "people search for doubts")
    assert (code, out) == (0, "notes/on-logs.md\n")
    assert "not yet words of your own" in err


def test_what_was_filed_as_json(pkm, shelf, item):
    code, out, _ = pkm("sense", item.id, "-m", "Three own words.", "--quote", "Teams keep logs.", "--json")
    told = json.loads(out)

    assert code == 0
    assert told["schema"] == "pkm.sensed/1"
    assert told["item"] == item.id
    assert told["made"] is True
    assert told["quote"].startswith("h-")
    assert told["note"]["own_words"] == 3


def test_what_is_asked_as_json(pkm, item):
    code, out, err = pkm("sense", "--json")
    told = json.loads(out)

    assert code == 2
    assert told["item"]["id"] == item.id
    assert told["prompt"].endswith("?")
    assert json.loads(err)["error"]["exit"] == 2


def test_skip_puts_it_at_the_end(pkm, shelf, item):
    stored_item(shelf, url="https://example.org/b", title="Other", keep=True)
    pkm("sense")
    code, _, err = pkm("sense", "--skip")

    assert code == 0
    assert "On logs" in err
    assert pkm("sense").out.startswith("Other")
    assert pkm("sense", item.id, "--skip", "-m", "both").code == 2


def editor(tmp_path, script: str) -> str:
    path = tmp_path / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_an_editor_files_a_new_note_and_leaves_no_draft(pkm, shelf, item, tmp_path):
    pkm.setenv(EDITOR=editor(tmp_path, 'echo "Words from there." > "$1"'))
    code, out, _ = pkm("sense", item.id, "--edit")

    assert (code, out) == (0, "notes/on-logs.md\n")
    assert (shelf.home.notes / "on-logs.md").read_text().endswith("Words from there.\n")
    assert not shelf.home.drafts.exists()


def test_words_stay_in_the_draft_while_they_cannot_be_filed(pkm, shelf, item, tmp_path):
    pkm.setenv(EDITOR=editor(tmp_path, 'echo "Words from there." > "$1"'))
    code, _, err = pkm("sense", item.id, "--edit", "--quote", "not there at all, no")

    assert code == 1
    assert f"Your words are in drafts/sense-{item.id}.md" in err
    assert (shelf.home.drafts / f"sense-{item.id}.md").read_text() == "Words from there.\n"
    pkm.setenv(EDITOR="true")
    assert pkm("sense", item.id, "--edit").code == 0
    assert (shelf.home.notes / "on-logs.md").read_text().endswith("Words from there.\n")


def test_an_editor_opens_the_note_that_is_there(pkm, shelf, item, tmp_path):
    pkm("sense", item.id, "-m", "Three own words.")
    pkm.setenv(EDITOR=editor(tmp_path, 'echo "And five more of them." >> "$1"'))
    code, _, _ = pkm("sense", item.id, "--edit")

    assert code == 0
    assert shelf.store.notes.at("notes/on-logs.md").file.own_words == 8


def test_an_empty_draft_files_nothing(pkm, shelf, item):
    pkm.setenv(EDITOR="true")
    code, out, err = pkm("sense", item.id, "--edit")

    assert (code, out) == (0, "")
    assert "nothing was filed" in err
    assert list(shelf.home.notes.iterdir()) == []


def test_on_a_narrow_terminal_no_address_is_cut(pkm, shelf):
    url = "https://example.org/" + "long/" * 20
    item = stored_item(
        shelf, url=url, title="A title that is rather long for a narrow terminal, really", keep=True
    )
    _, out, _ = pkm("sense", item.id, "--no-input", terminal=True, columns=40)

    assert url in out
    assert all(len(line) <= 40 for line in out.splitlines() if "http" not in line)
