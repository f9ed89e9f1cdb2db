import json
from datetime import UTC, datetime

import pytest

from pkm.cli.output import to_json
from support.sharing import sensed, thought
from support.shelves import new_home, opened, stored_item

WORDS = "Seven words of mine about this thing."


@pytest.fixture(autouse=True)
def team(pkm):
    assert pkm("init").code == 0
    assert pkm("audience", "add", "team", "--level", "team").code == 0


@pytest.fixture
def write(pkm):
    """Do something on the shelf of the session's home, now."""

    def writing(make, *words, **fields):
        home = new_home(pkm.home.parent)
        with opened(home, now=lambda: datetime.now(UTC)) as shelf:
            return make(shelf, *words, **fields)

    return writing


@pytest.fixture
def editor(pkm, tmp_path):
    """An editor that puts one text in the place of another."""

    def will(old, new):
        script = tmp_path / "editor.py"
        script.write_text(
            "import sys, pathlib\n"
            "path = pathlib.Path(sys.argv[1])\n"
            f"text = path.read_text(encoding='utf-8')\nassert {old!r} in text\n"
            f"path.write_text(text.replace({old!r}, {new!r}, 1), encoding='utf-8')\n"
        )
        pkm.setenv(EDITOR=f"python3 {script}")

    return will


def digests(pkm):
    return sorted(path.relative_to(pkm.home).as_posix() for path in (pkm.home / "digests").rglob("*.*"))


def draft_path(pkm):
    [path] = (pkm.home / "digests").glob("*.md")
    return path


def test_the_whole_loop_from_a_sentence_to_an_edition(pkm, write, editor):
    item = write(stored_item, title="Decision logs", url="https://example.org/logs")
    assert pkm("keep", item.id, "-m", "Our log lists verdicts; we should log doubts.").code == 0
    [note] = json.loads(pkm("notes", "list", "--json").out)["notes"]

    code, out, err = pkm("share", "draft", "--to", "team")
    assert code == 0
    assert out.startswith(f"withheld\t{note['id']}\t")
    assert "pkm notes set 1 --visibility team" in err
    assert not (pkm.home / "digests").exists()

    assert pkm("notes", "set", "1", "--visibility", "team").code == 0
    code, out, err = pkm("share", "draft", "--to", "team")
    assert (code, out.split("\t")[:2]) == (0, ["taken", note["id"]])

    editor("<!-- intro", "Hello team.\n\n<!-- intro")
    assert pkm("share", "edit").code == 0
    editor("log doubts.\n", "log doubts.\n\nOn Friday I add a column.\n")
    code, _, err = pkm("share", "edit")
    assert "6 words filed: added to" in err
    assert "On Friday I add a column." in (pkm.home / note["path"]).read_text()

    assert pkm("share", "draft", "--to", "team").code == 0
    assert "Hello team." in draft_path(pkm).read_text()

    code, out, _ = pkm("share", "check", "--json")
    assert code == 0
    assert {row["level"] for row in json.loads(out)["findings"]} <= {"warning", "note"}

    code, out, err = pkm("share", "export", "--format", "md,html", "--yes")
    assert (code, out.splitlines()) == (
        0,
        ["digests/team-001/edition.md", "digests/team-001/edition.html"],
    )
    before = [(pkm.home / path).read_bytes() for path in out.splitlines()]
    assert b"Hello team." in before[0]
    log = pkm("share", "log", "--json").out

    code, out, err = pkm("share", "export", "--to", "team", "--format", "md,html")
    assert code == 0
    assert "the same to the byte" in err
    assert [(pkm.home / path).read_bytes() for path in out.splitlines()] == before
    assert pkm("share", "log", "--json").out == log
    [share] = json.loads(log)["shares"]
    assert (share["state"], share["audience"], share["edition"], share["item"]) == (
        "sent",
        "team",
        1,
        item.id,
    )
    found = json.loads(pkm("find", "Friday", "--json").out)["found"]
    assert "edition" in {row["kind"] for row in found}


def test_nothing_for_the_period_is_no_error_and_makes_no_file(pkm):
    code, out, err = pkm("share", "draft", "--to", "team")

    assert (code, out) == (0, "")
    assert len(err.splitlines()) == 1
    assert not (pkm.home / "digests").exists()


