"""Where the corpus of real feeds, pages and vaults lies, if it is here."""

import os
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve()


def corpus_root() -> Path | None:
    """`PKM_CORPUS`, else `../shared/corpus` beside the checkout; None where neither is there."""
    named = os.environ.get("PKM_CORPUS")
    candidates = [Path(named)] if named else [_HERE.parents[2].parent / "shared" / "corpus"]
    return next((path for path in candidates if path.is_dir()), None)


def corpus(*parts: str) -> Path:
    """A folder or file of the corpus; the calling test is skipped where there is none."""
    root = corpus_root()
    if root is None:
        pytest.skip("no corpus here: set PKM_CORPUS")
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the corpus has no {'/'.join(parts)}")
    return path
