"""A county's own code lists 地方代码表, beside the national ones: asked for only where a national list says no."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.fields.records import Fault
from services.registry.register.fields.rules import Faulty, refusal
from shared.database.session import raw
from shared.time import clock

# A county's lists hold for its villages, so they are read through a function that looks upwards.
_TEXTS = "SELECT list, text FROM local_codes($1, $2)"


class Driver(Protocol):
    """The driver's connection, or its pool."""

    async def fetch(self, query: str, *args: object) -> Sequence[Mapping[str, str]]: ...


async def lists(connection: Driver, division: str, day: date) -> dict[str, frozenset[str]]:
    """The local texts in force on a day for a division, by list."""
    found: dict[str, set[str]] = {}
    for row in await connection.fetch(_TEXTS, division, day):
        found.setdefault(row["list"], set()).add(row["text"])
    return {name: frozenset(words) for name, words in found.items()}


async def remaining(connection: Driver, division: str, day: date, faults: Sequence[Fault]) -> list[Fault]:
    """The faults that remain after the local lists were asked."""
    if not any(fault.word for fault in faults):
        return list(faults)
    known = await lists(connection, division, day)
    return [fault for fault in faults if not fault.allowed_by(known)]


async def refuse(session: AsyncSession, division: str, faults: Sequence[Fault], problem: type[Faulty]) -> None:
    """Raises the problem where faults remain after the local lists were asked."""
    left = await remaining(await raw(session), division, await clock.today(session), faults)
    if left:
        raise refusal(problem, left)
