"""Write responsibilities and their endings: each is on record, those of helpers are published."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries
from services.registry.assistance.responsibility.records import Ended, Ending, Gone, Responsibility, Verb
from services.registry.contracts import HELPER, HelperState
from services.registry.register.changes.records import Undone
from shared.database.rows import typed
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
        ended_by = gone.change_id, version = version + 1
    FROM jsonb_to_recordset(CAST(:gone AS jsonb)) AS gone(household_id uuid, change_id uuid, day date, reason text,
        village text)
    WHERE r.household_id = gone.household_id AND r.ended_on IS NULL
        AND (gone.village IS NULL OR r.division = gone.village)
    RETURNING r.id
""")
# What some changes ended, with what stands against its going on: the household lies elsewhere or is off the register,
# the helper works there no more or has as many households as the limit of the day of the assignment allows, or
# somebody was paired with the household since.
_ENDED_BY = text("""
    SELECT r.id, r.name, r.organisation, CASE
        WHEN undone.status = 'removed' OR undone.division <> r.division THEN 'household'
        WHEN s.left_on IS NOT NULL OR o.valid_to IS NOT NULL THEN 'left'
        WHEN EXISTS (SELECT FROM responsibility since WHERE since.household_id = r.household_id AND since.id <> r.id
            AND since.division = r.division
            AND since.recorded_at > ended.recorded_at AND since.ended_by IS DISTINCT FROM r.ended_by) THEN 'paired'
        WHEN r.most <= (SELECT count(*) FROM responsibility other
            WHERE other.staff_id = r.staff_id AND other.role = 'helper' AND other.ended_on IS NULL) THEN 'limit'
        END AS against
    FROM jsonb_to_recordset(CAST(:undone AS jsonb)) AS undone(household_id uuid, changes uuid[], division text,
        status text)
    JOIN responsibility r ON r.household_id = undone.household_id AND r.ended_by = ANY(undone.changes)
    JOIN change ended ON ended.id = r.ended_by
    LEFT JOIN staff s ON s.id = r.staff_id LEFT JOIN organisation o ON o.id = r.organisation_id
    ORDER BY r.started_on, r.id
""")
_GO_ON = text("""
    UPDATE responsibility SET ended_on = NULL, ended_note = NULL, ended_by = NULL, version = version + 1
    WHERE id = ANY(:ids)
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


async def end_of_households(session: AsyncSession, gone: Sequence[Gone]) -> None:
    """End the helpers of households, each from a day on and for a reason."""
    bound = {"gone": to_json(gone).decode()}
    await _publish(session, "ended", (await session.execute(_END_OF_HOUSEHOLDS, bound)).scalars().all())


async def go_on(session: AsyncSession, undone: Sequence[Undone]) -> list[Ended]:
    """Helpers whom changes ended that do not count any more go on; answers those of whom something stands against
    it.
    """
    bound = {"undone": to_json(undone).decode()}
    ended = typed(Ended, await session.execute(_ENDED_BY, bound))
    ids = [one.id for one in ended if one.against is None]
    await session.execute(_GO_ON, {"ids": ids})
    await _publish(session, "assigned", ids)
    return [one for one in ended if one.against]


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
