import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NoteUnreadable
from pkm.rules.notefile import add_quote, read_note
from pkm.rules.notequotes import add_comment, quote_comments, remove_quote, renew_quote

ONE, TWO = "h-000000000001", "h-000000000002"
NOTE = (
    f"---\nid: n-000000000001\n---\n\n# Title\n\n> First passage.\n\n^{ONE}\n\n- what I say\n  of it\n- and more\n\n"
    f"> Second\n> passage.\n\n^{TWO}\n\nA paragraph of mine.\n"
).encode()


def body(data):
    return read_note(data, stem="x").body


def test_what_stands_below_a_quote_is_its_comment():
    assert quote_comments(body(NOTE)) == {ONE: "what I say\nof it\nand more"}


def test_a_comment_comes_after_those_that_are_there():
    added = add_comment(NOTE, quote_id=ONE, comment="third thing")
    first = add_comment(NOTE, quote_id=TWO, comment="of the second")

    assert quote_comments(body(added))[ONE].endswith("and more\nthird thing")
    assert f"^{TWO}\n\n- of the second\n\nA paragraph" in first.decode()
    assert add_comment(NOTE, quote_id="h-000000000009", comment="lost") == NOTE


def test_a_passage_is_renewed_where_it_is_as_pkm_wrote_it():
    renewed = renew_quote(NOTE, quote_id=TWO, before="Second\npassage.", after="Other words.")
    mine = NOTE.replace(b"> passage.", b"> passage, I think.")

    assert f"> Other words.\n\n^{TWO}\n\nA paragraph of mine.\n" in renewed.decode()
    assert b"> Second" not in renewed
    assert renew_quote(mine, quote_id=TWO, before="Second\npassage.", after="Other words.") == mine


def test_a_removed_quote_leaves_the_words_below_it():
    gone = remove_quote(NOTE, quote_id=ONE).decode()

    assert "First passage" not in gone
    assert ONE not in gone
    assert "# Title\n\n- what I say\n  of it\n- and more\n\n> Second" in gone


def test_an_open_code_block_is_not_written_into():
    with pytest.raises(NoteUnreadable):
        remove_quote(NOTE + b"```\nopen", quote_id=ONE)


@given(
    st.lists(st.text(alphabet="ab >-*^#`\n\u65e5", max_size=30).filter(str.strip), min_size=1, max_size=3),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=100, deadline=None)
def test_a_quote_that_is_put_in_and_taken_out_leaves_no_trace_but_blank_lines(passages, newline):
    before = NOTE.replace(b"\n", newline.encode())
    data = before
    for number, passage in enumerate(passages, 3):
        data = add_quote(data, quote_id=f"h-00000000000{number}", text=passage)
    for number in range(3, 3 + len(passages)):
        data = remove_quote(data, quote_id=f"h-00000000000{number}")

    assert [line for line in data.split(newline.encode()) if line.strip()] == [
        line for line in before.split(newline.encode()) if line.strip()
    ]
