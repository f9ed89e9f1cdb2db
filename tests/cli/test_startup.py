"""What starting costs, counted in modules: a clock would measure the machine."""

import subprocess
import sys

import pytest

from support.cli import clean_environ

HEAVY = {
    "asyncio",
    "feedparser",
    "frontmatter",
    "httpcore",
    "httpx",
    "jinja2",
    "markdown_it",
    "markdownify",
    "nh3",
    "pydantic",
    "pygments",
    "rapidfuzz",
    "rich",
    "sqlite3",
    "sqlite_utils",
    "yaml",
}
LINE = """
import sys
from pkm.cli.app import main
code = main(sys.argv[1:])
print(*sorted(sys.modules), file=sys.stderr)
raise SystemExit(code)
"""


def loaded(*words, home):
    environ = clean_environ(PKM_HOME=str(home))
    answer = subprocess.run(
        [sys.executable, "-c", LINE, *words],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {name for name in answer.stderr.split() if "coverage" not in name}


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], [], ["help", "all"], ["config"], ["help", "exit-codes"]]
)
def test_start_up_loads_nothing_heavy(words, tmp_path):
    modules = loaded(*words, home=tmp_path)
    assert not {name.partition(".")[0] for name in modules} & HEAVY


def test_version_does_not_even_load_typer(tmp_path):
    assert "typer" not in loaded("--version", home=tmp_path)


def test_the_first_page_of_help_loads_no_family(tmp_path):
    modules = loaded("--help", home=tmp_path)
    assert not {name for name in modules if name.endswith("_cmd")}


def test_a_look_at_the_sources_loads_no_network(tmp_path):
    (tmp_path / "pkm.toml").write_text("", encoding="utf-8")
    modules = loaded("source", "--json", home=tmp_path)
    assert not modules & {"httpcore", "feedparser", "pkm.net.door", "pkm.seek.pull"}


def ready_home(folder):
    """A home with a note, in step with its files, so that a look at it writes nothing."""
    home = folder / "home"
    for words in (["init"], ["note", "A thought about lazy doors"], ["seek", "--json"]):
        loaded(*words, home=home)
    return home


@pytest.mark.parametrize("words", [["find", "doors", "--json"], ["seek", "--json"]])
def test_a_look_loads_no_more_than_it_shows(words, tmp_path):
    modules = loaded(*words, home=ready_home(tmp_path))
    assert not {name.partition(".")[0] for name in modules} & (HEAVY - {"sqlite3"})
    assert not modules & {"hmac", "logging", "pkm.model.digest", "pkm.shelf.notes", "pkm.store.arrivals"}
