"""How an error is told: three parts on stderr, or one line of JSON."""

import json
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from pkm.cli.context import find_home
from pkm.cli.failures import log_bug, meaning
from pkm.errors import PkmError, UsageError
from pkm.rules.clean import Sink, clean
from pkm.shelf import home as homes


def report(error: Exception, words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Tell an error on stderr; returns its exit code.

    Args:
        error: What flew up to `main`.
        words: The command line: a line that could not be parsed still says `--json` and `--debug`.
        environ: The environment.
    """
    known = meaning(error)
    if known is None or "--debug" in _before_terms(words):
        _show_trace(error, shown="--debug" in _before_terms(words))
    told = known or _bug(error, words, environ)
    if "--json" in _before_terms(words):
        print(as_json(told), file=sys.stderr)  # noqa: T201 - talk goes to stderr
    else:
        print(in_three_parts(told), file=sys.stderr)  # noqa: T201 - talk goes to stderr
    return told.exit_code


def in_three_parts(error: PkmError) -> str:
    """What, why and what to type next, each on a line; empty parts are left out."""
    parts = [f"pkm: {_line(error.what)}", f"  {_line(error.why)}", f"  {_line(error.hint)}"]
    return "\n".join(part for part in parts if part.strip())


def as_json(error: PkmError) -> str:
    """The machine's form, one line."""
    message = f"{error.what}: {error.why}" if error.why else error.what
    told: dict[str, Any] = {
        "exit": error.exit_code,
        "kind": error.kind,
        "message": _line(message),
        "hint": _line(error.hint),
    }
    return json.dumps({"error": told})


def _line(text: str) -> str:
    return clean(text, Sink.LINE)


def _before_terms(words: Sequence[str]) -> Sequence[str]:
    return words[: words.index("--")] if "--" in words else words


def _show_trace(error: Exception, *, shown: bool) -> None:
    if shown:
        print(clean("".join(traceback.format_exception(error)), Sink.BODY), file=sys.stderr)  # noqa: T201 - talk


def _bug(error: Exception, words: Sequence[str], environ: Mapping[str, str]) -> PkmError:
    home = _home(words, environ)
    log = log_bug(error, homes.at(home).state, datetime.now(UTC)) if home else None
    where = f"its traceback is in {log}" if log else "run the same line with --debug to see its traceback"
    return PkmError(f"this is a bug in pkm ({type(error).__name__}); {where}")


def _home(words: Sequence[str], environ: Mapping[str, str]) -> Path | None:
    flags = [word for before, word in pairwise(words) if before == "--home"]
    flags += [word.removeprefix("--home=") for word in words if word.startswith("--home=")]
    try:
        return find_home(flags[-1] if flags else None, environ)
    except UsageError:
        return None
