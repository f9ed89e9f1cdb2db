import json
import re
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pkm.cli import output
from pkm.cli.context import Run
from pkm.cli.output import Column, Table, rfc3339, to_json
from pkm.model.note import Level, Status
from pkm.model.source import Health

URL = "https://a.example/a/rather/long/path/that/nobody/may/cut.html"
COLUMNS = (Column(name="#", right=True), Column(name="title"), Column(name="link", keep=True))
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def run_in(tmp_path, columns=80, **parts):
    return Run(home=tmp_path, environ={"COLUMNS": str(columns), "TERM": "xterm"}, **parts)


def shown(capsys, run, table):
    output.show(run, table, lambda: {"schema": "test.x/1", "rows": table.rows})
    return capsys.readouterr().out


def table_of(*titles, columns=COLUMNS):
    return Table(columns=columns, rows=tuple((n, title, URL) for n, title in enumerate(titles, start=1)))


def test_in_a_pipe_rows_are_whole_and_separated_by_tabs(tmp_path, capsys):
    long = "word " * 100
    lines = shown(capsys, run_in(tmp_path, 40), table_of(long, "b")).splitlines()
    assert [len(line.split("\t")) for line in lines] == [3, 3]
    assert "word " * 99 in lines[0]


def test_a_tab_or_line_feed_of_a_title_makes_no_column_and_no_row(tmp_path, capsys):
    [line] = shown(capsys, run_in(tmp_path), table_of("a\tb\nc")).splitlines()
    assert line == f"1\ta b c\t{URL}"


def test_plain_rows_can_be_had_on_a_terminal(tmp_path, capsys):
    assert shown(capsys, run_in(tmp_path, out_terminal=True, plain=True), table_of("a")) == f"1\ta\t{URL}\n"


def test_json_is_one_document_with_its_schema(tmp_path, capsys):
    document = json.loads(shown(capsys, run_in(tmp_path, json=True, out_terminal=True), table_of("a")))
    assert document == {"schema": "test.x/1", "rows": [[1, "a", URL]]}


def test_json_without_a_schema_is_a_bug():
    with pytest.raises(ValueError, match="schema"):
        output.show_json({"rows": []})


@pytest.mark.parametrize("columns", [82, 100, 140])
def test_a_table_cuts_titles_and_never_addresses(tmp_path, capsys, columns):
    out = shown(capsys, run_in(tmp_path, columns, out_terminal=True), table_of("word " * 100, "\u6f22" * 200))
    lines = ESCAPES.sub("", out).splitlines()
    assert len(lines) == 3
    assert all(URL in line for line in lines[1:])
    assert all(cell_len(line) <= columns for line in lines)


@pytest.mark.parametrize("columns", [20, 40, 59, 64])
def test_where_a_table_has_no_room_records_are_stacked(tmp_path, capsys, columns):
    out = shown(capsys, run_in(tmp_path, columns, out_terminal=True), table_of("one", "two"))
    assert out == f"#: 1\ntitle: one\nlink: {URL}\n\n#: 2\ntitle: two\nlink: {URL}\n"


def test_a_wrapping_column_loses_no_word(tmp_path, capsys):
    columns = (Column(name="id", keep=True), Column(name="because", wrap=True))
    words = [f"w{number}" for number in range(60)]
    table = Table(columns=columns, rows=(("i-0123456789ab", " ".join(words)),))
    out = ESCAPES.sub("", shown(capsys, run_in(tmp_path, out_terminal=True), table))
    assert out.split()[2:] == ["i-0123456789ab", *words]


def test_console_markup_of_a_title_is_text(tmp_path, capsys):
    title = "[bold]x[/x] [link=https://evil.example]y[/link] :smile:"
    assert title in shown(capsys, run_in(tmp_path, 200, out_terminal=True), table_of(title))


@pytest.mark.parametrize(
    "parts",
    [{"color": "never"}, {"environ": {"NO_COLOR": "1"}}, {"environ": {"TERM": "dumb"}}, {"environ": {}}],
)
def test_colour_is_off_where_it_is_unwanted(tmp_path, capsys, parts):
    wanted = parts == {"environ": {}}
    run = Run(**{"home": tmp_path, "environ": {}, "out_terminal": True} | parts)
    assert ("\x1b" in shown(capsys, run, table_of("a"))) is wanted


