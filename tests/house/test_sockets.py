"""Tests reach this machine and no other."""

import asyncio
import socket

import pytest

from tests.support.sockets import OutsideNetwork, confine

ELSEWHERE = "192.0.2.1"  # RFC 5737: an address that is nobody's


@pytest.fixture(scope="module", autouse=True)
def confined() -> None:
    confine()


def test_a_connection_to_another_machine_is_refused():
    with socket.socket() as outgoing, pytest.raises(OutsideNetwork):
        outgoing.connect((ELSEWHERE, 80))


def test_a_datagram_to_another_machine_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as outgoing, pytest.raises(OutsideNetwork):
        outgoing.sendto(b"", (ELSEWHERE, 53))


async def test_the_event_loop_is_confined_too():
    with pytest.raises(OutsideNetwork):
        await asyncio.open_connection(ELSEWHERE, 80)


def test_a_name_of_another_machine_is_not_looked_up():
    with pytest.raises(OutsideNetwork):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1])).close()