def test_drafting_again_says_what_it_kept(pkm, write):
    write(sensed, title="First")
    pkm("share", "draft", "--to", "team")
    path = draft_path(pkm)
    path.write_text(path.read_text().replace("Seven words", "Eight words"))
    write(sensed, title="Second")

    code, out, err = pkm("share", "draft", "--to", "team")

    assert code == 0
    assert "kept your edits in 1, 1 new." in err
    assert "kept your edit" in out


def test_without_numbers_the_line_to_type_has_ids(pkm, write):
    note = write(sensed, level="private")
    pkm.setenv(PKM_SESSION="")

    code, _out, err = pkm("share", "draft", "--to", "team")

    assert code == 0
    assert f"pkm notes set {note.id} --visibility team" in err or "pkm notes set 1 " in err


def test_a_draft_as_json(pkm, write):
    write(sensed, title="Ours")
    held = write(sensed, title="Mine", level="private")

    document = json.loads(pkm("share", "draft", "--to", "team", "--json").out)

    assert document["schema"] == "pkm.draft/1"
    assert document["draft"]["path"].startswith("digests/team-")
    assert [row["title"] for row in document["taken"]] == ["Ours"]
    assert [(row["note"], row["reason"]) for row in document["withheld"]] == [(held.id, "level")]
    assert document["withheld"][0]["hint"] == f"pkm notes set {held.id} --visibility team"


def test_a_private_note_in_a_draft_is_refused_with_the_line_to_type(pkm, write):
    note = write(sensed)
    pkm("share", "draft", "--to", "team")
    pkm("notes", "set", note.id, "--visibility", "private")

    code, out, err = pkm("share", "export", "--json")

    assert (code, out) == (5, "")
    error = json.loads(err.splitlines()[-1])["error"]
    assert (error["exit"], error["kind"]) == (5, "visibility")
    assert note.id in error["message"]
    assert f"pkm notes set {note.id} --visibility team" in error["hint"]

    code, out, err = pkm("share", "export", "--widen")
    assert code == 2
    assert "--yes" in err
    assert not (pkm.home / "share-log.jsonl").exists()

    code, out, err = pkm("share", "export", "--widen", "--yes")
    assert code == 0
    assert "widened" in pkm("share", "log").out


def test_findings_name_file_and_line_and_end_with_one(pkm, write):
    write(sensed)
    pkm("share", "draft", "--to", "team")
    path = draft_path(pkm)
    path.write_text(path.read_text().replace(WORDS, "COMMENT NEEDED"))

    code, out, err = pkm("share", "check")
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "COMMENT NEEDED" in text)

    assert code == 1
    assert f"{path.relative_to(pkm.home)}:{line}\terror\t" in out
    assert "pkm share edit" in err
    assert pkm("share", "export").code == 1
    assert not (pkm.home / "share-log.jsonl").exists()


def test_strict_takes_warnings_for_errors(pkm, write):
    write(sensed)
    pkm("share", "draft", "--to", "team")

    assert pkm("share", "check").code == 0
    assert pkm("share", "check", "--strict").code == 1


def test_the_check_says_how_many_words_would_be_filed_and_files_none(pkm, write):
    note = write(sensed)
    pkm("share", "draft", "--to", "team")
    path = draft_path(pkm)
    path.write_text(path.read_text().replace(WORDS, f"{WORDS}\n\nOn Friday I try it."))
    before = (pkm.home / note.path).read_bytes()

    _code, out, err = pkm("share", "check", "--json")

    assert json.loads(out)["words_to_file"] == 5
    assert "5 typed words would be filed" in err
    assert (pkm.home / note.path).read_bytes() == before


def test_several_open_drafts_are_listed_and_to_chooses(pkm, write):
    write(sensed, level="public")
    pkm("audience", "add", "readers", "--level", "public")
    pkm("share", "draft", "--to", "team")
    pkm("share", "draft", "--to", "readers")

    code, _, err = pkm("share", "export")
    assert code == 2
    assert "digests/team-" in err
    assert "digests/readers-" in err
    assert pkm("share", "export", "--to", "readers").out.splitlines() == ["digests/readers-001/edition.md"]


def test_without_a_draft_the_way_is_named(pkm):
    for command in ("edit", "check", "export"):
        code, out, err = pkm("share", command, "--to", "team")
        assert (code, out) == (1, "")
        assert "pkm share draft --to team" in err


