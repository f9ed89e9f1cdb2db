"""`pkm help`: pages about commands and topics."""

from collections.abc import Callable
from typing import Annotated, Final

import typer

from pkm.cli import pages, topics
from pkm.cli.context import Run
from pkm.cli.engine import help_for
from pkm.cli.registry import Commands
from pkm.cli.stubs import STUBS
from pkm.cli.terminal import width
from pkm.errors import UsageError

commands = Commands()

TOPICS: Final[dict[str, Callable[[], pages.Page]]] = {
    "all": pages.all_page,
    "exit-codes": topics.exit_codes_page,
    "flags": topics.flags_page,
    "json": topics.json_page,
    "query": topics.query_page,
    "settings": topics.settings_page,
}


@commands("help", examples=("pkm help seek", "pkm help source list", "pkm help exit-codes"))
def show_help(
    run: Run,
    topic: Annotated[
        list[str] | None, typer.Argument(help="A command, or one of: " + ", ".join(TOPICS))
    ] = None,
) -> None:
    """Explain a command or a topic."""
    print(help_text(run, tuple(topic or ())))  # noqa: T201 - data goes to stdout


def help_text(run: Run, topic: tuple[str, ...]) -> str:
    """A page of help.

    Raises:
        UsageError: There is no such command or topic; names the nearest.
    """
    columns = width(run.environ)
    if not topic:
        return pages.lay_out(pages.front_page(), columns)
    if len(topic) == 1 and topic[0] in TOPICS:
        return pages.lay_out(TOPICS[topic[0]](), columns)
    text = help_for(topic, run.environ)
    if text is None:
        raise _unknown(" ".join(topic))
    return text


def _unknown(topic: str) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415 - only an error pays for it

    near = get_close_matches(topic, [*TOPICS, *(stub.name for stub in STUBS)], n=1)
    hint = f"did you mean `pkm help {near[0]}`?" if near else "`pkm help all` lists the commands"
    return UsageError(f"there is no help on {topic!r}", hint=hint)
