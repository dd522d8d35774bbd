"""Loops that find nothing look more and more rarely, and at once when something is brought."""

import asyncio
import time

from shared.time.patience import Patience, wake


async def waited(patience: Patience, stop: asyncio.Event) -> float:
    began = time.perf_counter()
    await patience.wait(stop)
    return time.perf_counter() - began


async def test_waits_grow_to_the_most_and_begin_again_when_something_was_found():
    patience, stop = Patience(0.02, 0.1), asyncio.Event()
    waits = [await waited(patience, stop) for _ in range(5)]
    for took, asked in zip(waits, (0.02, 0.04, 0.08, 0.1, 0.1), strict=True):
        assert asked * 0.9 <= took < asked + 0.1
    patience.again()
    assert await waited(patience, stop) < 0.1


async def test_what_is_brought_in_the_process_wakes_every_loop_and_so_does_the_end():
    loops, stop = [Patience(5, 5) for _ in range(3)], asyncio.Event()
    waiting = [asyncio.create_task(waited(one, stop)) for one in loops]
    await asyncio.sleep(0.05)
    wake()
    assert max(await asyncio.gather(*waiting)) < 1
    waiting = [asyncio.create_task(waited(one, stop)) for one in loops]
    await asyncio.sleep(0.05)
    stop.set()
    assert max(await asyncio.gather(*waiting)) < 1


async def test_what_is_brought_between_two_waits_is_not_missed():
    patience, stop = Patience(5, 5), asyncio.Event()
    wake()
    assert await waited(patience, stop) < 1
