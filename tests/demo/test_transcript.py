"""How the demo's calls look on the page."""

import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.demo.script import STEPS
from pkm.demo.transcript import Transcript, quoted, typed

# No control characters, which nobody types; `!` is taken by interactive shells for their history.
WORDS = st.lists(st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="!") | st.just(" "), max_size=30), min_size=1, max_size=6)  # fmt: skip
BASE = "http://127.0.0.1:65535"


def in_a_shell(call):
    done = subprocess.run(["sh", "-c", f"printf '%s\\0' {call}"], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


@given(words=WORDS, width=st.integers(40, 100))
@settings(max_examples=60, deadline=None)
def test_shell_reads_back_the_words_that_were_meant(words, width):
    lines = typed(words, width=width)

    assert in_a_shell("\n".join(lines).removeprefix("$ ")) == words


@pytest.mark.parametrize("width", [60, 80])
def test_calls_of_the_script_fit_the_width(width):
    for step in STEPS:
        words = [word.replace("{base}", BASE) for word in ("pkm", *step.words)]
        for line in typed(words, width=width):
            assert len(line) <= width, line
        assert len(step.because) <= 58


def test_flag_stays_beside_its_value():
    lines = typed(("pkm", "keep", "2", "5", "-m", "Decide in writing, or decide twice."), width=40)

    assert lines == ["$ pkm keep 2 5 \\", '    -m "Decide in writing, or decide twice."']


def test_plain_words_are_typed_bare_and_others_within_quotes():
    assert quoted("http://127.0.0.1:80/a") == "http://127.0.0.1:80/a"
    assert quoted("md,html") == "md,html"
    assert quoted("two words") == '"two words"'
    assert quoted("") == '""'
    assert quoted('$HOME "x" `y` \\') == '"\\$HOME \\"x\\" \\`y\\` \\\\"'


def ending_of(home: Path, *, width):
    out = io.StringIO()
    Transcript(out=out, quiet=False, width=width).ending(home)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80])
def test_ending_shows_the_edition_within_the_width_and_no_link_is_cut(tmp_path, width):
    link = "[Title](https://marginandledger.example.org/a/very/long/address/that/goes/on/and/on/and/on)"
    folder = tmp_path / "digests" / "self-001"
    folder.mkdir(parents=True)
    (folder / "edition.md").write_text(f"# Edition\n\n> {'quoted words ' * 20}\n\n{link}\n", encoding="utf-8")

    text = ending_of(tmp_path, width=width)

    assert link in text
    assert all(
        len(line) <= width for line in text.splitlines() if link not in line and str(tmp_path) not in line
    )
    assert text.count("> quoted") + text.count("> words") > 1


def test_ending_lists_what_a_person_may_open_and_not_the_index(tmp_path):
    (tmp_path / ".pkm").mkdir()
    (tmp_path / ".pkm" / "store.db").touch()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").touch()
    (tmp_path / "pkm.toml").touch()

    text = ending_of(tmp_path, width=80)

    assert "    notes/a.md\n    pkm.toml\n" in text
    assert "store.db" not in text
