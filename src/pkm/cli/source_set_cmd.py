"""`pkm source set`, `mute`, `unmute`, `remove`: what you say about sources."""

from typing import TYPE_CHECKING, Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.instep import in_step
from pkm.cli.itemview import SOURCES, name_of, source_fields
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import say, show_json, warn
from pkm.cli.registry import Commands
from pkm.cli.talk import dotted
from pkm.errors import UsageError
from pkm.model.source import KEY_POLICIES, Source, Tie
from pkm.rules.amounts import counted
from pkm.seek.sourcewords import FULL, Said
from pkm.shelf.lookup import source_of
from pkm.shelf.shelf import Shelf

if TYPE_CHECKING:
    from pkm.seek.sourceset import Settled

commands = Commands()

Named = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE", help="An id, an address, or part of a title; several if you like."),
]
Title = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Your name for it.")]
Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="Its new address.")]
SpaceOption = Annotated[
    str | None, typer.Option("--space", metavar="WORD", help="team, community, network, or none.")
]
TieOption = Annotated[Tie | None, typer.Option("--tie", help="strong, weak, unknown.")]
StanceOption = Annotated[
    str | None,
    typer.Option("--stance", metavar="WORD", help="usually-agree, usually-disagree, mixed, or none."),
]
Why = Annotated[str | None, typer.Option("--why", metavar="TEXT", help='Why you follow it; "" takes it off.')]
Folders = Annotated[
    list[str] | None,
    typer.Option("--folder", metavar="PATH", help='Its folders from now on, as Work/Design; "" for none.'),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="A tag; -TAG takes one off, +TAG adds one."),
]
Private = Annotated[
    bool | None, typer.Option("--private/--no-private", help="Its items leave only by --widen.")
]
AllowPrivate = Annotated[
    bool | None,
    typer.Option("--allow-private/--no-allow-private", help="Its host may be one of your own network."),
]
Full = Annotated[
    str | None,
    typer.Option("--full", metavar="WORD", help=f"Fetch the whole text of its items: {', '.join(FULL)}."),
]
Interval = Annotated[
    str | None,
    typer.Option("--interval", metavar="SPAN", help="How often to ask it: 90min, 6h, 2d, or none."),
]
KeyPolicy = Annotated[
    str | None,
    typer.Option(
        "--key-policy",
        metavar="WORD",
        help=f"What tells its items apart: {', '.join(KEY_POLICIES)}, or none.",
    ),
]
Isolate = Annotated[
    bool | None,
    typer.Option("--isolate/--no-isolate", help="Its items are never joined with those of other sources."),
]
Header = Annotated[
    list[str] | None,
    typer.Option(
        "--header", metavar="LINE", help="'Name: value', secret:NAME in it; 'Name:' or none takes off."
    ),
]
AuthCmd = Annotated[
    str | None,
    typer.Option("--auth-cmd", metavar="COMMAND", help="A command that prints a login or a token, or none."),
]
Proxy = Annotated[
    str | None, typer.Option("--proxy", metavar="URL", help="Its own proxy; direct for none at all, or none.")
]
UserAgent = Annotated[
    str | None, typer.Option("--user-agent", metavar="TEXT", help="The name that it is asked under, or none.")
]
Ca = Annotated[
    str | None, typer.Option("--ca", metavar="FILE", help="An authority of your own to trust, PEM; or none.")
]
Insecure = Annotated[
    bool | None,
    typer.Option("--insecure/--no-insecure", help="Do not check who answers. Others may read along."),
]
Ipv4 = Annotated[bool | None, typer.Option("--ipv4/--no-ipv4", help="Ask it by IPv4 alone.")]


