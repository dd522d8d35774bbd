"""Keep what the registry publishes of divisions."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.follow import rows_follow
from shared.database.session import raw
from shared.events.envelope import Event
from shared.events.handlers import Subscription, projection
from shared.time import clock

_DIVISIONS = """
    INSERT INTO division (code, valid_from, name, valid_to, sequence)
    SELECT DISTINCT ON (d.code, d.valid_from) d.code, d.valid_from, d.name, d.valid_to, d.sequence
    FROM jsonb_to_recordset($1::jsonb) AS d(code text, valid_from date, name text, valid_to date, sequence bigint)
    ORDER BY d.code, d.valid_from, d.sequence DESC
    ON CONFLICT (code, valid_from) DO UPDATE SET name = excluded.name, valid_to = excluded.valid_to,
        sequence = excluded.sequence WHERE excluded.sequence > division.sequence
    RETURNING new.code, new.valid_from
"""
# What follows divisions that became others as a whole, from old code to new.
Follow = Callable[[AsyncSession, Mapping[str, str]], Awaitable[object]]
_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Division(BaseModel):
    model_config = ConfigDict(extra="ignore")

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    successors: list[str] = []


def goes_over(table: str, still_open: str, *, parts: Mapping[str, str] = _NOTHING) -> Follow:
    """That rows of a table go over to what their division became, as far as they are open."""
    return rows_follow(table, "division", still_open, parts=parts)


def divisions(*follow: Follow) -> Subscription:
    """The projection of divisions: the last state of each stretch of days is kept.

    Each ``follow`` is called with those that have ended and what each became: its first part where it was split, and
    from there every household goes on to its own by its own event.
    """

    async def keep(session: AsyncSession, events: list[Event]) -> None:
        states = [(event.read(_Division), event.sequence) for event in events]
        rows = [state.model_dump(mode="json") | {"sequence": sequence} for state, sequence in states]
        kept = await (await raw(session)).fetch(_DIVISIONS, json.dumps(rows))
        fresh, today = {(row["code"], row["valid_from"]) for row in kept}, await clock.today(session)
        became = {
            state.code: state.successors[0]
            for state, _ in states
            if (state.code, state.valid_from) in fresh
            and state.valid_to is not None
            and state.valid_to <= today
            and state.successors
        }
        if became:
            for one in follow:
                await one(session, became)

    return projection("registry.division", keep)
