"""Which query parameters only track: the list in `assets/tracking.txt`."""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """The list as read.

    Attributes:
        names: Lower case, that track on every host.
        prefixes: Lower case; a name that begins so tracks on every host.
        by_host: Host, without `www.`, to the names that track there; `amazon.` stands for every ending.
    """

    names: frozenset[str]
    prefixes: tuple[str, ...]
    by_host: dict[str, frozenset[str]]

    def tracks(self, name: str, host: str) -> bool:
        """Whether a parameter of an address on `host` (lower case) says nothing about what is shown."""
        name = name.lower()
        if name in self.names or name.startswith(self.prefixes):
            return True
        return any(name in self.by_host.get(known, ()) for known in _names_of(host))


def _names_of(host: str) -> list[str]:
    """A host, the hosts above it, and each of these with its ending left open."""
    labels = host.split(".")
    ends = [labels[at:] for at in range(len(labels) - 1)]
    whole = [".".join(end) for end in ends]
    # `.co.uk` and the like are two labels long.
    return whole + [f"{end[0]}." for end in ends if len(end) <= 3]


def parse(text: str) -> Tracking:
    """The list from its text; lines that begin with `#` are comments."""
    names: set[str] = set()
    prefixes: set[str] = set()
    by_host: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        rule = line.partition("#")[0].strip().lower()
        host, colon, listed = rule.partition(":")
        if colon:
            by_host[host.removesuffix("*")] = frozenset(listed.split())
        elif rule.endswith("*"):
            prefixes.add(rule.removesuffix("*"))
        elif rule:
            names.add(rule)
    return Tracking(names=frozenset(names), prefixes=tuple(sorted(prefixes)), by_host=by_host)


@cache
def tracking() -> Tracking:
    """The list that comes with the package, read once."""
    from importlib import resources  # noqa: PLC0415 - 8 ms that only an address with a query needs

    asset = resources.files("pkm").joinpath("assets", "tracking.txt")
    return parse(asset.read_text(encoding="utf-8"))
