import sys

import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.cli.lastlist import LastList, session_name
from pkm.errors import NotFound, UsageError
from pkm.rules.ids import ALPHABET
from pkm.rules.tails import short_ids
from support.cli import clean_environ

IDS = tuple(f"i-0000000abc{letters}" for letters in ("fa", "fb", "fc", "fd", "fe", "ff"))


def nothing(_tail):
    return ()


@pytest.fixture
def shown(tmp_path):
    last = LastList(tmp_path, "one")
    assert last.remember("seek", IDS, IDS[2:])
    return last


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (["1"], [0]),
        (["2", "1"], [1, 0]),
        (["2-4"], [1, 2, 3]),
        (["1", "1-2", "2"], [0, 1]),
        (["rest"], [2, 3, 4, 5]),
        ([], []),
        ([IDS[3], "1"], [3, 0]),
    ],
)
def test_numbers_mean_rows_of_the_last_list(shown, words, rows):
    assert shown.resolve(words, nothing) == tuple(IDS[row] for row in rows)


@pytest.mark.parametrize("word", ["7", "5-9"])
def test_a_row_that_is_not_there_is_not_found(shown, word):
    with pytest.raises(NotFound, match="no row"):
        shown.resolve([word], nothing)


@pytest.mark.parametrize("word", ["0", "0-2", "4-2"])
def test_a_range_that_is_none_is_a_usage_error(shown, word):
    with pytest.raises(UsageError, match="no range"):
        shown.resolve([word], nothing)


def test_the_last_characters_of_an_id_are_enough(shown):
    assert shown.resolve(["bcfa"], lambda tail: [one for one in IDS if one.endswith(tail)]) == (IDS[0],)


def test_a_tail_that_several_ids_have_names_them(shown):
    with pytest.raises(UsageError) as caught:
        shown.resolve(["abcd"], lambda _tail: IDS[:2])
    assert caught.value.why == f"{IDS[0]}, {IDS[1]}"


@pytest.mark.parametrize("word", ["abcd", "nonsense!", "-1", "1-", "a\u0661"])
def test_what_nothing_answers_to_is_not_found(shown, word):
    with pytest.raises(NotFound):
        shown.resolve([word], nothing)


def test_an_id_of_another_kind_is_refused_by_name(shown):
    with pytest.raises(UsageError, match="1 is an item"):
        shown.resolve(["1"], nothing, prefixes="s")


def test_another_terminal_has_another_list(tmp_path, shown):
    with pytest.raises(UsageError, match="no list was shown here"):
        LastList(tmp_path, "two").resolve(["1"], nothing)


def test_without_a_terminal_there_are_no_numbers(tmp_path):
    last = LastList(tmp_path, None)
    assert last.remember("seek", IDS) is False
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError) as caught:
        last.resolve(["1"], nothing)
    assert "PKM_SESSION" in caught.value.hint


def test_rest_is_known_after_seek_and_catchup_alone(tmp_path):
    last = LastList(tmp_path, "one")
    last.remember("find", IDS)
    with pytest.raises(UsageError, match="no rest"):
        last.rest()
    last.remember("catchup", IDS, IDS[:1])
    assert last.rest() == IDS[:1]


def test_a_home_that_cannot_be_written_to_has_no_numbers(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert LastList(blocked, "one").remember("seek", IDS) is False


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"kind": "seek"}', '{"kind": 1, "ids": [2], "undecided": []}', "\x00"]
)
def test_a_damaged_list_is_as_none(tmp_path, shown, text):
    [path] = (tmp_path / "lists").iterdir()
    path.write_text(text)
    assert shown.shown() is None


def test_old_lists_are_swept(tmp_path):
    for number in range(120):
        LastList(tmp_path, f"s{number}").remember("seek", IDS)
    assert len(list((tmp_path / "lists").iterdir())) <= 101


def test_a_named_session_is_the_same_everywhere():
    assert session_name({"PKM_SESSION": "mine"}) == session_name({"PKM_SESSION": "mine", "TERM": "x"})
    assert session_name({"PKM_SESSION": "mine"}) != session_name({"PKM_SESSION": "yours"})


ASK = "from pkm.cli.lastlist import session_name; print(session_name(dict()))"


def test_each_terminal_has_a_name_of_its_own_even_behind_pipes():
    def names():
        line = f'{sys.executable} -c "{ASK}"'
        both = f"{line}; {line} </dev/null 2>/dev/null | cat"
        return pexpect.run(f"sh -c '{both}'", env=clean_environ(), timeout=30).split(b"\r\n")[:2]

    first, second = names()
    assert first == second != b"None"
    assert names()[0] != first


DIGITS_HEAVY = st.text(st.sampled_from("01" + ALPHABET), min_size=12, max_size=12)


@settings(deadline=None, max_examples=100)
@given(st.lists(DIGITS_HEAVY, unique=True, max_size=30))
def test_a_short_id_means_one_row_and_never_looks_like_a_number(tails):
    ids = [f"i-{tail}" for tail in tails]
    for one, short in zip(ids, short_ids(ids), strict=True):
        assert [other for other in ids if other.endswith(short)] == [one]
        assert not short.isdigit()
        assert len(short) >= 4


def test_short_ids_of_a_list_of_a_hundred_thousand_take_no_minutes():
    ids = [f"i-{n:07}{n * 7919 % 99_991:05}" for n in range(100_000)]
    shorts = short_ids([*ids, ids[0]])
    assert shorts[-1] == shorts[0]
    assert len(set(shorts)) == len(ids)


def test_the_item_shown_last_is_remembered_beside_the_list(tmp_path):
    last = LastList(tmp_path, "here")
    last.remember("seek", ["i-000000000001"])
    assert last.shown_item() is None
    assert last.remember_shown("i-000000000002")

    assert last.shown_item() == "i-000000000002"
    assert last.shown().ids == ("i-000000000001",)
    assert LastList(tmp_path, "there").shown_item() is None
    assert LastList(tmp_path, None).shown_item() is None
    assert not LastList(tmp_path, None).remember_shown("i-000000000002")
