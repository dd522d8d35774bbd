"""Open exits follow their households to another division, and lapse when a household is no longer on the register."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits.kinds import PROCEDURES
from shared.households.records import Became
from shared.workflow.case import Reason
from shared.workflow.follow import follow, lapse, open_of

_ENDED: dict[str, Reason] = {
    "removed": {
        "code": "subject_ended",
        "zh": "该户已剔除，本事项终止办理",
        "en": "the household is removed from the register; the case ends",
    },
    "exited": {
        "code": "subject_ended",
        "zh": "该户已脱贫，本事项终止办理",
        "en": "the household is out of poverty already; the case ends",
    },
}


async def follow_households(session: AsyncSession, became: Sequence[Became]) -> None:
    """Cases go where their households now are; those of households that left the register end."""
    await follow(session, {one.id: one.after.division for one in became if one.before.division != one.after.division})
    ended = {one.id: _ENDED[one.after.status] for one in became if one.after.status in _ENDED}
    reasons: dict[UUID, Reason] = {case.id: ended[case.subject_id] for case in await open_of(session, ended)}
    await lapse(session, PROCEDURES, reasons)
