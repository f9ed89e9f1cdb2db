import json


def test_the_list_says_which_are_yours(pkm, home):
    (home / "prompts").mkdir()
    (home / "prompts" / "mine.md").write_text("- Mine?\n")
    found = {one["name"]: one for one in json.loads(pkm("templates", "list", "--json").out)["templates"]}

    assert {"plain", "cer", "note-cer", "note-parts", "weekly", "mine"} <= found.keys()
    assert (found["mine"]["own"], found["cer"]["own"]) == (True, False)
    assert found["weekly"]["used_by"] == "share draft --template"


def test_eject_copies_once_and_undo_takes_it_back(pkm, home):
    code, out, _ = pkm("templates", "eject", "plain")

    assert (code, out) == (0, "prompts/plain.md\n")
    assert (home / out.strip()).read_text().rstrip("\n") == pkm("templates", "show", "plain").out.rstrip("\n")
    assert pkm("templates", "eject", "plain").code == 5
    pkm("undo")
    assert not (home / "prompts" / "plain.md").exists()


def test_an_ejected_template_of_drafts_goes_to_its_place(pkm, home):
    assert pkm("templates", "eject", "weekly").out == "templates/weekly.md.j2\n"


def test_a_name_that_is_none_names_those_that_are(pkm, home):
    code, _, err = pkm("templates", "show", "nix")

    assert code == 1
    assert "known: cer" in err


def test_two_of_one_name_are_told_apart_by_their_place(pkm, home):
    (home / "prompts").mkdir()
    (home / "prompts" / "weekly.md").write_text("- Mine?\n")

    assert pkm("templates", "show", "weekly").code == 2
    assert pkm("templates", "show", "prompts/weekly.md").out == "- Mine?\n"
