"""Scores against foreign expectations, shown with `pytest -s` and whenever the test fails."""

import sys
from collections.abc import Iterable


def tell(name: str, *, wrong: Iterable[str] = ()) -> None:
    sys.stdout.write("\n" + "\n  ".join([name, *wrong]) + "\n")
