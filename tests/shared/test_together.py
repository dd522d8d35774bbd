"""Calls of a hot statement that come while others are on their way."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.database.together import Arguments, Together
from tests.support.api import Api

_SLEEP = """
    SELECT array_agg(n ORDER BY place)
    FROM unnest($3::float[]) WITH ORDINALITY AS asked(n, place), LATERAL (SELECT pg_sleep(n)) AS slept
    WHERE $1::text = '2206' AND $2::timestamptz IS DISTINCT FROM 'epoch'
"""


class Statement:
    """Answers twice the number that it is asked for, once it is let through; asked for a nought it fails."""

    def __init__(self) -> None:
        self.lots: list[list[object]] = []
        self.open = asyncio.Event()

    async def __call__(self, lot: Sequence[Arguments]) -> Sequence[Arguments]:
        self.lots.append([number for (number,) in lot])
        await self.open.wait()
        if (0,) in lot:
            raise OSError("gone")
        return [(2 * int(str(number)),) for (number,) in lot]


async def asked(together: Together, *numbers: int) -> list[asyncio.Task[Arguments]]:
    """Calls one after the other, each as far as it gets before the next."""
    tasks = []
    for number in numbers:
        tasks.append(asyncio.create_task(together.ask(number)))
        for _ in range(5):
            await asyncio.sleep(0)
    return tasks


async def test_a_call_leaves_at_once_and_those_that_come_meanwhile_leave_together_each_with_its_own_answer():
    statement = Statement()
    tasks = await asked(Together(statement), *range(1, 9))
    assert statement.lots == [[1], [2]]
    statement.open.set()
    assert await asyncio.gather(*tasks) == [(number * 2,) for number in range(1, 9)]
    assert statement.lots == [[1], [2], [3, 4, 5, 6, 7, 8]]


async def test_a_failure_is_that_of_the_calls_in_it_and_of_no_other():
    statement = Statement()
    together = Together(statement)
    tasks = await asked(together, 1, 2, 3, 0)
    statement.open.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert outcomes[:2] == [(2,), (4,)]
    assert [type(outcome) for outcome in outcomes[2:]] == [OSError, OSError]
    assert await together.ask(5) == (10,)


async def test_a_call_that_is_given_up_leaves_the_others_alone():
    statement = Statement()
    first, _, third, fourth = await asked(Together(statement), 1, 2, 3, 4)
    first.cancel()
    third.cancel()
    statement.open.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await fourth == (8,)
    assert statement.lots == [[1], [2], [4]]


async def test_of_very_many_calls_no_statement_takes_more_than_sixty_four():
    statement = Statement()
    tasks = await asked(Together(statement), *range(1, 151))
    statement.open.set()
    assert await asyncio.gather(*tasks) == [(number * 2,) for number in range(1, 151)]
    assert max(map(len, statement.lots)) == 64


async def test_a_statement_that_never_answers_ends_with_the_request_and_keeps_nobody_else_waiting(
    registry: Api, monkeypatch: pytest.MonkeyPatch
):
    soon = registry.settings.model_copy(update={"request_seconds": 0.3})
    monkeypatch.setattr(registry.worker, "settings", soon)
    ask = registry.worker.together
    stuck = [asyncio.create_task(ask(_SLEEP, "2206", 60.0)) for _ in range(2)]
    for task in stuck:
        with pytest.raises(TimeoutError):
            await task
    assert await asyncio.gather(*(ask(_SLEEP, "2206", n / 1000) for n in range(1, 4))) == [
        (0.001,),
        (0.002,),
        (0.003,),
    ]
