"""`pkm export`: everything, in a form that other programs read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import item_fields
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, to_json
from pkm.cli.registry import Commands
from pkm.errors import Refused
from pkm.exchange.items import ExportedItem, exported_items
from pkm.exchange.lines import write_lines
from pkm.exchange.opml import exported_list
from pkm.exchange.quotes import exported_quotes
from pkm.rules.amounts import counted
from pkm.rules.urls import display_url, has_secret, without_secrets
from pkm.shelf.shelf import Shelf

commands = Commands()

WithPrivate = Annotated[
    bool,
    typer.Option(
        "--with-private",
        help="Also private sources, your notes in the list, and what you said of each source.",
    ),
]
WithSecrets = Annotated[
    bool, typer.Option("--with-secrets", help="Leave passwords and tokens in the addresses.")
]
Output = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help="Write to this file, not to the terminal.")
]


@commands(
    "export items",
    default=True,
    examples=("pkm export items > items.jsonl", "pkm export items --output items.jsonl --yes"),
)
def export_items(
    run: Run,
    output: Output = None,
) -> None:
    """Write every item as JSON Lines.

    One JSON document a line: the fields of `pkm seek --json`, and text, html (sanitised) and arrivals. Items
    of every state and of private sources are in it, since it is your own data; secrets in addresses are not.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        if output is None or output == "-":
            for line in _lines(shelf):
                print(line)  # noqa: T201 - data goes to stdout
            return
        target = _target(run, Path(output))
        count = write_lines(target, _lines(shelf))
    say(run, f"{counted(count, 'item')} written to {target}")


@commands(
    "export opml",
    examples=(
        "pkm export opml > feeds.opml",
        "pkm export opml --with-private --with-secrets --output all.opml",
    ),
)
def export_opml(
    run: Run,
    output: Output = None,
    with_private: WithPrivate = False,  # noqa: FBT002 - Typer reads a flag so
    with_secrets: WithSecrets = False,  # noqa: FBT002 - the same
) -> None:
    """Write what you follow as OPML, for another reader or another person.

    Folders, tags, titles and addresses are in it. Private sources, secrets in addresses, and what you said for
    yourself (why, tie, stance, …) are left out unless you ask for them. With both flags it is your own
    sources.opml.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        listed = exported_list(shelf, with_private=with_private, with_secrets=with_secrets)
        if output is None or output == "-":
            for line in listed.lines:
                print(line)  # noqa: T201 - data goes to stdout
        else:
            target = _target(run, Path(output))
            write_lines(target, listed.lines)
            say(run, f"{counted(listed.sources, 'source')} written to {target}")
    if listed.left_out:
        flags = (("--with-private", with_private), ("--with-secrets", with_secrets))
        more = " ".join(flag for flag, given in flags if not given)
        say(run, f"{counted(listed.left_out, 'source')} left out; to take in more: pkm export opml {more}")


@commands(
    "export quotes",
    examples=("pkm export quotes > quotes.jsonl", "pkm export quotes --output quotes.jsonl --yes"),
)
def export_quotes(run: Run, output: Output = None) -> None:
    """Write every quote as a web annotation, in JSON Lines.

    One annotation a line in the form of the W3C (Web Annotation Data Model): the passage with what stands
    before and after it, its place in the text, what you say of it, its tags.
    """
    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=False)
        lines = map(to_json, exported_quotes(shelf))
        if output is None or output == "-":
            for line in lines:
                print(line)  # noqa: T201 - data goes to stdout
            return
        target = _target(run, Path(output))
        count = write_lines(target, lines)
    say(run, f"{counted(count, 'quote')} written to {target}")


def _target(run: Run, path: Path) -> Path:
    if path.is_dir():
        raise Refused(f"{path} is a folder", hint="name a file: --output items.jsonl")
    if not path.parent.is_dir():
        raise Refused(f"there is no folder {path.parent}", hint="make it, or name a file elsewhere")
    if path.exists() and not confirm(run, f"{path} is there already: replace it?"):
        raise Refused(f"{path} was left as it is", hint="name another file, or say --yes")
    return path


def _lines(shelf: Shelf) -> Iterator[str]:
    for one in exported_items(shelf):
        yield to_json(_fields(one))


def _fields(one: ExportedItem) -> dict[str, Any]:
    arrivals = [
        {
            "source_url": display_url(source.url) if source else None,
            "key": display_url(arrival.key) if has_secret(arrival.key) else arrival.key,
            "first_seen": arrival.first_seen,
            "last_seen": arrival.last_seen,
        }
        for arrival, source in one.arrivals
    ]
    url = one.listed.item.url
    shown = {"url": without_secrets(url) if url else None}
    return {**item_fields(one.listed), **shown, "text": one.text, "html": one.html, "arrivals": arrivals}
