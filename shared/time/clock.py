"""Business time: one moment per transaction, the same in Python and in SQL.

The database opens each transaction with it (``app_open``), so ``recorded_at`` columns and the code agree. Legal
periods run on this clock and on days of Asia/Shanghai; tokens, timeouts and retries use wall time instead.
Where the moment comes from (the wall, or a demonstration's simulated clock) is decided in
``shared.database.session`` alone.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

SHANGHAI = ZoneInfo("Asia/Shanghai")


def wall() -> datetime:
    """The real time, for what is not the county's business: tokens, retries, heartbeats."""
    return datetime.now(UTC)


async def now(session: AsyncSession) -> datetime:
    """The business moment of this transaction (opens the transaction if it has not begun)."""
    if "now" not in session.info:
        _ = await session.connection()
    moment: datetime = session.info["now"]
    return moment


async def today(session: AsyncSession) -> date:
    """The business day, in Asia/Shanghai."""
    return day_of(await now(session))


def day_of(moment: datetime) -> date:
    """The Asia/Shanghai day of a moment."""
    return moment.astimezone(SHANGHAI).date()