@commands(
    "source set",
    examples=(
        "pkm source set jarche --space network --tie strong",
        "pkm source set 4k2m 9dxw --tag +design",
        "pkm source set intranet --header 'Authorization: Bearer secret:work' --ca ~/corp.pem",
    ),
)
def set_source(  # noqa: PLR0913, PLR0917 - one parameter an option
    run: Run,
    source: Named,
    title: Title = None,
    url: Url = None,
    space: SpaceOption = None,
    tie: TieOption = None,
    stance: StanceOption = None,
    why: Why = None,
    folder: Folders = None,
    tag: Tags = None,
    private: Private = None,
    allow_private: AllowPrivate = None,
    full: Full = None,
    interval: Interval = None,
    key_policy: KeyPolicy = None,
    isolate: Isolate = None,
    header: Header = None,
    auth_cmd: AuthCmd = None,
    proxy: Proxy = None,
    user_agent: UserAgent = None,
    ca: Ca = None,
    insecure: Insecure = None,
    ipv4: Ipv4 = None,
) -> None:
    """Say something about sources; what is not named stays as it is."""
    said = Said(
        title=title,
        url=url,
        space=space,
        tie=tie,
        stance=stance,
        why=why,
        folders=None if folder is None else tuple(folder),
        tags=tuple(tag or ()),
        private=private,
        private_host=allow_private,
        full=full,
        interval=interval,
        key_policy=key_policy,
        isolate=isolate,
        headers=tuple(header or ()),
        proxy=proxy,
        user_agent=user_agent,
        ca=ca,
        insecure=insecure,
        ipv4=ipv4,
    )
    if said.nothing and auth_cmd is None:
        raise UsageError("nothing was said", hint="`pkm help source set` lists what can be")
    from pkm.seek.sourceset import settle  # noqa: PLC0415 - `pkm source` shall not wait for the network

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        settled = settle(shelf, _named(shelf, source), said, auth_cmd=auth_cmd)
        _tell(run, settled, "noted")
        _tell_secrets(run, settled)


@commands("source mute", examples=("pkm source mute jarche",))
def mute_source(run: Run, source: Named) -> None:
    """Ask sources no more, until they are unmuted."""
    from pkm.seek.sourceset import mute  # noqa: PLC0415 - as above

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        _tell(run, mute(shelf, _named(shelf, source)), "muted; pkm source unmute asks again")


@commands("source unmute", examples=("pkm source unmute jarche",))
def unmute_source(run: Run, source: Named) -> None:
    """Ask muted sources again."""
    from pkm.seek.sourceset import unmute  # noqa: PLC0415 - as above

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        _tell(run, unmute(shelf, _named(shelf, source)), "asked again")


@commands("source remove", examples=("pkm source remove jarche",))
def remove_source(run: Run, source: Named) -> None:
    """Follow sources no longer. Their items stay, and so does what you wrote about them."""
    from pkm.seek.sourceset import remove  # noqa: PLC0415 - as above

    with open_shelf(run, settings_of(run)) as shelf:
        in_step(run, shelf, wait=True)
        settled = remove(shelf, _named(shelf, source))
        items = sum(shelf.store.arrivals.count(one.id) for one in settled.changed)
        whose = "its" if len(settled.changed) == 1 else "their"
        stay = f"; {whose} {counted(items, 'item')} stay{'s' if items == 1 else ''}" if items else ""
        _tell(run, settled, f"no longer followed{stay}")


def _named(shelf: Shelf, words: list[str]) -> tuple[Source, ...]:
    found = (source_of(shelf, word) for word in words)
    return tuple({source.id: source for source in found}.values())


def _tell(run: Run, settled: "Settled", done: str) -> None:
    if settled.changed:
        one = len(settled.changed) == 1
        names = name_of(settled.changed[0]) if one else counted(len(settled.changed), "source")
        say(run, dotted(f"{names}: {done}", "undo: pkm undo"))
    else:
        one = len(settled.sources) == 1
        names = name_of(settled.sources[0]) if one else counted(len(settled.sources), "source")
        say(run, f"{names}: nothing to change")
    if run.json:
        show_json({"schema": SOURCES, "sources": [source_fields(one) for one in settled.sources]})


def _tell_secrets(run: Run, settled: "Settled") -> None:
    for name in settled.kept_apart:
        say(run, f"What is secret in it is kept apart as '{name}': pkm config secret list")
    if settled.kept_apart:
        say(
            run,
            "What you typed may still stand in your shell's history; `pkm config secret set` asks instead.",
        )
    for name in settled.missing:
        warn(f"There is no secret '{name}' yet: pkm config secret set {name}")
    if settled.made_private:
        say(run, "Its items may be meant for you alone, so it is private now; --no-private takes that back.")
    for source in settled.changed:
        if source.asking.insecure:
            warn(f"{name_of(source)}: nobody checks who answers; --no-insecure takes that back.")
