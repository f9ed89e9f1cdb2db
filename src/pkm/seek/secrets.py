"""Secrets that sources use: kept under a name, for the servers of the sources that name them."""

from dataclasses import dataclass, replace

from pkm.errors import UsageError
from pkm.model.secret import Secret
from pkm.model.source import Source
from pkm.rules.asking import SECRET_NAME, proxy_login, secrets_in, secrets_of
from pkm.rules.limits import SECRET_CHARS
from pkm.rules.urls import display_url
from pkm.seek.keptapart import command_words
from pkm.seek.sourceset import origin_of, runnable
from pkm.shelf.secretbox import SecretBox
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSecret:
    """A secret that was kept.

    Attributes:
        replaced: There was one of that name.
    """

    secret: Secret
    replaced: bool


def keep(
    shelf: Shelf,
    name: str,
    *,
    value: str | None = None,
    command: str | None = None,
    typed: str | None = None,
) -> KeptSecret:
    """Keep a secret; it may go to the servers of the sources that name it.

    Args:
        shelf: Where.
        name: What sources call it by.
        value: Itself, None if a command prints it.
        command: That command, as typed.
        typed: What stood behind the name on the line: `-` or nothing.

    Raises:
        UsageError: The name or the command is none, the secret is empty or too long, or stood on the line.
    """
    _refuse_name(name)
    if typed not in {None, "-"}:
        raise UsageError(
            "a secret is not given on the line",
            why="the line stands in your shell's history, and everybody on this machine can see it run",
            hint=f"pkm config secret set {name} asks for it unseen; or pipe it in: … set {name} -",
        )
    words = () if command is None else runnable(command_words(command))
    box = SecretBox.of(shelf)
    before = box.all().get(name)
    origins = before.origins if before else ()
    used_at = tuple(place for source in shelf.store.sources.all() for place in _places(name, source))
    secret = Secret(
        name=name,
        value=None if command is not None else _word(value or ""),
        command=words,
        origins=tuple(dict.fromkeys((*origins, *used_at))),
        since=shelf.now(),
    )
    secret = box.stow(secret)
    with shelf.writing():
        box.put(shelf, secret)
        _ask_again(shelf, name)
    return KeptSecret(secret=box.get(name), replaced=before is not None)


def allow(shelf: Shelf, name: str, url: str) -> str:
    """Let a secret go to one more server; that server.

    Raises:
        NotFound: There is no such secret.
        UsageError: It is no server.
    """
    box = SecretBox.of(shelf)
    box.get(name)
    origin = origin_of(url if "://" in url else f"https://{url}")
    if not origin:
        raise UsageError(f"'{display_url(url)}' is no server", hint="for example: https://intranet.example")
    with shelf.writing():
        box.allow(shelf, [name], origin)
        _ask_again(shelf, name)
    return origin


def forget(shelf: Shelf, name: str) -> None:
    """Forget a secret.

    Raises:
        NotFound: There is none of that name.
    """
    box = SecretBox.of(shelf)
    with shelf.writing():
        gone = box.remove(shelf, name)
    box.empty(gone)


def _ask_again(shelf: Shelf, name: str) -> None:
    """What a source lacked may be there now: it need not wait for its next turn."""
    for source in shelf.store.sources.all():
        if source.health.failures and name in secrets_of(source.asking):
            shelf.store.sources.set_health(source.id, replace(source.health, next_check_at=None))


def _places(name: str, source: Source) -> tuple[str, ...]:
    """The servers to which a source sends it."""
    asking = source.asking
    places = [origin_of(source.url)] if any(name in secrets_in(value) for _, value in asking.headers) else []
    if asking.proxy and name in secrets_in(asking.proxy):
        places.append(origin_of(proxy_login(asking.proxy)[0]))
    return tuple(places)


def _refuse_name(name: str) -> None:
    if not SECRET_NAME.fullmatch(name):
        raise UsageError(
            "that is no name of a secret",
            why="it has letters, digits, dots, dashes and underscores, at most 64",
            hint="for example: pkm config secret set work",
        )


def _word(value: str) -> str:
    word = value.strip("\r\n")
    if not word.strip() or len(word) > SECRET_CHARS:
        raise UsageError(
            "the secret is empty" if not word.strip() else "the secret is too long",
            why="nothing was kept",
            hint="type the same line again",
        )
    return word
