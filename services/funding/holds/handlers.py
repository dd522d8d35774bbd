"""What is on its way to a household is held as soon as the household may no longer get it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.holds import queries, service
from services.funding.holds.records import Matter
from services.funding.payees.rules import not_eligible
from shared import policy
from shared.database.rows import typed
from shared.households.records import Became
from shared.time import clock

_STATUSES = {"reward": "reward.household_status", "loan": "loan.household_status"}


async def hold_what_goes_to(session: AsyncSession, became: Sequence[Became]) -> None:
    """Hold the rewards and loans that are not paid yet of households whose status no longer allows them."""
    now = {one.id: one.after for one in became if one.before.status != one.after.status}
    matters = typed(Matter, await session.execute(queries.UNPAID, {"households": list(now)}))
    if not matters:
        return
    today, gate = await clock.today(session), await service.gate(session, [one.id for one in matters])
    for matter in matters:
        assert matter.household_id is not None
        status, rule = now[matter.household_id].status, _STATUSES[matter.kind]
        allowed = await policy.resolve(session, rule, matter.division, today)
        if status not in allowed.texts():
            gate.hold(matter, [not_eligible(status, "household_id", rule)])
    await service.keep(session, gate)
