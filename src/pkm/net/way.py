"""What goes with each hop of a request: headers, validators, and the way that it takes.

What is the first server's own (a login, a header of the settings, a certificate that nobody checks) goes
to that server and to no other, wherever it sends us.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pkm.model.source import Asking, Validators
from pkm.net.credentials import SecretOf, own_headers, proxy_of
from pkm.net.headers import validator_headers
from pkm.net.target import Target
from pkm.net.transport import Route

_HIDDEN: Final = "(hidden)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a request begins, and what goes with its hops.

    Attributes:
        start: The first server and what is asked of it.
        common: Headers of every hop.
        own: Headers for the first server alone; may hold secrets.
        known: Validators by the URL that gave them.
        route: By which way the first server is asked.
    """

    start: Target
    common: Mapping[str, str]
    own: Mapping[str, str] = field(repr=False)
    known: Mapping[str, Validators]
    route: Route

    def headers_to(self, target: Target) -> dict[str, str]:
        """The headers of a hop."""
        is_own = target.same_site(self.start)
        # Those of another address say nothing about this one, and a 304 by accident would hide its items.
        known = self.known.get(target.url)
        validators = validator_headers(known.etag, known.last_modified) if known else {}
        ours = {"Host": target.authority, **self.common, **validators}
        return _over(ours, self.own) if is_own else ours

    def route_to(self, target: Target) -> Route:
        """The way of a hop."""
        return self.route if target.same_site(self.start) else replace(self.route, insecure=False)

    def shown(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers as they may be told: what is the first server's own is hidden."""
        return {name: _HIDDEN if name in self.own else value for name, value in headers.items()}


def way_for(
    start: Target,
    asking: Asking,
    secret_of: SecretOf,
    *,
    common: Mapping[str, str],
    known: Mapping[str, Validators],
) -> Way:
    """The way of a request, its secrets in their places.

    Raises:
        CredentialsError: A secret is not there, may not go there, or cannot be sent.
        Refused: A header is none that may be sent.
    """
    route = Route(
        proxy=proxy_of(asking, secret_of),
        ca_file=asking.ca_file,
        insecure=asking.insecure,
        ipv4=asking.ipv4,
    )
    own = own_headers(asking, start, secret_of)
    return Way(start=start, common=common, own=own, known=known, route=route)


def _over(headers: dict[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Headers with the user's own in the place of ours of the same name."""
    names = {name.lower() for name in own}
    return {name: value for name, value in headers.items() if name.lower() not in names} | dict(own)
