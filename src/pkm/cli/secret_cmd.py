"""`pkm config secret`: passwords and tokens, known by their names."""

import getpass
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pkm.cli.context import Run
from pkm.cli.itemview import name_of
from pkm.cli.opening import open_shelf, settings_of
from pkm.cli.output import Column, Table, say, show
from pkm.cli.registry import Commands
from pkm.cli.stdin import read_words
from pkm.errors import AnswerNeeded
from pkm.model.secret import Secret
from pkm.model.source import Source
from pkm.rules.asking import secrets_of

if TYPE_CHECKING:
    from pkm.shelf.secretbox import SecretBox
    from pkm.shelf.shelf import Shelf

commands = Commands()

SECRETS = "pkm.secrets/1"
Name = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, dots and dashes.")]
Value = Annotated[
    str | None, typer.Argument(metavar="-", help="Read it from stdin; without it you are asked, unseen.")
]
Command = Annotated[
    str | None, typer.Option("--command", metavar="COMMAND", help="It is what this command prints.")
]
Origin = Annotated[str, typer.Argument(metavar="URL", help="A server, as https://intranet.example.")]


@commands("config secret list", default=True, examples=("pkm config secret list",))
def list_secrets(run: Run) -> None:
    """Name your secrets, where they may go, and which sources use them."""
    with open_shelf(run, settings_of(run)) as shelf:
        _in_step(run, shelf, wait=False)
        secrets = _box(shelf).all()
        sources = shelf.store.sources.all()
        rows = tuple(
            (
                name,
                one.kind,
                ", ".join(one.origins),
                ", ".join(name_of(source) for source in _users_of(name, sources)),
            )
            for name, one in sorted(secrets.items())
        )
        columns = (
            Column(name="name", keep=True),
            Column(name="kept in"),
            Column(name="goes to", wrap=True),
            Column(name="used by", wrap=True),
        )
        show(run, Table(columns=columns, rows=rows), lambda: _document(secrets.values(), sources))
        if not secrets:
            say(run, "There are no secrets yet. Next: pkm config secret set NAME")


def _in_step(run: Run, shelf: "Shelf", *, wait: bool) -> None:
    from pkm.cli.instep import in_step  # noqa: PLC0415 - `pkm config` shall not wait for it

    in_step(run, shelf, wait=wait)


def _box(shelf: "Shelf") -> "SecretBox":
    from pkm.shelf.secretbox import SecretBox  # noqa: PLC0415 - as above

    return SecretBox.of(shelf)


def _users_of(name: str, sources: tuple[Source, ...]) -> tuple[Source, ...]:
    return tuple(source for source in sources if name in secrets_of(source.asking))


def _document(secrets: Any, sources: tuple[Source, ...]) -> dict[str, Any]:
    return {"schema": SECRETS, "secrets": [_fields(one, sources) for one in secrets]}


def _fields(secret: Secret, sources: tuple[Source, ...]) -> dict[str, Any]:
    return {
        "name": secret.name,
        "kind": secret.kind,
        "origins": list(secret.origins),
        "sources": [source.id for source in _users_of(secret.name, sources)],
        "since": secret.since,
    }


@commands(
    "config secret set",
    examples=(
        "pkm config secret set work",
        "pass show feeds/work | pkm config secret set work -",
        "pkm config secret set work --command 'pass show feeds/work'",
    ),
)
def set_secret(run: Run, name: Name, value: Value = None, command: Command = None) -> None:
    """Keep a password or a token under a name. It is asked for unseen, and shown to nobody."""
    from pkm.seek.secrets import keep  # noqa: PLC0415 - as above

    with open_shelf(run, settings_of(run)) as shelf:
        _in_step(run, shelf, wait=True)
        word = None if command is not None else _asked(run, name, value)
        kept = keep(shelf, name, value=word, command=command, typed=value)
        say(run, f"secret {name}: kept in {_place(kept.secret)}")
        if kept.secret.origins:
            say(run, f"It goes to {', '.join(kept.secret.origins)} and to no other server.")
        else:
            say(run, f"No source uses it yet: pkm source set SOURCE --header 'Authorization: secret:{name}'")


def _place(secret: Secret) -> str:
    return {"file": ".pkm/secrets.toml", "keyring": "the keyring", "command": "the words of a command"}[
        secret.kind
    ]


def _asked(run: Run, name: str, typed: str | None) -> str:
    if typed == "-":
        return read_words()
    if not run.asks:
        raise AnswerNeeded(
            f"the secret {name} is needed",
            why="there is no terminal to ask on",
            hint=f"pipe it in: pkm config secret set {name} -",
        )
    return getpass.getpass(f"{name}: ", stream=sys.stderr)


@commands("config secret allow", examples=("pkm config secret allow work https://intranet.example",))
def allow_secret(run: Run, name: Name, url: Origin) -> None:
    """Let a secret go to one more server."""
    from pkm.seek.secrets import allow  # noqa: PLC0415 - as above

    with open_shelf(run, settings_of(run)) as shelf:
        origin = allow(shelf, name, url)
        say(run, f"secret {name}: may go to {origin}")


@commands("config secret remove", examples=("pkm config secret remove work",))
def remove_secret(run: Run, name: Name) -> None:
    """Forget a secret. That cannot be undone."""
    from pkm.seek.secrets import forget  # noqa: PLC0415 - as above

    with open_shelf(run, settings_of(run)) as shelf:
        _in_step(run, shelf, wait=True)
        forget(shelf, name)
        users = _users_of(name, shelf.store.sources.all())
        say(run, f"secret {name}: forgotten")
        for source in users:
            say(run, f"{name_of(source)} still needs it: pkm source set {source.id[-4:]} --header none")
