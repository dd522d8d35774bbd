"""Calls of a hot statement that come while others are on their way are made together, by one statement for all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

Arguments = tuple[object, ...]
Call = Callable[[Sequence[Arguments]], Awaitable[Sequence[Arguments]]]
_WAYS = 2  # a process makes work for no more than two cores of a database
_MOST = 64


class Together:
    """What is asked one by one and answered many at a time, in order.

    Nothing waits for company: a call leaves at once while fewer than ``_WAYS`` are on their way, otherwise with all
    that have come until one of them is back. A failure is that of every call in it, and of no other; a call that is
    given up leaves the others alone.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._waiting: list[tuple[Arguments, asyncio.Future[Arguments]]] = []
        self._on_their_way: set[asyncio.Task[None]] = set()

    async def ask(self, *arguments: object) -> Arguments:
        """The answer to one call."""
        answer: asyncio.Future[Arguments] = asyncio.get_running_loop().create_future()
        self._waiting.append((arguments, answer))
        if len(self._on_their_way) < _WAYS:
            way = asyncio.create_task(self._go())
            self._on_their_way.add(way)
            way.add_done_callback(self._on_their_way.discard)
        return await answer

    async def _go(self) -> None:
        while self._waiting:
            lot, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            wanted = [(arguments, answer) for arguments, answer in lot if not answer.done()]
            try:
                found = await self._call([arguments for arguments, _ in wanted]) if wanted else []
            except Exception as error:  # noqa: BLE001 (whoever asked is told)
                for _, answer in wanted:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), one in zip(wanted, found, strict=True):
                if not answer.done():
                    answer.set_result(one)