def test_colour_can_be_asked_for_in_a_pipe(tmp_path, capsys):
    run = run_in(tmp_path, color="always")
    assert "\x1b[" in shown(capsys, run, table_of("a"))


def test_closing_lines_are_for_people(tmp_path, capsys):
    table = Table(columns=COLUMNS, rows=((1, "a", URL),), closing=("and 9 more: pkm seek --source X",))
    assert "and 9 more" not in shown(capsys, run_in(tmp_path), table)
    assert "and 9 more" in shown(capsys, run_in(tmp_path, out_terminal=True), table)


def test_an_empty_table_is_nothing(tmp_path, capsys):
    assert shown(capsys, run_in(tmp_path, out_terminal=True), Table(columns=COLUMNS, rows=())) == ""


def test_talk_goes_to_stderr_and_quiet_silences_it(tmp_path, capsys):
    output.say(run_in(tmp_path), "hello")
    output.say(run_in(tmp_path, quiet=True), "hidden")
    output.warn("told")
    assert capsys.readouterr() == ("", "hello\ntold\n")


def test_nouns_become_json():
    moment = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
    document = {
        "schema": "x/1",
        "level": Level.TEAM,
        "status": Status.SETTLED,
        "path": PurePosixPath("notes/a.md"),
        "day": date(2026, 11, 22),
        "health": Health(checked_at=moment),
    }
    read = json.loads(to_json(document))
    assert read["level"] == "team"
    assert read["status"] == "settled"
    assert read["path"] == "notes/a.md"
    assert read["day"] == "2026-11-22"
    assert read["health"]["checked_at"] == "2026-11-22T07:30:00Z"
    assert read["health"]["error"] is None


def test_moments_bear_their_zone():
    assert rfc3339(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"
    assert (
        rfc3339(datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=5, minutes=30))))
        == "2026-01-02T00:00:00+05:30"
    )
    with pytest.raises(ValueError, match="zone"):
        rfc3339(datetime(2026, 1, 2))  # noqa: DTZ001 - that is the fault


ANY_TEXT = st.text(st.characters(categories=None, codec=None, exclude_categories=[]), max_size=60)


@settings(deadline=None, max_examples=100)
@given(ANY_TEXT)
def test_json_gives_the_same_text_back_and_nothing_to_a_terminal(text):
    written = to_json({"text": text})
    whole = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    assert json.loads(written) == {"text": whole}
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY_TEXT, min_size=1, max_size=5), st.sampled_from([30, 80, 120]), st.booleans())
def test_no_title_reaches_the_terminal_as_a_command(titles, columns, terminal):
    caught = StringIO()
    with redirect_stdout(caught):
        output.show(
            run_in(Path("home"), columns, out_terminal=terminal, color="never"), table_of(*titles), dict
        )
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", caught.getvalue())
    assert caught.getvalue().count(URL) == len(titles)


def test_words_below_a_row_stand_on_lines_of_their_own(tmp_path, capsys):
    columns = (Column(name="id", keep=True), Column(name="title"), Column(name="because", below=True))
    rows = (("ab12", "One", "two of your sources link to it"), ("cd34", "Two", ""))

    out = shown(capsys, run_in(tmp_path, out_terminal=True), Table(columns=columns, rows=rows))

    lines = [line.rstrip() for line in ESCAPES.sub("", out).splitlines()]
    assert lines == ["id    title", "ab12  One", "      two of your sources link to it", "cd34  Two"]


def test_rows_that_come_one_by_one_make_the_same_document(capsys):
    rows = [{"id": "i-1", "title": "é\x9b"}, {"id": "i-2", "title": None}]
    output.show_json({"schema": "pkm.items/1", "items": iter(rows), "more": [1]})
    streamed = capsys.readouterr().out
    output.show_json({"schema": "pkm.items/1", "items": rows, "more": [1]})
    assert streamed == capsys.readouterr().out
    assert json.loads(streamed)["items"] == rows


def test_a_row_is_written_before_the_next_is_made():
    written = StringIO()
    seen = []

    def rows():
        for number in range(3):
            seen.append(written.getvalue().count("row"))
            yield {"row": number}

    with redirect_stdout(written):
        output.show_json({"schema": "pkm.items/1", "items": rows()})
    assert seen == [0, 1, 2]
