"""The user's rules as a pull takes them: all of them, or none and a word about why."""

from hashlib import sha256

from pkm.cli.context import Run
from pkm.cli.output import warn
from pkm.errors import Refused, UsageError
from pkm.rules.amounts import counted
from pkm.rules.ruleset import Problem, Rule, RuleFile
from pkm.shelf.ruleset import in_force, load
from pkm.shelf.shelf import Shelf

_TOLD = "rules_problem_told"
_SHOWN = 3


def rules_for_pull(run: Run, shelf: Shelf) -> tuple[Rule, ...]:
    """The rules in force. A broken file never stops a pull: no rule is applied then, and it is said.

    With `--quiet` each mistake is told once.
    """
    try:
        found = load(shelf)
    except Refused as error:
        found = RuleFile(problems=(Problem(line=1, what=error.why or error.what),))
    if found.problems and not (run.quiet and _told_before(shelf, found)):
        warn(f"no rule was applied: {broken(shelf, found)}\n  pkm rules apply catches up once it is mended")
    return in_force(shelf, found)


def rules_or_error(shelf: Shelf) -> tuple[Rule, ...]:
    """The rules in force, for commands that are about them.

    Raises:
        UsageError: Something in the file is wrong; names the line.
        Refused: It cannot be read.
    """
    found = load(shelf)
    if found.problems:
        raise broken(shelf, found)
    return in_force(shelf, found)


def broken(shelf: Shelf, found: RuleFile) -> UsageError:
    """What is wrong with the file, as an error."""
    path = shelf.home.rules
    first, *others = found.problems
    lines = [f"line {one.line}: {one.what}" for one in others[:_SHOWN]]
    more = [f"and {counted(len(others) - _SHOWN, 'more problem')}"] if len(others) > _SHOWN else []
    return UsageError(
        f"{path.name}, line {first.line}: {first.what}",
        why="; ".join((*lines, *more)),
        hint=first.hint or f"mend it: {path}",
    )


def _told_before(shelf: Shelf, found: RuleFile) -> bool:
    """Whether a quiet pull spoke of these very problems already; if not, it is about to."""
    sign = sha256(repr(found.problems).encode("utf-8", "replace")).hexdigest()
    if shelf.store.files.fact(_TOLD) == sign:
        return True
    with shelf.writing():
        shelf.store.files.set_fact(_TOLD, sign)
    return False
