"""Sessions with `sense` and its prompts: what is asked, what is kept when it is broken off."""

import os
import re
import signal
import sys

import pexpect
import pytest

from pkm.seek.ask import ask
from pkm.seek.triage import KeepWishes, keep
from pkm.sense.annotate import Sentence, annotate
from pkm.shelf import home as homes
from support.cli import clean_environ
from support.shelves import Clock, opened, stored_item

HTML = "<p>Logs are kept by many teams today. Teams search their decision logs for doubts and not for verdicts.</p>"


@pytest.fixture
def shelf(home):
    (home / "notes").mkdir()
    with opened(homes.at(home), now=Clock()) as one:
        yield one


@pytest.fixture
def item(shelf):
    return stored_item(shelf, title="On decision logs", html=HTML, keep=True)


def test_a_sentence_of_the_items_own_is_there_to_react_to(pkm, item):
    out = pkm("sense").out

    assert "  | Teams search their decision logs for doubts and not for verdicts.\n" in out


def test_what_was_marked_is_shown_instead(pkm, shelf, item):
    annotate(shelf, item, Sentence(), passage="Logs are kept by many teams")
    out = pkm("sense").out

    assert "  > Logs are kept by many teams\n" in out
    assert "  | " not in out


def test_a_claim_is_asked_for_part_by_part(pkm, shelf, item):
    lines = [
        "Doubts are worth a column.",
        f"{item.id[-5:]} says so",
        "",
        "Who asks again doubts.",
        "",
        "medium",
    ]
    code, out, err = pkm("sense", "--as", "cer", stdin="\n".join([*lines, ""]), terminal=True, columns=60)
    text = (shelf.home.notes / "doubts-are-worth-a-column.md").read_text()

    assert code == 0
    assert "What do you claim" in out
    assert "Evidence: What speaks for it?" in err
    assert "kind: claim\n" in text
    assert f"## Evidence\n\n- {item.id} says so\n" in text
    assert "## Rebuttal\n\n<!-- What speaks against it" in text
    assert "Not whole yet" not in err
    assert pkm("notes", "check").code == 0


def test_a_claim_by_flag_says_what_it_lacks_and_the_check_finds_it(pkm, item):
    code, out, err = pkm("sense", item.id, "--prompt", "cer", "-m", "Doubts are worth a column.")
    checked = pkm("notes", "check")

    assert (code, out) == (0, "notes/doubts-are-worth-a-column.md\n")
    assert "Not whole yet: a claim without evidence (line" in err
    assert checked.code == 1
    assert "evidence-missing" in checked.out


def test_enter_alone_at_every_part_files_nothing(pkm, shelf, item):
    code, _, err = pkm("sense", "--as", "tetrad", stdin="\n\n\n\n", terminal=True, columns=60)

    assert code == 0
    assert "Skipped" in err
    assert list(shelf.home.notes.iterdir()) == []


def test_a_prompt_with_a_kind_makes_a_note_of_it(pkm, shelf, item):
    pkm("sense", item.id, "--as", "practice", "-m", "I write the doubt beside the decision.")

    assert "kind: practice\n" in next(shelf.home.notes.iterdir()).read_text()


def test_in_a_pipe_the_line_to_type_names_the_prompt(pkm, item):
    code, out, err = pkm("sense", item.id, "--as", "sift")

    assert code == 2
    assert "Do you know this source" in out
    assert f'pkm sense {item.id} --as sift -m "…"' in err


def test_the_walk_can_be_narrowed_to_a_source_a_tag_or_a_question(pkm, shelf, item):
    other = stored_item(
        shelf, url="https://other.example/b", title="Other", source="https://other.example/feed"
    )
    asked = ask(shelf, "How do teams keep decisions findable?").note
    keep(shelf, [other], KeepWishes(question=asked.id))

    assert pkm("sense").out.startswith("On decision logs")
    assert pkm("sense", "--for", asked.id).out.startswith("Other")
    assert pkm("sense", "--source", "https://other.example/feed").out.startswith("Other")
    assert "None of those waits" in pkm("sense", "--tag", "nothing").err


