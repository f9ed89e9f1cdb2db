"""A session with a vault that was there before."""

import json

import pytest


@pytest.fixture
def vault(tmp_path):
    folder = tmp_path / "my vault"
    folder.mkdir()
    (folder / "a.md").write_text("Words about grasshoppers, see [[nowhere]].\n", encoding="utf-8")
    (folder / "broken.md").write_text("---\ntitle: @x\n---\nWords about beetles.\n", encoding="utf-8")
    return folder


def test_a_vault_is_adopted_found_and_released(pkm, home, vault):
    code, out, err = pkm("notes", "adopt", str(vault), "--yes")
    assert (code, out) == (0, "")
    assert "2 notes" in err
    assert "1 link, 1 of them broken" in err
    assert "broken.md: line 2:" in err
    assert "grasshoppers" in pkm("find", "grasshoppers").out
    assert "beetles" in pkm("find", "beetles").out

    code, _, err = pkm("notes", "adopt", str(vault))
    assert (code, "read already" in err) == (2, True)

    code, _, err = pkm("notes", "adopt", "--remove", str(vault))
    assert (code, "2 notes off the index" in err) == (0, True)
    assert pkm("notes", "list").out == ""
    assert pkm("undo").code == 0
    assert "grasshoppers" in pkm("find", "grasshoppers").out


def test_adopting_asks_and_in_a_pipe_names_the_flag_that_answers(pkm, home, vault):
    code, _, err = pkm("notes", "adopt", str(vault))
    assert code == 2
    assert "--yes" in err
    assert (home / "pkm.toml").read_text() == ""
    code, _, err = pkm("notes", "adopt", str(vault), stdin="n\n", terminal=True)
    assert (code, "Nothing was changed" in err) == (0, True)


def test_what_came_in_is_one_document(pkm, home, vault):
    told = json.loads(pkm("notes", "adopt", str(vault), "--yes", "--json").out)
    assert (told["schema"], told["notes"], told["links"], told["broken_links"]) == ("pkm.adopted/1", 2, 1, 1)
    assert [one["path"] for one in told["problems"]] == ["broken.md"]


def test_a_vault_that_is_away_is_named_and_its_notes_stay(pkm, home, vault):
    pkm("notes", "adopt", str(vault), "--yes")
    vault.rename(vault.parent / "away")
    code, out, err = pkm("find", "grasshoppers")
    assert (code, "grasshoppers" in out) == (0, True)
    assert f"the folder {vault} is not there" in err


def test_what_a_process_that_died_left_half_done_is_told(pkm, home, vault):
    pkm("note", "Some words of my own.")
    (home / ".pkm" / "plan.json").write_text('{"v": 1, "id": "abc", "steps": []}', encoding="utf-8")
    assert "a command that died" in pkm("notes", "list").err
    assert pkm("notes", "list").err == ""
