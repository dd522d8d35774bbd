"""Write responsibilities and their endings: each is on record, those of helpers are published."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries
from services.registry.assistance.responsibility.records import Ending, Responsibility, Verb
from services.registry.contracts import HELPER, HelperState
from shared.events import outbox
from shared.security import audit

_ASSIGN = text("""
    INSERT INTO responsibility (id, division, role, household_id, organisation_id, organisation, level, staff_id,
        name, rank, subject, started_on, follows, note, most, policies, recorded_by)
    VALUES (:id, :division, :role, :household_id, :organisation_id, :organisation, :level, :staff_id,
        :name, :rank, :subject, :started_on, :follows, :note, :most, CAST(:policies AS jsonb), :recorded_by)
""")
_END = text("UPDATE responsibility SET ended_on = :on, ended_note = :note, version = version + 1 WHERE id = :id")
# A helper who began on the day itself (or, of a change known late, after it) ends on the day after they began.
_END_OF_HOUSEHOLDS = text("""
    UPDATE responsibility r SET ended_on = greatest(gone.day, r.started_on + 1), ended_note = gone.reason,
        version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[]), CAST(:reasons AS text[])) AS gone(id, day, reason)
    WHERE r.household_id = gone.id AND r.ended_on IS NULL
    RETURNING r.id
""")
# The posts of a village: what is no household's.
_RECODE_POSTS = text("""
    UPDATE responsibility r SET division = row.to_code
    FROM unnest(CAST(:from AS text[]), CAST(:to AS text[])) AS row(from_code, to_code)
    WHERE r.division = row.from_code AND r.household_id IS NULL AND r.ended_on IS NULL
""")


async def assign(session: AsyncSession, fresh: Sequence[Responsibility]) -> None:
    """Write new responsibilities."""
    if fresh:
        await session.execute(_ASSIGN, [asdict(one) | {"policies": json.dumps(one.policies)} for one in fresh])
        await _publish(session, "assigned", [one.id for one in fresh])


async def end(session: AsyncSession, endings: Sequence[Ending]) -> None:
    """End responsibilities."""
    if endings:
        await session.execute(_END, [asdict(one) for one in endings])
        await _publish(session, "ended", [one.id for one in endings])


async def end_of_households(session: AsyncSession, gone: Iterable[tuple[UUID, date, str]]) -> None:
    """End the helpers of households, each from a day on and for a reason."""
    ids, days, reasons = zip(*gone, strict=True)
    bound = {"ids": list(ids), "days": list(days), "reasons": list(reasons)}
    await _publish(session, "ended", (await session.execute(_END_OF_HOUSEHOLDS, bound)).scalars().all())


async def recode_posts(session: AsyncSession, recoded: Mapping[str, str]) -> None:
    """Who has a village in charge has it in charge under its new code."""
    await session.execute(_RECODE_POSTS, {"from": list(recoded), "to": list(recoded.values())})


async def _publish(session: AsyncSession, verb: Verb, ids: Sequence[UUID]) -> None:
    for one in (await queries.lock(session, ids)).values() if ids else ():
        if one.household_id:
            outbox.publish(
                session, HELPER, verb, state_of(one), key=one.household_id, sequence=one.version, subject=one.id
            )
        after = {
            "role": one.role,
            "household_id": str(one.household_id) if one.household_id else None,
            "staff_id": str(one.staff_id) if one.staff_id else None,
            "organisation_id": str(one.organisation_id),
            "from": str(one.started_on),
            "to": str(one.ended_on) if one.ended_on else None,
        }
        reason = one.ended_note if verb == "ended" else one.note
        action = f"responsibility.{verb}"
        audit.record(session, action, "responsibility", one.id, one.division, after=after, reason=reason)


def state_of(helper: Responsibility) -> HelperState:
    """What is published of a helper's responsibility."""
    assert helper.household_id is not None
    assert helper.staff_id is not None
    return HelperState(
        id=helper.id,
        household_id=helper.household_id,
        division=helper.division,
        staff_id=helper.staff_id,
        helper=helper.name or "",
        rank=helper.rank or "",
        organisation_id=helper.organisation_id,
        organisation=helper.organisation,
        level=helper.level,
        started_on=helper.started_on,
        ended_on=helper.ended_on,
    )
