"""Whether the network is down: told only from what came."""

from datetime import UTC, datetime

import pytest

from pkm.errors import FetchError
from pkm.model.source import Source
from pkm.net.failures import NameFailed, NamesSilent, NoNetwork, StatusFailed, TlsFailed, Unreachable
from pkm.seek.fetch import Fetched
from pkm.seek.outage import Outage, is_near

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def came(host, error: type[FetchError] | None = None):
    url = f"https://{host}/feed"
    return Fetched(
        source=Source(id=f"s-{host}", url=url), began_at=NOW, error=error(url, "failed") if error else None
    )


def heard(outage, *fetched):
    return [one for each in fetched for one in outage.hear(each)]


@pytest.mark.parametrize("kind", [NamesSilent, NoNetwork])
def test_three_hosts_that_cannot_be_at_fault_themselves_are_enough(kind):
    outage = Outage(500)
    assert heard(outage, came("a.test", kind), came("a.test", kind), came("b.test", kind)) == []
    assert not outage.in_doubt
    assert heard(outage, came("c.test", kind)) == []
    assert outage.in_doubt
    assert outage.ends()[0]


@pytest.mark.parametrize("kind", [NameFailed, Unreachable])
def test_of_failures_that_may_be_the_hosts_own_it_takes_twelve_or_all(kind):
    outage = Outage(500)
    heard(outage, *(came(f"h{n}.test", kind) for n in range(11)))
    assert not outage.in_doubt
    heard(outage, came("h11.test", kind))
    assert outage.in_doubt
    few = Outage(4)
    heard(few, *(came(f"h{n}.test", kind) for n in range(4)))
    assert few.ends()[0]


@pytest.mark.parametrize("answer", [came("z.test"), came("z.test", StatusFailed), came("z.test", TlsFailed)])
def test_one_answer_of_any_kind_proves_the_network_and_what_was_held_back_is_believed(answer):
    outage = Outage(500)
    held = [came(f"h{n}.test", NamesSilent) for n in range(5)]
    assert heard(outage, *held) == []
    assert outage.hear(answer) == [*held, answer]
    assert not outage.in_doubt
    late = came("late.test", NameFailed)
    assert outage.hear(late) == [late]
    assert outage.ends() == (False, [])


def test_of_one_or_two_hosts_only_what_cannot_be_their_fault_is_the_networks():
    sure, unsure = Outage(2), Outage(2)
    heard(sure, came("a.test", NamesSilent), came("b.test", NoNetwork))
    assert sure.ends()[0]
    dead = [came("a.test", NameFailed), came("b.test", NamesSilent)]
    heard(unsure, *dead)
    assert unsure.ends() == (False, dead)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "192.168.1.7", "[::1]"])
def test_a_host_near_by_says_nothing_about_the_way_out(host):
    assert is_near(host.strip("[]"))
    outage = Outage(0)
    down = came(host, Unreachable)
    assert outage.hear(down) == [down]
    assert outage.ends() == (False, [])
