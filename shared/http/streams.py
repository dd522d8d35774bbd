"""Bodies that are larger than memory: uploads read as they arrive, answers read as they are sent.

An upload still is one transaction with its answer kept under its key: its digest is known at the end, so the key is
claimed first and what it stands for is noted afterwards. After a deadlock such a request is not tried again here,
for its body is gone; the client sends it again with the same key.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http import idempotency
from shared.http.edge import Handler, UnitRoute, info_of, key_of, opening, remember
from shared.http.runtime import Runtime, runtime_of
from shared.problems import Conflict, Invalid
from shared.security.access import Row
from shared.security.auth import Caller
from shared.time.patience import wake

Piece = Callable[[AsyncSession, int], Awaitable[bytes | None]]


class StreamRoute(UnitRoute):
    """A write whose endpoint reads its body with ``body_of`` instead of taking it as an argument."""

    async def answer(self, inner: Handler, request: Request, runtime: Runtime, row: Row) -> Response:
        caller: Caller = request.state.caller
        info, key, digest = info_of(request), key_of(request), opening(request)

        async def hashed() -> AsyncIterator[bytes]:
            async for piece in request.stream():
                digest.update(piece)
                yield piece

        async def claimed() -> idempotency.Claim:
            async for _ in body:
                continue
            return idempotency.Claim(caller.subject, key, digest.digest())

        body = request.state.body = hashed()
        try:
            async with runtime.database.transaction(caller, **info) as session:
                if not await idempotency.begin(session, caller.subject, key):
                    stored = await idempotency.claim(session, await claimed())
                    assert stored is not None
                    return stored
                request.state.session = session
                response = await inner(request)
                await idempotency.store(session, await claimed(), response)
            wake()
            return response
        except (Conflict, Invalid) as refusal:
            return await remember(refusal, request, runtime, caller, info, await claimed())


def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body of a request to a StreamRoute, as it arrives."""
    body: AsyncIterator[bytes] = request.state.body
    return body


async def pieces(request: Request, piece: Piece) -> AsyncIterator[bytes]:
    """The pieces 0, 1, 2 … of an answer until there is none; each is read in a transaction of its own, so that a
    slow reader holds no connection.
    """
    runtime, caller, info, position = runtime_of(request), request.state.caller, info_of(request), 0
    while True:
        async with runtime.database.transaction(caller, **info) as session:
            content = await piece(session, position)
        if content is None:
            return
        yield content
        position += 1
