"""The demonstration's clock: it stands still until somebody moves it forward. Only a demonstration has it.

The driver moves it only when every service has drained what happened before, so that no event takes effect on a
later day than the one it belongs to.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import text

from shared.events import topics
from shared.http.edge import CurrentCaller, GuardedRoute
from shared.http.runtime import runtime_of
from shared.problems import Conflict
from shared.security.access import Row
from shared.security.auth import Caller
from shared.service import Service

router = APIRouter(prefix="/clock", tags=["demonstration"], route_class=GuardedRoute)
_ROW = Row(roles=frozenset({"ops"}), purpose="demonstration", level="county")
MATRIX = {"GET /clock": _ROW, "PUT /clock": _ROW}
_WAITING = text("""
    SELECT EXISTS (SELECT FROM outbox)
        OR EXISTS (SELECT FROM job WHERE status IN ('queued', 'running') AND due_at <= business_now())
""")


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
    now = await runtime_of(request).database.pool.fetchval("SELECT now FROM simulated_clock")
    return ClockState(now=now, drained=await _is_drained(request, caller))


@router.put("")
async def advance(request: Request, caller: CurrentCaller, body: ClockAdvance) -> ClockState:
    """Move the clock forward. Moving it to where it stands changes nothing."""
    sql = "UPDATE simulated_clock SET now = $1 WHERE now <= $1 RETURNING now"
    now = await runtime_of(request).database.pool.fetchval(sql, body.now)
    if now is None:
        raise ClockMovesForward(field="now", rule="forward only")
    return ClockState(now=now, drained=await _is_drained(request, caller))


async def _is_drained(request: Request, caller: Caller) -> bool:
    """No event waits to be sent, none to be handled, and no job is due (as far as the caller's division shows)."""
    runtime, service = runtime_of(request), request.app.state.service
    assert isinstance(service, Service)
    async with runtime.database.transaction(caller) as session:
        if (await session.execute(_WAITING)).scalar_one():
            return False
    handled = {subscription.topic for subscription in service.handles}
    if not runtime.settings.kafka or not handled:
        return True
    return await topics.lag(service.name, handled, runtime.settings) == 0
