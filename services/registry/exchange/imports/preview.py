"""What is new in a file that was checked, household by household, as whoever releases it reads it: numbers masked."""

import csv
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import gather, queries, service
from services.registry.exchange.imports.load import known
from services.registry.exchange.imports.records import NEW, Good
from services.registry.exchange.imports.rules import check
from services.registry.exchange.imports.schemas import NewHousehold
from services.registry.register.changes.requests import shown_household
from shared.http import paging
from shared.problems import Conflict
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets import read
from shared.sheets.records import Position, Table

_LINES = 2_000


class NothingToRead(Conflict):
    slug = "nothing-to-read"
    zh = "该导入尚未检查完毕，或已导入、驳回、过期"
    en = "This import is not checked yet, or it is loaded, refused or expired"


async def page(
    session: AsyncSession, keys: KeyRing, id: UUID, limit: int, cursor: str | None
) -> paging.Page[NewHousehold]:
    """Households that are new, in the order of the file; that they were looked at goes on record.

    Raises NoSuchImport (404), NothingToRead (409).
    """
    found = await service.standing(session, id)
    asked, file = await queries.get(session, id), await files.get(session, id)
    if found.state not in ("checked", "waiting") or not file.tables:
        raise NothingToRead(field="import_id", rule="checked or waiting")
    audit.read(session, "import", id, found.division, reason="households of the file")
    after = paging.decode(cursor, 2, (int, int))
    rows = await read.rows(session, keys, file, Position(*map(abs, after)) if after else Position(), _LINES)
    about = await known(session, keys, asked, rows.table.header)
    try:
        homes = gather.households(rows, about.plan, file, asked.apart)
    except (ValueError, csv.Error) as error:  # it begins in the middle of a line
        raise paging.CursorRejected(field="cursor", rule="opaque") from error
    taken = gather.behind(rows, homes)
    letters = await queries.outcomes(session, id, rows.start.line, len(rows.lines))
    new = [one for one in homes if letters[one.first - rows.start.line] == NEW]
    if len(new) > limit:
        taken = new[limit].first - rows.start.line
    goes_on = rows.start.after(rows.lines[:taken]) if len(new) > limit or not rows.over else None
    checked = [check(one, about, load=False) for one in new[:limit]]
    return paging.Page(
        items=[_shown(one, rows.table) for one in checked if isinstance(one, Good)],
        next=paging.encode([goes_on.offset, goes_on.line]) if goes_on else None,
    )


def _shown(one: Good, table: Table) -> NewHousehold:
    household = one.household
    shown = shown_household(household)
    at = table.row(one.lines.first)
    return NewHousehold(**dict(shown), line=at, sheet=table.sheet, division=household.division)
