"""What of the user's words is secret goes into the box of secrets, and only its name goes on. Pure.

A login in an address, a header's value, a proxy's password, a command that prints one: all become a
reference, `secret:NAME`, before anything is stored or shown.
"""

import shlex
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from pkm.errors import UsageError
from pkm.rules import asking as rules
from pkm.rules.urls import join
from pkm.seek.sourcewords import Said

_AUTHORIZATION = "Authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A secret found among the words.

    Attributes:
        value: Itself; None if a command prints it.
        command: Words of that command.
    """

    name: str
    value: str | None = field(default=None, repr=False)
    command: tuple[str, ...] = field(default=(), repr=False)


def kept_apart(said: Said, *, auth_cmd: str | None = None, mark: str) -> tuple[Said, tuple[Kept, ...]]:
    """The words with names in the place of secrets, and the secrets.

    Args:
        said: As typed.
        auth_cmd: A command that prints a login or a token, as typed; `none` takes the login off.
        mark: Ends the names that are made, so that each source has its own.

    Raises:
        UsageError: A header, a proxy or a command is none.
    """
    kept: list[Kept] = []
    said = _address(said, mark, kept)
    said = replace(said, headers=tuple(_header(line, mark, kept) for line in said.headers))
    if auth_cmd is not None:
        said = _command(said, auth_cmd, mark, kept)
    return (said if said.proxy is None else replace(said, proxy=_proxy(said.proxy, mark, kept))), tuple(kept)


def _address(said: Said, mark: str, kept: list[Kept]) -> Said:
    if said.url is None:
        return said
    url, login = rules.split_login(join(None, said.url.strip()) or "")
    if not login:
        return said
    name = _named(_AUTHORIZATION, mark)
    kept.append(Kept(name=name, value=login))
    return replace(said, url=url, headers=(*said.headers, f"{_AUTHORIZATION}: secret:{name}"))


def _header(line: str, mark: str, kept: list[Kept]) -> str:
    if line.strip().lower() == "none":
        return line
    name, value = rules.header(line)
    if not value:
        return line
    shown, secret = rules.with_plain_secret(name, value, _named(name, mark))
    if secret is not None:
        kept.append(Kept(name=_named(name, mark), value=secret))
    return f"{name}: {shown}"


def _command(said: Said, auth_cmd: str, mark: str, kept: list[Kept]) -> Said:
    if auth_cmd.strip().lower() in {"none", ""}:
        return replace(said, headers=(*said.headers, f"{_AUTHORIZATION}:"))
    name = _named(_AUTHORIZATION, mark)
    kept.append(Kept(name=name, command=command_words(auth_cmd)))
    return replace(said, headers=(*said.headers, f"{_AUTHORIZATION}: secret:{name}"))


def command_words(text: str) -> tuple[str, ...]:
    """The words of a command line; it is never given to a shell.

    Raises:
        UsageError: Its quotes do not match, or it has no words.
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError("the command cannot be read", why="its quotes do not match") from error
    if not words or any("\x00" in word for word in words):
        raise UsageError("the command has no words", hint="for example: --auth-cmd 'pass show feeds/work'")
    return words


def _proxy(text: str, mark: str, kept: list[Kept]) -> str:
    if text.strip().lower() in {"none", ""}:
        return text
    place, login = rules.proxy_login(rules.proxy(text))
    if not login or rules.secrets_in(login):
        return rules.proxy(text)
    kept.append(Kept(name=_named("proxy", mark), value=unquote(login)))
    scheme, _, rest = place.partition("://")
    return f"{scheme}://secret:{_named('proxy', mark)}@{rest}"


def _named(what: str, mark: str) -> str:
    return f"{what.lower()}-{mark}"
