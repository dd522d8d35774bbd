"""Tell of helpers, and note every responsibility in the audit record."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries
from services.registry.contracts import HELPER, HelperState
from shared.events import outbox
from shared.security import audit


async def told(session: AsyncSession, verb: str, ids: Sequence[UUID]) -> None:
    """Say that responsibilities were ``assigned`` or ``ended``."""
    if not ids:
        return
    for row in await session.execute(queries.LOCK, {"ids": list(ids)}):
        if row.role == "helper":
            outbox.publish(
                session, HELPER, verb, state(row), key=row.household_id, sequence=row.version, subject=row.id
            )
        audit.record(
            session,
            f"responsibility.{verb}",
            "responsibility",
            row.id,
            row.division,
            after={
                "role": row.role,
                "household_id": str(row.household_id) if row.household_id else None,
                "staff_id": str(row.staff_id) if row.staff_id else None,
                "organisation_id": str(row.organisation_id),
                "from": str(row.started_on),
                "to": str(row.ended_on) if row.ended_on else None,
            },
            reason=row.ended_note if verb == "ended" else row.note,
        )


def state(row: Any) -> HelperState:
    """The public state of a helper's responsibility."""
    return HelperState(
        id=row.id,
        household_id=row.household_id,
        division=row.division,
        staff_id=row.staff_id,
        helper=row.name,
        rank=row.rank,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        level=row.level,
        started_on=row.started_on,
        ended_on=row.ended_on,
    )
