"""Addresses that anybody may read without a token. A file of access rows names each under ``public``; they see no
division, and whoever asks too often is told to wait.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request, Response
from fastapi.routing import APIRoute

from shared.http import parameters
from shared.http.edge import Handler
from shared.http.responses import localised
from shared.http.runtime import runtime_of
from shared.problems import Problem
from shared.security.auth import Caller

# Nobody's division: row-level security shows nothing that lies in one.
NOBODY = Caller("public", frozenset(), "000000")
_SECONDS, _ADDRESSES = 60.0, 10_000


class TooOften(Problem):
    status, slug = 429, "too-often"
    zh = "查询过于频繁，请一分钟后再试"
    en = "You ask too often; please try again in a minute"


class Turns:
    """How often each address has asked in its present minute; the addresses that asked last are remembered."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._asked: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, address: str, most: int) -> None:
        """Note that an address asks. Raises TooOften (429) where it has asked ``most`` times in a minute."""
        now = self._now()
        since, count = self._asked.pop(address, (now, 0))
        if now - since >= _SECONDS:
            since, count = now, 0
        self._asked[address] = (since, count + 1)
        if len(self._asked) > _ADDRESSES:
            self._asked.popitem(last=False)
        if count >= most:
            raise TooOften(rule="a minute")


class PublicRoute(APIRoute):
    """A route without a token: one read-only transaction of nobody, an answer that no cache keeps."""

    def get_route_handler(self) -> Handler:
        declared, turns = frozenset(parameters.declared(self.dependant)), Turns()
        inner = super().get_route_handler()

        async def public(request: Request) -> Response:
            runtime = runtime_of(request)
            turns.take(request.client.host if request.client else "", runtime.settings.public_a_minute)
            parameters.check(request, declared)
            about = {"purpose": "public", "request_id": request.state.request_id}
            async with runtime.database.transaction(NOBODY, **about) as session:
                request.state.session = session
                response = localised(request, await inner(request))
            response.headers["Cache-Control"] = "no-store"
            return response

        return public
