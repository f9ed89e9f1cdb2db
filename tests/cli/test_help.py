import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.cli import pages, topics
from pkm.cli.flags import flag_rows
from pkm.cli.help_cmd import TOPICS
from pkm.cli.stubs import STUBS, Stub
from pkm.config import keys


def test_the_first_page_names_the_way_to_the_rest(pkm):
    code, out, err = pkm("help")
    assert (code, err) == (0, "")
    assert "`pkm help all`" in out
    assert pkm("--help").out == out


def test_help_all_lists_every_command_and_every_flag(pkm):
    out = pkm("help", "all").out
    assert all(f"  {stub.name}" in out for stub in STUBS)
    assert all(label in out for label, _ in flag_rows())


def test_the_newcomers_page_shows_front_commands_only():
    stubs = (Stub("seek", "Look.", "Seek", "m", front=True), Stub("prune", "Cut.", "Your data", "m"))
    page = pages.lay_out(pages.front_page(stubs), 80)
    assert "seek  Look." in page
    assert "prune" not in page


@pytest.mark.parametrize("topic", list(TOPICS))
def test_every_topic_has_a_page(pkm, topic):
    code, out, _ = pkm("help", topic)
    assert code == 0
    assert len(out.splitlines()) > 5


def test_every_exit_code_of_the_tree_is_explained():
    explained = dict(topics.exit_codes())
    assert {error.exit_code for error in topics.error_classes()} < set(explained)
    for error in topics.error_classes():
        assert error.kind in explained[error.exit_code]


def test_the_page_of_settings_names_them_all(pkm):
    out = pkm("help", "settings").out
    assert all(key.path in out for key in keys())


def test_no_schema_is_listed_whose_command_is_not_there():
    there = {stub.name for stub in STUBS}
    assert topics.schemas()
    assert all(told.partition(":")[0].split(" ")[0].rstrip(",") in there for _, told in topics.schemas())


def test_help_on_a_sub_command(pkm):
    assert "usage: pkm config get" in pkm("help", "config", "get").out


def test_help_on_nothing_known_names_the_nearest(pkm):
    code, out, err = pkm("help", "exit-code")
    assert (code, out) == (2, "")
    assert "`pkm help exit-codes`" in err


WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=120)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(WORDS, WORDS), max_size=6), st.integers(1, 200))
def test_no_word_of_help_is_lost_at_any_width(rows, columns):
    page = pages.Page(usage="pkm", sections=(pages.Section(title="Rows", rows=tuple(rows)),))
    text = "".join(pages.lay_out(page, columns).split())
    for label, meaning in rows:
        assert "".join(label.split()) in text
        assert "".join(meaning.split()) in text


@pytest.mark.parametrize("columns", [30, 60, 80, 200])
def test_lines_of_help_fit(columns):
    for topic in ("all", "settings", "exit-codes"):
        assert all(
            len(line) <= max(columns, 40) for line in pages.lay_out(TOPICS[topic](), columns).splitlines()
        ), topic
