"""What every noun holds about a person and their household: collected from the rooms, for a disclosure."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance import room as assistance
from services.registry.desk.labels.holdings import HOLDINGS as LABELS
from services.registry.documents import room as documents
from services.registry.procedures import room as procedures
from services.registry.register import room as register
from services.registry.register.households.holdings import Holding
from services.registry.verification import room as verification

HOLDINGS: tuple[Holding, ...] = (
    *register.HOLDINGS,
    *documents.HOLDINGS,
    *assistance.HOLDINGS,
    *verification.HOLDINGS,
    *procedures.HOLDINGS,
    *LABELS,
)
Records = dict[str, list[dict[str, object]]]


async def held(session: AsyncSession, person_id: UUID, household_id: UUID) -> Records:
    """Every such record by its kind; kinds with nothing are left out."""
    bound = {"person_id": person_id, "household_id": household_id}
    found: Records = {}
    for holding in HOLDINGS:
        used = {key: value for key, value in bound.items() if f":{key}" in holding.statement.text}
        rows = (await session.execute(holding.statement, used)).mappings().all()
        if rows:
            found[holding.name] = [dict(row) for row in rows]
    return found


def titles(records: Records) -> dict[str, dict[str, str]]:
    """What each kind of these records is called, in both languages."""
    return {one.name: {"zh": one.zh, "en": one.en} for one in HOLDINGS if one.name in records}
