import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.rules.promptfile import FALLBACK, Asks, choose, question_for, read_prompt

NEXT = "---\nask: next\n---\n## A\n- One?\n## B\n- Two?\n## C\n- Three?\n"


def test_a_plain_list_asks_one_of_its_items():
    prompt = read_prompt("# Title\n\nText.\n\n- One?\n* Two?\r\n-\n- \n  + Three?\n", name="plain")

    assert (prompt.title, prompt.asks, prompt.questions) == ("Title", Asks.ONE, ("One?", "Two?", "Three?"))
    assert len({question_for(prompt, f"i-{number}", said=0) for number in range(40)}) == 3


def test_what_is_asked_depends_on_what_was_said():
    prompt = read_prompt(NEXT, name="plain")

    assert [question_for(prompt, "i-1", said=said) for said in range(5)] == [
        "One?",
        "Two?",
        "Three?",
        "Three?",
        "Three?",
    ]


def test_headings_are_parts_that_are_each_asked():
    prompt = read_prompt("---\nkind: claim\nseveral: B\n---\n## A\n- One?\n## B\n- Two?\n", name="x")

    assert (prompt.asks, prompt.kind) == (Asks.EACH, "claim")
    assert [(part.heading, part.several) for part in prompt.parts] == [("A", False), ("B", True)]
    assert question_for(prompt, "i-1", said=7) == "One?"


@pytest.mark.parametrize("front", ["ask: always", "kind: opinion"])
def test_a_word_that_is_not_known_is_named_with_its_file(front):
    with pytest.raises(UsageError, match=r"prompts/x\.md"):
        read_prompt(f"---\n{front}\n---\n- One?\n", name="x")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=20), st.integers(0, 9))
def test_whatever_the_file_holds_one_line_is_asked(text, item, said):
    try:
        question = question_for(read_prompt(text, name="plain"), item, said=said)
    except UsageError:
        return

    assert question.strip()
    assert "\n" not in question


def test_without_questions_something_is_asked():
    assert choose((), "i-1") == FALLBACK
    assert question_for(read_prompt("---\nask: next\n---\n", name="plain"), "i-1", said=3) == FALLBACK
