import json

import pytest

HEAD = "---\nid: n-00000000000{n}\ntitle: {title}\n---\n"


@pytest.fixture(autouse=True)
def _home(home):
    (home / "notes").mkdir()


def put(home, path, text, *, n=None, title="A title"):
    full = home / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(((HEAD.format(n=n, title=title) if n else "") + text).encode())


def tree(home):
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for folder in ("notes", "attachments")
        for path in (home / folder).rglob("*")
        if path.is_file()
    }


@pytest.fixture
def vault(home):
    put(
        home,
        "notes/old.md",
        "Mine. [d](sub/deep.md) ![p](../attachments/p.png)\r\n[[old#H]]\r\n",
        n=1,
        title="Old name",
    )
    put(home, "notes/sub/deep.md", "Up: [o](../old.md#H) and [[notes/old|words]].\n", n=2, title="Deep")
    put(home, "notes/plain.md", "\ufeff[[Old]] `[[old]]` [[Old name]]\r\n\r\n| [[old\\|x]] |")
    put(home, "notes/front.md", "---\nup: '[[old|it''s]]'  # mine\n# [[old]]\n---\nText.\n")
    put(home, "attachments/p.png", "png")


def test_every_link_follows_and_no_other_byte_changes(pkm, home, vault):
    code, out, err = pkm("notes", "mv", "notes/old.md", "archive/new-name.md")

    assert code == 0, err
    assert "notes/old.md → notes/archive/new-name.md" in out
    after = tree(home)
    assert "notes/old.md" not in after
    assert (
        after["notes/archive/new-name.md"]
        .decode()
        .endswith("Mine. [d](../sub/deep.md) ![p](../../attachments/p.png)\r\n[[new-name#H]]\r\n")
    )
    assert (
        after["notes/sub/deep.md"]
        .decode()
        .endswith("Up: [o](../archive/new-name.md#H) and [[notes/archive/new-name|words]].\n")
    )
    assert after["notes/plain.md"].decode() == (
        "\ufeff[[new-name]] `[[old]]` [[Old name]]\r\n\r\n| [[new-name\\|x]] |"
    )
    assert (
        after["notes/front.md"].decode() == "---\nup: '[[new-name|it''s]]'  # mine\n# [[old]]\n---\nText.\n"
    )


def test_there_and_back_again_and_undo_give_the_same_bytes(pkm, home, vault):
    before = tree(home)
    assert pkm("notes", "mv", "notes/old.md", "new-name").code == 0
    assert tree(home) != before
    assert pkm("notes", "mv", "notes/new-name.md", "old").code == 0
    # `[[Old]]` was written with a capital, and no note says so any more.
    assert tree(home) == before | {"notes/plain.md": before["notes/plain.md"].replace(b"[[Old]]", b"[[old]]")}
    assert pkm("undo").code == 0
    assert pkm("undo").code == 0
    assert tree(home) == before
    assert json.loads(pkm("notes", "links", "notes/old.md", "--json").out)["in"]


def test_a_title_names_the_file_too_and_links_by_title_follow(pkm, home, vault):
    code, out, _ = pkm("notes", "mv", "notes/old.md", "Doubts: a log")

    assert code == 0
    assert "title: Old name → Doubts: a log" in out
    text = (home / "notes" / "doubts-a-log.md").read_text()
    assert '\ntitle: "Doubts: a log"\n' in text
    assert "[[Doubts: a log]]" in (home / "notes" / "plain.md").read_text()


def test_a_dry_run_shows_the_plan_and_changes_nothing(pkm, home, vault):
    before = tree(home)
    told = json.loads(pkm("notes", "mv", "notes/old.md", "sub/", "--dry-run", "--json").out)

    assert told["applied"] is False
    assert (told["from"], told["to"]) == ("notes/old.md", "notes/sub/old.md")
    assert {key: told["links"][-1][key] for key in ("path", "line")} == {
        "path": "notes/sub/deep.md",
        "line": 5,
    }
    assert tree(home) == before
    assert "Nothing was changed." in pkm("notes", "mv", "notes/old.md", "new", "--dry-run").err


@pytest.mark.parametrize(
    ("new", "code", "said"),
    [
        ("sub/deep.md", 5, "there is a file"),
        ("deep", 5, "there is a note of that name"),
        ("../out/", 5, "no folder of your notes"),
        (".hidden/", 5, "no folder of your notes"),
        ("digests/../../x.md", 5, "no folder of your notes"),
        ("a#b.md", 2, "no good name"),
        ("con.md", 2, "no good name"),
        ("_x.md", 2, "no good name"),
        ("", 2, "not said"),
        ("old", 0, "called so already"),
    ],
)
@pytest.mark.usefixtures("vault")
def test_a_bad_place_is_refused_whole(pkm, home, new, code, said):
    before = tree(home)
    answer = pkm("notes", "mv", "notes/old.md", new)

    assert answer.code == code
    assert said in answer.err
    assert tree(home) == before


def test_a_file_that_cannot_be_rewritten_stops_the_whole_move(pkm, home, vault):
    (home / "notes" / "latin.md").write_bytes("Schön: [[old]]\n".encode("latin-1"))
    before = tree(home)
    code, _, err = pkm("notes", "mv", "notes/old.md", "new")

    assert code == 5
    assert "notes/latin.md" in err
    assert tree(home) == before


def test_a_note_without_an_id_gains_none_and_is_known_by_its_old_id_still(pkm, home, vault):
    told = json.loads(pkm("notes", "show", "notes/plain.md", "--json").out)["note"]
    assert pkm("notes", "mv", "notes/plain.md", "other").code == 0

    assert (home / "notes" / "other.md").read_bytes().startswith(b"\xef\xbb\xbf[[Old]]")
    assert json.loads(pkm("notes", "show", told["id"], "--json").out)["note"]["path"] == "notes/other.md"


def test_names_of_new_files_are_as_the_setting_says(pkm, home):
    (home / "pkm.toml").write_text('[notes]\nname = "title"\n', encoding="utf-8")
    pkm("note", "Doubt first: why not?", "--title", "Doubt first: why not?")
    assert (home / "notes" / "Doubt first why not.md").is_file()
    (home / "pkm.toml").write_text('[notes]\nname = "date-slug"\n', encoding="utf-8")
    pkm("note", "Something else entirely", "--title", "Else")
    assert len(list((home / "notes").glob("20??-??-??-else.md"))) == 1
