"""Keep what the registry publishes of divisions."""

import json
from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import raw
from shared.events.envelope import Event
from shared.events.handlers import Subscription, projection

_DIVISIONS = """
    INSERT INTO division (code, valid_from, name, valid_to, sequence)
    SELECT DISTINCT ON (d.code, d.valid_from) d.code, d.valid_from, d.name, d.valid_to, d.sequence
    FROM jsonb_to_recordset($1::jsonb) AS d(code text, valid_from date, name text, valid_to date, sequence bigint)
    ORDER BY d.code, d.valid_from, d.sequence DESC
    ON CONFLICT (code, valid_from) DO UPDATE SET name = excluded.name, valid_to = excluded.valid_to,
        sequence = excluded.sequence WHERE excluded.sequence > division.sequence
"""


class _Division(BaseModel):
    model_config = ConfigDict(extra="ignore")

    code: str
    name: str
    valid_from: date
    valid_to: date | None


def divisions() -> Subscription:
    """The projection of divisions: the last state of each stretch of days is kept."""
    return projection("registry.division", _keep)


async def _keep(session: AsyncSession, events: list[Event]) -> None:
    rows = [event.read(_Division).model_dump(mode="json") | {"sequence": event.sequence} for event in events]
    await (await raw(session)).execute(_DIVISIONS, json.dumps(rows))