def test_an_editor_gets_the_shape_and_an_unfilled_one_is_nothing(pkm, shelf, item, tmp_path):
    editor = tmp_path / "editor.py"
    editor.write_text("import sys\n")
    pkm.setenv(EDITOR=f"{sys.executable} {editor}")
    code, _, err = pkm("sense", item.id, "--as", "cer", "--edit")
    assert code == 0
    assert "Nothing was written" in err

    editor.write_text(
        "import sys, pathlib\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "path.write_text(path.read_text().replace('## Claim\\n', '## Claim\\n\\nDoubts are worth a column.\\n', 1))\n"
    )
    assert pkm("sense", item.id, "--as", "cer", "--edit").out == "notes/doubts-are-worth-a-column.md\n"
    assert not shelf.home.drafts.exists()


def test_an_insight_is_a_word_of_the_note_in_lists(pkm, shelf, item):
    pkm("sense", item.id, "-m", "Doubts and verdicts do not fit.", "--insight", "contradiction")
    pkm("note", "Another thought of mine.", "--insight", "curiosity")

    assert len(pkm("notes", "list").out.splitlines()) == 2
    assert "On decision logs" in pkm("notes", "list", "--insight", "contradiction").out
    assert len(pkm("notes", "list", "--insight", "contradiction").out.splitlines()) == 1
    assert pkm("note", "And one more thought.", "--insight", "luck").code == 2


def test_a_template_that_fails_leaves_no_note(pkm, shelf, item):
    (shelf.home.root / "templates").mkdir()
    (shelf.home.root / "templates" / "note-cer.md.j2").write_text("{{ nothing }}")
    code, _, err = pkm("note", "--template", "cer", "-m", "Doubts are worth a column.")

    assert code == 2
    assert "templates/note-cer.md.j2:1: the template cannot be used" in err
    assert list(shelf.home.notes.iterdir()) == []


def test_an_unfinished_claim_is_met_again(pkm, shelf, item):
    pkm("note", "--template", "cer", "-m", "Doubts are worth a column.")
    path = next(shelf.home.notes.iterdir())
    # A day that is none in most years: it is no day of an earlier year either.
    path.write_text(re.sub("date: .*", "date: 2020-02-29T00:00:00", path.read_text(), count=1))

    assert "\tclaim\ta claim without evidence\t" in pkm("revisit").out


@pytest.fixture
def terminal(pkm, item):
    child = pexpect.spawn(
        sys.executable,
        ["-m", "pkm", "--home", str(pkm.home), "sense", "--as", "cer"],
        env=clean_environ(LC_ALL="C.UTF-8", TERM="xterm", PKM_SESSION="t"),
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        encoding="utf-8",
        dimensions=(24, 60),
    )
    child.delaybeforesend, child.delayafterclose, child.delayafterterminate = None, 0.01, 0.01
    yield child
    child.close(force=True)


def test_ctrl_c_in_the_middle_of_a_claim_loses_no_word(pkm, shelf, item, terminal):
    terminal.expect_exact("What do you claim")
    terminal.expect_exact("> ")
    terminal.sendline("Doubts are worth a column.")
    terminal.expect_exact("Evidence:")
    terminal.expect_exact("> ")
    os.kill(terminal.pid, signal.SIGINT)
    terminal.expect_exact("1 answer kept in drafts/")
    terminal.expect(pexpect.EOF)
    [draft] = shelf.home.drafts.iterdir()

    assert "## Claim\n\nDoubts are worth a column.\n" in draft.read_text()
    pkm.setenv(EDITOR="true")
    assert pkm("sense", item.id, "--as", "cer", "--edit").out == "notes/doubts-are-worth-a-column.md\n"
