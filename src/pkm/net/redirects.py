"""Which redirects we follow, hop by hop. Pure: it decides, the door goes there.

Only http and https; never from https down to http unless the user's own URL
was http; ports 80, 443 and the first URL's own; no circle; at most five.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from pkm.errors import AddressRefused
from pkm.net.failures import BadRedirect
from pkm.net.target import NotWeb, Target, parse_target
from pkm.rules.urls import display_url

PERMANENT = frozenset({301, 308})
FOLLOWED = frozenset({301, 302, 303, 307, 308})

_USUAL_PORTS = frozenset({80, 443})
_LOOK = "open it in a browser to see where it leads, then follow that address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The way so far.

    Attributes:
        start: What the user asked for.
        seen: URLs asked so far, the start's among them.
        most: Redirects that may be followed.
    """

    start: Target
    seen: tuple[str, ...]
    most: int

    @classmethod
    def from_start(cls, start: Target, *, most: int) -> "Trail":
        """A way that has just begun."""
        return cls(start=start, seen=(start.url,), most=most)

    def onward(self, target: Target) -> "Trail":
        """The way with one step more."""
        return Trail(start=self.start, seen=(*self.seen, target.url), most=self.most)


def location_of(status: int, headers: Mapping[str, str]) -> str | None:
    """Where this answer sends us, as it wrote it; None if it does not."""
    return headers.get("location") if status in FOLLOWED else None


def next_target(trail: Trail, at: Target, location: str) -> Target:
    """Where to go next.

    Args:
        trail: The way so far.
        at: Who sends us on.
        location: The header's value, its bytes read as latin-1.

    Raises:
        BadRedirect: Too many, a circle, not the web, or from https down to http.
        AddressRefused: To a port that a redirect may not name.
    """
    shown = display_url(trail.start.url)
    if len(trail.seen) > trail.most:
        raise BadRedirect(shown, f"more than {trail.most} redirects", hint=_LOOK)
    target = _joined(at, location, shown)
    if target.url in trail.seen:
        raise BadRedirect(shown, "its redirects run in a circle", hint=_LOOK)
    if at.scheme == "https" and target.scheme == "http" and trail.start.scheme == "https":
        raise BadRedirect(
            shown, "it sends us from https to plain http", why="others could read along", hint=_LOOK
        )
    if target.port not in _USUAL_PORTS | {trail.start.port}:
        raise AddressRefused(
            f"{shown}: not followed",
            why=f"it sends us to {target.host}, port {target.port}, and a redirect may name 80 and 443 only",
            hint="if you mean it: `pkm follow` with that address itself",
        )
    return target


def may_be_private(target: Target, start: Target, *, allowed: bool) -> bool:
    """Whether a private address is right for this hop: only for the host that the user allowed."""
    return allowed and target.host == start.host


def _joined(at: Target, location: str, shown: str) -> Target:
    try:
        target = parse_target(urljoin(at.url, _as_text(location)))
    except (NotWeb, ValueError) as error:
        raise BadRedirect(shown, "it sends us to something that is no web address", hint=_LOOK) from error
    # A login in a redirect is the server's idea, not the user's.
    return Target(scheme=target.scheme, host=target.host, port=target.port, path=target.path)


def _as_text(location: str) -> str:
    """Raw UTF-8 in the header is common, and is what browsers read there."""
    raw = location.encode("latin-1", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return location
