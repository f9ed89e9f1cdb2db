import importlib.util
from pathlib import Path

import pytest

from pkm.cli.stubs import STUBS
from pkm.cli.topics import exit_codes
from pkm.config import keys

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "make_reference.py"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The script as a module, its page in a folder of the test's."""
    spec = importlib.util.spec_from_file_location("make_reference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "TARGET", tmp_path / "reference.md")
    return module


def test_the_reference_names_every_command_setting_and_exit_code(script):
    page = script.reference()
    assert all(f"### pkm {stub.name}\n" in page for stub in STUBS)
    assert all(f"`{key.path}`" in page for key in keys())
    assert all(f"| {code} |" in page for code, _ in exit_codes())
    assert "### pkm config get\n" in page


def test_a_page_that_differs_from_the_program_is_shown_and_is_exit_1(script, capsys):
    assert script.main(["--check"]) == 1
    assert not script.TARGET.exists()
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0
    script.TARGET.write_text(script.TARGET.read_text().replace("## Settings", "## Setings"))
    capsys.readouterr()
    assert script.main(["--check"]) == 1
    assert "-## Setings\n+## Settings\n" in capsys.readouterr().out
