"""A secret: what shows a server who the user is, known everywhere else by its name alone."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A word that is kept apart from everything that is shown, shared or synced.

    Attributes:
        name: What sources call it by.
        value: The secret itself; None if the system's keyring has it, or a command tells it.
        command: Words of a command that prints it; empty if none does.
        origins: Servers that it may go to, `https://host[:port]`; to no other.
        since: Aware, UTC; when it was set.
    """

    name: str
    value: str | None = field(default=None, repr=False)
    command: tuple[str, ...] = field(default=(), repr=False)
    origins: tuple[str, ...] = ()
    since: datetime

    @property
    def kind(self) -> str:
        """Where it is: `file`, `command` or `keyring`."""
        if self.command:
            return "command"
        return "keyring" if self.value is None else "file"

    def may_go_to(self, origin: str) -> bool:
        """Whether it may go there: a server that was allowed by http may have it by https."""
        plain = origin.replace("https://", "http://", 1)
        return origin in self.origins or plain in self.origins
