"""A division's own texts in code lists: added, and listed."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.codes import national, queries
from services.registry.register.codes.schemas import LocalCode, LocalCodeIn
from shared.database.session import caller_of, reach
from shared.http import paging
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.security.access import DivisionForbidden


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
    last = rows[limit - 1] if len(rows) > limit else None
    position = [last.division, last.list, last.code, last.valid_from.isoformat()] if last else None
    return paging.page(rows, limit, position)
