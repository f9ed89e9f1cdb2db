import importlib
import json
import sys

import pytest

from pkm.cli.engine import help_for, load, run_line
from pkm.cli.stubs import PANELS, STUBS, Stub
from pkm.errors import UsageError
from support import example_family

EXAMPLE = "support.example_family"
TABLE = (
    Stub("look", "Look for words.", "Seek", EXAMPLE, front=True),
    Stub("box", "A box of things.", "Sense", EXAMPLE),
    Stub("fail", "Fail in a way of one's choice.", "Run", EXAMPLE),
    Stub("absent", "Its module is not there.", "Run", "support.no_such_module"),
)


def said(capsys, *words, environ=None):
    """What a line printed, as JSON."""
    code = run_line(words, {} if environ is None else environ, TABLE)
    assert code == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "look", "a"),
        ("look", "--json", "a"),
        ("look", "a", "--json"),
        ("--json", "look", "a", "--json"),
    ],
)
def test_global_flags_stand_before_or_after_the_command(capsys, words):
    assert said(capsys, *words)["words"] == ["a"]


def test_the_flag_nearest_to_the_command_wins(capsys, tmp_path):
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    assert said(capsys, "--home", first, "look", "--json", "--home", second)["home"] == second


def test_the_words_of_the_line_are_left_alone(capsys):
    words = ["look", "a", "--json", "--", "-b"]
    before = list(words)
    run_line(words, {}, TABLE)
    assert words == before


def test_a_word_with_one_dash_and_two_letters_is_a_term(capsys):
    answer = said(capsys, "look", "climate", "-carbon", "-c++", "-in", "--json")
    assert answer["words"] == ["climate", "-carbon", "-c++", "-in"]


def test_a_single_letter_is_an_option_and_a_term_behind_two_dashes(capsys):
    assert said(capsys, "look", "-i", "--json")["every"] is True
    assert said(capsys, "look", "--json", "--", "-i", "-x") == {
        "schema": "test.words/1",
        "words": ["-i", "-x"],
        "limit": 20,
        "every": False,
        "home": said(capsys, "look", "--json")["home"],
    }
    with pytest.raises(UsageError, match="-x"):
        run_line(["look", "-x"], {}, TABLE)


def test_an_unknown_long_option_is_an_error_even_where_terms_have_dashes():
    with pytest.raises(UsageError) as caught:
        run_line(["look", "--limt", "3"], {}, TABLE)
    assert caught.value.hint == "did you mean --limit? `pkm help look` shows how"


def test_only_commands_that_take_terms_take_dash_words():
    with pytest.raises(UsageError):
        run_line(["box", "put", "-carbon"], {}, TABLE)


def test_a_family_alone_runs_its_default(capsys):
    assert said(capsys, "box", "--json")["verb"] == "list"
    assert said(capsys, "--json", "box")["verb"] == "list"


def test_a_family_alone_takes_the_options_of_its_default(capsys):
    assert said(capsys, "box", "--json", "--kind", "blue")["kind"] == "blue"
    assert said(capsys, "box", "--kind", "blue", "--json")["kind"] == "blue"


def test_a_family_runs_the_sub_command_that_is_named(capsys):
    assert said(capsys, "box", "--json", "put", "hat")["thing"] == "hat"
    assert said(capsys, "box", "put", "hat", "--json")["thing"] == "hat"


def test_an_option_that_no_one_knows_is_an_error_in_a_family_too():
    with pytest.raises(UsageError, match="--colour"):
        run_line(["box", "--colour"], {}, TABLE)


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        (["lok"], "there is no command `pkm lok`", "did you mean `pkm look`?"),
        (["zzz"], "there is no command `pkm zzz`", "`pkm help` lists what there is"),
        (["box", "putt"], "there is no command `pkm box putt`", "did you mean `pkm box put`?"),
        (["box", "put"], "missing argument 'THING'", "`pkm help box put` shows how"),
        (
            ["look", "--limit", "many"],
            "invalid value for '--limit': 'many' is not a whole number",
            "`pkm help look` shows how",
        ),
        (["look", "--limit"], "option '--limit' requires an argument", "`pkm help look` shows how"),
        (["box", "put", "a", "b"], "got unexpected extra argument(s) (b)", "`pkm help box put` shows how"),
        (["--color", "pink", "look"], "--color cannot be 'pink'", "use one of: auto, always, never"),
        (["--home", "", "look"], "--home needs the path of a folder", "for example: --home ~/pkm"),
    ],
)
def test_what_is_off_is_said_with_what_to_type(words, what, hint):
    with pytest.raises(UsageError) as caught:
        run_line(words, {}, TABLE)
    assert (caught.value.what.lower(), caught.value.hint) == (what.lower(), hint)


def test_a_command_is_imported_only_when_it_is_called(capsys):
    assert run_line(["--help"], {}, TABLE) == 0
    with pytest.raises(ModuleNotFoundError):
        run_line(["absent"], {}, TABLE)
    assert "support.no_such_module" not in sys.modules


def test_the_first_page_shows_what_a_newcomer_needs_and_no_more(capsys):
    run_line(["-h"], {}, TABLE)
    out = capsys.readouterr().out
    assert "look  Look for words." in out
    assert "box" not in out


def test_help_stands_on_both_sides(capsys):
    run_line(["box", "put", "--help"], {}, TABLE)
    by_flag = capsys.readouterr().out.rstrip("\n")
    assert by_flag == help_for(["box", "put"], {}, TABLE)
    assert by_flag.startswith("usage: pkm box put [OPTIONS] THING\n\nPut a thing into the box.")


def test_help_shows_options_defaults_and_examples():
    page = help_for(["look"], {"COLUMNS": "80"}, TABLE)
    assert "usage: pkm look [OPTIONS] [WORDS...]" in page
    assert "Rows to show.  [default: 20]" in " ".join(page.split("\n")).replace("   ", "")
    assert "Examples:\n  pkm look climate -carbon" in page


def test_help_of_a_family_lists_its_commands_and_its_default():
    page = help_for(["box"], {}, TABLE)
    assert "put   Put a thing into the box." in page
    assert "`pkm box` alone is `pkm box list`." in page


def test_there_is_no_help_on_what_is_not_there():
    assert help_for(["nothing"], {}, TABLE) is None
    assert help_for(["look", "closer"], {}, TABLE) is None


def test_functions_stay_plain_functions():
    assert example_family.look.__name__ == "look"
    assert "run" in example_family.look.__annotations__


# The real table.


def test_every_row_of_the_table_has_its_command():
    for stub in STUBS:
        assert stub.panel in PANELS
        assert load(stub).name == stub.name


def test_no_family_has_a_command_that_the_table_does_not_list():
    listed = {stub.name: stub.module for stub in STUBS}
    for module in set(listed.values()):
        for path in importlib.import_module(module).commands.specs:
            assert listed.get(path.split(" ")[0]) == module


def test_a_single_command_says_in_the_table_what_it_says_of_itself():
    for stub in STUBS:
        loaded = load(stub)
        own = getattr(loaded, "about", None) or loaded.help.partition("\n")[0]
        assert stub.help == own


def test_no_command_takes_a_global_flag_for_itself():
    def leaves(command):
        below = getattr(command, "commands", None)
        return [leaf for one in below.values() for leaf in leaves(one)] if below else [command]

    for command in (leaf for stub in STUBS for leaf in leaves(load(stub))):
        words = [word for param in command.params for word in (*param.opts, *param.secondary_opts)]
        assert len(words) == len(set(words)), command.name
