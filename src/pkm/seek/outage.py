"""Tell a network that is down from servers that are. Pure: it is told what came, and says what to believe.

A laptop that is opened in a train must not count one failure against each of 300 sources. So long as
nobody has answered, failures of names and connections are held back; once three hosts failed so, no
further one is asked; and if then nobody of those under way answers either, it was the network.

A name that does not exist and a connection that is refused may also be the host's own fault, and dead
names fail faster than living servers answer: of those it takes twelve, or all there are.
"""

from dataclasses import dataclass, field

from pkm.net.address import is_loopback, literal
from pkm.net.politeness import server_of
from pkm.seek.fetch import Fetched

_HOSTS = 3
_HOSTS_UNSURE = 12
_OF_THE_NETWORK = frozenset({"proxy", "name", "name-service", "unreachable", "no-network"})
_SURELY = frozenset({"proxy", "name-service", "no-network"})


@dataclass(slots=True)
class Outage:
    """What we know of the network in one run.

    Attributes:
        hosts: How many hosts are to be asked in all.
    """

    hosts: int
    _works: bool = False
    _held: list[Fetched] = field(default_factory=list)
    _failed: set[str] = field(default_factory=set)
    _surely_failed: set[str] = field(default_factory=set)

    def hear(self, fetched: Fetched) -> list[Fetched]:
        """Take note of what came; what may be believed and stored by now."""
        host = server_of(fetched.source.url)
        if self._works or is_near(host):
            return [fetched]
        if fetched.kind in _OF_THE_NETWORK:
            self._held.append(fetched)
            self._failed.add(host)
            if fetched.kind in _SURELY:
                self._surely_failed.add(host)
            return []
        self._works = True
        believed, self._held = [*self._held, fetched], []
        return believed

    @property
    def in_doubt(self) -> bool:
        """Whether nobody further should be asked until one of those under way answers."""
        if self._works:
            return False
        enough = max(_HOSTS, min(_HOSTS_UNSURE, self.hosts))
        return len(self._surely_failed) >= _HOSTS or len(self._failed) >= enough

    def ends(self) -> tuple[bool, list[Fetched]]:
        """Nobody is under way any more: whether the network is down, and what was held back.

        Of fewer than three hosts only what cannot be the host's own fault is taken for the network's.
        """
        sure = all(one.kind in _SURELY for one in self._held)
        down = bool(self._held) and (self.in_doubt or (self.hosts < _HOSTS and sure))
        held, self._held = self._held, []
        return down, held


def is_near(host: str) -> bool:
    """Whether the host is this computer or stands in its own network: it says nothing about the way out."""
    address = literal(host)
    return is_loopback(host) or (address is not None and address.is_private)
