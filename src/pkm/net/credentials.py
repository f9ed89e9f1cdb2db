"""What shows a server, or a proxy, who the user is: secrets put in their place at the last moment.

A source says `Authorization: Bearer secret:work`; here alone the name becomes the value, for one request,
and only for the server that the keeper of the secrets lets it go to. Nothing of it is logged or shown.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from pkm.errors import CredentialsError, Refused
from pkm.model.source import Asking
from pkm.net.target import NotWeb, Target, parse_target
from pkm.rules.asking import DIRECT, filled, is_header, proxy_login, secrets_in

SecretOf = Callable[[str, str], str]
"""A secret's name and the origin that it shall go to, `https://host[:port]`, to its value.

Raises `CredentialsError` if there is none, or it may not go there.
"""

_SENDABLE: Final = re.compile(r"[\x20-\x7e]+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]* +\S.*")


def none_known(name: str, _origin: str) -> str:
    """For doors that were given no secrets.

    Raises:
        CredentialsError: Always.
    """
    raise CredentialsError(f"there is no secret '{name}' here", hint=f"pkm config secret set {name}")


def own_headers(asking: Asking, target: Target, secret_of: SecretOf) -> dict[str, str]:
    """The headers of a source's settings, and the login of its address, for its own server.

    Raises:
        CredentialsError: A secret is not there, may not go there, or cannot be sent.
        Refused: A header is none that may be sent.
    """
    sent = {} if target.basic is None else {"Authorization": target.basic}
    for name, value in asking.headers:
        if not is_header(name, value):
            raise Refused(
                "a header of its settings cannot be sent",
                why="it is not plain printable text, or pkm sets it itself",
                hint="pkm source set SOURCE --header none takes them off",
            )
        told = filled(value, lambda secret: secret_of(secret, target.origin))
        sent[name] = _sendable(authorization(told) if name == "Authorization" else told, value)
    return sent


def authorization(value: str) -> str:
    """A header's value from what the user gave: `user:password` is sent as Basic, one word as Bearer.

    What begins with a scheme stays as it is (RFC 9110, section 11.4; RFC 7617; RFC 6750).
    """
    if _SCHEME.fullmatch(value):
        return value
    if ":" in value:
        return "Basic " + b64encode(value.encode()).decode("ascii")
    return f"Bearer {value}"


def proxy_of(asking: Asking, secret_of: SecretOf) -> str | None:
    """The proxy of a source's settings with its login; "" for none, None if that of the environment holds.

    Raises:
        CredentialsError: Its secret is not there, or may not go there.
    """
    if asking.proxy is None:
        return None
    if asking.proxy == DIRECT:
        return ""
    place, login = proxy_login(asking.proxy)
    if not login:
        return place
    try:
        origin = parse_target(place).origin
    except NotWeb:
        return place  # it is refused where it is dialled
    user, _, password = filled(login, lambda secret: secret_of(secret, origin)).partition(":")
    scheme, _, rest = place.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"


def _sendable(told: str, value: str) -> str:
    """The header's value, if it is one; else an error that names the secret that spoilt it."""
    if _SENDABLE.fullmatch(told):
        return told
    name = next(iter(secrets_in(value)), "")
    raise CredentialsError(
        f"the secret '{name}' cannot be sent",
        why="it is empty, or not plain printable ASCII",
        hint=f"pkm config secret set {name}",
    )
