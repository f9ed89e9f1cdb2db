"""Sessions for the tests of the voice."""

import pytest

from support.cli import Session


@pytest.fixture
def pkm(tmp_path, monkeypatch):
    """A session without a home: `pkm("help") -> (code, out, err)`."""
    return Session(tmp_path / "home", monkeypatch)


@pytest.fixture
def home(pkm):
    """The session's home, with an empty settings file and a store's folder."""
    (pkm.home / ".pkm").mkdir(parents=True)
    (pkm.home / "pkm.toml").write_text("", encoding="utf-8")
    return pkm.home
