"""The user's `rules.yaml`, read."""

from pkm.rules.limits import RULES_BYTES
from pkm.rules.ruleset import Problem, Rule, RuleFile, at_moment, read_rules
from pkm.shelf import searches
from pkm.shelf.shelf import Shelf
from pkm.vault import write


def load(shelf: Shelf) -> RuleFile:
    """The rules of the home; none if there is no file.

    Raises:
        Refused: The file cannot be read.
    """
    path = shelf.home.rules
    with write.told(path):
        try:
            with path.open("rb") as file:
                data = file.read(RULES_BYTES + 1)
        except FileNotFoundError:
            return RuleFile()
    try:
        text = data.decode("utf-8-sig")
        return read_rules(text, searches.queries(shelf, text))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return RuleFile(problems=(Problem(line=line, what="not UTF-8 text", hint="save it as UTF-8"),))


def in_force(shelf: Shelf, found: RuleFile) -> tuple[Rule, ...]:
    """The rules to apply now: all of a file, or none if something in it is wrong."""
    return at_moment(found.in_force, now=shelf.now(), zone=shelf.zone)
