"""Each row of the address rule is a promise: what may be dialled without leave, and what not."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.address import is_loopback, literal, refusal, special_name

OPEN = [
    "8.8.8.8",
    "93.184.216.34",
    "1.1.1.1",
    "2606:2800:220:1::1",
    "2a00:1450:4001::200e",
    "64:ff9b::808:808",
]
CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.2.3",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "100::1",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
]
INSIDE = "169.254.169.254"
WRAPPED = {
    "mapped": "::ffff:{dotted}",
    "compatible": "::{dotted}",
    "translated": "::ffff:0:{dotted}",
    "NAT64": "64:ff9b::{dotted}",
    "local NAT64": "64:ff9b:1::{dotted}",
    "6to4": "2002:{high}:{low}::1",
    "Teredo server": "2001:0:{high}:{low}::f7f7:f7f7",
    "Teredo client": "2001:0:808:808:0:0:{inverted_high}:{inverted_low}",
}


def wrapped(form, dotted):
    number = int(IPv4Address(dotted))
    return str(
        IPv6Address(
            form.format(
                dotted=dotted,
                high=f"{number >> 16:x}",
                low=f"{number & 0xFFFF:x}",
                inverted_high=f"{~number >> 16 & 0xFFFF:x}",
                inverted_low=f"{~number & 0xFFFF:x}",
            )
        )
    )


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_may_be_dialled(address):
    assert refusal(address) is None


@pytest.mark.parametrize("address", CLOSED)
def test_special_addresses_are_refused(address):
    assert refusal(address)


@pytest.mark.parametrize("form", WRAPPED.values(), ids=WRAPPED.keys())
@pytest.mark.parametrize("inner", ["127.0.0.1", "10.1.2.3", INSIDE, "100.64.0.1", "224.0.0.1"])
def test_a_private_address_in_ipv6_clothes_is_refused(form, inner):
    assert refusal(wrapped(form, inner))


def test_six_to_four_of_a_public_address_is_public():
    assert refusal("2002:808:808::1") is None


@pytest.mark.parametrize("address", ["fe80::1%eth0", "2606:2800:220:1::1%1", "8.8.8.8%lo"])
def test_zone_ids_are_refused(address):
    assert refusal(address)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_text_breaks_the_rule(text):
    refusal(text)
    special_name(text)
    is_loopback(text)
    literal(text)


@given(st.ip_addresses(v=4))
@settings(deadline=None)
def test_wrapping_never_opens_what_is_closed(address):
    if refusal(str(address)):
        assert all(refusal(wrapped(form, str(address))) for form in WRAPPED.values())


@given(st.ip_addresses())
@settings(deadline=None)
def test_what_python_calls_private_or_multicast_is_never_open(address):
    if not address.is_global or address.is_multicast:
        assert refusal(str(address))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer",
        "nas.local",
        "x.internal",
        "r.home.arpa",
        "2130706433",
    ],
)
def test_names_of_this_network_are_special(host):
    assert special_name(host)


@pytest.mark.parametrize(
    "host", ["example.com", "localhost.example.com", "mylocal.org", "127.0.0.1", "::1", "[::1]"]
)
def test_other_names_are_not_special(host):
    assert not special_name(host)


@pytest.mark.parametrize("host", ["localhost", "feeds.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_this_computer_is_known_by_its_writing(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["example.com", "10.0.0.1", "localhost.example.com"])
def test_other_hosts_are_not_this_computer(host):
    assert not is_loopback(host)
