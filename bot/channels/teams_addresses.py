"""Addresses of Microsoft's services: when two are the same, and which of them we trust.

A bearer token of ours goes to a service URL, so an address is read by one narrow pattern. A
lenient parser and the HTTP client could disagree on which host a strange address names.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Any

_LONGEST = 2048
_HIGHEST_PORT = 65535
_USUAL_PORTS = {"https": "443", "http": "80"}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]{1,253}|\[::1\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>/[a-z0-9._~%/-]*)?",
    re.ASCII | re.IGNORECASE,
)


def canonical(address: Any) -> str | None:
    """Return an address in one spelling, without a slash at its end; None when it is no address.

    Scheme and host lose their capitals, the usual port goes. No user, query or fragment may stand
    in it.
    """
    found = _parts(address)
    if found is None:
        return None
    scheme, host, port, path = found
    return f"{scheme}://{host}{':' + port if port else ''}{path}"


def is_allowed(address: Any, hosts: AbstractSet[str], *, loopback: bool = False) -> bool:
    """Tell whether an address is https at exactly one of these hosts, given in small letters.

    In development `loopback` also lets in this machine: any port, with http too.
    """
    found = _parts(address)
    if found is None:
        return False
    scheme, host, port, _ = found
    if loopback and host in _LOOPBACK:
        return True
    return scheme == "https" and not port and host in hosts


def _parts(address: Any) -> tuple[str, str, str, str] | None:
    """Return scheme, host, unusual port and path of an address."""
    if not isinstance(address, str) or len(address) > _LONGEST:
        return None
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = str(int(found["port"])) if found["port"] else ""
    if port and not 0 < int(port) <= _HIGHEST_PORT:
        return None
    return (
        scheme,
        host,
        "" if port == _USUAL_PORTS[scheme] else port,
        (found["path"] or "").rstrip("/"),
    )
