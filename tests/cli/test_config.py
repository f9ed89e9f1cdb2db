import dataclasses
import json
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.cli.zone import machine_zone, zone_of
from pkm.config import (
    AudienceSettings,
    Settings,
    default_toml,
    flat,
    keys,
    line_of,
    load_settings,
    settings_from,
    toml_value,
    value_of,
)
from pkm.errors import UsageError

HERE = Path("pkm.toml")


def refusal(text):
    with pytest.raises(UsageError) as caught:
        settings_from(text, HERE)
    return caught.value


def test_without_a_file_the_defaults_hold(tmp_path):
    assert load_settings(tmp_path / "pkm.toml", {}) == Settings()


def test_the_file_wins_over_defaults_and_the_environment_over_the_file(tmp_path):
    path = tmp_path / "pkm.toml"
    path.write_text('zone = "Europe/Berlin"\n[seek]\nlimit = 7\nper_source = 2\n')
    read = load_settings(
        path, {"PKM_SEEK_LIMIT": "9", "PKM_NOTES_FOLDERS": "a, b", "PKM_SEEK_PATIENCE_S": "3"}
    )
    assert (read.zone, read.seek.limit, read.seek.per_source) == ("Europe/Berlin", 9, 2)
    assert read.notes.folders == ("a", "b")
    assert read.seek.patience_s == 3.0


def test_audiences_are_tables_by_name():
    read = settings_from(
        '[audience.team]\nlevel = "team"\n[audience."the world"]\nlevel = "public"\nforward = "freely"', HERE
    )
    assert read.audience["team"] == AudienceSettings(level="team")
    assert read.audience["the world"].forward == "freely"
    assert ("audience.the world.level", "public") in flat(read)


def test_an_unknown_key_names_the_nearest_and_its_line():
    error = refusal("# mine\n[seek]\nlimt = 3\n")
    assert error.what == "there is no setting seek.limt"
    assert error.why == "pkm.toml, line 3"
    assert error.hint == "did you mean seek.limit?"


def test_an_unknown_table_names_the_nearest():
    error = refusal("\n[sek]\nlimit = 3\n")
    assert (error.what, error.why, error.hint) == (
        "there is no setting sek",
        "pkm.toml, line 2",
        "did you mean seek?",
    )


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('[seek]\nlimit = "many"', "seek.limit must be a whole number", "the default is 20"),
        ("[seek]\nlimit = true", "seek.limit must be a whole number", "the default is 20"),
        ("[seek]\nlimit = -1", "seek.limit must be 0 or more", "the default is 20"),
        ("[pull]\ntimeout_s = nan", "pull.timeout_s must be 1 or more", "the default is 60.0"),
        ("[notes]\nfolders = [1]", "notes.folders must be a list of texts", "the default is []"),
        (
            '[notes]\nvisibility = "secret"',
            "notes.visibility cannot be 'secret'",
            "use one of: private, team, community, public",
        ),
        ("seek = 3", "seek must be a table", "write [seek] on a line of its own"),
        ("audience = 3", "audience must be a table", "write [audience] on a line of its own"),
        (
            "[audience]\nteam = 3",
            "audience.team must be a table",
            "write [audience.team] on a line of its own",
        ),
        ("zone = 1", "zone must be text", 'the default is ""'),
    ],
)
def test_a_value_that_does_not_fit_is_named(text, what, hint):
    error = refusal(text)
    assert (error.what, error.hint) == (what, hint)
    assert error.why.startswith("pkm.toml, line ")


def test_a_file_that_is_no_toml_says_where(tmp_path):
    assert "line 2" in refusal("a = 1\nb b\n").why


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"x" * 1_000_001, b"a = [" * 5_000])
def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path, raw):
    path = tmp_path / "pkm.toml"
    path.write_bytes(raw)
    with pytest.raises(UsageError, match=r"pkm\.toml"):
        load_settings(path, {})


def test_a_folder_in_its_place_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize("word", ["many", "", "1.5", "-1", "0 = 1"])
def test_a_variable_that_does_not_fit_is_named(word):
    if word:
        with pytest.raises(UsageError, match="PKM_SEEK_LIMIT"):
            load_settings(HERE, {"PKM_SEEK_LIMIT": word})
    else:
        assert load_settings(HERE, {"PKM_SEEK_LIMIT": word}).seek.limit == 20


def test_the_file_of_init_is_the_defaults():
    assert settings_from(default_toml(), HERE) == Settings()
    assert settings_from(default_toml({"zone": "Asia/Kolkata"}), HERE) == Settings(zone="Asia/Kolkata")


def test_the_file_of_init_can_be_switched_on_whole():
    lines = default_toml().splitlines()
    on = "\n".join(
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in lines
    )
    read = settings_from(on, HERE)
    assert dataclasses.replace(read, audience={}) == Settings()
    assert read.audience == {"NAME": AudienceSettings()}


def test_the_file_of_init_names_every_setting():
    for key in keys():
        assert f"# {key.path.rpartition('.')[2]} = {toml_value(key.default)}" in default_toml()
        assert key.help in default_toml()


def test_every_setting_has_a_value_by_its_path():
    assert value_of(Settings(), "seek.limit") == 20
    for path in ("seek.limt", "nothing", "seek.limit.deeper", "audience.team"):
        with pytest.raises(KeyError):
            value_of(Settings(), path)


def test_config_shows_what_holds(pkm, home):
    (home / "pkm.toml").write_text("[seek]\nlimit = 3\n")
    assert "seek.limit\t3\n" in pkm("config").out
    assert pkm("config", "get", "seek.limit").out == "3\n"
    document = json.loads(pkm("config", "show", "--json").out)
    assert {"key": "seek.limit", "value": 3, "default": 20} in document["settings"]
    assert pkm("config", "path").out == f"{home}/pkm.toml\n"


def test_config_get_names_the_nearest(pkm, home):
    code, out, err = pkm("config", "get", "seek.limt")
    assert (code, out) == (1, "")
    assert "did you mean seek.limit?" in err


def test_a_damaged_settings_file_is_exit_2(pkm, home):
    (home / "pkm.toml").write_text("[seek\n")
    code, _, err = pkm("config")
    assert code == 2
    assert "line 1" in err


def test_the_zone_is_that_of_the_settings_else_the_machines():
    assert zone_of(Settings(zone="Asia/Kolkata"), {}) == ZoneInfo("Asia/Kolkata")
    assert machine_zone({"TZ": ":Europe/Berlin"}) == ZoneInfo("Europe/Berlin")
    with pytest.raises(UsageError, match="Nowhere"):
        zone_of(Settings(zone="Nowhere/Here"), {})
    with pytest.raises(UsageError):
        zone_of(Settings(zone="../etc/passwd"), {})


@settings(deadline=None, max_examples=100)
@given(
    st.text(max_size=40)
    | st.lists(st.text(max_size=10), max_size=4).map(tuple)
    | st.booleans()
    | st.integers(0, 10**9)
)
def test_a_value_written_as_toml_reads_back(value):
    read = tomllib.loads(f"value = {toml_value(value)}")["value"]
    assert (tuple(read) if isinstance(read, list) else read) == value


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from("[]=\"'#.ab \n{}01,"), max_size=60))
def test_no_settings_file_is_a_bug(text):
    try:
        settings_from(text, HERE)
    except UsageError as error:
        assert error.what  # noqa: PT017 - either outcome is right
    line_of(text, "a.b")
