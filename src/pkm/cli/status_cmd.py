"""`pkm status`: what `pkm` alone says, for those who type it, and for programs."""

from pkm.cli.context import Run
from pkm.cli.front import show_waiting
from pkm.cli.registry import Commands

commands = Commands()


@commands("status", examples=("pkm status", "pkm status --json"))
def status(run: Run) -> None:
    """What waits: to look at, to put into words, to share.

    The same as `pkm` alone, but without a home it is an error. It reads the store alone, so it pulls nothing
    and changes nothing.
    """
    show_waiting(run)
