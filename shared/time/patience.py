"""How long to wait where nothing was found to do: longer each time, until somebody brings something."""

import asyncio
from weakref import WeakSet

_WAITING: "WeakSet[Patience]" = WeakSet()


class Patience:
    """A loop's waits: ``least`` seconds at first, twice as long after each, at most ``most``.

    What a process brings itself wakes its loops (``wake``); what another process brings is found after ``most``.
    """

    def __init__(self, least: float, most: float) -> None:
        self._least, self._most, self._next = least, most, least
        self._woken = asyncio.Event()
        _WAITING.add(self)

    async def wait(self, stop: asyncio.Event) -> None:
        """Wait, at most until told to stop."""
        seconds, self._next = self._next, min(self._next * 2, self._most)
        stopped, woken = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait((stopped, woken), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            woken.cancel()
        self._woken.clear()

    def again(self) -> None:
        """Something was found, so more may come soon."""
        self._next = self._least

    def wake(self) -> None:
        """Something was brought: look at once, and soon again."""
        self.again()
        self._woken.set()


def wake() -> None:
    """Something was committed in this process that its loops may have to do with."""
    for one in list(_WAITING):
        one.wake()
