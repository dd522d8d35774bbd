"""What the national system has to be told 须告知国家系统: the differences of which the register stands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.reconciliations import service
from services.registry.exchange.reconciliations.schemas import DifferenceRow, Filters, ReconciliationState
from shared.database.session import caller_of
from shared.http import paging
from shared.names.divisions import Division
from shared.security import audit
from shared.sheets.write import Frame, table_file
from shared.time import clock

_COLUMNS = (
    "行政村",
    "户编号",
    "姓名",
    "人编号",
    "项目",
    "国家系统名单",
    "本县登记",
    "自何日起",
    "差异",
    "说明",
    "依据",
    "决定人",
)
_DAY = _COLUMNS.index("自何日起")
_A_PAGE = 1_000


async def page(
    session: AsyncSession, id: UUID, division: Division | None, limit: int, cursor: str | None
) -> paging.Page[DifferenceRow]:
    """What the national system has to be told, by village."""
    return await service.differences(session, id, Filters(division=division, state="kept"), limit, cursor)


async def workbook(session: AsyncSession, id: UUID, division: Division | None) -> bytes:
    """The same as a workbook; that it was taken goes on record."""
    about = await service.state(session, id)
    rows: list[DifferenceRow] = []
    cursor: str | None = None
    while True:
        found = await page(session, id, division, _A_PAGE, cursor)
        rows += found.items
        cursor = found.next
        if cursor is None:
            break
    audit.read(session, "reconciliation", id, division or about.division, reason="report")
    return _made(about, rows, caller_of(session).subject, await clock.now(session))


def _made(about: ReconciliationState, rows: Sequence[DifferenceRow], by: str, moment: datetime) -> bytes:
    mark = f"导出：{by} {moment.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}；用途：报送国家系统更正；共{len(rows)}项"
    title = f"{about.place or ''}需在国家系统更正的内容（名单日期{about.as_of}）"
    frame = Frame(
        "需在国家系统更正",
        (title, mark, "含个人信息，仅限报送使用，用后销毁"),
        1,
        watermark=mark,
        title=title,
        author=by,
        columns=_COLUMNS,
        forms={_DAY: "day"},
    )
    made = table_file("workbook", frame)
    made.rows(0, [[title], _COLUMNS])
    made.rows(2, map(_row, rows))
    made.close()
    return made.take()


def _row(one: DifferenceRow) -> list[str]:
    said = one.village, one.number, one.name, one.person_number, one.item, one.said, one.known, one.since
    return [str(cell) if cell is not None else "" for cell in (*said, one.zh, one.why_zh, one.ground, one.decided_by)]
