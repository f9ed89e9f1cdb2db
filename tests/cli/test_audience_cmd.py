import json

import pytest


@pytest.fixture(autouse=True)
def made(pkm):
    assert pkm("init").code == 0
    return pkm.home


def toml(pkm):
    return (pkm.home / "pkm.toml").read_bytes()


def test_an_audience_is_added_at_the_end_of_the_file_and_every_byte_before_stays(pkm):
    before = toml(pkm)

    code, out, err = pkm("audience", "add", "team", "--level", "team", "--forward", 'Not "outside".')

    assert code == 0
    assert toml(pkm) == before + b'\n[audience.team]\nlevel = "team"\nforward = "Not \\"outside\\"."\n'
    assert "name\tteam\n" in out
    assert "pkm share draft --to team" in err
    assert json.loads(pkm("audience", "list", "--json").out)["audiences"] == [
        {"name": "self", "level": "private", "forward": None},
        {"name": "team", "level": "team", "forward": 'Not "outside".'},
    ]


def test_it_can_be_undone(pkm):
    before = toml(pkm)
    pkm("audience", "add", "team", "--level", "team")

    assert pkm("undo").code == 0
    assert toml(pkm) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Team", "--level", "team"), "pkm audience add team --level team"),
        (("a b", "--level", "team"), "pkm audience add a-b --level team"),
        (("-x", "--level", "team"), "no option"),
        (("self", "--level", "team"), "already"),
        (("team", "--level", "nobody"), "private, team, community, public"),
        (("team",), "--level"),
    ],
)
def test_what_cannot_be_added_is_refused_and_changes_nothing(pkm, words, said):
    before = toml(pkm)

    code, out, err = pkm("audience", "add", *words)

    assert (code, out) == (2, "")
    assert said in err
    assert toml(pkm) == before


def test_a_name_is_given_once(pkm):
    pkm("audience", "add", "team", "--level", "team")
    before = toml(pkm)

    assert pkm("audience", "add", "team", "--level", "public").code == 2
    assert toml(pkm) == before


def test_an_audience_without_a_level_in_the_file_gets_public_notes_alone(pkm):
    with (pkm.home / "pkm.toml").open("a", encoding="utf-8") as file:
        file.write("\n[audience.readers]\n")

    assert json.loads(pkm("audience", "show", "readers", "--json").out)["audience"]["level"] == "public"


def test_a_private_audience_is_told_what_it_gets(pkm):
    assert "private notes too" in pkm("audience", "add", "diary", "--level", "private").err


def test_show_names_the_standing_and_an_unknown_name_the_way(pkm):
    assert pkm("audience", "show", "self").out.startswith("name\tself\nlevel\tprivate\n")
    code, _, err = pkm("audience", "show", "nobody")
    assert code == 1
    assert "pkm audience add nobody" in err
