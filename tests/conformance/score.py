"""One score: how many files or facts hold, and each that does not with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one set of foreign expectations fares.

    Attributes:
        name: The set and whose expectations they are.
        held: How many hold.
        checked: How many were looked at.
        missed: What does not hold, each with its reason.
    """

    name: str
    held: int
    checked: int
    missed: tuple[tuple[str, str], ...] = ()
