import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.errors import NotFound
from pkm.sense.prompts import choose, prompt_for, prompts
from support.shelves import new_home


def test_prompts_are_the_list_items_of_a_file():
    assert prompts("# Title\n\nText.\n\n- One?\n* Two?\r\n-\n- \n  + Three?\n") == ("One?", "Two?", "Three?")


def test_an_item_is_always_asked_the_same_and_items_are_asked_in_turn(tmp_path):
    home = new_home(tmp_path)
    asked = [prompt_for(home, f"i-{number:012}") for number in range(60)]

    assert asked == [prompt_for(home, f"i-{number:012}") for number in range(60)]
    assert len(set(asked)) > 4
    assert all(question.endswith("?") for question in asked)


def test_a_prompt_file_of_the_home_wins(tmp_path):
    home = new_home(tmp_path)
    (home.root / "prompts").mkdir()
    (home.root / "prompts" / "plain.md").write_text("- Und was heißt das?\n", encoding="utf-8")

    assert prompt_for(home, "i-000000000000") == "Und was heißt das?"


def test_an_empty_or_broken_prompt_file_still_asks_something(tmp_path):
    home = new_home(tmp_path)
    (home.root / "prompts").mkdir()
    (home.root / "prompts" / "plain.md").write_bytes(b"\xff\xfe\x00 - \x1b")

    assert prompt_for(home, "i-000000000000").endswith("?")


def test_a_prompt_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match="nix"):
        prompt_for(new_home(tmp_path), "i-0", name="nix")


@given(st.text(max_size=300), st.text(max_size=20))
def test_whatever_the_file_holds_one_line_is_asked(text, item):
    question = choose(prompts(text), item)

    assert question.strip()
    assert "\n" not in question
