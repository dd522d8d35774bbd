"""The demonstration's clock: it stands still until somebody moves it forward. Only a demonstration has it.

The driver moves it only when every service has drained what happened before, so that no event takes effect on a
later day than the one it belongs to.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel

from shared.database.session import Database
from shared.events.drained import is_drained
from shared.http.edge import CurrentCaller, GuardedRoute
from shared.http.runtime import runtime_of
from shared.problems import Conflict
from shared.process.migrate import DemonstrationDatabase
from shared.security.access import Row

router = APIRouter(prefix="/clock", tags=["demonstration"], route_class=GuardedRoute)
_ROW = Row(roles=frozenset({"ops"}), purpose="demonstration", level="county")
MATRIX = {"GET /clock": _ROW, "PUT /clock": _ROW}


class ClockState(BaseModel):
    """The simulated moment, and whether everything that happened before it has taken effect here."""

    now: datetime
    drained: bool


class ClockAdvance(BaseModel):
    """The moment to move to."""

    now: AwareDatetime


class ClockMovesForward(Conflict):
    slug = "clock-moves-forward"
    zh = "演示时钟只能向前"
    en = "The demonstration's clock only moves forward"


@router.get("")
async def read(request: Request, caller: CurrentCaller) -> ClockState:
    """What day it is in the demonstration."""
    runtime = runtime_of(request)
    now = await runtime.database.pool.fetchval("SELECT now FROM simulated_clock")
    return ClockState(now=now, drained=await is_drained(runtime, caller))


@router.put("")
async def advance(request: Request, caller: CurrentCaller, body: ClockAdvance) -> ClockState:
    """Move the clock forward. Moving it to where it stands changes nothing."""
    runtime = runtime_of(request)
    sql = "UPDATE simulated_clock SET now = $1 WHERE now <= $1 RETURNING now"
    now = await runtime.database.pool.fetchval(sql, body.now)
    if now is None:
        raise ClockMovesForward(field="now", rule="forward only")
    return ClockState(now=now, drained=await is_drained(runtime, caller))


async def refuse_in_production(database: Database) -> None:
    """Raises DemonstrationDatabase where a production process opens a database on simulated time."""
    if not database.simulated and await database.pool.fetchval("SELECT EXISTS (SELECT FROM simulated_clock)"):
        raise DemonstrationDatabase("this database lives on simulated time: production does not start on it")
