"""Code lists 代码表: the national ones as they are shown, and a county's own 地方代码表 beside them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.codes import national, queries
from services.registry.register.codes.schemas import LocalCode, LocalCodeIn
from services.registry.register.fields.records import Fault
from services.registry.register.fields.rules import Faulty, refusal
from shared.database.session import caller_of, raw, reach
from shared.http import paging
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

# A county's lists hold for its villages, so they are read through a function that looks upwards.
_TEXTS = "SELECT list, text FROM local_codes($1, $2)"


class NoSuchList(Invalid):
    slug, zh, en = "no-such-list", "没有这个代码表", "There is no such code list"


class CodeTaken(Conflict):
    slug, zh, en = "code-taken", "该代码自此日期已登记", "This code is recorded from this day already"


async def add(session: AsyncSession, items: Sequence[LocalCodeIn]) -> list[LocalCode]:
    """Add texts to lists: all of them or none. Raises DivisionForbidden, NoSuchList, CodeTaken."""
    return [await _add(session, item, position) for position, item in enumerate(items)]


async def _add(session: AsyncSession, item: LocalCodeIn, position: int) -> LocalCode:
    caller = caller_of(session)
    if not caller.covers(item.division):
        raise DivisionForbidden(field=f"items[{position}].division")
    if item.list not in national():
        raise NoSuchList(field=f"items[{position}].list", rule="a list of the register")
    if item.valid_to is not None and item.valid_to <= item.valid_from:
        raise Invalid(field=f"items[{position}].valid_to", rule="after valid_from")
    recorded = (await session.execute(queries.ADD, item.model_dump() | {"actor": caller.subject})).scalar()
    if recorded is None:
        raise CodeTaken(field=f"items[{position}].code", rule="once from a day")
    audit.record(session, "code.added", "code", f"{item.list}:{item.code}", item.division, after={"text": item.text})
    return LocalCode(**item.model_dump(), recorded_at=recorded, recorded_by=caller.subject)


async def page(session: AsyncSession, division: str | None, limit: int, cursor: str | None) -> paging.Page[LocalCode]:
    """The texts that divisions added, by division, list and code."""
    after = paging.decode(cursor, 4) or ("", "", "", "0001-01-01")
    bound = dict(zip(("division", "list", "code", "day"), after, strict=True))
    found = await session.execute(queries.LIST, bound | reach(session, division) | {"limit": limit + 1})
    rows = [LocalCode.model_validate(row) for row in found]
    return paging.page(rows, limit, lambda last: [last.division, last.list, last.code, last.valid_from])


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
