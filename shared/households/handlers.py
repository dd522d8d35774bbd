"""Keep what the registry publishes of households."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.follow import rows_follow
from shared.database.session import raw
from shared.events.envelope import Event
from shared.events.handlers import Subscription, projection
from shared.households.records import Became, Standing, Status

# ``old`` is nothing where the row is new: a household that was not known before has moved nowhere.
KEEP = """
    INSERT INTO household (id, division, number, status, identified_on, size, attribute, members,
        sequence)
    SELECT DISTINCT ON (h.id) h.id, h.division, h.number, h.status, h.identified_on, h.size, h.attribute,
        h.members, h.sequence
    FROM jsonb_to_recordset($1::jsonb) AS h(id uuid, division text, number text, status text, identified_on date,
        size integer, attribute text, members jsonb, sequence integer)
    ORDER BY h.id, h.sequence DESC
    ON CONFLICT (id) DO UPDATE SET division = excluded.division, number = excluded.number,
        status = excluded.status, identified_on = excluded.identified_on, size = excluded.size,
        attribute = excluded.attribute, members = excluded.members, sequence = excluded.sequence
        WHERE excluded.sequence > household.sequence
    RETURNING new.id, old.division AS was_in, old.status AS was, new.division AS is_in, new.status AS is_now
"""
# Of every event, not only of the last: a later state no longer names the households that an earlier change concerned.
KIN = """
    INSERT INTO household_kin (household_id, kin_id, since)
    SELECT pair.one, pair.other, max(h.effective_on)
    FROM jsonb_to_recordset($1::jsonb) AS h(id uuid, effective_on date, predecessors jsonb, successors jsonb)
    CROSS JOIN LATERAL jsonb_array_elements_text(h.predecessors || h.successors) AS kin(id)
    CROSS JOIN LATERAL (VALUES (h.id, kin.id::uuid), (kin.id::uuid, h.id)) AS pair(one, other)
    GROUP BY pair.one, pair.other ORDER BY pair.one, pair.other
    ON CONFLICT (household_id, kin_id) DO UPDATE SET since = greatest(household_kin.since, excluded.since)
"""
# What follows from where households now lie and how they stand, in the transaction that learns of it.
Follow = Callable[[AsyncSession, Sequence[Became]], Awaitable[None]]


class _Member(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: UUID
    relation: str
    born: date
    labour: str | None


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: UUID
    division: str
    number: str
    status: Status
    identified_on: date
    size: int
    attribute: str
    members: list[_Member]
    effective_on: date
    predecessors: list[UUID] = []
    successors: list[UUID] = []


def goes_along(table: str, still_open: str, *, by: str = "household_id") -> Follow:
    """That rows of a table go along with the households in their column ``by``, as far as they are open."""
    rows = rows_follow(table, by, still_open)

    async def follow(session: AsyncSession, became: Sequence[Became]) -> None:
        moved = [one for one in became if one.before.division != one.after.division]
        await rows(session, {str(one.id): one.after.division for one in moved})

    return follow


def households(*follow: Follow) -> Subscription:
    """The projection of households: the last state of each is kept, and what is older than the row changes nothing.

    Each ``follow`` is called with those whose division or status has changed.
    """

    async def keep(session: AsyncSession, events: list[Event]) -> None:
        rows = [event.read(_State).model_dump(mode="json") | {"sequence": event.sequence} for event in events]
        connection = await raw(session)
        kept = await connection.fetch(KEEP, json.dumps(rows))
        await connection.execute(KIN, json.dumps(rows))
        known = [
            Became(row["id"], Standing(row["was_in"], row["was"]), Standing(row["is_in"], row["is_now"]))
            for row in kept
            if row["was_in"] is not None
        ]
        became = [one for one in known if one.before != one.after]
        if became:
            for one in follow:
                await one(session, became)

    return projection("registry.household", keep)
