"""An address is trusted when it is https at a host that we name, however it is dressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.channels.teams_addresses import canonical, is_allowed

HOSTS = frozenset({"smba.trafficmanager.net", "kiosk.example"})

STRANGE = [
    "http://smba.trafficmanager.net/emea/",
    "https://evil.example/emea/",
    "https://smba.trafficmanager.net.evil.example/",
    "https://evil.smba.trafficmanager.net/",
    "https://smba.trafficmanager.net./emea/",
    "https://smba.trafficmanager.net:8443/emea/",
    "https://smba.trafficmanager.net:99999/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://evil.example\\@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net/emea/?to=evil",
    "https://smba.trafficmanager.net/emea/#evil",
    "https://\u017fmba.trafficmanager.net/",
    "https://\u212aiosk.example/",
    "https://smba.trafficmanager.net\n/emea/",
    " https://smba.trafficmanager.net/emea/",
    "//smba.trafficmanager.net/",
    "file:///etc/passwd",
    "https://169.254.169.254/",
    "https://" + "a" * 5000,
    "",
]
LOOPBACK = ["http://127.0.0.1:3979/", "http://localhost", "https://[::1]:1/x"]


@pytest.mark.parametrize("address", [*STRANGE, *LOOPBACK, None, 1, [], {}])
def test_no_other_address_is_trusted(address: object) -> None:
    assert not is_allowed(address, HOSTS)


@pytest.mark.parametrize("address", LOOPBACK)
def test_this_machine_is_trusted_in_development(address: str) -> None:
    assert is_allowed(address, HOSTS, loopback=True)


@pytest.mark.parametrize("address", STRANGE)
def test_development_trusts_no_other_address_either(address: str) -> None:
    assert not is_allowed(address, HOSTS, loopback=True)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("HTTPS://SMBA.Trafficmanager.net:443/emea/", "https://smba.trafficmanager.net/emea"),
        ("https://smba.trafficmanager.net", "https://smba.trafficmanager.net"),
        ("https://smba.trafficmanager.net/EMEA", "https://smba.trafficmanager.net/EMEA"),
        ("http://127.0.0.1:080/x//", "http://127.0.0.1/x"),
        ("https://127.0.0.1:0/", None),
        ("https://user@smba.trafficmanager.net/", None),
    ],
)
def test_an_address_has_one_spelling(address: str, expected: str | None) -> None:
    assert canonical(address) == expected


@given(st.text(max_size=20), st.text(max_size=20))
def test_the_http_client_reads_the_same_host(before: str, after: str) -> None:
    address = f"https://{before}smba.trafficmanager.net{after}"

    if is_allowed(address, HOSTS):
        assert URL(address).host in HOSTS