def test_an_edition_goes_to_stdout_byte_for_byte(pkm, write):
    write(sensed, title="Über 漢字")
    pkm("share", "draft", "--to", "team")

    code, out, _err = pkm("share", "export", "--output", "-", "--yes")

    assert code == 0
    assert out.encode() == (pkm.home / "digests/team-001/edition.md").read_bytes()
    assert "Über 漢字" in out


def test_a_copy_never_replaces_another_file_unasked(pkm, write, tmp_path):
    write(sensed)
    pkm("share", "draft", "--to", "team")
    copy = tmp_path / "copy.md"
    copy.write_text("mine")

    code, _, err = pkm("share", "export", "--output", str(copy))
    assert code == 5
    assert "--yes" in err
    assert copy.read_text() == "mine"

    assert pkm("share", "export", "--to", "team", "--output", str(copy), "--yes").code == 0
    assert copy.read_bytes() == (pkm.home / "digests/team-001/edition.md").read_bytes()


def test_several_formats_need_a_folder(pkm, write, tmp_path):
    write(sensed)
    pkm("share", "draft", "--to", "team")

    code, _, _err = pkm("share", "export", "--format", "md,html", "--output", str(tmp_path / "one"))
    assert code == 2
    assert not (pkm.home / "share-log.jsonl").exists()
    assert pkm("share", "export", "--format", "md,html", "--output", str(tmp_path)).code == 0
    assert (tmp_path / "team-001.html").read_bytes() == (
        pkm.home / "digests/team-001/edition.html"
    ).read_bytes()


def test_where_each_audience_stands(pkm, write):
    write(sensed, title="Ready now")
    write(thought, "Mine alone, this one.", level="private")

    document = json.loads(pkm("share", "--json").out)
    assert document["schema"] == "pkm.standing/1"
    rows = {row["name"]: row for row in document["audiences"]}
    assert [one["title"] for one in rows["team"]["ready"]] == ["Ready now"]
    assert (rows["team"]["withheld"], rows["self"]["edition"]) == (1, None)
    assert document["next"] == "pkm share draft --to team"

    pkm("share", "draft", "--to", "team")
    assert json.loads(pkm("share", "--json").out)["next"] == "pkm share edit"
    pkm("share", "export")
    rows = {row["name"]: row for row in json.loads(pkm("share", "--json").out)["audiences"]}
    assert (rows["team"]["edition"], rows["team"]["days"], rows["team"]["ready"]) == (1, 0, [])


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_on_a_terminal_nothing_is_cut_that_has_to_be_typed(pkm, write, columns):
    note = write(sensed, title="A rather long title that does not fit into any narrow terminal at all")
    shown = pkm("share", terminal=True, columns=columns)
    assert shown.code == 0
    assert "Next: pkm share draft --to team" in shown.out
    assert "Ready for team:" in shown.out

    shown = pkm("share", "draft", "--to", "team", terminal=True, columns=columns)
    assert (shown.code, note.id[-4:] in shown.out) == (0, True)
    assert pkm("share", "check", terminal=True, columns=columns).code == 0
    assert pkm("share", "export", terminal=True, columns=columns).code == 0
    assert "sent" in pkm("share", "log", terminal=True, columns=columns).out


def test_bad_words_are_refused_before_anything_happens(pkm, write):
    write(sensed)
    for words in (
        ("draft", "--to", "nobody"),
        ("draft", "--week", "--month"),
        ("draft", "--period", "soon"),
        ("export", "--format", "pdf"),
        ("log", "--since", "soon"),
        ("log", "--to", "nobody"),
    ):
        code, out, err = pkm("share", *words)
        assert code in {1, 2}
        assert out == ""
        assert err.startswith("pkm: ")


def test_the_log_is_a_document_with_every_field(pkm, write):
    write(sensed)
    assert json.loads(pkm("share", "log", "--json").out) == {"schema": "pkm.shares/1", "shares": []}
    pkm("share", "draft", "--to", "team")
    pkm("share", "export")

    [share] = json.loads(pkm("share", "log", "--json").out)["shares"]
    assert to_json(share)
    assert {"event", "at", "state", "audience", "level", "item", "url", "note", "content_sha"} <= share.keys()
    assert share["at"].endswith("Z")
