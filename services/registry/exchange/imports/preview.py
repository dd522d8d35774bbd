"""What is new in a file that was checked, household by household, as whoever releases it reads it: numbers masked."""

import csv
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import lines, queries, service
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
from shared.sheets.records import Position

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
    if found.state not in ("checked", "waiting") or file.header is None:
        raise NothingToRead(field="import_id", rule="checked or waiting")
    audit.read(session, "import", id, found.division, reason="households of the file")
    after = paging.decode(cursor, 2, (int, int))
    start = Position(*map(abs, after)) if after else await read.behind_header(session, keys, id, file.header)
    about = await known(session, keys, asked, file.header)
    window = await read.window(session, keys, id, start, _LINES)
    try:
        homes = list(lines.households([line.decode() for line in window.lines], about.plan, start.line))
    except (ValueError, csv.Error) as error:  # it begins in the middle of a line
        raise paging.CursorRejected(field="cursor", rule="opaque") from error
    # The last household may go on behind these lines: it begins the next page.
    ends = None
    if not window.ended:
        ends = homes.pop().first if len(homes) > 1 else start.line + len(window.lines)
    letters = await queries.outcomes(session, id, start.line, len(window.lines))
    new = [one for one in homes if letters[one.first - start.line] == NEW]
    if len(new) > limit:
        ends = new[limit].first
    goes_on = start.after(window.lines[: ends - start.line]) if ends else None
    checked = [check(one, about, load=False) for one in new[:limit]]
    return paging.Page(
        items=[_shown(one) for one in checked if isinstance(one, Good)],
        next=paging.encode([goes_on.offset, goes_on.line]) if goes_on else None,
    )


def _shown(one: Good) -> NewHousehold:
    household = one.household
    shown = shown_household(household)
    return NewHousehold(**dict(shown), line=one.lines.first, division=household.division)
