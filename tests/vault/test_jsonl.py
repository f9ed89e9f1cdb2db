import json
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.vault.jsonl import append, parse, read


def test_record_is_one_line_and_comes_back_with_every_key(tmp_path):
    path = tmp_path / "new" / "decisions.jsonl"

    append(
        path,
        {
            "event": "e-1",
            "at": "2026-11-22T12:00:00Z",
            "title": "Zwei\nZeilen\u2028日本",
            "later": {"a": [1]},
        },
    )
    append(path, {"event": "e-2"})

    assert path.read_bytes().count(b"\n") == 2
    assert [record["event"] for record in read(path).records] == ["e-1", "e-2"]
    assert read(path).records[0]["title"] == "Zwei\nZeilen\u2028日本"
    assert read(path).records[0]["later"] == {"a": [1]}
    assert path.stat().st_mode & 0o777 == 0o600


def test_journal_that_is_not_there_is_empty(tmp_path):
    assert read(tmp_path / "none.jsonl").records == ()


def test_torn_last_line_is_completed_kept_and_reported(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"v":1,"event":"a"}\n{"v":1,"ev')

    append(path, {"event": "b"})

    assert path.read_bytes() == b'{"v":1,"event":"a"}\n{"v":1,"ev\n{"v":1,"event":"b"}\n'
    journal = read(path)
    assert [record["event"] for record in journal.records] == ["a", "b"]
    assert journal.torn == ('line 2: not JSON: {"v":1,"ev',)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"<<<<<<< HEAD", "not JSON"),
        (b"[1]", "not an object"),
        (b"{}", "not of version 1"),
        (b'{"v":2}', "not of version 1"),
        (b'{"v":true}', "not of version 1"),
        (b'{"v":1,"x":"\xff"}', "not UTF-8"),
        (b'{"v":1,"x":"\\ud800"}', "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"v":1,"x":' + b"9" * 5000 + b"}", "not JSON"),
        (b"\0\0\0", "not JSON"),
    ],
)
def test_line_that_is_not_understood_is_listed_and_hides_no_other(line, why):
    journal = parse(b'{"v":1,"event":"a"}\r\n\n' + line + b'\n{"v":1,"event":"b"}')

    assert [record["event"] for record in journal.records] == ["a", "b"]
    [torn] = journal.torn
    assert torn.startswith(f"line 3: {why}: ")
    assert len(torn) < 300


def test_existing_mode_is_kept(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"")
    path.chmod(0o640)

    append(path, {})

    assert path.stat().st_mode & 0o777 == 0o640


def test_lines_of_several_writers_stay_whole(tmp_path):
    path = tmp_path / "log.jsonl"

    def write(writer: int) -> None:
        for number in range(10):
            append(path, {"event": f"{writer}-{number}", "words": "w" * 3000})

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal = read(path)
    assert not journal.torn
    assert len({record["event"] for record in journal.records}) == 40


def test_no_number_that_json_has_not_is_written(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        append(tmp_path / "log.jsonl", {"x": float("nan")})
    assert not os.path.exists(tmp_path / "log.jsonl")  # noqa: PTH110


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.lists(
        st.dictionaries(st.text(max_size=6).filter(lambda key: key != "v"), JSON, max_size=4), max_size=4
    )
)
@settings(max_examples=60, deadline=None)
def test_any_records_go_round(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("round") / "log.jsonl"
    for record in records:
        append(path, record)

    assert [dict(record) for record in read(path).records] == [{"v": 1, **record} for record in records]
    assert read(path).torn == ()


@given(st.lists(st.binary(max_size=40)))
@settings(max_examples=150, deadline=None)
def test_every_line_is_either_read_or_listed(lines):
    data = b"\n".join(lines)
    journal = parse(data)

    assert len(journal.records) + len(journal.torn) == sum(bool(line.strip()) for line in data.split(b"\n"))


def test_lone_surrogate_is_written_as_the_replacement_character(tmp_path):
    append(tmp_path / "log.jsonl", {"title": "a\ud800b"})

    assert json.loads((tmp_path / "log.jsonl").read_text())["title"] == "a\ufffdb"
