"""Keep what the registry tells of households."""

import json
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import raw
from shared.events.envelope import Event

_KEEP = """
    INSERT INTO household (id, division, status, sequence)
    SELECT DISTINCT ON (h.id) h.id, h.division, h.status, h.sequence
    FROM jsonb_to_recordset($1::jsonb) AS h(id uuid, division text, status text, sequence integer)
    ORDER BY h.id, h.sequence DESC
    ON CONFLICT (id) DO UPDATE
        SET division = excluded.division, status = excluded.status, sequence = excluded.sequence
        WHERE excluded.sequence > household.sequence
"""


class HouseholdTold(BaseModel):
    """What projects needs of a household."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    division: str
    status: str


async def keep_many(session: AsyncSession, events: list[Event]) -> None:
    """Keep the last state of each household; what is older than the row changes nothing."""
    rows = [event.read(HouseholdTold).model_dump(mode="json") | {"sequence": event.sequence} for event in events]
    await (await raw(session)).execute(_KEEP, json.dumps(rows))
