"""Sockets of the test process open to this machine only: a test that needs another one fails at once."""

import ipaddress
import sys
from functools import cache
from typing import Any


class OutsideNetwork(RuntimeError):
    """A test tried to reach another machine."""


@cache
def confine() -> None:
    """Refuse connections and name lookups that leave the loopback interface, for the rest of the process.

    An audit hook sees every socket, whoever opened it, and cannot be undone by what runs later.
    Processes that a test starts are not seen.
    """
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and not _stays(arguments[1]):
        raise OutsideNetwork(f"{event} to {arguments[1]}")
    if event == "socket.getaddrinfo" and not _is_loopback(arguments[0]):
        raise OutsideNetwork(f"{event} of {arguments[0]}")


def _stays(address: Any) -> bool:
    """An address that is not (host, port, …) is a path of a unix socket."""
    return not isinstance(address, tuple) or _is_loopback(address[0])


def _is_loopback(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
