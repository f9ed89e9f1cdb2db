import importlib.util
import re
from pathlib import Path

import pytest

from pkm.cli.stubs import STUBS
from pkm.cli.topics import exit_codes
from pkm.config import keys

CLI = Path(__file__).resolve().parents[2] / "src" / "pkm" / "cli"
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "make_reference.py"


@pytest.fixture(scope="module")
def script():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("make_reference", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_names_every_command_setting_and_exit_code(script):
    page = script.reference()
    assert all(f"### pkm {stub.name}\n" in page for stub in STUBS)
    assert all(f"`{key.path}`" in page for key in keys())
    assert all(f"| {code} |" in page for code, _ in exit_codes())
    assert "### pkm config get\n" in page


def test_every_document_that_a_command_prints_is_named(script):
    page = script.reference()
    code = "".join(path.read_text() for path in CLI.glob("*.py"))
    printed = set(re.findall(r"pkm\.[a-z]+/1", code))
    assert len(printed) > 10
    assert {name for name in printed if f"| `{name}` |" not in page} == set()


def test_a_page_that_differs_from_the_program_is_shown_and_is_exit_1(script, tmp_path, capsys):
    page = tmp_path / "reference.md"
    assert script.main(["--check"], page) == 1
    assert not page.exists()
    assert script.main([], page) == 0
    assert script.main(["--check"], page) == 0
    page.write_text(page.read_text().replace("## Settings", "## Setings"))
    capsys.readouterr()
    assert script.main(["--check"], page) == 1
    assert "-## Setings\n+## Settings\n" in capsys.readouterr().out
