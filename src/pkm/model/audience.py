"""Those whom an edition is for."""

from dataclasses import dataclass

from pkm.model.note import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """A named group of people who may see an edition.

    Attributes:
        name: As typed with `--to`; lower case, letters, digits and `-`.
        level: The level of what it may be given: notes of this level or wider.
        forward: The rule about handing on, in the user's words.
    """

    name: str
    level: Level
    forward: str | None = None


SELF = Audience(name="self", level=Level.PRIVATE)
"""The one built-in audience: the user alone."""
