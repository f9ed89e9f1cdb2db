import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NotFound, UsageError
from pkm.model.note import Kind
from pkm.rules.claims import said_of
from pkm.rules.notefile import new_note, read_note
from pkm.rules.promptfile import Asks
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.asking import load, names, next_question
from pkm.sense.claims import findings
from pkm.sense.shapes import cited, shape, title_of
from support.shelves import NOW, new_home, opened, stored_item

HTML = "<p>Teams keep logs. People search for doubts, not for verdicts.</p>"


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


@pytest.fixture
def item(shelf):
    return stored_item(shelf, title="On logs", html=HTML, keep=True)


def write(shelf, place, text):
    path = shelf.home.root / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_every_prompt_that_comes_with_pkm_asks_something(shelf, item):
    found = names(shelf.home)

    assert set(found) >= {"cer", "experience", "plain", "practice", "sift", "synthesis", "tetrad"}
    for name in found:
        prompt = load(shelf.home, name)
        assert next_question(shelf, item, prompt).endswith(("?", "."))
        assert (prompt.kind or "comment") in set(Kind)


def test_what_is_asked_follows_what_was_said(shelf, item):
    prompt = load(shelf.home, "plain")
    asked = [next_question(shelf, item, prompt)]
    for words in ("We should log doubts.", "It leaves out small teams."):
        annotate(shelf, item, Sentence(text=words))
        asked.append(next_question(shelf, item, prompt))

    assert [asked[at] in part.questions for at, part in enumerate(prompt.parts)] == [True, True, True]


def test_a_prompt_file_of_the_home_wins_and_a_plain_list_is_enough(shelf, item):
    write(shelf, "prompts/plain.md", "- Und was heißt das?\n")
    write(shelf, "prompts/own.md", "- Mine?\n")

    assert next_question(shelf, item, load(shelf.home, "plain")) == "Und was heißt das?"
    assert "own" in names(shelf.home)


def test_an_empty_or_broken_prompt_file_still_asks_something(shelf, item):
    (shelf.home.root / "prompts").mkdir()
    (shelf.home.root / "prompts" / "plain.md").write_bytes(b"\xff\xfe\x00 - \x1b")

    assert next_question(shelf, item, load(shelf.home, "plain")).endswith("?")


def test_a_prompt_that_is_not_there_is_named_with_those_that_are(shelf):
    with pytest.raises(NotFound, match="there is no prompt 'nix'"):
        load(shelf.home, "nix")
    with pytest.raises(UsageError):
        load(shelf.home, "../pkm")


def test_questions_in_a_note_are_no_words_of_the_user(shelf, item):
    for name in names(shelf.home):
        prompt = load(shelf.home, name)
        if prompt.asks == Asks.EACH:
            assert said_of([shape(shelf, prompt, {}, item)]) == 0


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=60), words=st.text(max_size=60))
def test_no_title_and_no_passage_gets_out_of_its_comment(tmp_path_factory, title, words):
    with opened(new_home(tmp_path_factory.mktemp("h"))) as shelf:
        one = stored_item(
            shelf, title=f"{title} --> {{{{ 1 }}}} %%", keep=True, html="<p>Some words of it.</p>"
        )
        prompt = load(shelf.home, "cer")
        body = shape(shelf, prompt, {"Claim": (words,)} if words.strip() else {}, one)
        file = read_note(new_note(id="n-1", title="T", date=NOW, kind="claim", body=body), stem="t")

        assert said_of([shape(shelf, prompt, {}, one)]) == 0
        assert file.title == "T"


def test_a_template_of_the_home_shapes_the_note(shelf, item):
    write(shelf, "templates/note-cer.md.j2", "{% for part in parts %}**{{ part.heading }}**\n{% endfor %}")

    assert shape(shelf, load(shelf.home, "cer"), {}, item).startswith("**Claim**\n**Evidence**")


def test_a_template_that_fails_leaves_no_file(shelf, item, tmp_path):
    write(shelf, "templates/note-cer.md.j2", "one\n{{ parts.nothing.there }}")
    with pytest.raises(UsageError, match=r"templates/note-cer\.md\.j2:2"):
        shape(shelf, load(shelf.home, "cer"), {"Claim": ("It is so, I hold.",)}, item)

    assert list(shelf.home.notes.iterdir()) == []


def test_the_end_of_an_id_is_written_out_and_ordinary_words_are_left(shelf, item):
    quote = annotate(shelf, item, Sentence(text="Three own words."), passage="People search for doubts").quote

    assert cited(shelf, f"{item.id[-5:]} says so") == f"{item.id} says so"
    assert cited(shelf, f"{quote.id} word for word") == f"[[on-logs#^{quote.id}]] word for word"
    assert cited(shelf, "seen by everybody") == "seen by everybody"


def test_evidence_has_to_lead_to_something_that_is_here(shelf, item):
    sensed = annotate(shelf, item, Sentence(text="Three own words."), passage="People search for doubts")
    said = {
        "Claim": ("Doubts are what people search for.",),
        "Evidence": (
            f"{item.id} says so",
            f"{sensed.quote.id} too",
            "[[on-logs]]",
            item.url,
            "i-000000000000 is nowhere",
            "https://example.org/elsewhere",
            "everybody knows",
        ),
        "Reasoning": ("Whoever asks again doubts.",),
    }
    text = shape(shelf, load(shelf.home, "cer"), said, item)
    note = annotate(shelf, item, Sentence(text=text, kind="claim", title=title_of(said))).note
    lines = (shelf.home.root / note.path).read_text().splitlines()
    found = {(one.check, lines[one.line - 1].removeprefix("- ")) for one in findings(shelf, [note])}

    assert note.title == "Doubts are what people search for"
    assert found == {
        ("evidence-unresolved", "i-000000000000 is nowhere"),
        ("evidence-unresolved", "https://example.org/elsewhere"),
        ("evidence-uncited", "everybody knows"),
    }
