import json
import stat

import pytest

from support.cli import Session


def test_a_home_is_made_and_the_next_command_named(pkm):
    code, out, err = pkm("init", terminal=True)
    assert (code, err) == (0, "")
    assert str(pkm.home) in out
    assert out.rstrip().endswith("Next: pkm follow URL")
    assert (pkm.home / "notes").is_dir()
    assert stat.S_IMODE((pkm.home / ".pkm" / "store.db").stat().st_mode) == 0o600


def test_twice_is_harmless(pkm):
    pkm("init")
    (pkm.home / "pkm.toml").write_text("[seek]\nlimit = 3\n", encoding="utf-8")
    code, out, _err = pkm("init", terminal=True)
    assert code == 0
    assert "nothing was changed" in out
    assert (pkm.home / "pkm.toml").read_text(encoding="utf-8") == "[seek]\nlimit = 3\n"


def test_the_settings_name_the_zone_of_this_machine(pkm):
    pkm.setenv(TZ="Europe/Berlin")
    pkm("init")
    assert 'zone = "Europe/Berlin"' in (pkm.home / "pkm.toml").read_text(encoding="utf-8")


def test_a_pipe_gets_the_path_alone_and_a_program_a_document(pkm):
    assert pkm("init").out == f"{pkm.home}\n"
    document = json.loads(pkm("init", "--json").out)
    assert (document["home"], document["made"]) == (str(pkm.home), [])


@pytest.mark.parametrize("is_obsidian", [True, False])
def test_a_vault_keeps_its_notes_where_they_are(pkm, is_obsidian):
    pkm.home.mkdir()
    for name in ("a", "b", "c"):
        (pkm.home / f"{name}.md").write_text(f"# {name}\n\nsome words of mine\n", encoding="utf-8")
    if is_obsidian:
        (pkm.home / ".obsidian").mkdir()
    before = {path.name: path.read_bytes() for path in pkm.home.glob("*.md")}
    code, _out, err = pkm("init")
    assert (code, err) == (0, "")
    assert not (pkm.home / "notes").exists()
    assert 'folders = ["."]' in (pkm.home / "pkm.toml").read_text(encoding="utf-8")
    assert {path.name: path.read_bytes() for path in pkm.home.glob("*.md")} == before
    assert "digests" in (pkm.home / ".pkmignore").read_text(encoding="utf-8")


def test_a_home_in_a_synced_folder_is_warned_of(tmp_path, monkeypatch):
    pkm = Session(tmp_path / "Dropbox" / "pkm", monkeypatch)
    code, _out, err = pkm("init")
    assert code == 0
    assert "dropbox" in err
    assert "store = " in err


def test_a_file_in_the_way_is_refused(pkm):
    pkm.home.write_text("x", encoding="utf-8")
    code, _out, err = pkm("init")
    assert code == 5
    assert "pkm init --home DIR" in err


def test_without_a_home_other_commands_say_init(pkm):
    for words in (("seek",), ("pull",), ("keep", "1"), ("source",), ("follow", "https://a.example/")):
        code, _out, err = pkm(*words)
        assert code == 10
        assert "pkm init" in err
    assert not pkm.home.exists()
